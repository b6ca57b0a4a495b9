"""Compares counts with their limits: requests, capacity units, bytes, modules and calls, and never times.

    python -m benchmarks.counts

Counts repeat exactly on one Python version, so a limit in limits.toml is the count with little or no room.
A change that costs more fails until it is made cheaper or raises the limit in the same commit. Exits 1 if a
count is above its limit, if a count has no limit, or if a limit has no count.
"""

import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from benchmarks import imports, slack_storm, storage
from benchmarks.storm import decide
from benchmarks.storm_payloads import storm
from cloudops.analysis.rules import default_rules

LIMITS: Final = Path(__file__).with_name("limits.toml")
STORM_INCIDENTS: Final = 30
"""900 deliveries; the storm of benchmarks.storage has 3,000, which costs a minute of CPU."""


def storage_counts() -> Iterator[tuple[str, float]]:
    costs = storage.alert_costs() | storage.storm_costs(STORM_INCIDENTS) | storage.user_costs()
    for name, cost in costs.items():
        yield f"{name}: requests", cost.requests
        yield f"{name}: write units", cost.write_units
        yield f"{name}: bytes read", cost.bytes_read
    for form, size in storage.record_sizes().items():
        if "stored" in form:
            yield "an incident record: bytes", size


def import_counts() -> Iterator[tuple[str, float]]:
    for name, statement in imports.HANDLERS.items():
        measured = imports.measure(statement, runs=1)
        if measured is None:
            raise SystemExit(f"the function {name} cannot be imported")
        yield f"import of {name}: modules", measured[1]


def state_counts() -> Iterator[tuple[str, float]]:
    for alerts in (10_000, 100_000):
        state = decide(storm(alerts, 1_000), default_rules())
        yield f"state after {alerts:,} alerts: bytes", len(msgspec.msgpack.encode(state))


def slack_counts() -> Iterator[tuple[str, float]]:
    for name, faults in slack_storm.SCENES.items():
        yield (
            f"1,000 alerts of 10 incidents, {name}: calls to Slack",
            slack_storm.measure_scene(1_000, 10, **faults).calls,
        )


def counts() -> dict[str, float]:
    return dict((*storage_counts(), *import_counts(), *state_counts(), *slack_counts()))


def limits(text: str) -> dict[str, float]:
    """Returns the limit of each count, from tables of limits by subject."""
    return {name: float(limit) for table in tomllib.loads(text).values() for name, limit in table.items()}


def excesses(found: Mapping[str, float], allowed: Mapping[str, float]) -> list[str]:
    """Returns what is wrong, in the order of the names."""
    wrong = []
    for name in sorted(found.keys() | allowed.keys()):
        if name not in allowed:
            wrong.append(f"{name}: {found[name]:,.4g} has no limit")
        elif name not in found:
            wrong.append(f"{name}: the limit of {allowed[name]:,.4g} has no count")
        elif found[name] > allowed[name]:
            wrong.append(f"{name}: {found[name]:,.6g} is above the limit of {allowed[name]:,.6g}")
    return wrong


def main() -> int:
    found, allowed = counts(), limits(LIMITS.read_text())
    print(f"{'':76} {'count':>12} {'limit':>12}")
    for name, count in found.items():
        print(f"{name:76} {count:12,.3f} {allowed.get(name, 0):12,.3f}")
    wrong = excesses(found, allowed)
    for problem in wrong:
        print(problem, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
