"""Builds classified alerts by service, symptom and time, and a scope that correlates them."""

from collections.abc import Sequence
from typing import Any

from cloudops.alerts.alert import Alert, AlertStatus, Scope, Severity
from cloudops.analysis.model import Analysis, Proposal
from cloudops.catalog.topology import Topology
from cloudops.core.ids import stable_id
from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import EpochMillis
from cloudops.correlation.correlator import ClassifiedAlert, Decision, ScopeState, correlate, empty_state
from cloudops.correlation.state import IncidentState

MIDNIGHT: EpochMillis = 1_767_225_600_000
"""2026-01-01T00:00:00Z"""
PROD = Scope("123456789012", "prod", "eu-west-1")

SHOP = Topology(
    {
        "web": frozenset({"cart", "checkout", "ads"}),
        "checkout": frozenset({"cart", "payment", "mail"}),
        "cart": frozenset({"redis"}),
        "search": frozenset({"catalog"}),
        "catalog": frozenset({"postgres"}),
    }
)
"""web calls cart, checkout and ads; checkout calls cart, payment and mail; cart calls redis."""

SEVERITIES = {
    Symptom.OOM: Severity.HIGH,
    Symptom.CRASH_LOOP: Severity.HIGH,
    Symptom.ERROR_RATE: Severity.CRITICAL,
    Symptom.AVAILABILITY: Severity.CRITICAL,
    Symptom.LATENCY: Severity.HIGH,
}
ACTIONS = {
    Symptom.OOM: Action.RESTART_PODS,
    Symptom.ERROR_RATE: Action.ROLLBACK,
    Symptom.LATENCY: Action.SCALE_SERVICE,
}


def clock(time: str) -> EpochMillis:
    """ "10:05" or "10:05:30", on the first of January 2026."""
    hours, minutes, seconds = (*map(int, time.split(":")), 0)[:3]
    return MIDNIGHT + ((hours * 60 + minutes) * 60 + seconds) * 1000


def changes(service: str, symptom: Symptom, time: str, status: AlertStatus, **fields: Any) -> ClassifiedAlert:
    """Returns an alert of a service with its analysis.

    `traits` and `component` go to the analysis; `name` distinguishes two alerts of the same symptom."""
    name = fields.pop("name", "")
    at = clock(time)
    severity = fields.pop("severity", SEVERITIES.get(symptom, Severity.MEDIUM))
    proposal = Proposal(ACTIONS.get(symptom, Action.NOOP), 0.4, (f"{symptom} says so",))
    title = fields.pop("title", f"{symptom} {service} {name}".strip())
    analysis = Analysis(
        symptom=symptom,
        severity=severity,
        title=title,
        proposals=(proposal, Proposal(Action.NOOP, 0.3)),
        traits=fields.pop("traits", ()),
        component=fields.pop("component", ""),
    )
    alert = Alert(
        source="plain",
        fingerprint=fields.pop("fingerprint", stable_id(service, symptom, name)),
        status=status,
        occurred_at=at,
        received_at=fields.pop("received_at", at),
        title=title,
        service=service,
        account=PROD.account,
        environment=PROD.environment,
        region=PROD.region,
        **fields,
    )
    return ClassifiedAlert(alert, analysis)


def fires(service: str, symptom: Symptom, time: str, **fields: Any) -> ClassifiedAlert:
    return changes(service, symptom, time, AlertStatus.FIRING, **fields)


def clears(service: str, symptom: Symptom, time: str, **fields: Any) -> ClassifiedAlert:
    return changes(service, symptom, time, AlertStatus.RESOLVED, **fields)


class Scene:
    """One scope and its state from batch to batch."""

    def __init__(self, topology: Topology = SHOP) -> None:
        self.topology = topology
        self.state: ScopeState = empty_state(PROD)

    def batch(self, *items: ClassifiedAlert) -> list[Decision]:
        self.state, decisions = correlate(self.state, items, self.topology)
        return decisions

    def each(self, *items: ClassifiedAlert) -> list[Decision]:
        """Returns the decisions of one batch an alert, in this order of delivery."""
        return [self.batch(item)[0] for item in items]

    def groups(self) -> list[set[str]]:
        """Returns the affected services of each incident in the state, in the order of opening."""
        return [set(one.services) for one in self.state.incidents]

    @property
    def only(self) -> IncidentState:
        (incident,) = self.state.incidents
        return incident


def homes(decisions: Sequence[Decision]) -> list[str | None]:
    """Returns the incident of each alert as A, B, ... in the order of first mention, or None."""
    letters: dict[str, str] = {}
    for one in decisions:
        if one.incident_id is not None:
            letters.setdefault(one.incident_id, "ABCDEFGHIJ"[len(letters)])
    return [letters[one.incident_id] if one.incident_id else None for one in decisions]
