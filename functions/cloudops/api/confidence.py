"""How what was learned looks to callers."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from cloudops.api.application import ApplicationFactory
from cloudops.api.schemas import Limit, Timestamp, View, Word, at
from cloudops.core.taxonomy import Action, Symptom
from cloudops.learning.outcomes import OutcomeVerdict
from cloudops.learning.queries import Filter


class OutcomeView(View):
    """An action that somebody carried out. `verdict` is pending until the alerts clear or half an hour is
    over."""

    suggestion_id: str
    person: str
    performed_at: Timestamp
    verdict: OutcomeVerdict


class KnownView(View):
    """How sure we are of an action for one symptom of one service: `mean` is the expected chance that it
    helps, `confidenceLow` its 10th percentile, `effective` what votes and outcomes are worth in new votes."""

    symptom: Symptom = at("cell", "symptom")
    action: Action = at("cell", "action")
    service: str = at("cell", "service")
    mean: float = at("confidence", "mean")
    confidence_low: float = at("confidence", "low")
    votes: int = at("confidence", "votes")
    outcomes: int = at("confidence", "outcomes")
    effective: float = at("confidence", "effective")
    explanation: str = at("confidence", "explanation")


class PointView(View):
    """The same at the end of a day; `helpful` of the votes were for the action."""

    date: Annotated[str, Field(examples=["2026-01-31"])]
    symptom: Symptom = at("cell", "symptom")
    action: Action = at("cell", "action")
    service: str = at("cell", "service")
    mean: float = at("cell", "mean")
    confidence_low: float = at("cell", "low")
    votes: int = at("cell", "votes")
    outcomes: int = at("cell", "outcomes")
    helpful: int = at("cell", "helpful")


class ConfidenceView(View):
    """Most votes first, `total` of them; `history` is of the cells shown, the oldest day first."""

    cells: tuple[KnownView, ...]
    total: int
    history: tuple[PointView, ...]


class RecomputedView(View):
    """`changed` tells whether anything was learned since the last time; `settled` counts outcomes with a new
    verdict, `leftAlone` incidents that nobody touched, `reranked` the open incidents that changed."""

    cells: int
    changed: bool
    settled: int
    left_alone: int
    reranked: int
    conflicts: int


Days = Annotated[int, Query(ge=0, le=366, description="How many days of history to answer.")]


class ConfidenceRoutes:
    def __init__(self, application: ApplicationFactory) -> None:
        self._application = application

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
        application = self._application()
        wanted = Filter(symptom, action, service)
        return ConfidenceView.model_validate(application.confidence(wanted, limit, days, application.now()))

    def recompute(self) -> RecomputedView:
        """Learns from everything so far and ranks the open incidents' suggestions anew, now."""
        application = self._application()
        return RecomputedView.model_validate(application.recompute(application.now()))
