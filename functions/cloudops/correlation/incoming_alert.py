"""Prepares an alert for correlation: failure signal, maintenance window and machine, extracted once."""

from enum import StrEnum
from typing import Final

import msgspec

from cloudops.alerts.alert import Alert, Severity
from cloudops.analysis.model import Analysis
from cloudops.catalog.topology import Topology
from cloudops.core.taxonomy import Symptom
from cloudops.core.time import EpochMillis
from cloudops.correlation.decision import ClassifiedAlert
from cloudops.correlation.maintenance import machine_of, maintenance_window

ALARM: Final = "alarm:"
"""The kind of resource by which an alarm names itself, and a composite alarm the alarms that triggered it."""


class FailureSignal(StrEnum):
    """The class of an alert by golden signal, as it is stored.

    FAULT: the service itself is broken or starved. LATENCY, ERRORS: its responses are slow or fail, by its
    own fault or by that of a service it calls. TRAFFIC: its callers send more or less than before.
    UNRELATED: a slow change, such as a certificate that expires, which neither causes nor follows failures
    of other services.
    """

    FAULT = "o"
    LATENCY = "s"
    ERRORS = "f"
    TRAFFIC = "l"
    UNRELATED = "a"


SYMPTOMS: Final = (FailureSignal.LATENCY, FailureSignal.ERRORS)
"""Signals that show a failure without saying whose."""

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
CLOUDOPS_COMPONENT: Final = "cloudops"
"""The component of an alert that CloudOps raises about itself."""
_UNRELATED_COMPONENTS: Final = frozenset({"cost", "security", "job", CLOUDOPS_COMPONENT})
"""Components whose alerts say nothing about how the service handles requests."""


def classify_signal(alert: Alert, analysis: Analysis) -> FailureSignal:
    """Returns the failure signal of an alert.

    A disk alert is unrelated until it is critical: then the disk is about to stop its service."""
    if alert.informational:
        return FailureSignal.UNRELATED
    if analysis.symptom is Symptom.DISK:
        return FailureSignal.FAULT if analysis.severity is Severity.CRITICAL else FailureSignal.UNRELATED
    return _BY_SYMPTOM.get(analysis.symptom) or _unknown_symptom(analysis)


def _unknown_symptom(analysis: Analysis) -> FailureSignal:
    """Returns the signal of an alert whose symptom the rules do not know: unrelated, unless it is severe.

    Connections accumulate at a service whose callers wait, so many of them are traffic."""
    if analysis.component in _UNRELATED_COMPONENTS:
        return FailureSignal.UNRELATED
    if "traffic" in analysis.traits:
        return FailureSignal.TRAFFIC
    if analysis.severity.rank >= Severity.HIGH.rank:
        return FailureSignal.FAULT
    return FailureSignal.TRAFFIC if "connections" in analysis.traits else FailureSignal.UNRELATED


class IncomingAlert(msgspec.Struct, frozen=True, gc=False):
    """An alert prepared for correlation.

    `at` is when it changed; `window` is its maintenance window and `machine` the machine that it is about,
    each empty if there is none."""

    alert: Alert
    analysis: Analysis
    at: EpochMillis
    service: str
    signal: FailureSignal
    window: str
    machine: str


def prepare(item: ClassifiedAlert, topology: Topology) -> IncomingAlert:
    """Returns the alert as correlation compares it, its service under the name that the topology uses."""
    alert = item.alert
    return IncomingAlert(
        alert,
        item.analysis,
        alert.occurred_at,
        topology.node_of(alert.service, alert.resources),
        classify_signal(alert, item.analysis),
        maintenance_window(alert),
        machine_of(alert),
    )
