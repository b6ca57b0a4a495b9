"""Example incidents: a critical one with suggestions, a resolved one, and one with hostile text."""

from typing import Any

from cloudops.alerts.alert import Scope, Severity
from cloudops.core.ids import IncidentId
from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import MINUTE
from cloudops.incidents.incident import Cause, Incident, IncidentStatus, TimelineEntry, TimelineKind
from cloudops.incidents.suggestion import ActionSuggestion, suggestion_id
from cloudops.notifications.thread import Note
from tests.fakes.incident_factory import NOON, an_incident, incident_named

NOW = NOON + 14 * MINUTE
END = NOON + 31 * MINUTE
"""The time at which the example incident is resolved."""


def suggested(name: str, action: Action, confidence: float, **fields: Any) -> ActionSuggestion:
    incident = incident_named(name)
    defaults: dict[str, Any] = {
        "id": suggestion_id(IncidentId(incident), action),
        "incident_id": incident,
        "action": action,
        "symptom": Symptom.ERROR_RATE,
        "confidence": confidence,
        "service": name,
    }
    return ActionSuggestion(**defaults | fields)


def critical(**fields: Any) -> Incident:
    """A critical incident in production, fourteen minutes old."""
    defaults: dict[str, Any] = {
        "title": "checkout answers 5xx, and payments waits for it",
        "severity": Severity.CRITICAL,
        "scope": Scope("123456789012", "prod", "eu-west-1"),
        "services": ("checkout", "payments"),
        "alert_count": 12,
        "firing_count": 9,
        "muted_count": 1,
        "causes": (
            Cause(
                "checkout",
                0.82,
                (
                    "deployed version 2.14.0 6 minutes before the first alert",
                    "fired first, 2 minutes before payments, which calls it",
                    "error rate is a closer symptom than the latency of its callers",
                ),
            ),
        ),
        "suggestions": (
            suggested(
                "checkout",
                Action.ROLLBACK,
                0.71,
                confidence_low=0.48,
                votes=12,
                outcomes=3,
                rationale="10 of 12 helped for error rate on checkout; deployed 6 minutes before",
            ),
            suggested(
                "checkout", Action.RESTART_PODS, 0.34, confidence_low=0.2, votes=5, rationale="2 of 5 helped"
            ),
        ),
        "url": "https://eu-west-1.console.aws.amazon.com/cloudwatch/home#alarmsV2:alarm/checkout-5xx",
    }
    return an_incident("checkout", **defaults | fields)


def resolved() -> Incident:
    return critical(status=IncidentStatus.RESOLVED, resolved_at=END, resolved_by="jane", firing_count=0)


HOSTILE = (
    '<!channel> *free* `money` <https://evil.example|Approve> @here :fire: "}]} \u202eevorppA & &lt;ok&gt;'
)


def hostile() -> Incident:
    """An incident with text of an attacker in every field."""
    return critical(
        title=HOSTILE,
        services=(HOSTILE,),
        scope=Scope("1", HOSTILE, HOSTILE),
        causes=(Cause(HOSTILE, 0.9, (HOSTILE, "[Approve](https://evil.example)")),),
        suggestions=(suggested("checkout", Action.ROLLBACK, 0.4, service=HOSTILE, rationale=HOSTILE),),
        url="javascript:alert(1)",
    )


def entry(kind: TimelineKind, text: str, minute: int, actor: str = "") -> TimelineEntry:
    return TimelineEntry(
        id=f"tl_{minute}",
        incident_id=incident_named("checkout"),
        at=NOON + minute * MINUTE,
        kind=kind,
        text=text,
        actor=actor,
    )


TIMELINE = (
    Note(entry(TimelineKind.ALERT, "payments p95 above 2 s joined: DEPENDENCY", 2), 1),
    Note(entry(TimelineKind.ALERT, "10 alerts joined, first cart-5xx joined: DEPENDENCY", 3), 10),
    Note(entry(TimelineKind.SEVERITY, "Severity raised from high to critical", 4)),
    Note(entry(TimelineKind.ACKNOWLEDGED, "Acknowledged", 5, "jane")),
    Note(entry(TimelineKind.EXECUTION, "rollback on checkout is approved: approved", 6, "jane")),
    Note(entry(TimelineKind.EXECUTION, "rollback on checkout is running: to 2.13.4", 7)),
    Note(entry(TimelineKind.EXECUTION, "rollback on checkout helped: 8 of 9 alerts have resolved", 19)),
    Note(entry(TimelineKind.FEEDBACK, "jane found rollback helpful", 25, "jane")),
    Note(entry(TimelineKind.RESOLVED, "All alerts have resolved", 31)),
)
