"""What an alert says about the services around its own: whose fault it may be, what may follow."""

from enum import StrEnum
from typing import Final

import re2  # type: ignore[import-untyped]

from cloudops.domain.alert import Alert, Severity
from cloudops.domain.suggestion import Analysis, Symptom


class Sign(StrEnum):
    """OWN: the service itself is broken or starved. SLOW, FAILING: its answers suffer, by its own fault or
    that of a service it calls. IDLE: nobody calls it any more, the fault of its callers. ASIDE: a
    slow-burning matter of its own, which neither causes nor follows the failures of others."""

    OWN = "o"
    SLOW = "s"
    FAILING = "f"
    IDLE = "i"
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
    Symptom.DISK: Sign.ASIDE,
}
_TRAFFIC = re2.compile(r"(?i)request[ _.-]?(count|rate)|requests? per second|traffic|\brps\b|throughput")
_LOW = re2.compile(r"(?i)\b(low|no|drop(s|ped)?|below|anomal(y|ous)|missing|less)\b")


def sign_of(alert: Alert, analysis: Analysis) -> Sign:
    """The sign in one alert. A drop in traffic is a sign of its callers; an unclassified alert of low
    severity is no sign of anything wider."""
    sign = _BY_SYMPTOM.get(analysis.symptom)
    if sign is Sign.OWN and analysis.symptom is not Symptom.AVAILABILITY:
        return sign
    text = alert.title[:200].replace("-", " ").replace("_", " ")
    if sign is not Sign.FAILING and sign is not Sign.ASIDE and _TRAFFIC.search(text) and _LOW.search(text):
        return Sign.IDLE
    if sign is not None:
        return sign
    return Sign.ASIDE if analysis.severity is Severity.LOW or alert.informational else Sign.OWN
