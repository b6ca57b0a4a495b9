"""What an incident is called, how severe it is, and which of its alerts it shows."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from cloudops.domain.alert import Severity
from cloudops.domain.decision import Placed
from cloudops.domain.incident import AlertSample, Cause, Incident
from cloudops.domain.scope_state import IncidentState
from cloudops.domain.suggestion import Symptom

MAX_SAMPLES: Final = 5
WIDE: Final = 4
"""Services that suffer together from which an incident is one step more severe than its alerts."""


def title_of(
    now: IncidentState, ranked: Sequence[Cause], before: Incident | None, items: Sequence[Placed]
) -> str:
    """What the probable cause's most telling alert says, and how many services suffer beside it."""
    if now.window:
        return f"Planned work {now.window.partition(':')[2]}: {_counted(len(now.services), 'service')}"
    if not ranked:
        return before.title if before else items[0][0].analysis.title
    service, others = ranked[0].service, len(now.services) - 1
    text = now.services[service].title
    if service.lower() not in text.lower():
        text = f"{service}: {text}"
    return f"{text} (+{_counted(others, 'service')})" if others else text


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def severity_of(now: IncidentState, lineage: Sequence[Incident], items: Sequence[Placed]) -> Severity:
    """The worst of its alerts, one step up where the incident is wide; it never falls while it lasts."""
    ranks = [one.severity for one in now.services.values()]
    ranks += [item.analysis.severity.rank for item, _ in items if item.alert.is_firing]
    worst = max(ranks, default=0) + (len(now.services) >= WIDE)
    worst = max([worst, *(one.severity.rank for one in lineage)])
    return list(Severity)[min(worst, Severity.CRITICAL.rank)]


def first_symptom(before: Incident | None, items: Sequence[Placed]) -> Symptom:
    return before.symptom if before else items[0][0].analysis.symptom


def samples_of(
    now: IncidentState, lineage: Sequence[Incident], items: Sequence[Placed]
) -> tuple[AlertSample, ...]:
    kept = {sample.fingerprint: sample for one in reversed(lineage) for sample in one.samples}
    for item, _ in items:
        alert, analysis = item.alert, item.analysis
        known = kept.get(alert.fingerprint)
        if alert.is_firing or known is None:
            kept[alert.fingerprint] = AlertSample(
                alert.fingerprint,
                alert.title,
                alert.service,
                alert.source,
                alert.status,
                analysis.severity,
                analysis.symptom,
                alert.occurred_at,
            )
        else:
            kept[alert.fingerprint] = replace(known, status=alert.status)
    ordered = sorted(kept.values(), key=lambda one: (-one.severity.rank, -one.occurred_at, one.fingerprint))
    return tuple(ordered[:MAX_SAMPLES])
