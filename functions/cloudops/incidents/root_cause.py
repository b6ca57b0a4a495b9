"""Ranks the affected services of an incident, and silent causes, as probable root causes, with evidence.

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
from cloudops.correlation.incident_index import has_own_fault, root_services
from cloudops.correlation.incoming_alert import SYMPTOMS, FailureSignal
from cloudops.correlation.state import IncidentState, ServiceImpact
from cloudops.incidents.incident import Cause

MAX_CAUSES: Final = 5
MAX_SILENT_CAUSES: Final = 3
"""Silent causes among them: the others are affected services, whose proposals can be suggested."""
ONSET_DECAY: Final = 5 * MINUTE
"""Alarms evaluate every one to five minutes, so alerts within one such period carry no order: the log-odds of
the first onset fall to 1/e in this time."""
MIN_SPECIFICITY: Final = 0.6
"""Specificity from which a symptom is listed as evidence."""

DEPTH_LOG_ODDS: Final = 2.5
SPECIFICITY_LOG_ODDS: Final = 2.0
FIRST_ONSET_LOG_ODDS: Final = 1.0
TRAFFIC_ONLY_LOG_ODDS: Final = 3.0
"""Log-odds for a service that all others depend on, for the most specificity symptom and for the first onset,
and against a service that only shows a change of traffic. Depth counts most: failures travel to callers."""
UNCONNECTED_LOG_ODDS: Final = 1.0
"""Against one of three or more services that neither calls another one nor is called: it explains none of
them. On 16 real faults of one application the true root is first for 0.63 of them instead of 0.44."""
SILENT_LOG_ODDS: Final = 1.5
"""Against a silent cause: a service that fails usually has an alert. A single affected service so stays ahead
of what it calls, and a service that two roots call comes first."""
COMMON_LOG_ODDS: Final = 1.5
"""For each further root service that depends on a silent cause: one failure is likelier than two."""
DISTANCE_LOG_ODDS: Final = 0.7
"""Against a silent cause for each further call to it: the services between would show it too."""
UNAFFECTED_LOG_ODDS: Final = 1.5
"""Against a silent cause none of whose direct callers is affected; in proportion, if some are. With these
four, a root without an alert is among the first three in 0.74 of 35 such faults."""


def rank_root_causes(
    incident: IncidentState, topology: Topology, changes: Sequence[SuspectChange] = ()
) -> tuple[Cause, ...]:
    """Returns at most `MAX_CAUSES` probable causes, the most likely first.

    A service without an alert that would explain the others is among them (a silent cause). The scores of
    all services, before the list is cut, add up to 1. A maintenance window is its own cause. A suspect
    change adds its log-odds to its service."""
    if incident.window:
        machines = sorted(name for name in incident.resources if name != incident.window)
        return (Cause(incident.window, 1.0, (f"planned work on {_listed(machines)}",)),)
    affected = incident.services
    start = min((one.first_at for one in affected.values()), default=0)
    weighted = [(*_weigh(name, affected, start, topology, changes), name) for name in affected]
    weighted += _silent_causes(incident, topology, changes)
    total = sum(exp(weight) for weight, _, _ in weighted)
    onsets = {name: impact.first_at for name, impact in affected.items()}
    weighted.sort(key=lambda one: (-one[0], onsets.get(one[2], start), one[2]))
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
    if len(affected) > 2 and not callers and not affected.keys() & topology.callees(name).keys():
        weight -= UNCONNECTED_LOG_ODDS
    evidence = []
    if callers:
        evidence.append(f"called by {_also_affected(callers)}")
    if callees:
        evidence.append(f"but calls {_also_affected(callees)}")
    if specificity >= MIN_SPECIFICITY:
        evidence.append(f"{impact.symptom.replace('_', ' ')} points at the service itself")
    if impact.first_at == start and sum(one.first_at == start for one in affected.values()) == 1:
        evidence.append("the first to alert")
    if changed := suspect(changes, name):
        weight += blame_log_odds(changed)
        evidence.append(EVIDENCE_PREFIX + describe(changed))
    if _lost_traffic(impact):
        weight -= TRAFFIC_ONLY_LOG_ODDS
        evidence.append("but shows only a change in traffic from its callers")
    return weight, tuple(evidence)


def _silent_causes(
    incident: IncidentState, topology: Topology, changes: Sequence[SuspectChange]
) -> list[tuple[float, tuple[str, ...], str]]:
    """Returns the silent causes of the incident, with their log-odds and evidence.

    A silent cause has no alert, and root services with symptoms depend on it. A root that shows a fault of
    its own needs none."""
    affected = incident.services
    roots = {
        name for name in root_services(incident, topology) if affected[name].signals.keys() & set(SYMPTOMS)
    }
    if not roots or has_own_fault(incident, topology):
        return []
    found: dict[str, set[str]] = {}
    for root in roots:
        for callee in topology.callees(root).keys() - affected.keys():
            found.setdefault(callee, set()).add(root)
    weighted = [
        (*_weigh_silent(name, explained, incident, topology, changes), name)
        for name, explained in found.items()
    ]
    return sorted(weighted, key=lambda one: (-one[0], one[2]))[:MAX_SILENT_CAUSES]


def _weigh_silent(
    name: str,
    explained: set[str],
    incident: IncidentState,
    topology: Topology,
    changes: Sequence[SuspectChange],
) -> tuple[float, tuple[str, ...]]:
    """Returns the log-odds of a silent cause, on the scale of `_weigh`, and the evidence."""
    affected, callers = incident.services, topology.callers(name)
    dependents = callers.keys() & affected.keys()
    distance = sum(callers[root] for root in explained) / len(explained) - 1
    direct = {one for one, hops in callers.items() if hops == 1}
    weight = DEPTH_LOG_ODDS * len(dependents) / len(affected) - SILENT_LOG_ODDS
    weight += COMMON_LOG_ODDS * (len(explained) - 1) - DISTANCE_LOG_ODDS * distance
    weight -= UNAFFECTED_LOG_ODDS * len(direct - affected.keys()) / len(direct)
    evidence = [f"{_listed(dependents)} {'depends' if len(dependents) == 1 else 'depend'} on it"]
    if changed := suspect(changes, name):
        weight += blame_log_odds(changed)
        evidence.append(EVIDENCE_PREFIX + describe(changed))
    return weight, (*evidence, "but it has no alert")


def _lost_traffic(impact: ServiceImpact) -> bool:
    return impact.signals.keys() == {FailureSignal.TRAFFIC}


def _also_affected(names: Collection[str]) -> str:
    return f"{_listed(names)}, which {'is' if len(names) == 1 else 'are'} affected too"


def _listed(names: Iterable[str]) -> str:
    shown = sorted(names)
    return ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")
