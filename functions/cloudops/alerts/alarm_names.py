"""Extracts the service from an alarm name of the form `<environment>-<service>-<what is measured>`."""

import re
from typing import Final

from cloudops.alerts.environments import find_environment

MEASURE_WORDS: Final = """
    4xx 5xx age alarm alert anomaly availability backlog balance breach budget burst certificate composite
    concurrent connection connections cost count cpu crash credit days depth disk dlq down duration err error
    errors evictions expiration expiry failed failure failures fault faults health healthy heap high host
    hosts http invocations iops iterator lag latency low mem memory message messages missing oom p50 p90 p95
    p99 queue rate read replica replication request requests response restart restarts running saturation slow
    status storage swap task tasks throttle throttled throttles throttling time timeout timeouts too tps
    traffic unhealthy usage utilisation utilization warning critical write
"""
"""Words that start the part of a name that says what is measured."""

GENERIC_WORDS: Final = """
    alb api app aws backend cache cluster database db ddb dynamodb ec2 ecs efs eks elasticache
    elasticsearch elb frontend instance kinesis lambda lb nlb node nodes rds redis server service sns sqs web
"""
"""Words that name a kind of resource; alone, they name no service."""

_STOPS: Final = frozenset(MEASURE_WORDS.split())
_COMMON: Final = frozenset(GENERIC_WORDS.split())
_WORD: Final = re.compile(r"[A-Za-z0-9]+")
MAX_WORDS: Final = 4


def service_from_alarm_name(name: str) -> tuple[str, str]:
    """Extracts the service from an alarm name.

    Returns:
        Service and reason, such as ("checkout", "name part checkout"); ("", "") if the name has no
        environment at either end, contains white space, or has only generic words in that place.

    Example:
        >>> service_from_alarm_name("prod-checkout-Latency-P90")
        ('checkout', 'name part checkout')
    """
    part = find_environment(name)
    if part is None or part.place == "part" or any(letter.isspace() for letter in name):
        return "", ""
    words = _WORD.findall(name)
    words = words[1:] if part.place == "prefix" else words[:-1]
    parts: list[str] = []
    for word in words:
        if word.lower() in _STOPS or (parts and parts[-1].islower() and word[0].isupper()):
            break
        parts.append(word)
    if len(parts) == len(words) or len(parts) > MAX_WORDS or _COMMON.issuperset(map(str.lower, parts)):
        return "", ""
    service = "-".join(parts)
    return service.lower(), f"name part {service}"
