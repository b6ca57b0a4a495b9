"""Builds incidents, alerts, timeline entries, commits and votes for tests."""

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
    """Returns an open incident with a suggested rollback, and with these fields."""
    incident_id = incident_named(name)
    defaults: dict[str, Any] = {
        "id": incident_id,
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
                id=suggestion_id(incident_id, Action.ROLLBACK),
                incident_id=incident_id,
                action=Action.ROLLBACK,
                symptom=Symptom.ERROR_RATE,
                confidence=0.4,
            ),
        ),
    }
    return Incident(**defaults | fields)


def an_alert(name: str, at: EpochMillis = NOON, **fields: Any) -> IncidentAlert:
    """Returns a firing alert with this title as a row of an incident."""
    defaults: dict[str, Any] = {
        "source": "cloudwatch",
        "fingerprint": stable_id(name),
        "status": AlertStatus.FIRING,
        "occurred_at": at,
        "received_at": at,
        "title": name,
    }
    return IncidentAlert(
        alert=Alert(**defaults | fields),
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


def a_state(*names: str, scope: Scope = SCOPE) -> ScopeState:
    """Returns a scope state that contains these names, so that a test can distinguish two states."""
    state = empty_state(scope)
    state.tombstones = dict.fromkeys(names, NOON)
    return state


def a_commit(version: int = 0, *incidents: Incident, batch: str = "batch", **fields: Any) -> Commit:
    """Returns a commit of these incidents to SCOPE, at a version."""
    defaults: dict[str, Any] = {
        "scope": SCOPE,
        "expected_version": version,
        "state": a_state(batch),
        "batch_id": batch,
        "incidents": incidents,
    }
    return Commit(**defaults | fields)


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
    """Returns text that hardly compresses."""
    return base64.b64encode(random.Random(seed).randbytes(kilobytes * 768)).decode()  # noqa: S311 same noise
