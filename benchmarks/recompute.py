"""Measures a recompute of the confidence by the number of cells, and by the number of votes in them.

    python -m benchmarks.recompute

Prints CPU of the pure part, and the size and rows of the published levels.
"""

import math
import random
import time
from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.learning_store import CHUNK_BYTES
from cloudops.confidence.observations import Cell, Counts, WeightedSums, weight
from cloudops.confidence.posterior import Levels, aggregate
from cloudops.confidence.snapshot import ConfidenceSnapshot, learned_of, levels_of
from cloudops.core.taxonomy import Action, Symptom
from cloudops.learning.recompute import day_of

NOW: Final = 1_767_225_600_000
CELL_BYTES: Final = 250
"""Bytes of a stored cell, as DynamoDB counts them; a query returns a megabyte."""

T = TypeVar("T")


def world(number: int, votes: int) -> list[Cell]:
    """Returns cells with `votes` each, of which a random share helped."""
    chance, w = random.Random(1), weight(NOW)
    pairs = [(symptom, action) for symptom in Symptom for action in Action]
    cells = []
    for index in range(number):
        symptom, action = pairs[index % len(pairs)]
        good = chance.randint(0, votes)
        sums = WeightedSums(votes, good, w * votes, w * w * votes, w * good, w * votes * 0.5)
        service = f"service-{index // len(pairs)}"
        cells.append(Cell(symptom=symptom, action=action, service=service, tally=Counts(votes=sums)))
    return cells


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Returns the result, and milliseconds of CPU."""
    start = time.process_time()
    result = work()
    return result, (time.process_time() - start) * 1000


def _published(levels: Levels) -> bytes:
    return pack(learned_of(levels))


def _loaded(body: bytes) -> Levels:
    return levels_of(unpack(ConfidenceSnapshot, body))


def main() -> None:
    print("cells    votes      reads  learn ms  publish ms  kB   rows  load ms  day ms")
    for number in (800, 40_000):
        for votes in (1_000, 1_000_000):
            cells = world(number, max(votes // number, 1))
            levels, learn = timed(partial(aggregate, cells))
            body, publish = timed(partial(_published, levels))
            _, load = timed(partial(_loaded, body))
            _, day = timed(partial(day_of, levels, NOW))
            reads = math.ceil(number * CELL_BYTES / 1_000_000)
            print(
                f"{number:6} {votes:9} {reads:7} {learn:9.0f} {publish:11.0f}"
                f" {len(body) / 1024:4.0f} {math.ceil(len(body) / CHUNK_BYTES):5} {load:8.0f} {day:7.0f}"
            )


if __name__ == "__main__":
    main()
