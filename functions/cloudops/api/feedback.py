"""Endpoints of feedback: one vote per person and suggestion, and the outcome of an action."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Body

from cloudops.api.audit_words import Audited, in_body, in_path
from cloudops.api.confidence import OutcomeView
from cloudops.api.context import Context
from cloudops.api.endpoint import Endpoint, command
from cloudops.api.restrictions import suggestion_in_body, suggestion_in_path
from cloudops.api.schemas import NO_OUTCOME, FeedbackBody, Id, OutcomeBody, View, at, epoch_millis
from cloudops.core.errors import Conflict, NotFound, TooLarge
from cloudops.core.ids import SuggestionId
from cloudops.identity.access import Role


class FeedbackReceiptView(View):
    ok: Literal[True] = True
    feedback_id: str = at("id")


@command(
    "POST",
    "/api/feedback",
    Role.OPERATOR,
    audit=Audited("vote", in_body("suggestionId"), reason=in_body("comment"), result=in_body("value")),
    restriction=suggestion_in_body,
    errors=(NotFound, Conflict, TooLarge),
)
def vote(context: Context, body: Annotated[FeedbackBody, Body()]) -> FeedbackReceiptView:
    """Vote on a suggestion.

    The vote is that of the person who signed in, whatever their name; a second vote replaces the first.
    """
    comment = body.comment or ""
    feedback = context.application.feedback.record(
        SuggestionId(body.suggestion_id), body.value, comment, context.caller, context.now
    )
    return FeedbackReceiptView.model_validate(feedback)


@command(
    "POST",
    "/api/suggestions/{suggestion_id}/outcome",
    Role.OPERATOR,
    audit=Audited("report outcome", in_path("suggestion_id")),
    restriction=suggestion_in_path,
    errors=(NotFound, Conflict),
)
def report_outcome(
    context: Context, suggestion_id: Id, body: Annotated[OutcomeBody, Body()] = NO_OUTCOME
) -> OutcomeView:
    """Report an outcome.

    Reports that a person performed the action by hand. Only the first report of a suggestion counts.
    """
    performed_at = context.now if body.performed_at is None else epoch_millis(body.performed_at)
    report = context.application.outcomes.report(
        SuggestionId(suggestion_id),
        performed_at,
        body.cleared,
        context.person,
        context.now,
        person_id=context.caller.subject,
    )
    return OutcomeView.model_validate(report)


ENDPOINTS: tuple[Endpoint, ...] = (vote, report_outcome)
