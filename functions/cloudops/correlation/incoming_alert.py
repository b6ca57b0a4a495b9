"""What an alert says about the services around its own: whose fault it may be, what may follow."""

from enum import StrEnum
from typing import Final

import msgspec

from cloudops.alerts.alert import Alert, Severity
from cloudops.analysis.model import Analysis
from cloudops.core.taxonomy import Symptom
from cloudops.core.time import EpochMillis
from cloudops.correlation.decision import ClassifiedAlert
from cloudops.correlation.maintenance import machine_of, maintenance_window


class FailureSignal(StrEnum):
    """The class of an alert by golden signal, as it is stored.

    FAULT: the service itself is broken or starved. LATENCY, ERRORS: its answers are slow or fail, by its own
    fault or that of a service it calls. TRAFFIC: its callers ask more or less than before. UNRELATED: a slow
    change, such as a certificate that expires, which neither causes nor follows the failures of others.
    """

    FAULT = "o"
    LATENCY = "s"
    ERRORS = "f"
    TRAFFIC = "l"
    UNRELATED = "a"


_BY_SYMPTOM: Final = {
    Symptom.OOM: FailureSignal.FAULT,
    Symptom.CRASH_LOOP: FailureSignal.FAULT,
    Symptom.SATURATION_CPU: FailureSignal.FAULT,
    Symptom.SATURATION_MEMORY: FailureSignal.FAULT,
    Symptom.AVAILABILITY: FailureSignal.FAULT,
    Symptom.THROTTLING: FailureSignal.FAULT,
    Symptom.LATENCY: FailureSignal.LATENCY,
    Symptom.QUEUE_BACKLOG: FailureSignal.LATENCY,
    Symptom.ERROR_RATE: FailureSignal.ERRORS,
    Symptom.CERTIFICATE: FailureSignal.UNRELATED,
}
_APART: Final = frozenset({"cost", "security", "job"})
"""Components whose alerts are about money, intruders and batch work, not about serving."""


def classify_signal(alert: Alert, analysis: Analysis) -> FailureSignal:
    """A disk is a matter apart until it is critical: then it is about to stop its service."""
    if alert.informational:
        return FailureSignal.UNRELATED
    if analysis.symptom is Symptom.DISK:
        return FailureSignal.FAULT if analysis.severity is Severity.CRITICAL else FailureSignal.UNRELATED
    return _BY_SYMPTOM.get(analysis.symptom) or _of_the_unnamed(analysis)


def _of_the_unnamed(analysis: Analysis) -> FailureSignal:
    """What the rules cannot name is a matter apart until it is severe; but connections pile up where
    callers wait, so that many of them are a load."""
    if analysis.component in _APART:
        return FailureSignal.UNRELATED
    if "traffic" in analysis.traits:
        return FailureSignal.TRAFFIC
    if analysis.severity.rank >= Severity.HIGH.rank:
        return FailureSignal.FAULT
    return FailureSignal.TRAFFIC if "connections" in analysis.traits else FailureSignal.UNRELATED


class IncomingAlert(msgspec.Struct, frozen=True, gc=False):
    """`window` names the planned work that the alert is marked with, `machine` the machine that it is
    about; both empty where it has none."""

    alert: Alert
    analysis: Analysis
    at: EpochMillis
    service: str
    sign: FailureSignal
    window: str
    machine: str


def prepare(item: ClassifiedAlert) -> IncomingAlert:
    """The alert as placement looks at it."""
    alert = item.alert
    return IncomingAlert(
        alert,
        item.analysis,
        alert.occurred_at,
        alert.service,
        classify_signal(alert, item.analysis),
        maintenance_window(alert),
        machine_of(alert),
    )
