"""How far the changes before an incident, or their absence, move the chances of what could be done."""

from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import Final, NamedTuple

import msgspec

from cloudops.alerts.alert import Scope
from cloudops.catalog.topology import Topology
from cloudops.changes.change import Change, ChangeKind, ChangeState
from cloudops.changes.suspects import SuspectChange, find_suspects
from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import MINUTE, EpochMillis

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


MARK: Final = "change: "
"""How each line of evidence begins that is about changes, so that it can be replaced by a newer one."""


class Weighing(NamedTuple):
    """What moves the log-odds that an action helps, and why; `service` is the one to act on, or ""."""

    action: Action
    by: float
    service: str
    line: str


class SuspectChanges:
    """The changes before one incident: all of them, and those that may explain one of its services."""

    def __init__(
        self,
        log: ChangeLog,
        scope: Scope,
        suffering: Mapping[str, EpochMillis],
        topology: Topology,
        fingerprints: Iterable[str],
    ) -> None:
        self.log = log
        self._scope = scope
        self._suffering = suffering
        self._topology = topology
        self._fingerprints = frozenset(fingerprints)
        self.all = self._recent(suffering)

    def of(self, service: str) -> tuple[SuspectChange, ...]:
        """Of the service itself, and of what it calls or is called by; of the incident's own alarms."""
        if not self.all or service not in self._suffering:
            return ()
        return self._recent({service: self._suffering[service]})

    def _recent(self, suffering: Mapping[str, EpochMillis]) -> tuple[SuspectChange, ...]:
        return find_suspects(self.log.told, self._scope, suffering, self._topology, self._fingerprints)


def score_changes(
    found: Sequence[SuspectChange], symptom: Symptom, service: str, telling: frozenset[str]
) -> list[Weighing]:
    """Of what the changes say about an incident whose probable cause is this service and symptom."""
    weighed = []
    reversible = [one for one in found if one.course.change.kind in _REVERSIBLE and one.suffering]
    if reversible:
        weighed.append(_rollback(reversible[0]))
    elif symptom in BROKEN_BY_RELEASES and service in telling:
        line = f"{MARK}none of {service} or what it calls in the hour before"
        weighed.append(Weighing(Action.ROLLBACK, log(ABSENT), "", line))
    alarm = next((one for one in found if one.course.change.kind is ChangeKind.ALARM), None)
    if alarm is not None:
        by = log(1 + (ALARM_MOVED - 1) * alarm.weight)
        weighed.append(Weighing(Action.NOOP, by, "", MARK + told_as(alarm)))
    return weighed


def proposes_rollback(found: Sequence[SuspectChange], symptom: Symptom) -> bool:
    """Whether a change so near is reason enough for a rollback that no rule thought of."""
    return symptom in BROKEN_BY_RELEASES and any(
        one.weight >= NOTICED
        and one.course.change.kind is ChangeKind.DEPLOYMENT
        and one.course.change.state is not ChangeState.ROLLED_BACK
        for one in found
    )


def blame_log_odds(one: SuspectChange) -> float:
    """The log-odds that this change broke what it is near to."""
    return log(1 + (PRESENT - 1) * one.weight)


def suspect(found: Sequence[SuspectChange], service: str) -> SuspectChange | None:
    """The change of the service itself that may have broken it, if there is one."""
    mine = (one for one in found if one.suffering == service and one.hops == 0)
    return next((one for one in mine if one.course.change.kind in _REVERSIBLE), None)


def told_as(one: SuspectChange) -> str:
    """ "deployment v42 of checkout ended 3 min before: checkout itself"."""
    change = one.course.change
    what = " ".join(part for part in (change.kind.value, change.version) if part)
    whose = f" of {change.service}" if change.service else f" ({change.title})"
    when = "under way" if one.course.ended_at is None and not one.gap else f"{_span(one.gap)} before"
    return f"{what}{whose} {_WORDS[change.state]} {when}: {one.reason}"


def _rollback(strongest: SuspectChange) -> Weighing:
    change = strongest.course.change
    if change.state is ChangeState.ROLLED_BACK:
        return Weighing(Action.ROLLBACK, log(UNDONE), "", MARK + told_as(strongest))
    return Weighing(Action.ROLLBACK, blame_log_odds(strongest), change.service, MARK + told_as(strongest))


def _span(gap: int) -> str:
    minutes = gap // MINUTE
    return f"{minutes} min" if minutes else "less than a minute"


_WORDS: Final = {
    ChangeState.STARTED: "started",
    ChangeState.SUCCEEDED: "ended",
    ChangeState.FAILED: "failed",
    ChangeState.ROLLED_BACK: "was rolled back",
}
