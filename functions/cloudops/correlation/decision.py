"""What correlation answers for one alert: where it went, and why."""

from enum import StrEnum

import msgspec

from cloudops.alerts.alert import Alert
from cloudops.analysis.model import Analysis
from cloudops.core.ids import NO_INCIDENT, IncidentId


class DecisionKind(StrEnum):
    OPENED = "opened"
    JOINED = "joined"
    DUPLICATE = "duplicate"
    RESOLVED = "resolved"
    REOPENED = "reopened"


class Reason(StrEnum):
    SAME_ALERT = "SAME_ALERT"
    SAME_SERVICE = "SAME_SERVICE"
    DEPENDENCY = "DEPENDENCY"
    SHARED_RESOURCE = "SHARED_RESOURCE"
    NEW = "NEW"
    STALE = "STALE"
    NOTHING_OPEN = "NOTHING_OPEN"


class ClassifiedAlert(msgspec.Struct, frozen=True, gc=False):
    """An alert and what the rules made of it."""

    alert: Alert
    analysis: Analysis


class Decision(msgspec.Struct, frozen=True, gc=False):
    """Where one alert went: `incident_id` is None where it joined none, `absorbed` the younger
    incidents that this alert bridged and so merged into it, `left` the one that it was a part of when
    it fired before and is no more."""

    kind: DecisionKind
    reason: Reason
    incident_id: IncidentId | None
    evidence: tuple[str, ...] = ()
    absorbed: tuple[IncidentId, ...] = ()
    left: IncidentId = NO_INCIDENT


DecidedAlert = tuple[ClassifiedAlert, Decision]
