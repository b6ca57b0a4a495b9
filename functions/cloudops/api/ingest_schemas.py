"""Schemas of the answer to submitted alerts."""

from cloudops.api.incident_schemas import IncidentView
from cloudops.api.schemas import View, at

MAX_EXCERPT = 4_000
"""Characters of a payload in a list."""


def excerpt(payload: str) -> str:
    return payload[:MAX_EXCERPT]


class QuarantinedPayloadView(View):
    """A payload that could not be parsed: its index in the request, and its id in the quarantine."""

    index: int
    reason: str = at("item", "unreadable", "reason")
    id: str = at("item", "id")


class IngestResultView(View):
    """The incidents that the alerts joined or opened; `accepted` counts the alerts, including duplicates."""

    incidents: tuple[IncidentView, ...]
    accepted: int
    quarantined: tuple[QuarantinedPayloadView, ...] = at("refused")
