"""The service inside an alarm's own name, where the name follows <environment>-<service>-<what is wrong>."""

import re
from typing import Final

from cloudops.alerts.environments import find_environment

WHAT_IS_WRONG: Final = """
    4xx 5xx age alarm alert anomaly availability backlog balance breach budget burst certificate composite
    concurrent connection connections cost count cpu crash credit days depth disk dlq down duration err error
    errors evictions expiration expiry failed failure failures fault faults health healthy heap high host
    hosts http invocations iops iterator lag latency low mem memory message messages missing oom p50 p90 p95
    p99 queue rate read replica replication request requests response restart restarts running saturation slow
    status storage swap task tasks throttle throttled throttles throttling time timeout timeouts too tps
    traffic unhealthy usage utilisation utilization warning critical write
"""
"""Words with which the part of a name begins that says what is measured, not on what."""

TOO_COMMON: Final = """
    alb api app aws backend cache cluster database db ddb dynamodb ec2 ecs efs eks elasticache
    elasticsearch elb frontend instance kinesis lambda lb nlb node nodes rds redis server service sns sqs web
"""
"""Words that name a sort of thing, and so no service by themselves."""

_STOPS: Final = frozenset(WHAT_IS_WRONG.split())
_COMMON: Final = frozenset(TOO_COMMON.split())
_WORD: Final = re.compile(r"[A-Za-z0-9]+")
MAX_WORDS: Final = 4


def service_from_alarm_name(name: str) -> tuple[str, str]:
    """The service in prod-checkout-Latency-P90, and the reason, "name part checkout"; "" twice for any name
    that has no environment at either end, or space, or nothing but common words in that place."""
    part = find_environment(name)
    if part is None or part.place == "part" or any(letter.isspace() for letter in name):
        return "", ""
    words = _WORD.findall(name)
    words = words[1:] if part.place == "prefix" else words[:-1]
    told: list[str] = []
    for word in words:
        if word.lower() in _STOPS or (told and told[-1].islower() and word[0].isupper()):
            break
        told.append(word)
    if len(told) == len(words) or len(told) > MAX_WORDS or _COMMON.issuperset(map(str.lower, told)):
        return "", ""
    service = "-".join(told)
    return service.lower(), f"name part {service}"
