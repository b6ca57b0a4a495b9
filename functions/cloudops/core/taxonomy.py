"""Closed lists that several features share: actions, symptoms, and how specific a symptom is."""

from enum import StrEnum
from typing import Final


class Symptom(StrEnum):
    OOM = "oom"
    ERROR_RATE = "error_rate"
    LATENCY = "latency"
    SATURATION_CPU = "saturation_cpu"
    SATURATION_MEMORY = "saturation_memory"
    DISK = "disk"
    CRASH_LOOP = "crash_loop"
    THROTTLING = "throttling"
    QUEUE_BACKLOG = "queue_backlog"
    AVAILABILITY = "availability"
    CERTIFICATE = "certificate"
    OTHER = "other"


class Action(StrEnum):
    RESTART_PODS = "restart_pods"
    ROLLBACK = "rollback"
    SCALE_SERVICE = "scale_service"
    NOOP = "noop"


SPECIFICITY: Final = {
    Symptom.OOM: 1.0,
    Symptom.CRASH_LOOP: 0.95,
    Symptom.DISK: 0.8,
    Symptom.CERTIFICATE: 0.8,
    Symptom.SATURATION_MEMORY: 0.75,
    Symptom.THROTTLING: 0.7,
    Symptom.SATURATION_CPU: 0.7,
    Symptom.AVAILABILITY: 0.65,
    Symptom.QUEUE_BACKLOG: 0.4,
    Symptom.ERROR_RATE: 0.3,
    Symptom.LATENCY: 0.2,
    Symptom.OTHER: 0.1,
}
"""How strongly a symptom points to its own service, and not to one that it calls; from 0 to 1."""
