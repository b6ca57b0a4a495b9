"""Routes of what was learned: look at it, and learn now."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from cloudops.domain.suggestion import Action, Symptom
from cloudops.flows.confidence import Filter
from cloudops.flows.services import ServicesOf
from cloudops.handlers.http.bodies import Limit, Word
from cloudops.handlers.http.confidence_views import ConfidenceView, RecomputedView

Days = Annotated[int, Query(ge=0, le=366, description="How many days of history to answer.")]


class ConfidenceRoutes:
    def __init__(self, services: ServicesOf) -> None:
        self._services = services

    def known(
        self,
        *,
        symptom: Symptom | None = None,
        action: Action | None = None,
        service: Word = "",
        limit: Limit = 50,
        days: Days = 0,
    ) -> ConfidenceView:
        """How sure we are of each action, as of the last recompute."""
        services = self._services()
        wanted = Filter(symptom, action, service)
        return ConfidenceView.model_validate(services.confidence(wanted, limit, days, services.now()))

    def recompute(self) -> RecomputedView:
        """Learns from everything so far and ranks the open incidents' suggestions anew, now."""
        services = self._services()
        return RecomputedView.model_validate(services.recompute(services.now()))
