"""Endpoints of the quarantine: list payloads that could not be parsed, replay one, discard one."""

from types import SimpleNamespace
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from pydantic import AfterValidator

from cloudops.api.audit_words import Audited, in_path
from cloudops.api.context import Context
from cloudops.api.endpoint import Endpoint, command, everything, query
from cloudops.api.ingest_schemas import IngestResultView, excerpt
from cloudops.api.schemas import Cursor, Id, Limit, Timestamp, View, at
from cloudops.core.errors import Conflict, NotFound, Unprocessable
from cloudops.identity.access import Role
from cloudops.observability.business_metrics import count


class QuarantineItemView(View):
    """A payload that could not be parsed. A long `payload` is cut."""

    id: str
    source: str = at("unreadable", "source")
    reason: str = at("unreadable", "reason")
    payload: Annotated[str, AfterValidator(excerpt)] = at("unreadable", "payload")
    received_at: Timestamp = at("unreadable", "received_at")
    expires_at: Timestamp


class QuarantinePageView(View):
    """Newest first; `cursor` leads to the next page and is null at the end."""

    items: tuple[QuarantineItemView, ...]
    cursor: str | None


@query("/api/quarantine", Role.VIEWER)
def list_quarantine(context: Context, limit: Limit = 50, cursor: Cursor = None) -> QuarantinePageView:
    """List quarantined payloads.

    Newest first.
    """
    items, following = context.application.quarantine.page(cursor, limit)
    return QuarantinePageView.model_validate(SimpleNamespace(items=items, cursor=following))


@command(
    "POST",
    "/api/quarantine/{item_id}/replay",
    Role.OPERATOR,
    audit=Audited("replay", in_path("item_id")),
    restriction=everything,
    errors=(NotFound, Conflict, Unprocessable),
)
def replay_quarantined(context: Context, item_id: Id) -> IngestResultView:
    """Replay a quarantined payload.

    Ingests it with the time at which it was received. It leaves the quarantine once every part can be parsed.
    """
    submitted = context.application.quarantine.replay(item_id)
    count(submitted.report)
    return IngestResultView.model_validate(submitted)


@command(
    "DELETE",
    "/api/quarantine/{item_id}",
    Role.OPERATOR,
    audit=Audited("discard", in_path("item_id")),
    restriction=everything,
    status=204,
    errors=(NotFound,),
)
def remove_quarantined(context: Context, item_id: Id) -> Response[str]:
    """Discard a quarantined payload."""
    context.application.quarantine.remove(item_id)
    return Response(status_code=204, body="")


ENDPOINTS: tuple[Endpoint, ...] = (list_quarantine, replay_quarantined, remove_quarantined)
