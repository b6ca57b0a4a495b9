"""Where an incident probably began: its services ranked, each with the evidence."""

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
EARLY: Final = 2 * MINUTE
"""Alarms evaluate by the minute, so a start within this time of the first says little about who was first."""
TELLING: Final = 0.6
"""Specificity from which a symptom is named as evidence."""

DEEPEST: Final = 2.5
SPECIFIC: Final = 2.0
EARLIEST: Final = 1.0
STARVED: Final = 3.0
"""Log-odds: of a service that all others call or depend on, of the most specific symptom, of the first to
alert; and against one that only lost its traffic. Depth counts most: failures travel along the calls."""


def rank_root_causes(
    incident: IncidentState, topology: Topology, changes: Sequence[SuspectChange] = ()
) -> tuple[Cause, ...]:
    """The likeliest first; the scores of all services add up to 1, and at most five are told. Planned work
    is its own cause. A service that was changed just before is likelier by the odds of its change."""
    if incident.window:
        machines = sorted(name for name in incident.resources if name != incident.window)
        return (Cause(incident.window, 1.0, (f"planned work on {_listed(machines)}",)),)
    affected = incident.services
    start = min((one.first_at for one in affected.values()), default=0)
    weighed = [(*_weigh(name, affected, start, topology, changes), name) for name in affected]
    total = sum(exp(weight) for weight, _, _ in weighed)
    weighed.sort(key=lambda one: (-one[0], affected[one[2]].first_at, one[2]))
    return tuple(
        Cause(name, round(exp(weight) / total, 4), told) for weight, told, name in weighed[:MAX_CAUSES]
    )


def _weigh(
    name: str,
    affected: dict[str, ServiceImpact],
    start: int,
    topology: Topology,
    changes: Sequence[SuspectChange],
) -> tuple[float, tuple[str, ...]]:
    """The log-odds that it began here, up to a constant, and the evidence for and against."""
    impact = affected[name]
    others = max(1, len(affected) - 1)
    above = affected.keys() & topology.callers(name).keys()
    below = [
        one for one in affected.keys() & topology.callees(name).keys() if not _lost_traffic(affected[one])
    ]
    specific = SPECIFICITY[impact.symptom]
    weight = DEEPEST * (len(above) - len(below)) / others + SPECIFIC * specific
    weight += EARLIEST * exp((start - impact.first_at) / EARLY)
    evidence = []
    if above:
        evidence.append(f"called by {_suffering(above)}")
    if below:
        evidence.append(f"but calls {_suffering(below)}")
    if specific >= TELLING:
        evidence.append(f"{impact.symptom.replace('_', ' ')} points at the service itself")
    if impact.first_at == start:
        evidence.append("the first to alert")
    if changed := suspect(changes, name):
        weight += blame_log_odds(changed)
        evidence.append(EVIDENCE_PREFIX + describe(changed))
    if _lost_traffic(impact):
        weight -= STARVED
        evidence.append("but shows no more than what its callers ask of it")
    return weight, tuple(evidence)


def _lost_traffic(impact: ServiceImpact) -> bool:
    return impact.signals.keys() == {FailureSignal.TRAFFIC}


def _suffering(names: Collection[str]) -> str:
    return f"{_listed(names)}, which {'suffers' if len(names) == 1 else 'suffer'} too"


def _listed(names: Iterable[str]) -> str:
    shown = sorted(names)
    return ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")
