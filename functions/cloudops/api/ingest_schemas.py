"""How the API answers those who send alerts or votes, or look into the quarantine."""

from cloudops.api.incident_schemas import IncidentView
from cloudops.api.schemas import View, at

SHOWN = 4_000
"""Characters of a payload that a list shows."""


def _beginning(payload: str) -> str:
    return payload[:SHOWN]


class RefusedView(View):
    """A payload that could not be read: its index in the request, and where the quarantine keeps it."""

    index: int
    reason: str = at("item", "unreadable", "reason")
    id: str = at("item", "id")


class SubmittedView(View):
    """The incidents that the alerts went to; `accepted` counts the alerts, duplicates included."""

    incidents: tuple[IncidentView, ...]
    accepted: int
    quarantined: tuple[RefusedView, ...] = at("refused")
