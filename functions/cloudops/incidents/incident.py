"""The incident: a set of related alerts with one probable cause, its timeline and its details."""

from enum import StrEnum

import msgspec

from cloudops.alerts.alert import Alert, AlertStatus, Scope, Severity
from cloudops.changes.change import RelatedChange
from cloudops.core.ids import NO_INCIDENT, IncidentId
from cloudops.core.taxonomy import Symptom
from cloudops.core.time import EpochMillis
from cloudops.correlation.state import Resolution
from cloudops.incidents.suggestion import ActionSuggestion, Feedback


class IncidentStatus(StrEnum):
    """The life cycle of an incident; a merged one points to its survivor."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    MERGED = "merged"

    @property
    def is_live(self) -> bool:
        """Whether the incident still needs attention."""
        return self in (IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED)


class AlertSample(msgspec.Struct, frozen=True, array_like=True):
    """The fields of an alert that a list shows."""

    fingerprint: str
    title: str
    service: str
    source: str
    status: AlertStatus
    severity: Severity
    symptom: Symptom
    occurred_at: EpochMillis


class Cause(msgspec.Struct, frozen=True, array_like=True):
    """A probable root cause. The scores of all services of an incident, 0 to 1, add up to 1."""

    service: str
    score: float
    evidence: tuple[str, ...] = ()


class Incident(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The stored record of an incident.

    `alert_count` counts firings (fingerprint and episode), `firing_count` the alerts that fire now,
    `event_count` all state changes except duplicates, `muted_count` the muted alerts. `merged_from` are the
    incidents merged into it. `resolved_by` is the person who resolved it, or empty if its alerts did.
    `resolved_by_id` and `acknowledged_by_id` are the subjects of the people who did.
    `resolution` says how a resolved incident ended, and is None for any other.
    `samples` and `changes` are bounded: the most severe alerts and the most likely suspect changes, first.

    Raises:
        ValueError: A person or its alerts resolved it, and it is live or alerts fire in it.
    """

    id: IncidentId
    scope: Scope
    status: IncidentStatus
    title: str
    severity: Severity
    symptom: Symptom
    opened_at: EpochMillis
    updated_at: EpochMillis
    resolved_at: EpochMillis | None = None
    resolved_by: str = ""
    resolved_by_id: str = ""
    resolution: Resolution | None = None
    acknowledged_at: EpochMillis | None = None
    acknowledged_by: str = ""
    acknowledged_by_id: str = ""
    merged_into: IncidentId = NO_INCIDENT
    merged_from: tuple[IncidentId, ...] = ()
    services: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    alert_count: int = 0
    firing_count: int = 0
    event_count: int = 0
    muted_count: int = 0
    samples: tuple[AlertSample, ...] = ()
    suggestions: tuple[ActionSuggestion, ...] = ()
    changes: tuple[RelatedChange, ...] = ()
    url: str = ""

    def __post_init__(self) -> None:
        has_ended = not self.status.is_live
        if self.resolved_by and not has_ended:
            raise ValueError(f"incident {self.id} is {self.status}, and cannot be resolved by a person")
        if (self.resolved_by or self.resolution is not None) and self.firing_count:
            raise ValueError(f"incident {self.id} is resolved, and {self.firing_count} alerts fire in it")


class TimelineKind(StrEnum):
    """The kind of a timeline entry, as stored and shown."""

    OPENED = "opened"
    ALERT = "alert"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    ACKNOWLEDGED = "acknowledged"
    MERGED = "merged"
    FEEDBACK = "feedback"
    OUTCOME = "outcome"
    SEVERITY = "severity"
    EXECUTION = "execution"


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An event in the history of an incident. `actor` is a person, or empty for CloudOps."""

    id: str
    incident_id: IncidentId
    at: EpochMillis
    kind: TimelineKind
    text: str
    actor: str = ""


class IncidentAlert(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An alert of an incident, with its analysis and the decision of correlation.

    `count` is the number of state changes of this firing; a detail shows only the latest."""

    alert: Alert
    symptom: Symptom
    severity: Severity
    decision: str
    reason: str
    evidence: tuple[str, ...] = ()
    count: int = 1


class IncidentDetail(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An incident with its alerts, feedback and timeline, and those of the incidents merged into it.

    `alerts` are newest first, `feedback` and `timeline` oldest first. `cursor` leads to more alerts, or is
    None. `inhibited_by` is the critical incident that explains this one and inhibits its notifications."""

    incident: Incident
    alerts: tuple[IncidentAlert, ...]
    feedback: tuple[Feedback, ...]
    timeline: tuple[TimelineEntry, ...]
    cursor: str | None = None
    inhibited_by: str = ""
    inhibited_reason: str = ""
