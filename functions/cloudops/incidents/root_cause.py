"""Ranks the affected services of an incident as probable root causes, with evidence.

The score is a softmax over log-odds from dependency depth, symptom specificity, order of onset and changes.
"""

from collections.abc import Collection, Iterable, Sequence
from math import exp
from typing import Final

from cloudops.catalog.topology import Topology
from cloudops.changes.evidence import EVIDENCE_PREFIX, blame_log_odds, describe, suspect
from cloudops.changes.suspects import SuspectChange
from cloudops.core.taxonomy import SPECIFICITY
from cloudops.core.time import MINUTE
from cloudops.correlation.incoming_alert import FailureSignal
from cloudops.correlation.state import IncidentState, ServiceImpact
from cloudops.incidents.incident import Cause

MAX_CAUSES: Final = 5
ONSET_DECAY: Final = 2 * MINUTE
"""Alarms evaluate by the minute, so onsets within this time of the first say little about their order."""
MIN_SPECIFICITY: Final = 0.6
"""Specificity from which a symptom is listed as evidence."""

DEPTH_LOG_ODDS: Final = 2.5
SPECIFICITY_LOG_ODDS: Final = 2.0
FIRST_ONSET_LOG_ODDS: Final = 1.0
TRAFFIC_ONLY_LOG_ODDS: Final = 3.0
"""Log-odds for a service that all others depend on, for the most specificity symptom and for the first onset,
and against a service that only shows a change of traffic. Depth counts most: failures travel to callers."""


def rank_root_causes(
    incident: IncidentState, topology: Topology, changes: Sequence[SuspectChange] = ()
) -> tuple[Cause, ...]:
    """Returns at most `MAX_CAUSES` probable causes, the most likely first.

    Scores of all services add up to 1. A maintenance window is its own cause. A suspect change adds its
    log-odds to its service."""
    if incident.window:
        machines = sorted(name for name in incident.resources if name != incident.window)
        return (Cause(incident.window, 1.0, (f"planned work on {_listed(machines)}",)),)
    affected = incident.services
    start = min((one.first_at for one in affected.values()), default=0)
    weighted = [(*_weigh(name, affected, start, topology, changes), name) for name in affected]
    total = sum(exp(weight) for weight, _, _ in weighted)
    weighted.sort(key=lambda one: (-one[0], affected[one[2]].first_at, one[2]))
    return tuple(
        Cause(name, round(exp(weight) / total, 4), evidence)
        for weight, evidence, name in weighted[:MAX_CAUSES]
    )


def _weigh(
    name: str,
    affected: dict[str, ServiceImpact],
    start: int,
    topology: Topology,
    changes: Sequence[SuspectChange],
) -> tuple[float, tuple[str, ...]]:
    """Returns the log-odds that the failure began here, up to a constant, and the evidence."""
    impact = affected[name]
    others = max(1, len(affected) - 1)
    callers = affected.keys() & topology.callers(name).keys()
    callees = [
        one for one in affected.keys() & topology.callees(name).keys() if not _lost_traffic(affected[one])
    ]
    specificity = SPECIFICITY[impact.symptom]
    weight = DEPTH_LOG_ODDS * (len(callers) - len(callees)) / others + SPECIFICITY_LOG_ODDS * specificity
    weight += FIRST_ONSET_LOG_ODDS * exp((start - impact.first_at) / ONSET_DECAY)
    evidence = []
    if callers:
        evidence.append(f"called by {_also_affected(callers)}")
    if callees:
        evidence.append(f"but calls {_also_affected(callees)}")
    if specificity >= MIN_SPECIFICITY:
        evidence.append(f"{impact.symptom.replace('_', ' ')} points at the service itself")
    if impact.first_at == start:
        evidence.append("the first to alert")
    if changed := suspect(changes, name):
        weight += blame_log_odds(changed)
        evidence.append(EVIDENCE_PREFIX + describe(changed))
    if _lost_traffic(impact):
        weight -= TRAFFIC_ONLY_LOG_ODDS
        evidence.append("but shows only a change in traffic from its callers")
    return weight, tuple(evidence)


def _lost_traffic(impact: ServiceImpact) -> bool:
    return impact.signals.keys() == {FailureSignal.TRAFFIC}


def _also_affected(names: Collection[str]) -> str:
    return f"{_listed(names)}, which {'is' if len(names) == 1 else 'are'} affected too"


def _listed(names: Iterable[str]) -> str:
    shown = sorted(names)
    return ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")
