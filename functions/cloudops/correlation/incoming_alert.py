"""What an alert says about the services around its own: whose fault it may be, what may follow."""

from enum import StrEnum
from typing import Final

import msgspec

from cloudops.alerts.alert import Alert, Severity
from cloudops.analysis.model import Analysis
from cloudops.core.taxonomy import Symptom
from cloudops.core.time import Instant
from cloudops.correlation.decision import Assessed
from cloudops.correlation.maintenance import machine_of, window_of


class Sign(StrEnum):
    """OWN: the service itself is broken or starved. SLOW, FAILING: its answers suffer, by its own fault or
    that of a service it calls. LOAD: what is asked of it changed, which is its callers' doing. ASIDE: a
    slow-burning matter of its own, which neither causes nor follows the failures of others."""

    OWN = "o"
    SLOW = "s"
    FAILING = "f"
    LOAD = "l"
    ASIDE = "a"


_BY_SYMPTOM: Final = {
    Symptom.OOM: Sign.OWN,
    Symptom.CRASH_LOOP: Sign.OWN,
    Symptom.SATURATION_CPU: Sign.OWN,
    Symptom.SATURATION_MEMORY: Sign.OWN,
    Symptom.AVAILABILITY: Sign.OWN,
    Symptom.THROTTLING: Sign.OWN,
    Symptom.LATENCY: Sign.SLOW,
    Symptom.QUEUE_BACKLOG: Sign.SLOW,
    Symptom.ERROR_RATE: Sign.FAILING,
    Symptom.CERTIFICATE: Sign.ASIDE,
}
_APART: Final = frozenset({"cost", "security", "job"})
"""Components whose alerts are about money, intruders and batch work, not about serving."""


def sign_of(alert: Alert, analysis: Analysis) -> Sign:
    """A disk is a matter apart until it is critical: then it is about to stop its service."""
    if alert.informational:
        return Sign.ASIDE
    if analysis.symptom is Symptom.DISK:
        return Sign.OWN if analysis.severity is Severity.CRITICAL else Sign.ASIDE
    return _BY_SYMPTOM.get(analysis.symptom) or _of_the_unnamed(analysis)


def _of_the_unnamed(analysis: Analysis) -> Sign:
    """What the rules cannot name is a matter apart until it is severe; but connections pile up where
    callers wait, so that many of them are a load."""
    if analysis.component in _APART:
        return Sign.ASIDE
    if "traffic" in analysis.traits:
        return Sign.LOAD
    if analysis.severity.rank >= Severity.HIGH.rank:
        return Sign.OWN
    return Sign.LOAD if "connections" in analysis.traits else Sign.ASIDE


class Newcomer(msgspec.Struct, frozen=True, gc=False):
    """`window` names the planned work that the alert is marked with, `machine` the machine that it is
    about; both empty where it has none."""

    alert: Alert
    analysis: Analysis
    at: Instant
    service: str
    sign: Sign
    window: str
    machine: str


def newcomer(item: Assessed) -> Newcomer:
    """The alert as placement looks at it."""
    alert = item.alert
    return Newcomer(
        alert,
        item.analysis,
        alert.occurred_at,
        alert.service,
        sign_of(alert, item.analysis),
        window_of(alert),
        machine_of(alert),
    )
