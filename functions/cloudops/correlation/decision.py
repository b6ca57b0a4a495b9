"""The decision of correlation for one alert: which incident it belongs to, and why."""

from enum import StrEnum
from typing import Final

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
    EXCLUDED = "excluded"


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
    NORMAL_OPERATION = "NORMAL_OPERATION"


class Layer(StrEnum):
    """The layer of evidence that joined an alert to an incident."""

    IDENTITY = "identity"
    EXPLANATION = "explanation"
    PRIOR = "place and time"


_LAYER_OF: Final = {
    Reason.SAME_ALERT: Layer.IDENTITY,
    Reason.SAME_SERVICE: Layer.IDENTITY,
    Reason.SHARED_RESOURCE: Layer.IDENTITY,
    Reason.DEPENDENCY: Layer.EXPLANATION,
    Reason.PLACE_AND_TIME: Layer.PRIOR,
}
_JOINS: Final = (DecisionKind.JOINED, DecisionKind.REOPENED)


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

    @property
    def layer(self) -> Layer | None:
        """The layer that joined a firing to an incident, or None if the alert opened one or joined none."""
        return _LAYER_OF.get(self.reason) if self.kind in _JOINS else None


DecidedAlert = tuple[ClassifiedAlert, Decision]
