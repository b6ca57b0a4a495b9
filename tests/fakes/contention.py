"""Functions that store batches of one scope at the same time, in virtual time: what optimistic locking costs.

The real `ScopeAttempts` decides on the attempts, the real `redelivery_delay` on the next delivery. A read
takes 8 ms, a commit 25 ms, and deciding on an alert as long as the scenario says. A commit conflicts if the
version moved since the read, as in DynamoDB.
"""

import heapq
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cloudops.alerts.alert import Severity
from cloudops.analysis.model import Analysis
from cloudops.bootstrap.clock import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS
from cloudops.core.errors import WriteConflict
from cloudops.core.ids import IncidentId
from cloudops.core.taxonomy import Symptom
from cloudops.correlation.decision import ClassifiedAlert, Decision, DecisionKind, Reason
from cloudops.incidents.scope_attempts import ProcessingResult, ScopeAttempts
from cloudops.ingestion.redelivery import redelivery_delay
from infra.ingest import TRIES as MAX_RECEIVES
from tests.fakes.storm import storm

READ_SECONDS = 0.008
COMMIT_SECONDS = 0.025
BETWEEN_BATCHES_SECONDS = 0.002

_ALERT = ClassifiedAlert(
    storm(incidents=1, copies=1)[0],
    Analysis(symptom=Symptom.ERROR_RATE, severity=Severity.HIGH, title="", evidence=(), proposals=()),
)
_JOINED = Decision(DecisionKind.JOINED, Reason.SAME_SERVICE, IncidentId("inc_1"))


@dataclass(frozen=True, slots=True)
class Function:
    """One container that takes `batches` batches, one after the other, of so many alerts each."""

    batches: int
    alerts: int
    seconds_an_alert: float


@dataclass(slots=True)
class Contention:
    """What all functions together needed. `given_up` counts the batches that went back to the queue, in part
    or whole, `deliveries` is the most that one of them took, `dead` counts alerts that took too many, and
    `longest` is the longest time that one delivery was worked on, in seconds."""

    commits: int = 0
    attempts: int = 0
    batches: int = 0
    given_up: int = 0
    deliveries: int = 1
    dead: int = 0
    longest: float = 0.0
    seconds: float = 0.0


class _Simulation:
    def __init__(self, budget: float, seed: int) -> None:
        self.now = 0.0
        self.version = 0
        self.budget = budget
        self.chance = random.Random(seed)  # noqa: S311 a reproducible run
        self.seen = Contention()

    def run(self, function: Function) -> Iterator[float]:
        """Yields the seconds that it waits each time."""
        yield self.chance.random()
        for _ in range(function.batches):
            self.seen.batches += 1
            yield from self._deliver(function)
            yield BETWEEN_BATCHES_SECONDS

    def _deliver(self, function: Function) -> Iterator[float]:
        """One batch, delivered again with what was not stored, after the delay of the product."""
        left = function.alerts
        for delivery in range(1, MAX_RECEIVES + 1):
            start, result = self.now, ProcessingResult()
            yield from self._attempts(function, left, start, result)
            self.seen.deliveries = max(self.seen.deliveries, delivery)
            self.seen.longest = max(self.seen.longest, self.now - start)
            left = len(result.failures)
            if not left:
                return
            self.seen.given_up += delivery == 1
            yield redelivery_delay(delivery, self.chance.random())
        self.seen.dead += left

    def _attempts(
        self, function: Function, alerts: int, start: float, result: ProcessingResult
    ) -> Iterator[float]:
        pauses: list[float] = []
        attempts = ScopeAttempts(
            dict.fromkeys(range(alerts), _ALERT),
            result,
            pause=lambda attempt: pauses.append(
                self.chance.uniform(0, min(FIRST_PAUSE_SECONDS * 2**attempt, LONGEST_PAUSE_SECONDS))
            ),
            time_left=lambda: start + self.budget - self.now,
        )
        for attempt in attempts:
            yield sum(pauses)
            pauses.clear()
            yield READ_SECONDS
            version = self.version
            yield len(attempt.alerts) * function.seconds_an_alert * self.chance.uniform(0.7, 1.3)
            yield COMMIT_SECONDS
            self.seen.attempts += 1
            with attempt:
                if version != self.version:
                    raise WriteConflict("the version moved")
                self.version += 1
                self.seen.commits += 1
                attempt.stored([_JOINED] * len(attempt.alerts))


def contend(functions: Sequence[Function], budget: float, seed: int = 1) -> Contention:
    """Runs the functions until all batches are stored or given up; `budget` is in seconds a batch."""
    simulation = _Simulation(budget, seed)
    running = [(0.0, index, simulation.run(function)) for index, function in enumerate(functions)]
    while running:
        simulation.now, index, steps = heapq.heappop(running)
        wait = next(steps, None)
        if wait is not None:
            heapq.heappush(running, (simulation.now + wait, index, steps))
    simulation.seen.seconds = simulation.now
    return simulation.seen
