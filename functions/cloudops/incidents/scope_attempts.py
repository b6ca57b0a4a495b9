"""Decides which alerts are stored next, and whether a failed attempt is retried, split or given up."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Final, Self

from cloudops.alerts.alert import Scope
from cloudops.core.errors import CloudOpsError, WriteConflict
from cloudops.core.retry import Pause, TimeLeft
from cloudops.correlation.decision import ClassifiedAlert, Decision

MAX_PAUSE_STEP: Final = 2
"""The longest pause after a lost race. The winner does not pause, so a loser that waits longer loses longer:
with pauses up to 1 s one of two functions lost for 28 s, with this one for 10 s (docs/decisions/0019)."""


@dataclass(slots=True)
class ProcessingResult:
    """A decision or a failure for each alert, by its position in the batch; `conflicts` counts lost races."""

    decisions: dict[int, Decision] = field(default_factory=dict)
    failures: dict[int, Exception] = field(default_factory=dict)
    conflicts: int = 0


class Attempt:
    """One attempt to store alerts of one scope. A context manager: an error inside ends the attempt, and
    `ScopeAttempts` decides what follows."""

    def __init__(self, scope: Scope, alerts: Sequence[ClassifiedAlert]) -> None:
        self.scope = scope
        self.alerts = alerts
        self.decisions: Sequence[Decision] = ()
        self.error: Exception | None = None

    def stored(self, decisions: Sequence[Decision]) -> None:
        """Notes the decisions on the first alerts, at least one; the rest gets another attempt.

        A decision beyond these alerts is on CloudOps' own, which was not delivered."""
        self.decisions = decisions[: len(self.alerts)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, Exception):
            self.error = error
        return self.error is not None


@dataclass(frozen=True, slots=True)
class _Part:
    """Alerts of one scope with their positions in the batch, oldest first; `limit` is the most that one
    attempt takes."""

    scope: Scope
    alerts: Sequence[tuple[int, ClassifiedAlert]]
    limit: int
    lost_races: int = 0

    def after_success(self, count: int) -> "_Part":
        return replace(self, alerts=self.alerts[count:], limit=2 * self.limit, lost_races=0)

    def after_lost_race(self) -> "_Part":
        """A smaller attempt is shorter, so a large batch cannot lose to small ones for ever."""
        limit = max(min(self.limit, len(self.alerts)) // 2, 1)
        return replace(self, limit=limit, lost_races=self.lost_races + 1)

    def halves(self) -> tuple["_Part", "_Part"]:
        middle = len(self.alerts) // 2
        return replace(self, alerts=self.alerts[:middle]), replace(self, alerts=self.alerts[middle:])


class ScopeAttempts:
    """Iterates over attempts until each alert has a decision or a failure.

    A scope that fails leaves the others alone. After a lost race the other scopes come first, then the
    scope is tried again until no time is left. An error that no retry helps is narrowed down to the alert
    that causes it by halving. Every alert gets at least one attempt.
    """

    def __init__(
        self,
        alerts: Mapping[int, ClassifiedAlert],
        result: ProcessingResult,
        *,
        pause: Pause,
        time_left: TimeLeft,
    ) -> None:
        """`alerts` are by their position in the batch; `result` takes what becomes of them."""
        self._result = result
        self._pause = pause
        self._time_left = time_left
        self._pending = deque(_parts(alerts))

    def __iter__(self) -> Iterator[Attempt]:
        while self._pending:
            part = self._pending.popleft()
            attempt = Attempt(part.scope, [item for _, item in part.alerts[: part.limit]])
            yield attempt
            self._settle(part, attempt)

    def _settle(self, part: _Part, attempt: Attempt) -> None:
        match attempt.error:
            case None:
                for (position, _), decision in zip(part.alerts, attempt.decisions, strict=False):
                    self._result.decisions[position] = decision
                rest = part.after_success(len(attempt.decisions))
                if rest.alerts:
                    self._pending.appendleft(rest)
            case WriteConflict() as error:
                self._result.conflicts += 1
                if self._time_left() > 0:
                    self._pause(min(part.lost_races, MAX_PAUSE_STEP))
                    self._pending.append(part.after_lost_race())
                else:
                    self._fail(part, error)
            case CloudOpsError(retryable=True) as error:
                self._fail(part, error)
            case error if len(part.alerts) == 1:
                self._fail(part, error)
            case _:
                self._pending.extendleft(reversed(part.halves()))

    def _fail(self, part: _Part, error: Exception) -> None:
        self._result.failures.update((position, error) for position, _ in part.alerts)


def _parts(alerts: Mapping[int, ClassifiedAlert]) -> Iterable[_Part]:
    scopes: dict[Scope, list[tuple[int, ClassifiedAlert]]] = {}
    for position, item in alerts.items():
        scopes.setdefault(item.alert.scope, []).append((position, item))
    for scope, some in scopes.items():
        some.sort(key=lambda pair: pair[1].alert.occurred_at)
        yield _Part(scope, some, limit=len(some))
