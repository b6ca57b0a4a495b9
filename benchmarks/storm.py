"""How fast an alert storm is read, analysed and correlated, in one process on one core.

    python benchmarks/storm.py

Prints alerts a second and the ratio to a typed msgspec parse of the same bytes in the same run; the
same with 200 rules; and how time and remembered state grow from 10,000 to 100,000 alerts. The storm
is made here, the same each time: nine in ten alerts tell again of what is known.
"""

import argparse
import gc
import json
import random
import time
from collections.abc import Callable, Sequence

import msgspec

from cloudops.adapters.payload import read
from cloudops.domain.alert import Alert
from cloudops.domain.analysis import analyse
from cloudops.domain.correlation import Assessed, ScopeState, correlate, empty_state
from cloudops.domain.rules import RuleSet, default_rule_texts, load_rules
from cloudops.domain.topology import Topology

START = 1_741_183_200_000
SERVICES = [f"shop-{name}" for name in ("web", "cart", "checkout", "catalog", "ads", "mail", "pay", "stock")]
TOPOLOGY = Topology({caller: frozenset(SERVICES[at + 1 :]) for at, caller in enumerate(SERVICES)})
ALARMS = [
    ("Latency-P90", "TargetResponseTime", "AWS/ApplicationELB", "responses are slow"),
    ("5XX-Fault-Rate", "HTTPCode_Target_5XX_Count", "AWS/ApplicationELB", "requests fail"),
    ("CPU-Usage", "CPUUtilization", "AWS/ECS", "tasks are busy"),
    ("Unhealthy-Task-Count", "UnHealthyHostCount", "AWS/ApplicationELB", "targets are unhealthy"),
]
MONITORS = [
    ("[Istio] Proxy Requests Error Percentage", "istio.mesh.request.count.total", "errors are high"),
    ("[Kubernetes] Pod is CrashloopBackOff", "kubernetes_state.container.waiting", "a pod keeps crashing"),
    ("[Quarkus] Some requests take too long", "quarkus.http_server.requests.max", "requests are slow"),
]
PLACE = "env:prod,region:us-east-1,aws_account:123456789012"
BATCH = 1_000


def storm(alerts: int, distinct: int) -> list[bytes]:
    """Payloads as the wire carries them: alarms by EventBridge and Datadog webhooks, half and half."""
    draw = random.Random(20_250_305)
    payloads = []
    for number in range(alerts):
        at = START + number * 3_000_000 // alerts
        thing = number if number < distinct else draw.randrange(distinct)
        make = _alarm if thing % 2 else _monitor
        payloads.append(json.dumps(make(thing, number, at)).encode())
    return payloads


