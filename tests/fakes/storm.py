"""An alert storm: many services fail in the same minutes, and most deliveries are duplicates."""

import random
from itertools import islice

from msgspec.structs import replace

from cloudops.alerts.alert import Alert, AlertStatus, Severity
from cloudops.core.ids import stable_id
from tests.fakes.incident_factory import NOON

_SIGNS = (
    ("5xx rate above 5 %", "HTTPCode_Target_5XX_Count"),
    ("p99 latency above 2 s", "TargetResponseTime"),
    ("CPU above 90 %", "CPUUtilization"),
)


def storm(incidents: int, copies: int, seed: int = 7) -> list[Alert]:
    """Returns three alerts for each incident, each delivered `copies` times, in the order of delivery.

    Each service has a namespace of its own: in one namespace, what begins within minutes is one incident.

    Half of the copies repeat the message; half report some seconds later that the alert still fires.
    """
    chance = random.Random(seed)  # noqa: S311 a fixed shuffle
    deliveries: list[tuple[int, Alert]] = []
    for number in range(incidents):
        for which, _ in enumerate(_SIGNS):
            first = _alert(f"service-{number:03d}", which, NOON + number * 100 + which * 2_000)
            deliveries.append((first.occurred_at, first))
            for copy in range(1, copies):
                at = first.occurred_at + chance.randrange(5_000, 120_000)
                deliveries.append((at, replace(first, occurred_at=at, received_at=at) if copy % 2 else first))
    return [alert for _, alert in sorted(deliveries, key=lambda one: one[0])]


def batches(alerts: list[Alert], size: int) -> list[list[Alert]]:
    rest = iter(alerts)
    return list(iter(lambda: list(islice(rest, size)), []))


def _alert(service: str, which: int, at: int) -> Alert:
    words, metric = _SIGNS[which]
    return Alert(
        source="cloudwatch",
        fingerprint=stable_id(service, metric),
        status=AlertStatus.FIRING,
        occurred_at=at,
        received_at=at,
        started_at=NOON,
        title=f"prod-{service}: {words}",
        message=f"Threshold Crossed: 3 out of the last 3 datapoints were above the threshold for {service}.",
        account="123456789012",
        environment="prod",
        environment_reason="tag env",
        region="eu-west-1",
        service=service,
        service_reason="tag service",
        resources=(
            f"loadbalancer:app/{service}/50dc6c495c0c9188",
            f"namespace:{service}",
            f"targetgroup:{service}",
        ),
        severity=Severity.HIGH,
        severity_reason="tag severity",
        metric=metric,
        namespace="AWS/ApplicationELB",
        labels={"env": "prod", "service": service, "team": "payments"},
        url=f"https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/{service}",
    )
