"""Routes of the quarantine: look at what could not be read, replay it, throw it away."""

from types import SimpleNamespace

from aws_lambda_powertools.event_handler import Response

from cloudops.flows.services import ServicesOf
from cloudops.handlers.counts import count
from cloudops.handlers.http.bodies import Cursor, Id, Limit
from cloudops.handlers.http.intake_views import QuarantinePageView, SubmittedView


class QuarantineRoutes:
    def __init__(self, services: ServicesOf) -> None:
        self._services = services

    def page(self, limit: Limit = 50, cursor: Cursor = None) -> QuarantinePageView:
        """Newest first."""
        items, following = self._services().quarantine.page(cursor, limit)
        return QuarantinePageView.model_validate(SimpleNamespace(items=items, cursor=following))

    def replay(self, item_id: Id) -> SubmittedView:
        """Ingests it as of when it came. It leaves the quarantine once all of it can be read."""
        submitted = self._services().quarantine.replay(item_id)
        count(submitted.report)
        return SubmittedView.model_validate(submitted)

    def remove(self, item_id: Id) -> Response[str]:
        """Throws it away."""
        self._services().quarantine.remove(item_id)
        return Response(status_code=204, body="")
