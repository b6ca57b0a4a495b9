"""How the API answers those who send alerts or votes, or look into the quarantine."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from cloudops.handlers.http.incident_views import IncidentView
from cloudops.handlers.http.view import Timestamp, View, at

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


class VotedView(View):
    ok: Literal[True] = True
    feedback_id: str = at("id")


class QuarantinedView(View):
    """A payload that could not be read. `payload` is its beginning where it is long."""

    id: str
    source: str = at("unreadable", "source")
    reason: str = at("unreadable", "reason")
    payload: Annotated[str, AfterValidator(_beginning)] = at("unreadable", "payload")
    received_at: Timestamp = at("unreadable", "received_at")
    expires_at: Timestamp


class QuarantinePageView(View):
    """Newest first; `cursor` leads to the next page and is null at the end."""

    items: tuple[QuarantinedView, ...]
    cursor: str | None


class HealthView(View):
    status: Literal["ok"] = "ok"
    version: str


class ProblemDetail(View):
    code: str
    message: str
    field: str | None = None


class ProblemView(View):
    """What every error looks like; `field` is the path of the offending input, where there is one."""

    error: ProblemDetail
