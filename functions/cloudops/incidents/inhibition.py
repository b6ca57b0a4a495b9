"""Which incidents nobody need be told of because a graver one explains them; all are kept and counted."""

from collections.abc import Iterable
from typing import Final

import msgspec

from cloudops.alerts.alert import Severity
from cloudops.catalog.topology import Topology
from cloudops.core.time import MINUTE
from cloudops.incidents.incident import Incident, IncidentStatus

SURE: Final = 0.5
"""The score from which a probable cause counts as the cause."""
LEAD: Final = 2 * MINUTE
"""Alarms evaluate by the minute: a symptom may open its incident this much before its cause does."""


class Inhibition(msgspec.Struct, frozen=True):
    """`by` is the graver incident's id."""

    by: str
    reason: str


def inhibition(incident: Incident, others: Iterable[Incident], topology: Topology) -> Inhibition | None:
    """The critical open incident of the same scope on whose cause everything that suffers here depends."""
    if incident.severity is Severity.CRITICAL or not incident.services:
        return None
    for other in others:
        cause = _sure_cause(other)
        if cause and other.scope == incident.scope and other.opened_at <= incident.opened_at + LEAD:
            hops = [topology.hops(service, cause) for service in incident.services]
            if other.id != incident.id and None not in hops:
                return Inhibition(other.id, f"{cause}, which it depends on, is the cause of {other.title}")
    return None


def _sure_cause(incident: Incident) -> str:
    grave = incident.severity is Severity.CRITICAL
    lasts = incident.status in (IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED)
    first = incident.causes[0] if incident.causes else None
    return first.service if grave and lasts and first and first.score >= SURE else ""
