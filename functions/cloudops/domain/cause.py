"""Where an incident probably began: its services ranked, each with the evidence."""

from math import exp
from typing import Final

from cloudops.domain.incident import Cause
from cloudops.domain.scope_state import MINUTE, IncidentState, Trouble
from cloudops.domain.sign import Sign
from cloudops.domain.suggestion import Symptom
from cloudops.domain.topology import Topology

MAX_CAUSES: Final = 5
EARLY: Final = 2 * MINUTE
"""Alarms evaluate by the minute, so a start within this time of the first says little about who was first."""

SPECIFICITY: Final = {
    Symptom.OOM: 1.0,
    Symptom.CRASH_LOOP: 0.95,
    Symptom.DISK: 0.8,
    Symptom.CERTIFICATE: 0.8,
    Symptom.SATURATION_MEMORY: 0.75,
    Symptom.THROTTLING: 0.7,
    Symptom.SATURATION_CPU: 0.7,
    Symptom.AVAILABILITY: 0.65,
    Symptom.QUEUE_BACKLOG: 0.4,
    Symptom.ERROR_RATE: 0.3,
    Symptom.LATENCY: 0.2,
    Symptom.OTHER: 0.1,
}
"""How far a symptom points at its own service rather than at one that it calls, 0 to 1."""

EXPLAINS, SPECIFIC, EARLIEST, STARVED = 2.5, 2.0, 1.0, -3.0


def causes(incident: IncidentState, topology: Topology) -> tuple[Cause, ...]:
    """The likeliest first; the scores of all services add up to 1, and at most five are told."""
    suffering = {name: one for name, one in incident.services.items() if name}
    if not suffering:
        return ()
    start = min(one.first_at for one in suffering.values())
    weighed = []
    for name, trouble in suffering.items():
        weight, evidence = _weigh(name, trouble, suffering, start, topology)
        weighed.append((weight, name, evidence))
    total = sum(exp(weight) for weight, _, _ in weighed)
    weighed.sort(key=lambda one: (-one[0], suffering[one[1]].first_at, one[1]))
    return tuple(
        Cause(name, round(exp(weight) / total, 4), evidence)
        for weight, name, evidence in weighed[:MAX_CAUSES]
    )


def _weigh(
    name: str, trouble: Trouble, suffering: dict[str, Trouble], start: int, topology: Topology
) -> tuple[float, tuple[str, ...]]:
    evidence = []
    callers = suffering.keys() & topology.callers(name).keys()
    below = {one for one in suffering.keys() & topology.callees(name).keys() if _is_active(suffering[one])}
    others = len(suffering) - 1
    weight = EXPLAINS * (len(callers) / others if others else 1.0)
    if callers:
        evidence.append(f"called by {_listed(callers)}, which suffer too")
    if below:
        weight -= EXPLAINS * min(1.0, len(below) / max(1, others))
        evidence.append(f"but calls {_listed(below)}, which suffer too")
    specific = SPECIFICITY[trouble.symptom]
    weight += SPECIFIC * specific
    if specific >= 0.6:
        evidence.append(f"{trouble.symptom.replace('_', ' ')} points at the service itself")
    lag = trouble.first_at - start
    weight += EARLIEST * exp(-lag / EARLY)
    if lag == 0:
        evidence.append("the first to alert")
    if not _is_active(trouble):
        weight += STARVED
        evidence.append("only lost its traffic")
    return weight, tuple(evidence)


def _is_active(trouble: Trouble) -> bool:
    return bool(trouble.signs.keys() - {Sign.LOAD})


def _listed(names: set[str]) -> str:
    shown = sorted(names)
    return ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")
