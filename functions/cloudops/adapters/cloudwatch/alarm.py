"""Builds the alert of a CloudWatch alarm from its facts and a state.

Configuration and tags repeat from one state change to the next. The alert that follows from them is
cached as a template until their bytes change; a state change replaces only status, times and message.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, TypeAlias

import msgspec

from cloudops.adapters.cloudwatch.alarm_configuration import Watched, watched_by_event, watched_by_trigger
from cloudops.adapters.cloudwatch.arn import alarm_arn, console_link, parse_alarm_arn, region_code
from cloudops.adapters.parsing.fields import (
    MAX_ALERT_TITLE,
    MAX_LABEL,
    MAX_MESSAGE,
    MAX_QUERY,
    bound_labels,
    instant,
    truncate,
)
from cloudops.adapters.parsing.lenient_json import NotJson, decode_lenient, texts, untyped
from cloudops.adapters.parsing.severities import labeled_severity, parse_severity
from cloudops.alerts.alarm_names import service_from_alarm_name
from cloudops.alerts.alert import Alert, AlertStatus, Severity, intern_strings
from cloudops.alerts.attribution import Attribution, attribute, environment_of_name
from cloudops.core.bounded_cache import put_bounded
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis

ALARM_STATUSES: Final = {
    "ALARM": AlertStatus.FIRING,
    "OK": AlertStatus.RESOLVED,
    "INSUFFICIENT_DATA": AlertStatus.NO_DATA,
}

MAX_CACHED_ALARMS: Final = 2_048
"""Alarms in the cache of a container: 5 MB of usual ones, 40 MB of the longest."""
MAX_CACHED_ALARM_BYTES: Final = 8_192
"""A longer payload is parsed each time."""

_MAX_SUFFIX: Final = len("-critical")
_NAME_SEVERITY: Final = re.compile(r"(?:^|[^A-Za-z])(critical|warning|sev-?[1-5]|p[1-5])$", re.IGNORECASE)
_EMPTY: Final = msgspec.Raw(b"{}")


class AlarmFacts(msgspec.Struct, frozen=True, gc=False):
    """The part of a payload that does not change with the state.

    An SNS message has `trigger`, `description` and `rule`; other payloads have `configuration`.
    """

    arn: str
    name: str
    account: str
    region: str
    configuration: msgspec.Raw = _EMPTY
    tags: msgspec.Raw = _EMPTY
    contributor: str = ""
    attributes: msgspec.Raw = _EMPTY
    trigger: msgspec.Raw | None = None
    description: str = ""
    rule: str = ""


class _CachedTemplate(msgspec.Struct, frozen=True, gc=False):
    facts: AlarmFacts
    template: Alert | None


_cached_templates: Final[dict[tuple[str, str], _CachedTemplate]] = {}
"""By ARN and contributor. Repeated facts are cheaper to compare than to hash."""


class _TriggeringAlarm(msgspec.Struct):
    arn: str = ""


class _ReasonData(msgspec.Struct, rename="camel"):
    triggering_alarms: list[_TriggeringAlarm] = []


_Dimensions: TypeAlias = tuple[tuple[str, str], ...]
_REASON_DATA: Final = msgspec.json.Decoder(_ReasonData)


def alarm_alert(
    facts: AlarmFacts,
    received_at: EpochMillis,
    *,
    state: str,
    reason: str,
    changed_at: str,
    fallback_at: str,
    firing_since: str = "",
    size: int,
    field: str = "state.value",
) -> Alert | str:
    """Returns the alert of one state change, or the reason for the quarantine.

    Args:
        changed_at: Time of the state change, as text.
        fallback_at: Used if `changed_at` is not a time; `received_at` is used if neither is.
        firing_since: Start of the episode that a recovery ends, or "".
        size: Bytes of the payload; decides whether the template is cached.
        field: Path of the state in the payload, for the reason.
    """
    status = ALARM_STATUSES.get(state)
    if status is None:
        return f"{field} is {state[:40]!r}, not one of ALARM, OK, INSUFFICIENT_DATA"
    cached = _cached_templates.get((facts.arn, facts.contributor))
    template = cached.template if cached and cached.facts == facts else _cache_template(facts, size)
    if template is None:
        return "alarmName is missing, and no alarm ARN names the alarm"
    occurred_at = instant(changed_at) or instant(fallback_at) or received_at
    if firing_since:
        started_at = instant(firing_since)
    else:
        started_at = occurred_at if status is AlertStatus.FIRING else None
    description = template.message
    message = f"{description}\n{reason}" if description and description != reason else reason
    return msgspec.structs.replace(
        template,
        status=status,
        occurred_at=occurred_at,
        received_at=received_at,
        started_at=started_at,
        message=message if len(message) <= MAX_MESSAGE else truncate(message, MAX_MESSAGE),
    )


def with_children(alert: Alert, arns: list[str]) -> Alert:
    """Returns the composite alert with the triggering alarms added to its resources."""
    names = {parse_alarm_arn(arn[:1024]).name[:MAX_LABEL] for arn in arns[:100]} - {""}
    resources = {*alert.resources, *(f"alarm:{name}" for name in names)}
    return msgspec.structs.replace(alert, resources=tuple(sorted(resources)))


def triggering_arns(reason_data: bytes) -> list[str]:
    """Returns the ARNs of the triggering alarms in a composite alarm's reasonData: JSON in a JSON string."""
    try:
        text = untyped(reason_data)
        match = (
            decode_lenient(text.encode("utf-8", "replace"), _REASON_DATA) if isinstance(text, str) else None
        )
    except NotJson:
        return []
    return [child.arn for child in match.triggering_alarms] if match else []


