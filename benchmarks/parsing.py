"""Measures parsing of an alert against a bare typed decode of the same payload.

    python -m benchmarks.parsing

Ten thousand payloads derived from tests/events: first of 500 alarms or monitors that repeat, then of 10,000
that occur once each. Prints the best of seven rounds in microseconds for each alert.
"""

import gc
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from cloudops.adapters.cloudwatch import events as cloudwatch
from cloudops.adapters.datadog import webhook as datadog
from cloudops.adapters.payloads.parser import read

EVENTS = Path(__file__).parents[1] / "tests" / "events"
COUNT = 10_000
ARRIVED = 1_772_440_000_000
SOURCES = {"cloudwatch_metric": "checkout", "datadog_webhook": "cart"}
DECODE: dict[str, Callable[[bytes], object]] = {
    "cloudwatch_metric": cloudwatch.ALARM_EVENT.decode,
    "datadog_webhook": datadog.WEBHOOK_PAYLOAD.decode,
}


def payloads(name: str, distinct: int) -> list[bytes]:
    """Returns COUNT payloads of `distinct` alarms or monitors, each with its own time."""
    text = json.dumps(json.loads((EVENTS / f"{name}.json").read_text()))
    word = SOURCES[name]
    made = []
    for index in range(COUNT):
        own = text.replace(word, f"{word}{index % distinct}")
        own = own.replace("08:15:30", f"08:{index // 60 % 60:02}:{index % 60:02}")
        made.append(own.replace("1772439330", str(1_772_439_330 + index)).encode())
    return made


def best(work: Callable[[bytes], object], inputs: Sequence[bytes]) -> float:
    seconds = []
    for _ in range(7):
        gc.collect()
        start = time.perf_counter()
        for raw in inputs:
            work(raw)
        seconds.append(time.perf_counter() - start)
    return min(seconds) / len(inputs) * 1e6


def main() -> None:
    print(f"{'':18} {'bytes':>6} {'decode us':>10} {'read us':>8} {'ratio':>6} {'read once us':>13}")
    for name, decode in DECODE.items():
        again, once = payloads(name, 500), payloads(name, COUNT)
        decoded = best(decode, again)
        reading = best(lambda raw: read(raw, ARRIVED), again)
        apart = best(lambda raw: read(raw, ARRIVED), once)
        ratio = reading / decoded
        print(f"{name:18} {len(again[0]):6} {decoded:10.2f} {reading:8.2f} {ratio:6.1f} {apart:13.2f}")


if __name__ == "__main__":
    main()
