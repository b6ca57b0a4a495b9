"""Schemas of incidents, their alerts, suggestions, feedback and timeline."""

from typing import Annotated

from pydantic import AliasChoices, AliasPath, Field

from cloudops.alerts.alert import AlertStatus, Severity
from cloudops.api.changes import RelatedChangeView
from cloudops.api.schemas import Timestamp, View, at
from cloudops.core.taxonomy import Action, Symptom
from cloudops.correlation.state import Resolution
from cloudops.incidents.incident import IncidentStatus, TimelineKind

_LIKELIEST_SERVICE = AliasChoices(AliasPath("causes", 0, "service"), AliasPath("services", 0))


class CauseView(View):
    """A probable root cause; the scores of an incident add up to 1."""

    service: str
    score: float
    evidence: tuple[str, ...]


class SuggestionView(View):
    """A proposed action; `confidence` is the expected probability that it helps, 0 to 1."""

    id: str
    incident_id: str
    action: Action
    symptom: Symptom
    service: str
    confidence: float
    confidence_low: float | None
    votes: int
    outcomes: int
    rationale: str
    evidence: tuple[str, ...]


class AlertSampleView(View):
    """The fields of an alert that a list shows."""

    fingerprint: str
    title: str
    service: str
    source: str
    status: AlertStatus
    severity: Severity
    symptom: Symptom
    occurred_at: Timestamp


class IncidentHead(View):
    """An incident without its alerts. `changes` are the suspect changes of the hour before, closest first: in
    a list as of its last alert, in the detail as of now. `service` is the probable root cause. `createdAt`
    equals `openedAt` and is there for early clients. `resolution` says how a resolved incident ended, and is
    null for any other: only `by_source` means that every alert was resolved by its source."""

    id: str
    title: str
    severity: Severity
    status: IncidentStatus
    symptom: Symptom
    service: Annotated[str, Field(validation_alias=_LIKELIEST_SERVICE)] = ""
    services: tuple[str, ...]
    account: str = at("scope", "account")
    environment: str = at("scope", "environment")
    region: str = at("scope", "region")
    created_at: Timestamp = at("opened_at")
    opened_at: Timestamp
    updated_at: Timestamp
    resolved_at: Timestamp | None
    resolution: Resolution | None
    acknowledged_at: Timestamp | None
    acknowledged_by: str
    acknowledged_by_id: str
    alert_count: int
    firing_count: int
    event_count: int
    muted_count: int
    causes: tuple[CauseView, ...]
    suggestions: tuple[SuggestionView, ...]
    changes: tuple[RelatedChangeView, ...]
    merged_into: str
    merged_from: tuple[str, ...]
    url: str


class IncidentView(IncidentHead):
    """`alerts` are a few of all `alertCount`: the most severe, then the newest."""

    alerts: tuple[AlertSampleView, ...] = at("samples")


class IncidentPageView(View):
    """Newest opened first; `cursor` leads to the next page and is null at the end."""

    incidents: tuple[IncidentView, ...]
    cursor: str | None


class AlertView(View):
    """An alert of an incident: the newest of the `count` events of one firing. `decision`, `reason` and
    `evidence` say why it is in this incident. `reportedAt` is the time that the source reported, if it lay
    too far ahead of `receivedAt` to be `occurredAt`."""

    fingerprint: str = at("alert", "fingerprint")
    title: str = at("alert", "title")
    service: str = at("alert", "service")
    source: str = at("alert", "source")
    status: AlertStatus = at("alert", "status")
    severity: Severity
    symptom: Symptom
    occurred_at: Timestamp = at("alert", "occurred_at")
    received_at: Timestamp = at("alert", "received_at")
    started_at: Timestamp | None = at("alert", "started_at")
    reported_at: Timestamp | None = at("alert", "reported_at")
    count: int
    message: str = at("alert", "message")
    service_reason: str = at("alert", "service_reason")
    environment: str = at("alert", "environment")
    environment_reason: str = at("alert", "environment_reason")
    region: str = at("alert", "region")
    account: str = at("alert", "account")
    resources: tuple[str, ...] = at("alert", "resources")
    metric: str = at("alert", "metric")
    namespace: str = at("alert", "namespace")
    labels: dict[str, str] = at("alert", "labels")
    url: str = at("alert", "url")
    muted: str = at("alert", "muted")
    decision: str
    reason: str
    evidence: tuple[str, ...]


class FeedbackView(View):
    """A person's vote on a suggestion. `personId` is the subject of the person, which counts; `person` is the
    name."""

    id: str
    suggestion_id: str
    person: str
    person_id: str
    value: int
    comment: str
    created_at: Timestamp


class TimelineEntryView(View):
    """An entry of the timeline; `actor` is a person, or empty for the agent itself."""

    id: str
    at: Timestamp
    kind: TimelineKind
    text: str
    actor: str


class IncidentDetailView(IncidentHead):
    """An incident with all details; `cursor` leads to more alerts and is null at the end. `inhibitedBy`
    is the more severe incident that inhibits its notifications, or empty."""

    alerts: tuple[AlertView, ...]
    feedback: tuple[FeedbackView, ...]
    timeline: tuple[TimelineEntryView, ...]
    cursor: str | None
    inhibited_by: str
    inhibited_reason: str


class OverviewView(View):
    """`live` counts open and acknowledged incidents by severity. Since `since`, a day ago, `alerts` state
    changes became `incidents`. `complete` is false where there were too many to count. `parkedIncidents` are
    open, but new alerts no longer join them, because their scope has more open incidents than it holds."""

    since: Timestamp
    live: dict[Severity, int]
    acknowledged: int
    alerts: int
    incidents: int
    complete: bool
    parked_incidents: int


class PastActionView(View):
    """An action of an earlier incident: its votes there, and how its execution ended, or empty where there
    was none."""

    action: Action
    helpful: int
    unhelpful: int
    ended: str


class SimilarIncidentView(View):
    """An earlier incident of the same service and symptom; `durationMs` is from opened to resolved."""

    id: str = at("incident", "id")
    title: str = at("incident", "title")
    severity: Severity = at("incident", "severity")
    opened_at: Timestamp = at("incident", "opened_at")
    duration_ms: int = at("lasted")
    tried: tuple[PastActionView, ...]


class SimilarIncidentsView(View):
    """Newest first."""

    incidents: tuple[SimilarIncidentView, ...]
