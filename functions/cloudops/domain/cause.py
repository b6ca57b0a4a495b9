"""Where an incident probably began: its services ranked, each with the evidence."""

from collections.abc import Collection, Iterable, Sequence
from math import exp
from typing import Final

from cloudops.domain.change_evidence import MARK, blamed, suspect, told_as
from cloudops.domain.changes import Recent
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
TELLING: Final = 0.6
"""Specificity from which a symptom is named as evidence."""

DEEPEST: Final = 2.5
SPECIFIC: Final = 2.0
EARLIEST: Final = 1.0
STARVED: Final = 3.0
"""Log-odds: of a service that all others call or depend on, of the most specific symptom, of the first to
alert; and against one that only lost its traffic. Depth counts most: failures travel along the calls."""


def causes(incident: IncidentState, topology: Topology, changes: Sequence[Recent] = ()) -> tuple[Cause, ...]:
    """The likeliest first; the scores of all services add up to 1, and at most five are told. Planned work
    is its own cause. A service that was changed just before is likelier by the odds of its change."""
    if incident.window:
        machines = sorted(name for name in incident.resources if name != incident.window)
        return (Cause(incident.window, 1.0, (f"planned work on {_listed(machines)}",)),)
    suffering = incident.services
    start = min((one.first_at for one in suffering.values()), default=0)
    weighed = [(*_weigh(name, suffering, start, topology, changes), name) for name in suffering]
    total = sum(exp(weight) for weight, _, _ in weighed)
    weighed.sort(key=lambda one: (-one[0], suffering[one[2]].first_at, one[2]))
    return tuple(
        Cause(name, round(exp(weight) / total, 4), told) for weight, told, name in weighed[:MAX_CAUSES]
    )


def _weigh(
    name: str, suffering: dict[str, Trouble], start: int, topology: Topology, changes: Sequence[Recent]
) -> tuple[float, tuple[str, ...]]:
    """The log-odds that it began here, up to a constant, and the evidence for and against."""
    trouble = suffering[name]
    others = max(1, len(suffering) - 1)
    above = suffering.keys() & topology.callers(name).keys()
    below = [one for one in suffering.keys() & topology.callees(name).keys() if not _starved(suffering[one])]
    specific = SPECIFICITY[trouble.symptom]
    weight = DEEPEST * (len(above) - len(below)) / others + SPECIFIC * specific
    weight += EARLIEST * exp((start - trouble.first_at) / EARLY)
    evidence = []
    if above:
        evidence.append(f"called by {_suffering(above)}")
    if below:
        evidence.append(f"but calls {_suffering(below)}")
    if specific >= TELLING:
        evidence.append(f"{trouble.symptom.replace('_', ' ')} points at the service itself")
    if trouble.first_at == start:
        evidence.append("the first to alert")
    if changed := suspect(changes, name):
        weight += blamed(changed)
        evidence.append(MARK + told_as(changed))
    if _starved(trouble):
        weight -= STARVED
        evidence.append("but shows no more than what its callers ask of it")
    return weight, tuple(evidence)


def _starved(trouble: Trouble) -> bool:
    return trouble.signs.keys() == {Sign.LOAD}


def _suffering(names: Collection[str]) -> str:
    return f"{_listed(names)}, which {'suffers' if len(names) == 1 else 'suffer'} too"


def _listed(names: Iterable[str]) -> str:
    shown = sorted(names)
    return ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")
