"""Records made by hand for tests of whatever stores or shows them."""

import base64
import random
from typing import Any

from cloudops.alerts.alert import Alert, AlertStatus, Scope, Severity
from cloudops.core.ids import IncidentId, stable_id
from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import EpochMillis
from cloudops.correlation.state import ScopeState, empty_state
from cloudops.incidents.incident import Incident, IncidentAlert, IncidentStatus, TimelineEntry, TimelineKind
from cloudops.incidents.store import Commit
from cloudops.incidents.suggestion import ActionSuggestion, Feedback, feedback_id, suggestion_id

NOON: EpochMillis = 1_763_899_200_000
"""2025-11-23T12:00:00Z."""
SCOPE = Scope("123456789012", "prod", "eu-west-1")


def incident_named(name: str) -> IncidentId:
    return IncidentId("inc_" + stable_id(name))


def an_incident(name: str, **fields: Any) -> Incident:
    """An open incident that offers a rollback, with whatever fields the test is about."""
    mine = incident_named(name)
    known: dict[str, Any] = {
        "id": mine,
        "scope": SCOPE,
        "status": IncidentStatus.OPEN,
        "title": f"{name} answers 5xx",
        "severity": Severity.HIGH,
        "symptom": Symptom.ERROR_RATE,
        "opened_at": NOON,
        "updated_at": NOON,
        "services": (name,),
        "suggestions": (
            ActionSuggestion(
                id=suggestion_id(IncidentId(mine), Action.ROLLBACK),
                incident_id=IncidentId(mine),
                action=Action.ROLLBACK,
                symptom=Symptom.ERROR_RATE,
                confidence=0.4,
            ),
        ),
    }
    return Incident(**known | fields)


def an_alert(name: str, at: EpochMillis = NOON, **fields: Any) -> IncidentAlert:
    """A firing of the alert of this name, as an incident keeps it."""
    known: dict[str, Any] = {
        "source": "cloudwatch",
        "fingerprint": stable_id(name),
        "status": AlertStatus.FIRING,
        "occurred_at": at,
        "received_at": at,
        "title": name,
    }
    return IncidentAlert(
        alert=Alert(**known | fields),
        symptom=Symptom.ERROR_RATE,
        severity=Severity.HIGH,
        decision="joined",
        reason="SAME_SERVICE",
    )


def an_entry(incident_id: IncidentId, text: str, at: EpochMillis = NOON) -> TimelineEntry:
    return TimelineEntry(
        id="tl_" + stable_id(incident_id, text),
        incident_id=incident_id,
        at=at,
        kind=TimelineKind.ALERT,
        text=text,
    )


def a_state(*seen: str, scope: Scope = SCOPE) -> ScopeState:
    """A scope that remembers these words, so that a test can tell one state from another."""
    state = empty_state(scope)
    state.tombstones = dict.fromkeys(seen, NOON)
    return state


def a_commit(version: int = 0, *incidents: Incident, batch: str = "batch", **fields: Any) -> Commit:
    """A commit of these incidents at a version, into the scope that all of these tests use."""
    known: dict[str, Any] = {
        "scope": SCOPE,
        "expected_version": version,
        "state": a_state(batch),
        "batch_id": batch,
        "incidents": incidents,
    }
    return Commit(**known | fields)


def a_vote(
    incident_id: IncidentId, person: str, value: int, at: EpochMillis = NOON, comment: str = ""
) -> Feedback:
    suggestion = suggestion_id(incident_id, Action.ROLLBACK)
    return Feedback(
        id=feedback_id(suggestion, stable_id(person)),
        suggestion_id=suggestion,
        incident_id=incident_id,
        person=person,
        person_id=f"https://issuer.example#{person}",
        value=value,
        created_at=at,
        comment=comment,
    )


def noise(kilobytes: int, seed: int = 1) -> str:
    """Text that hardly packs smaller."""
    return base64.b64encode(random.Random(seed).randbytes(kilobytes * 768)).decode()  # noqa: S311 same noise