def _alarm(thing: int, number: int, at: int) -> dict[str, object]:
    service = SERVICES[thing % len(SERVICES)]
    suffix, metric, namespace, reason = ALARMS[thing % len(ALARMS)]
    name = f"prod-{service}-{suffix}-{thing}"
    told_at = time.strftime("%Y-%m-%dT%H:%M:%S.000+0000", time.gmtime(at // 1000))
    dimensions = {"ServiceName": service, "ClusterName": "prod"}
    return {
        "version": "0",
        "id": f"{number:032x}",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": "123456789012",
        "time": told_at,
        "region": "us-east-1",
        "resources": [f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}"],
        "detail": {
            "alarmName": name,
            "configuration": {
                "description": reason,
                "metrics": [
                    {
                        "id": "m1",
                        "metricStat": {
                            "metric": {"namespace": namespace, "name": metric, "dimensions": dimensions},
                            "period": 60,
                            "stat": "Average",
                        },
                        "returnData": True,
                    }
                ],
            },
            "previousState": {"value": "OK", "reason": "", "timestamp": told_at},
            "state": {"value": "ALARM", "reason": f"Threshold crossed: {reason}", "timestamp": told_at},
            "alarmTags": {"env": "prod", "service": service},
        },
    }


def _monitor(thing: int, number: int, at: int) -> dict[str, object]:
    service = SERVICES[thing % len(SERVICES)]
    title, metric, reason = MONITORS[thing % len(MONITORS)]
    return {
        "id": str(number),
        "event_type": "query_alert_monitor",
        "alert_type": "error",
        "alert_transition": "Triggered",
        "title": f"[Triggered] {title}",
        "body": f"%%%\n{reason} on {service}\n%%%",
        "alert_metric": metric,
        "alert_scope": f"service:{service},pod_name:{service}-{thing}",
        "alert_id": str(thing),
        "aggreg_key": f"{thing:032x}",
        "priority": "P2",
        "tags": f"{PLACE},service:{service},pod_name:{service}-{thing}",
        "date": str(at),
        "last_updated": str(at),
        "org": {"id": "100001", "name": "Example"},
        "link": f"https://app.datadoghq.com/monitors/{thing}",
    }


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


class _Organisation(msgspec.Struct):
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
    org: _Organisation
    link: str


def parse(payloads: Sequence[bytes]) -> None:
    """The yardstick: the fields that are needed, by their types, and nothing else."""
    event, webhook = msgspec.json.Decoder(_Event), msgspec.json.Decoder(_Webhook)
    for payload in payloads:
        (event if payload.startswith(b'{"version"') else webhook).decode(payload)


def decide(payloads: Sequence[bytes], rules: RuleSet) -> ScopeState:
    """What ingest does with them, less the storing."""
    states: dict[object, ScopeState] = {}
    for start in range(0, len(payloads), BATCH):
        scopes: dict[object, list[Assessed]] = {}
        for payload in payloads[start : start + BATCH]:
            for alert in read(payload, START):
                if isinstance(alert, Alert):
                    scopes.setdefault(alert.scope, []).append(Assessed(alert, analyse(alert, rules)))
        for items in scopes.values():
            scope = items[0].alert.scope
            states[scope], _ = correlate(states.get(scope) or empty_state(scope), items, TOPOLOGY)
    (state,) = states.values()
    return state


def padded(count: int) -> RuleSet:
    """The packaged rules, and as many more of their kind as make `count`."""
    texts = default_rule_texts()
    missing = count - len(load_rules(*texts).rules)
    more = (
        f'[[rule]]\nid = "more-{n}"\nwhy = "one more"\nsymptom = "other"\nmatch = ["rare {n}", "odd {n}"]'
        for n in range(missing)
    )
    return load_rules(*texts, "\n".join(more))


def seconds(work: Callable[[], object], repeat: int) -> float:
    """The least of several runs, in seconds of CPU."""
    taken = []
    for _ in range(repeat):
        gc.collect()
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def report(rules: int, speed: float, ratio: float) -> None:
    print(f"with {rules:>3} rules        {speed:>9,.0f} alerts/s, ratio {ratio:.2f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--repeat", type=int, default=5)
    repeat = options.parse_args().repeat
    payloads = storm(10_000, 1_000)
    rules = load_rules(*default_rule_texts())
    decide(payloads[:2_000], rules)
    yardstick = seconds(lambda: parse(payloads), repeat)
    base = seconds(lambda: decide(payloads, rules), repeat)
    print(f"typed parse           {len(payloads) / yardstick:>9,.0f} alerts/s")
    report(len(rules.rules), len(payloads) / base, base / yardstick)
    many = padded(200)
    decide(payloads[:2_000], many)
    wide = seconds(lambda: decide(payloads, many), repeat)
    report(len(many.rules), len(payloads) / wide, wide / yardstick)
    size = len(msgspec.msgpack.encode(decide(payloads, rules)))
    longer = storm(100_000, 1_000)
    long = seconds(lambda: decide(longer, rules), 2)
    long_size = len(msgspec.msgpack.encode(decide(longer, rules)))
    print(f"100,000 alerts        {long / base:>9.1f} times the time of 10,000")
    print(f"remembered            {size:>9,} bytes after 10,000 alerts, {long_size:,} after 100,000")


if __name__ == "__main__":
    main()