def _attribution(tags: bytes, dimensions: _Dimensions) -> tuple[dict[str, str], Attribution]:
    """Returns the labels of an alarm and its attribution. A tag overrides a dimension."""
    tagged, dimensioned = bound_labels(texts(tags)), bound_labels(dict(dimensions))
    return bound_labels({**dimensioned, **tagged}), attribute((("tag", tagged), ("dimension", dimensioned)))


_cached_attribution: Final = lru_cache(maxsize=MAX_CACHED_ALARMS)(_attribution)


def _template(
    facts: AlarmFacts,
    attribution_of: Callable[[bytes, _Dimensions], tuple[dict[str, str], Attribution]] = _attribution,
) -> Alert | None:
    """Returns the alert without a state, its message the description; None if the alarm has no name."""
    parsed_arn = parse_alarm_arn(facts.arn[:1024])
    name = truncate((facts.name or parsed_arn.name).strip(), MAX_ALERT_TITLE)
    if not name:
        return None
    region = region_code(facts.region) or parsed_arn.region
    account = facts.account.strip()[:64] or parsed_arn.account
    watched = _watched(facts)
    dimensions = {**watched.dimensions, **texts(bytes(facts.attributes))}
    labels, attribution = attribution_of(bytes(facts.tags), tuple(dimensions.items()))
    environment, environment_reason = attribution.environment, attribution.environment_reason
    if not environment:
        environment, environment_reason = environment_of_name(name)
    service, service_reason = attribution.service, attribution.service_reason
    if not service:
        service, service_reason = service_from_alarm_name(name)
    severity, severity_reason = _severity(labels, name)
    return Alert(
        source="cloudwatch",
        fingerprint=_fingerprint(parsed_arn.arn or alarm_arn(region, account, name), facts.contributor),
        status=AlertStatus.FIRING,
        occurred_at=0,
        received_at=0,
        title=name,
        message=truncate(watched.description or facts.description.strip(), MAX_MESSAGE),
        account=account,
        environment=environment,
        environment_reason=environment_reason,
        region=region or attribution.region,
        service=service,
        service_reason=service_reason,
        resources=tuple(sorted((*attribution.resources, f"alarm:{name}"))),
        severity=severity,
        severity_reason=severity_reason,
        metric=truncate(watched.metric, MAX_LABEL),
        namespace=truncate(watched.namespace, MAX_LABEL),
        unit=watched.unit[:64],
        query=truncate(watched.query, MAX_QUERY),
        kind="contributor" if facts.contributor else watched.kind,
        labels=labels,
        url=console_link(region, name),
    )


def _cache_template(facts: AlarmFacts, size: int) -> Alert | None:
    if size > MAX_CACHED_ALARM_BYTES:
        return _template(facts)
    template = _template(facts, _cached_attribution)
    if template is not None:
        template = intern_strings(template)
    put_bounded(
        _cached_templates,
        (facts.arn, facts.contributor),
        _CachedTemplate(_detached(facts), template),
        MAX_CACHED_ALARMS,
    )
    return template


def _detached(facts: AlarmFacts) -> AlarmFacts:
    """Returns a copy of the facts that does not keep the whole payload in memory."""
    return msgspec.structs.replace(
        facts,
        configuration=facts.configuration.copy(),
        tags=facts.tags.copy(),
        attributes=facts.attributes.copy(),
        trigger=facts.trigger and facts.trigger.copy(),
    )


def _watched(facts: AlarmFacts) -> Watched:
    if facts.rule:
        return Watched("composite", query=facts.rule)
    return watched_by_trigger(facts.trigger) if facts.trigger else watched_by_event(facts.configuration)


def _fingerprint(arn: str, contributor: str) -> str:
    return stable_id("cloudwatch", arn, contributor) if contributor else stable_id("cloudwatch", arn)


def _severity(labels: Mapping[str, str], name: str) -> tuple[Severity | None, str]:
    severity, key = labeled_severity(labels)
    if severity is not None:
        return severity, f"label {key}"
    if match := _NAME_SEVERITY.search(name[-_MAX_SUFFIX:]):
        return parse_severity(match.group(1)), f"name suffix {match.group(1)}"
    return None, ""
