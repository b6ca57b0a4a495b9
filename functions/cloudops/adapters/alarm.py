"""What a CloudWatch alarm says about itself, the same at every change of its state.

The alarm's configuration and tags repeat from one state change to the next, so that what follows from
them is worked out once and kept, by their bytes; a change of state replaces only what changed.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from cloudops.adapters.alarm_configuration import Watched, watched_by_event, watched_by_trigger
from cloudops.adapters.arn import alarm_arn, console_link, parse_alarm_arn, region_code
from cloudops.adapters.fields import (
    MAX_LABEL,
    MAX_MESSAGE,
    MAX_QUERY,
    MAX_TITLE,
    bounded_labels,
    cut,
    first_instant,
    instant,
    merged,
)
from cloudops.adapters.severities import SEVERITY_KEYS, severity_of
from cloudops.adapters.tolerant import NotJson, decode
from cloudops.domain.alert import Alert, AlertStatus, Instant, Severity, digest
from cloudops.domain.identity import identify

STATUSES: Final = {
    "ALARM": AlertStatus.FIRING,
    "OK": AlertStatus.RESOLVED,
    "INSUFFICIENT_DATA": AlertStatus.NO_DATA,
}

KEPT: Final = 2_048
"""Alarms whose facts are kept in a container: at most about 25 MB."""
LONGEST_KEPT: Final = 4_096
"""Characters of an alarm's facts; those of a longer one are worked out each time."""


class AlarmFacts(NamedTuple):
    """The part of a payload that a change of state leaves alone; the bytes are JSON objects.

    An SNS message has a `trigger`, and description and rule beside it; the others a `configuration`."""

    arn: str
    name: str
    account: str
    region: str
    configuration: bytes = b""
    trigger: bytes = b""
    tags: bytes = b"{}"
    contributor: str = ""
    attributes: bytes = b"{}"
    description: str = ""
    rule: str = ""


class _Entries(msgspec.Struct):
    """Any object of texts, so that it is read as tolerantly as a record."""

    entries: dict[str, str] = {}


class _TriggeringAlarm(msgspec.Struct):
    arn: str = ""


class _ReasonData(msgspec.Struct, rename="camel"):
    triggering_alarms: list[_TriggeringAlarm] = []


_ENTRIES: Final = msgspec.json.Decoder(_Entries)
_REASON_DATA: Final = msgspec.json.Decoder(_ReasonData)


class Change(NamedTuple):
    """One change of an alarm's state. `times` are tried in order, `firing_since` is empty where unknown."""

    state: str
    reason: str
    times: tuple[str, ...]
    firing_since: str = ""


def alarm_alert(facts: AlarmFacts, change: Change, field: str, received_at: Instant) -> Alert | str:
    """The alert of one change of state, or the reason why there is none, which names the state's `field`."""
    status = STATUSES.get(change.state)
    if status is None:
        return f"{field} is {change.state[:40]!r}, not one of ALARM, OK, INSUFFICIENT_DATA"
    template = _template(facts) if sum(map(len, facts)) <= LONGEST_KEPT else _template.__wrapped__(facts)
    if template is None:
        return "alarmName is missing, and no alarm ARN names the alarm"
    occurred_at = first_instant(received_at, *change.times)
    return msgspec.structs.replace(
        template,
        status=status,
        occurred_at=occurred_at,
        received_at=received_at,
        started_at=_started_at(status, occurred_at, change.firing_since),
        message=_message(template.message, change.reason),
    )


def with_children(alert: Alert, arns: list[str]) -> Alert:
    """The composite alert with the alarms that triggered it among its resources."""
    names = {parse_alarm_arn(arn[:1024]).name[:MAX_LABEL] for arn in arns[:100]} - {""}
    resources = {*alert.resources, *(f"alarm:{name}" for name in names)}
    return msgspec.structs.replace(alert, resources=tuple(sorted(resources)))


def triggering_arns(reason_data: str) -> list[str]:
    """The ARNs of the triggering alarms in a composite alarm's reasonData, which is JSON in a string."""
    try:
        found = decode(reason_data.encode("utf-8", "replace"), _REASON_DATA)
    except NotJson:
        return []
    return [child.arn for child in found.triggering_alarms]


def _started_at(status: AlertStatus, occurred_at: Instant, firing_since: str) -> Instant | None:
    if firing_since:
        return instant(firing_since)
    return occurred_at if status is AlertStatus.FIRING else None


def _message(description: str, reason: str) -> str:
    if not description or description == reason:
        return cut(reason, MAX_MESSAGE)
    return cut(f"{description}\n{reason}", MAX_MESSAGE)


@lru_cache(maxsize=KEPT)
def _template(facts: AlarmFacts) -> Alert | None:
    """The alert less its state, its message holding the alarm's description; None where nothing names it."""
    known = parse_alarm_arn(facts.arn[:1024])
    name = cut((facts.name or known.name).strip(), MAX_TITLE)
    if not name:
        return None
    region = region_code(facts.region) or known.region
    account = facts.account.strip()[:64] or known.account
    watched = _watched(facts)
    tags = _entries(facts.tags)
    dimensions = bounded_labels((*watched.dimensions, *_entries(facts.attributes).items()))
    identity = identify((("tag", tags), ("dimension", dimensions)), name)
    severity, severity_reason = _severity(tags)
    return Alert(
        source="cloudwatch",
        fingerprint=_fingerprint(known.arn or alarm_arn(region, account, name), facts.contributor),
        status=AlertStatus.FIRING,
        occurred_at=0,
        received_at=0,
        title=name,
        message=cut(watched.description or facts.description.strip(), MAX_MESSAGE),
        account=account,
        environment=identity.environment,
        environment_reason=identity.environment_reason,
        region=region or identity.region,
        service=identity.service,
        service_reason=identity.service_reason,
        resources=tuple(sorted({*identity.resources, f"alarm:{name}"})),
        severity=severity,
        severity_reason=severity_reason,
        metric=cut(watched.metric, MAX_LABEL),
        namespace=cut(watched.namespace, MAX_LABEL),
        unit=watched.unit[:64],
        query=cut(watched.query, MAX_QUERY),
        kind="contributor" if facts.contributor else watched.kind,
        labels=bounded_labels(merged(dimensions, tags)),
        url=console_link(region, name),
    )


def _watched(facts: AlarmFacts) -> Watched:
    if facts.rule:
        return Watched("composite", query=facts.rule)
    return watched_by_trigger(facts.trigger) if facts.trigger else watched_by_event(facts.configuration)


def _fingerprint(arn: str, contributor: str) -> str:
    return digest("cloudwatch", arn, contributor) if contributor else digest("cloudwatch", arn)


def _severity(tags: Mapping[str, str]) -> tuple[Severity | None, str]:
    for key in SEVERITY_KEYS:
        if (word := tags.get(key)) and (severity := severity_of(word)):
            return severity, f"tag {key}"
    return None, ""


def _entries(raw: bytes) -> dict[str, str]:
    if raw == b"{}":
        return {}
    try:
        return bounded_labels(decode(b'{"entries":' + raw + b"}", _ENTRIES).entries.items())
    except NotJson:
        return {}
