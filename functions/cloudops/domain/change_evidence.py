"""How far the changes before an incident, or their absence, move the chances of what could be done."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from cloudops.domain.changes import Change, ChangeKind, ChangeState, Recent
from cloudops.domain.suggestion import Action, Symptom

TOLD: Final = 0.55
"""Share of harmful changes that reach us: not every flag or setting is announced. An assumption."""
USUAL: Final = 0.11
"""Chance that a service was changed in any given hour: once a working day. An assumption."""
PRESENT: Final = TOLD / USUAL
ABSENT: Final = (1 - TOLD) / (1 - USUAL)
"""Likelihood ratios (5 and 0.5) of "a change broke it", by Bayes, of a change just before and of none."""
UNDONE: Final = 0.3
"""Likelihood ratio where the change was rolled back already, and it is broken still."""
ALARM_MOVED: Final = 4.0
"""Likelihood ratio of "nothing is wrong" where the alarm itself was changed just before it rang."""

UNPROPOSED: Final = 0.12
"""Chance of a rollback where no rule proposes one, before the change is weighed."""
NOTICED: Final = 0.3
"""Weight from which a change proposes its own rollback."""
BROKEN_BY_RELEASES: Final = frozenset(
    {
        Symptom.ERROR_RATE,
        Symptom.CRASH_LOOP,
        Symptom.LATENCY,
        Symptom.AVAILABILITY,
        Symptom.OOM,
        Symptom.SATURATION_CPU,
        Symptom.SATURATION_MEMORY,
    }
)
_REVERSIBLE: Final = frozenset({ChangeKind.DEPLOYMENT, ChangeKind.CONFIGURATION, ChangeKind.INFRASTRUCTURE})


class ChangeLog(msgspec.Struct, frozen=True):
    """The states of changes told in the last hours, and the services of which any was told lately: only
    of these does silence say anything."""

    told: tuple[Change, ...] = ()
    telling: frozenset[str] = frozenset()


NOTHING_TOLD: Final = ChangeLog()


class Weighing(NamedTuple):
    """What multiplies the odds that an action helps, and why; `service` is the one to act on, or ""."""

    action: Action
    factor: float
    service: str
    line: str


def weighings(found: Sequence[Recent], symptom: Symptom, service: str, log: ChangeLog) -> list[Weighing]:
    """Of what the changes say about an incident whose probable cause is this service and symptom."""
    weighed = []
    reversible = [one for one in found if one.course.change.kind in _REVERSIBLE and one.suffering]
    if reversible:
        weighed.append(_rollback(reversible[0]))
    elif symptom in BROKEN_BY_RELEASES and service in log.telling:
        line = f"no change of {service} or what it calls in the hour before"
        weighed.append(Weighing(Action.ROLLBACK, ABSENT, "", line))
    moved = next((one for one in found if one.course.change.kind is ChangeKind.ALARM), None)
    if moved is not None:
        factor = 1 + (ALARM_MOVED - 1) * moved.weight
        weighed.append(Weighing(Action.NOOP, factor, "", told_as(moved)))
    return weighed


def proposes_rollback(found: Sequence[Recent], symptom: Symptom) -> bool:
    """Whether a change so near is reason enough for a rollback that no rule thought of."""
    return symptom in BROKEN_BY_RELEASES and any(
        one.weight >= NOTICED
        and one.course.change.kind is ChangeKind.DEPLOYMENT
        and one.course.change.state is not ChangeState.ROLLED_BACK
        for one in found
    )


def moved(chance: float, factor: float) -> float:
    """The chance after its odds were multiplied."""
    odds = chance / (1 - chance) * factor if chance < 1 else 1e9
    return odds / (1 + odds)


def told_as(one: Recent) -> str:
    """ "deployment v42 of checkout ended 3 min before: checkout itself"."""
    change = one.course.change
    what = " ".join(part for part in (change.kind.value, change.version) if part)
    whose = f" of {change.service}" if change.service else f" ({change.title})"
    when = "under way" if one.course.ended_at is None and not one.gap else f"{_span(one.gap)} before"
    return f"{what}{whose} {_WORDS[change.state]} {when}: {one.reason}"


def _rollback(strongest: Recent) -> Weighing:
    change = strongest.course.change
    if change.state is ChangeState.ROLLED_BACK:
        return Weighing(Action.ROLLBACK, UNDONE, "", told_as(strongest))
    factor = 1 + (PRESENT - 1) * strongest.weight
    return Weighing(Action.ROLLBACK, factor, change.service, told_as(strongest))


def _span(gap: int) -> str:
    minutes = gap // 60_000
    return f"{minutes} min" if minutes else "less than a minute"


_WORDS: Final = {
    ChangeState.STARTED: "started",
    ChangeState.SUCCEEDED: "ended",
    ChangeState.FAILED: "failed",
    ChangeState.ROLLED_BACK: "was rolled back",
}
