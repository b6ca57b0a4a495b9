"""Endpoints of confidence: list the learned confidence, and recompute it."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from cloudops.api.audit_words import NotAudited
from cloudops.api.context import Context
from cloudops.api.endpoint import Endpoint, Unrestricted, command, query
from cloudops.api.schemas import Limit, Timestamp, View, Word, at
from cloudops.core.taxonomy import Action, Symptom
from cloudops.identity.access import Role
from cloudops.learning.outcomes import OutcomeVerdict
from cloudops.learning.queries import Filter


class OutcomeView(View):
    """An action that a person performed. `verdict` is pending until the alerts resolve, or half an hour has
    passed."""

    suggestion_id: str
    person: str
    performed_at: Timestamp
    verdict: OutcomeVerdict


class ConfidenceCellView(View):
    """The confidence in one action for one symptom of one service. `mean` is the expected probability that
    the action helps, `confidenceLow` its 10th percentile; `effective` is the evidence, in new votes."""

    symptom: Symptom = at("cell", "symptom")
    action: Action = at("cell", "action")
    service: str = at("cell", "service")
    mean: float = at("confidence", "mean")
    confidence_low: float = at("confidence", "low")
    votes: int = at("confidence", "votes")
    outcomes: int = at("confidence", "outcomes")
    effective: float = at("confidence", "effective")
    explanation: str = at("confidence", "explanation")


class ConfidencePointView(View):
    """The confidence at the end of a day; `helpful` of the votes were for the action."""

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

    cells: tuple[ConfidenceCellView, ...]
    total: int
    history: tuple[ConfidencePointView, ...]


class RecomputeResultView(View):
    """`changed` says whether there was new evidence. `settled` counts the outcomes with a new verdict,
    `noActionOutcomes` the incidents without any action, `reranked` the open incidents that changed."""

    cells: int
    changed: bool
    settled: int
    no_action_outcomes: int
    reranked: int
    conflicts: int


Days = Annotated[int, Query(ge=0, le=366, description="How many days of history to return.")]


@query("/api/confidence", Role.VIEWER, compress=True)
def list_confidence(
    context: Context,
    *,
    symptom: Symptom | None = None,
    action: Action | None = None,
    service: Word = "",
    limit: Limit = 50,
    days: Days = 0,
) -> ConfidenceView:
    """List confidence.

    The confidence in each action, as of the last recompute.
    """
    wanted = Filter(symptom, action, service)
    return ConfidenceView.model_validate(
        context.application.confidence.find(wanted, limit, days, context.now)
    )


@command(
    "POST",
    "/api/confidence/recompute",
    Role.OPERATOR,
    audit=NotAudited("decides nothing: the schedule does the same"),
    restriction=Unrestricted("the schedule does the same"),
)
def recompute(context: Context) -> RecomputeResultView:
    """Recompute confidence.

    Learns from all votes and outcomes, then ranks the suggestions of open incidents again.
    """
    return RecomputeResultView.model_validate(context.application.recompute.run(context.now))


ENDPOINTS: tuple[Endpoint, ...] = (list_confidence, recompute)
