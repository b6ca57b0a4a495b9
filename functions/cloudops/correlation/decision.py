"""The decision of correlation for one alert: which incident it belongs to, and why."""

from enum import StrEnum

import msgspec

from cloudops.alerts.alert import Alert
from cloudops.analysis.model import Analysis
from cloudops.core.ids import NO_INCIDENT, IncidentId


class DecisionKind(StrEnum):
    """The effect of an alert on its incident."""

    OPENED = "opened"
    JOINED = "joined"
    DUPLICATE = "duplicate"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    NO_DATA = "no_data"


class Reason(StrEnum):
    """The link between an alert and its incident, as stored and shown."""

    SAME_ALERT = "SAME_ALERT"
    SAME_SERVICE = "SAME_SERVICE"
    DEPENDENCY = "DEPENDENCY"
    SHARED_RESOURCE = "SHARED_RESOURCE"
    PLACE_AND_TIME = "PLACE_AND_TIME"
    NEW = "NEW"
    STALE = "STALE"
    NOTHING_OPEN = "NOTHING_OPEN"


class ClassifiedAlert(msgspec.Struct, frozen=True, gc=False):
    """An alert with its analysis by the rules."""

    alert: Alert
    analysis: Analysis


class Decision(msgspec.Struct, frozen=True, gc=False):
    """The incident of one alert, or None if it belongs to none.

    `absorbed` are the stored incidents that the alert merged into it; `left` is the incident that the alert
    was part of before, or empty.
    """

    kind: DecisionKind
    reason: Reason
    incident_id: IncidentId | None
    evidence: tuple[str, ...] = ()
    absorbed: tuple[IncidentId, ...] = ()
    left: IncidentId = NO_INCIDENT


DecidedAlert = tuple[ClassifiedAlert, Decision]
