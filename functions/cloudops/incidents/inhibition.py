"""Decides which incidents send no notification because a critical one explains them.

Inhibited incidents are stored, counted and listed like all others.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from cloudops.alerts.alert import Severity
from cloudops.catalog.topology import Topology
from cloudops.core.time import MINUTE
from cloudops.incidents.incident import Incident

MIN_CAUSE_SCORE: Final = 0.5
"""The lowest score with which a probable cause inhibits other incidents."""
MAX_LEAD: Final = 2 * MINUTE
"""Alarms evaluate by the minute: a symptom may open its incident this long before its cause does."""


class Inhibition(msgspec.Struct, frozen=True):
    """The id of the critical incident in `by`, and a reason to show."""

    by: str
    reason: str


def inhibition(incident: Incident, others: Iterable[Incident], topology: Topology) -> Inhibition | None:
    """Returns the live critical incident whose cause explains all services of this one, or None.

    Every affected service must depend on the cause, in the same scope. A critical incident is never
    inhibited."""
    if incident.severity is Severity.CRITICAL or not incident.services:
        return None
    for other in others:
        cause = _inhibiting_cause(other)
        if cause and other.scope == incident.scope and other.opened_at <= incident.opened_at + MAX_LEAD:
            hops = [topology.hops(service, cause) for service in incident.services]
            if other.id != incident.id and None not in hops:
                return Inhibition(other.id, f"depends on {cause}, the probable cause of: {other.title}")
    return None


def _inhibiting_cause(incident: Incident) -> str:
    critical = incident.severity is Severity.CRITICAL
    live = incident.status.is_live
    first = incident.causes[0] if incident.causes else None
    return first.service if critical and live and first and first.score >= MIN_CAUSE_SCORE else ""
