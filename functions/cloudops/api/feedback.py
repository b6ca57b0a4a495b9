"""Routes of feedback: one vote a person a suggestion, and what came of an action."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.event_handler.request import Request

from cloudops.api.application import ApplicationFactory
from cloudops.api.authorization import caller_of
from cloudops.api.confidence import OutcomeView
from cloudops.api.schemas import NO_OUTCOME, FeedbackBody, Id, OutcomeBody, View, at
from cloudops.core.time import SECOND


class VotedView(View):
    ok: Literal[True] = True
    feedback_id: str = at("id")


class FeedbackRoutes:
    def __init__(self, application: ApplicationFactory) -> None:
        self._application = application

    def vote(self, body: Annotated[FeedbackBody, Body()], request: Request) -> VotedView:
        """Votes, or changes the vote, as the holder of the token."""
        application, person = self._application(), caller_of(request.resolved_event.raw_event).name
        comment = body.comment or ""
        feedback = application.feedback(body.suggestion_id, body.value, comment, person, application.now())
        return VotedView.model_validate(feedback)

    def outcome(
        self, suggestion_id: Id, request: Request, body: Annotated[OutcomeBody, Body()] = NO_OUTCOME
    ) -> OutcomeView:
        """Says that the action was carried out by hand. The first report of a suggestion counts, once."""
        application, person = self._application(), caller_of(request.resolved_event.raw_event).name
        now, at = application.now(), body.performed_at
        performed_at = now if at is None else round(at.timestamp() * SECOND)
        report = application.outcomes(suggestion_id, performed_at, body.cleared, person, now)
        return OutcomeView.model_validate(report)
