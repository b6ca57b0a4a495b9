"""Weighs recent changes, or their reported absence, as evidence for and against each action.

A weight moves the log-odds that an action helps, by Bayes' rule with the likelihood ratios below.
"""

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

REPORTED: Final = 0.55
"""Share of harmful changes that are reported; not every flag or setting is. An assumption."""
USUAL: Final = 0.11
"""Probability that a service changes in a given hour: about once a working day. An assumption."""
PRESENT: Final = REPORTED / USUAL
ABSENT: Final = (1 - REPORTED) / (1 - USUAL)
"""Likelihood ratios of "a change broke it": 5 with a change just before, 0.5 without one."""
ROLLED_BACK_WEIGHT: Final = 0.3
"""Likelihood ratio if the change was already rolled back and the service still fails."""
ALARM_CHANGED: Final = 4.0
"""Likelihood ratio of "nothing is wrong" if the alarm itself changed just before it fired."""

UNPROPOSED: Final = 0.12
"""Prior probability that a rollback helps if no rule proposes one, before changes are weighed."""
MIN_WEIGHT: Final = 0.3
"""Weight from which a change alone proposes a rollback."""
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
    """Recent changes, and the services that report theirs.

    The absence of a change is evidence only for a service in `reporting`.
    """

    changes: tuple[Change, ...] = ()
    reporting: frozenset[str] = frozenset()


EMPTY_LOG: Final = ChangeLog()

EVIDENCE_PREFIX: Final = "change: "
"""Prefix of every line of evidence about changes, so that newer lines can replace it."""


class Weighing(NamedTuple):
    """Evidence that adds `by` to the log-odds that an action helps.

    `service` is the service to act on, or "" for the incident's own; `line` states the evidence.
    """

    action: Action
    by: float
    service: str
    line: str


class SuspectChanges:
    """The suspect changes of one incident: `all` of them, or those of one affected service."""

    def __init__(
        self,
        log: ChangeLog,
        scope: Scope,
        affected: Mapping[str, EpochMillis],
        topology: Topology,
        fingerprints: Iterable[str],
    ) -> None:
        """`affected` maps each service to the time of its first alert; `fingerprints` are the incident's
        alerts."""
        self.log = log
        self._scope = scope
        self._affected = affected
        self._topology = topology
        self._fingerprints = frozenset(fingerprints)
        self.all = self._suspects(affected)

    def of(self, service: str) -> tuple[SuspectChange, ...]:
        """Returns the suspects for one service: its own changes, those of its neighbors, and of its
        alarms."""
        if not self.all or service not in self._affected:
            return ()
        return self._suspects({service: self._affected[service]})

    def _suspects(self, affected: Mapping[str, EpochMillis]) -> tuple[SuspectChange, ...]:
        return find_suspects(self.log.changes, self._scope, affected, self._topology, self._fingerprints)


def score_changes(
    found: Sequence[SuspectChange], symptom: Symptom, service: str, reporting: frozenset[str]
) -> list[Weighing]:
    """Returns what the suspect changes say about an incident with this probable cause.

    Args:
        found: Suspects, the strongest first.
        symptom: Symptom of the probable cause.
        service: Service of the probable cause.
        reporting: Services whose changes are reported; for others, no change is no evidence.
    """
    weighed = []
    reversible = [one for one in found if one.span.change.kind in _REVERSIBLE and one.affected]
    if reversible:
        weighed.append(_rollback(reversible[0]))
    elif symptom in BROKEN_BY_RELEASES and service in reporting:
        line = f"{EVIDENCE_PREFIX}none of {service} or of the services that it calls in the hour before"
        weighed.append(Weighing(Action.ROLLBACK, log(ABSENT), "", line))
    alarm = next((one for one in found if one.span.change.kind is ChangeKind.ALARM), None)
    if alarm is not None:
        by = log(1 + (ALARM_CHANGED - 1) * alarm.weight)
        weighed.append(Weighing(Action.NOOP, by, "", EVIDENCE_PREFIX + describe(alarm)))
    return weighed


def proposes_rollback(found: Sequence[SuspectChange], symptom: Symptom) -> bool:
    """Whether a deployment is close enough to propose a rollback that no rule proposes."""
    return symptom in BROKEN_BY_RELEASES and any(
        one.weight >= MIN_WEIGHT
        and one.span.change.kind is ChangeKind.DEPLOYMENT
        and one.span.change.state is not ChangeState.ROLLED_BACK
        for one in found
    )


def blame_log_odds(one: SuspectChange) -> float:
    """Returns the log-odds that this change caused the incident."""
    return log(1 + (PRESENT - 1) * one.weight)


def suspect(found: Sequence[SuspectChange], service: str) -> SuspectChange | None:
    """Returns the strongest reversible change of the service itself, or None."""
    mine = (one for one in found if one.affected == service and one.hops == 0)
    return next((one for one in mine if one.span.change.kind in _REVERSIBLE), None)


def describe(one: SuspectChange) -> str:
    """Returns a line such as "deployment v42 of checkout ended 3 min before: checkout itself"."""
    change = one.span.change
    what = " ".join(part for part in (change.kind.value, change.version) if part)
    whose = f" of {change.service}" if change.service else f" ({change.title})"
    when = "under way" if one.span.ended_at is None and not one.gap else f"{_span(one.gap)} before"
    return f"{what}{whose} {_WORDS[change.state]} {when}: {one.reason}"


def _rollback(strongest: SuspectChange) -> Weighing:
    change = strongest.span.change
    if change.state is ChangeState.ROLLED_BACK:
        return Weighing(Action.ROLLBACK, log(ROLLED_BACK_WEIGHT), "", EVIDENCE_PREFIX + describe(strongest))
    return Weighing(
        Action.ROLLBACK, blame_log_odds(strongest), change.service, EVIDENCE_PREFIX + describe(strongest)
    )


def _span(gap: int) -> str:
    minutes = gap // MINUTE
    return f"{minutes} min" if minutes else "less than a minute"


_WORDS: Final = {
    ChangeState.STARTED: "started",
    ChangeState.SUCCEEDED: "ended",
    ChangeState.FAILED: "failed",
    ChangeState.ROLLED_BACK: "was rolled back",
}
