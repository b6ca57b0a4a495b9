"""What an incident is: one real problem, made of the alerts that tell of it."""

from enum import StrEnum

import msgspec

from cloudops.alerts.alert import Alert, AlertStatus, Scope, Severity
from cloudops.changes.change import RelatedChange
from cloudops.core.ids import NO_INCIDENT, IncidentId
from cloudops.core.taxonomy import Symptom
from cloudops.core.time import EpochMillis
from cloudops.incidents.suggestion import ActionSuggestion, Feedback


class IncidentStatus(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    MERGED = "merged"

    @property
    def is_live(self) -> bool:
        """Whether it still is somebody's concern."""
        return self in (IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED)


class AlertSample(msgspec.Struct, frozen=True, array_like=True):
    """The few words of an alert that a list shows."""

    fingerprint: str
    title: str
    service: str
    source: str
    status: AlertStatus
    severity: Severity
    symptom: Symptom
    occurred_at: EpochMillis


class Cause(msgspec.Struct, frozen=True, array_like=True):
    """A service that may have started it: `score` 0 to 1, the causes of an incident add up to 1."""

    service: str
    score: float
    evidence: tuple[str, ...] = ()


class Incident(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One problem. `alert_count` counts firings (fingerprint and episode), `firing_count` those not yet
    cleared, `event_count` every state change that was not a duplicate delivery, `muted_count` the
    alerts that a silence or their source mutes; `merged_from` are the incidents it absorbed.
    `resolved_by` is the person who called it over, empty where its alerts cleared. `samples` is bounded,
    newest severest first; `changes` before it too, the most telling first."""

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
    acknowledged_at: EpochMillis | None = None
    acknowledged_by: str = ""
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


class TimelineKind(StrEnum):
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
    """Something that happened to an incident. `actor` is a person, or empty for the agent itself."""

    id: str
    incident_id: IncidentId
    at: EpochMillis
    kind: TimelineKind
    text: str
    actor: str = ""


class IncidentAlert(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An alert as its incident keeps it: what came in, what the rules made of it, why it is here.

    `count` is the number of state changes of this firing that a detail folded into this, its latest."""

    alert: Alert
    symptom: Symptom
    severity: Severity
    decision: str
    reason: str
    evidence: tuple[str, ...] = ()
    count: int = 1


class IncidentDetail(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An incident with everything that hangs on it, and on the incidents that it absorbed.

    `alerts` are newest first, `feedback` and `timeline` oldest first; `cursor` leads to more alerts,
    or is None. `inhibited_by` is the graver incident that explains this one, of which nobody need be told."""

    incident: Incident
    alerts: tuple[IncidentAlert, ...]
    feedback: tuple[Feedback, ...]
    timeline: tuple[TimelineEntry, ...]
    cursor: str | None = None
    inhibited_by: str = ""
    inhibited_reason: str = ""
