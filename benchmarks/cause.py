"""Measures how often the true root service of an incident is the first probable cause, on labeled streams.

    python -m benchmarks.cause [--render FILE] [--wrong N] STREAMS.jsonl INCIDENTS.jsonl TOPOLOGY.json

A line of STREAMS is one alert: `stream`, `received_at`, `status`, `incident_id` (the true one) and `event`,
the payload. Where the rows carry other fields instead, FILE is Python with a `line(row)` that makes
{"received_at", "event"} of one. A line of INCIDENTS is `incident_id`, `kind` and `root_service`; those of
kind noise and those without a root are skipped. TOPOLOGY is caller -> callees, or application ->
{"edges": [[caller, callee], ...]}. An incident is matched with the one that has most of its firing alerts.
"""

import argparse
import json
import runpy
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from cloudops.adapters.payloads.parser import read
from cloudops.analysis.rules import default_rules
from cloudops.backtest.recording import readings
from cloudops.backtest.replay import Backtest
from cloudops.catalog.topology import Topology
from cloudops.core.ids import IncidentId
from cloudops.incidents.incident import Cause

Row = Mapping[str, Any]


def lines(path: Path) -> Iterable[Row]:
    with path.open() as file:
        yield from map(json.loads, file)


def topology(path: Path) -> Topology:
    calls: dict[str, set[str]] = defaultdict(set)
    for name, entry in json.loads(path.read_text()).items():
        if isinstance(entry, list):
            calls[name].update(entry)
        else:
            for caller, callee in entry["edges"]:
                calls[caller].add(callee)
    return Topology({caller: frozenset(callees) for caller, callees in calls.items()})


def causes(rows: list[Row], render: Callable[[Row], object], graph: Topology) -> dict[str, tuple[Cause, ...]]:
    """Returns the ranked causes of each true incident of one stream."""
    rows.sort(key=lambda row: (row["received_at"], row.get("seq", 0)))
    run = Backtest(default_rules(), graph)
    payloads = (json.dumps(render(row)).encode() for row in rows)
    homes: dict[str, Counter[str]] = defaultdict(Counter)
    for got in list(run.run(readings(payloads, read, now=0))):
        row = rows[int(str(got["line"])) - 1]
        home = run.final(IncidentId(str(got["incident"]))) if got["incident"] else None
        if home and row["status"] == "firing":
            homes[row["incident_id"]][home] += 1
    return {
        true: run.incidents[IncidentId(found.most_common(1)[0][0])].causes for true, found in homes.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("streams", "incidents", "topology"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--render", type=Path)
    parser.add_argument("--wrong", type=int, default=0, help="print the first N mistakes")
    options = parser.parse_args()
    render = runpy.run_path(str(options.render))["line"] if options.render else dict
    graph = topology(options.topology)
    truth = {one["incident_id"]: one for one in lines(options.incidents)}
    streams: dict[str, list[Row]] = defaultdict(list)
    for row in lines(options.streams):
        streams[row["stream"]].append(row)
    asked = first = among = shown = 0
    for name, rows in streams.items():
        for incident, ranked in causes(rows, render, graph).items():
            true = truth.get(incident, {})
            if true.get("kind") == "noise" or not true.get("root_service"):
                continue
            root = true["root_service"].lower()
            ranking = [cause.service.lower() for cause in ranked]
            asked += 1
            first += ranking[:1] == [root]
            among += root in ranking[:3]
            if ranking[:1] != [root] and shown < options.wrong:
                shown += 1
                evidence = "; ".join(ranked[0].evidence) if ranked else ""
                print(
                    f"{name} {incident}: {root} ({true.get('root_cause', '')}), not {ranking[:1]}: {evidence}"
                )
    print(
        f"{asked} incidents, true cause first {first / asked:.3f}, among the first three {among / asked:.3f}"
    )


if __name__ == "__main__":
    main()
