"""Measures how fast an alert storm is parsed, classified and correlated, in one process on one core.

    python -m benchmarks.storm

Prints alerts a second and the ratio to a typed msgspec parse of the same bytes in the same run: for a
process that sees the storm's alarms and monitors for the first time, for one that has seen them before,
for 200 rules, and for a storm of 200 things in place of 1,000, which the processor's caches hold. Then
prints how time and correlation state grow from 10,000 to 100,000 alerts. The storm is the same each
time; nine in ten alerts repeat a known one. It does not include building and storing incident records.
"""

import argparse
import gc
import time
from collections.abc import Callable, Sequence

import msgspec

from benchmarks.storm_payloads import SERVICES, START, storm
from cloudops.adapters.payloads.parser import read
from cloudops.alerts.alert import Alert
from cloudops.analysis.classifier import classify
from cloudops.analysis.rules import RuleSet, default_rule_texts, load_rules
from cloudops.catalog.topology import Topology
from cloudops.correlation.correlator import ClassifiedAlert, ScopeState, correlate, empty_state

TOPOLOGY = Topology({caller: frozenset(SERVICES[at + 1 :]) for at, caller in enumerate(SERVICES)})
BATCH = 1_000


class _State(msgspec.Struct):
    value: str
    timestamp: str
    reason: str


class _Metric(msgspec.Struct):
    namespace: str
    name: str
    dimensions: dict[str, str]


class _MetricStat(msgspec.Struct):
    metric: _Metric
    period: int
    stat: str


class _MetricEntry(msgspec.Struct, rename="camel"):
    id: str
    metric_stat: _MetricStat
    return_data: bool


class _Configuration(msgspec.Struct):
    description: str
    metrics: list[_MetricEntry]


class _Detail(msgspec.Struct, rename="camel"):
    alarm_name: str
    state: _State
    previous_state: _State
    configuration: _Configuration
    alarm_tags: dict[str, str]


class _Event(msgspec.Struct):
    source: str
    account: str
    region: str
    time: str
    resources: list[str]
    detail: _Detail


class _Organization(msgspec.Struct):
    id: str
    name: str


class _Webhook(msgspec.Struct):
    event_type: str
    alert_type: str
    alert_transition: str
    title: str
    body: str
    alert_metric: str
    alert_scope: str
    alert_id: str
    aggreg_key: str
    priority: str
    tags: str
    date: str
    last_updated: str
    org: _Organization
    link: str


def parse(payloads: Sequence[bytes]) -> None:
    """Decodes only the required fields, for comparison."""
    event, webhook = msgspec.json.Decoder(_Event), msgspec.json.Decoder(_Webhook)
    for payload in payloads:
        (event if payload.startswith(b'{"version"') else webhook).decode(payload)


def decide(payloads: Sequence[bytes], rules: RuleSet) -> ScopeState:
    """Parses, classifies and correlates as ingestion does, without building or storing incident records."""
    states: dict[object, ScopeState] = {}
    for start in range(0, len(payloads), BATCH):
        scopes: dict[object, list[ClassifiedAlert]] = {}
        for payload in payloads[start : start + BATCH]:
            for alert in read(payload, START):
                if isinstance(alert, Alert):
                    scopes.setdefault(alert.scope, []).append(ClassifiedAlert(alert, classify(alert, rules)))
        for items in scopes.values():
            scope = items[0].alert.scope
            states[scope], _ = correlate(states.get(scope) or empty_state(scope), items, TOPOLOGY)
    (state,) = states.values()
    return state


def padded(count: int) -> RuleSet:
    """Returns the packaged rules, and generated ones up to `count`."""
    texts = default_rule_texts()
    missing = count - len(load_rules(*texts).rules)
    more = (
        f'[[rule]]\nid = "more-{n}"\nwhy = "one more"\nsymptom = "other"\nmatch = ["rare {n}", "odd {n}"]'
        for n in range(missing)
    )
    return load_rules(*texts, "\n".join(more))


def seconds(repeat: int, *works: Callable[[], object]) -> list[float]:
    """Returns the least of several runs of each, in seconds of CPU; the runs alternate."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(repeat):
        for work, mine in zip(works, taken, strict=True):
            gc.collect()
            start = time.process_time()
            work()
            mine.append(time.process_time() - start)
    return [min(mine) for mine in taken]


def report(name: str, speed: float, ratio: float) -> None:
    print(f"{name:<21} {speed:>9,.0f} alerts/s, ratio {ratio:.2f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--repeat", type=int, default=15)
    repeat = options.parse_args().repeat
    payloads = storm(10_000, 1_000)
    rules = load_rules(*default_rule_texts())
    (first,) = seconds(1, lambda: decide(payloads, rules))
    yardstick, base = seconds(repeat, lambda: parse(payloads), lambda: decide(payloads, rules))
    many = padded(200)
    decide(payloads, many)
    beside, wide = seconds(repeat, lambda: parse(payloads), lambda: decide(payloads, many))
    few = storm(10_000, 200)
    decide(few, rules)
    few_parsed, few_decided = seconds(repeat, lambda: parse(few), lambda: decide(few, rules))
    print(f"typed parse           {len(payloads) / yardstick:>9,.0f} alerts/s")
    report("first time seen", len(payloads) / first, first / yardstick)
    report(f"with {len(rules.rules):>3} rules", len(payloads) / base, base / yardstick)
    report(f"with {len(many.rules):>3} rules", len(payloads) / wide, wide / beside)
    report("of 200 things", len(few) / few_decided, few_decided / few_parsed)
    size = len(msgspec.msgpack.encode(decide(payloads, rules)))
    longer = storm(100_000, 1_000)
    short, long = seconds(3, lambda: decide(payloads, rules), lambda: decide(longer, rules))
    long_size = len(msgspec.msgpack.encode(decide(longer, rules)))
    print(f"100,000 alerts        {long / short:>9.1f} times the time of 10,000")
    print(f"remembered            {size:>9,} bytes after 10,000 alerts, {long_size:,} after 100,000")


if __name__ == "__main__":
    main()
