"""Routes of the quarantine: look at what could not be read, replay it, throw it away."""

from types import SimpleNamespace
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from pydantic import AfterValidator

from cloudops.api.application import ApplicationFactory
from cloudops.api.ingest_schemas import SubmittedView, _beginning
from cloudops.api.schemas import Cursor, Id, Limit, Timestamp, View, at
from cloudops.observability.business_metrics import count


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


class QuarantineRoutes:
    def __init__(self, application: ApplicationFactory) -> None:
        self._application = application

    def page(self, limit: Limit = 50, cursor: Cursor = None) -> QuarantinePageView:
        """Newest first."""
        items, following = self._application().quarantine.page(cursor, limit)
        return QuarantinePageView.model_validate(SimpleNamespace(items=items, cursor=following))

    def replay(self, item_id: Id) -> SubmittedView:
        """Ingests it as of when it came. It leaves the quarantine once all of it can be read."""
        submitted = self._application().quarantine.replay(item_id)
        count(submitted.report)
        return SubmittedView.model_validate(submitted)

    def remove(self, item_id: Id) -> Response[str]:
        """Throws it away."""
        self._application().quarantine.remove(item_id)
        return Response(status_code=204, body="")
