"""What a CloudWatch alarm says about itself, the same at every change of its state.

The alarm's configuration and tags repeat from one state change to the next, so that what follows from
them is worked out once and kept for as long as their bytes stay the same; a change of state replaces only
what changed.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, TypeAlias

import msgspec

from cloudops.adapters.cloudwatch.alarm_configuration import Watched, watched_by_event, watched_by_trigger
from cloudops.adapters.cloudwatch.arn import alarm_arn, console_link, parse_alarm_arn, region_code
from cloudops.adapters.parsing.fields import (
    MAX_LABEL,
    MAX_MESSAGE,
    MAX_QUERY,
    MAX_TITLE,
    bounded,
    instant,
    truncate,
)
from cloudops.adapters.parsing.lenient_json import NotJson, decode_lenient, texts, untyped
from cloudops.adapters.parsing.severities import labelled_severity, severity_of
from cloudops.alerts.alarm_names import service_from_alarm_name
from cloudops.alerts.alert import Alert, AlertStatus, Severity, intern_strings
from cloudops.alerts.attribution import Attribution, attribute, environment_of_name
from cloudops.core.bounded_cache import put_bounded
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis

STATUSES: Final = {
    "ALARM": AlertStatus.FIRING,
    "OK": AlertStatus.RESOLVED,
    "INSUFFICIENT_DATA": AlertStatus.NO_DATA,
}

KEPT: Final = 2_048
"""Alarms whose facts a container keeps: some 5 MB of usual ones, 40 MB of the longest."""
LONGEST_KEPT: Final = 8_192
"""Bytes of a payload; the facts of a longer one are worked out each time."""

_LONGEST_SUFFIX: Final = len("-critical")
_NAME_SEVERITY: Final = re.compile(r"(?:^|[^A-Za-z])(critical|warning|sev-?[1-5]|p[1-5])$", re.IGNORECASE)
_NOTHING: Final = msgspec.Raw(b"{}")


class AlarmFacts(msgspec.Struct, frozen=True, gc=False):
    """The part of a payload that a change of state leaves alone.

    An SNS message has a `trigger`, and description and rule beside it; the others a `configuration`."""

    arn: str
    name: str
    account: str
    region: str
    configuration: msgspec.Raw = _NOTHING
    tags: msgspec.Raw = _NOTHING
    contributor: str = ""
    attributes: msgspec.Raw = _NOTHING
    trigger: msgspec.Raw | None = None
    description: str = ""
    rule: str = ""


class _Kept(msgspec.Struct, frozen=True, gc=False):
    facts: AlarmFacts
    template: Alert | None


_kept: Final[dict[tuple[str, str], _Kept]] = {}
"""By ARN and contributor: facts that repeat are cheaper to compare than to hash."""


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
    told_at: str,
    firing_since: str = "",
    size: int,
    field: str = "state.value",
) -> Alert | str:
    """The alert of one change of state, in a payload of `size` bytes, or the reason why there is none."""
    status = STATUSES.get(state)
    if status is None:
        return f"{field} is {state[:40]!r}, not one of ALARM, OK, INSUFFICIENT_DATA"
    kept = _kept.get((facts.arn, facts.contributor))
    template = kept.template if kept and kept.facts == facts else _worked_out(facts, size)
    if template is None:
        return "alarmName is missing, and no alarm ARN names the alarm"
    occurred_at = instant(changed_at) or instant(told_at) or received_at
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
    """The composite alert with the alarms that triggered it among its resources."""
    names = {parse_alarm_arn(arn[:1024]).name[:MAX_LABEL] for arn in arns[:100]} - {""}
    resources = {*alert.resources, *(f"alarm:{name}" for name in names)}
    return msgspec.structs.replace(alert, resources=tuple(sorted(resources)))


def triggering_arns(reason_data: bytes) -> list[str]:
    """The ARNs of the triggering alarms in a composite alarm's reasonData: JSON, in a JSON string."""
    try:
        text = untyped(reason_data)
        found = (
            decode_lenient(text.encode("utf-8", "replace"), _REASON_DATA) if isinstance(text, str) else None
        )
    except NotJson:
        return []
    return [child.arn for child in found.triggering_alarms] if found else []


def _place_of(tags: bytes, dimensions: _Dimensions) -> tuple[dict[str, str], Attribution]:
    """The labels of an alarm, and what they tell: a tag counts before a dimension."""
    tagged, dimensioned = bounded(texts(tags)), bounded(dict(dimensions))
    return bounded({**dimensioned, **tagged}), attribute((("tag", tagged), ("dimension", dimensioned)))


_kept_place_of: Final = lru_cache(maxsize=KEPT)(_place_of)


def _template(
    facts: AlarmFacts,
    place: Callable[[bytes, _Dimensions], tuple[dict[str, str], Attribution]] = _place_of,
) -> Alert | None:
    """The alert less its state, its message holding the alarm's description; None where nothing names it."""
    known = parse_alarm_arn(facts.arn[:1024])
    name = truncate((facts.name or known.name).strip(), MAX_TITLE)
    if not name:
        return None
    region = region_code(facts.region) or known.region
    account = facts.account.strip()[:64] or known.account
    watched = _watched(facts)
    dimensions = {**watched.dimensions, **texts(bytes(facts.attributes))}
    labels, identity = place(bytes(facts.tags), tuple(dimensions.items()))
    environment, environment_reason = identity.environment, identity.environment_reason
    if not environment:
        environment, environment_reason = environment_of_name(name)
    service, service_reason = identity.service, identity.service_reason
    if not service:
        service, service_reason = service_from_alarm_name(name)
    severity, severity_reason = _severity(labels, name)
    return Alert(
        source="cloudwatch",
        fingerprint=_fingerprint(known.arn or alarm_arn(region, account, name), facts.contributor),
        status=AlertStatus.FIRING,
        occurred_at=0,
        received_at=0,
        title=name,
        message=truncate(watched.description or facts.description.strip(), MAX_MESSAGE),
        account=account,
        environment=environment,
        environment_reason=environment_reason,
        region=region or identity.region,
        service=service,
        service_reason=service_reason,
        resources=tuple(sorted((*identity.resources, f"alarm:{name}"))),
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


def _worked_out(facts: AlarmFacts, size: int) -> Alert | None:
    if size > LONGEST_KEPT:
        return _template(facts)
    template = _template(facts, _kept_place_of)
    if template is not None:
        template = intern_strings(template)
    put_bounded(_kept, (facts.arn, facts.contributor), _Kept(_detached(facts), template), KEPT)
    return template


def _detached(facts: AlarmFacts) -> AlarmFacts:
    """The facts less their hold on the message that they came in."""
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
    severity, key = labelled_severity(labels)
    if severity is not None:
        return severity, f"label {key}"
    if found := _NAME_SEVERITY.search(name[-_LONGEST_SUFFIX:]):
        return severity_of(found.group(1)), f"name suffix {found.group(1)}"
    return None, ""
