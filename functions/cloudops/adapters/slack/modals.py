"""Dialogs in Slack: a comment on a suggestion, the reason of a rejection, and the approval of a plan."""

from collections.abc import Iterator
from typing import Final

import msgspec
from slack_sdk.models.blocks import (
    Block,
    DividerBlock,
    InputBlock,
    PlainTextInputElement,
    PlainTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextPreformattedElement,
)
from slack_sdk.models.views import View

from cloudops.adapters.slack.request_parser import INPUT_ID, MAX_INPUT_LENGTH, DialogMetadata
from cloudops.adapters.slack.rich_text import bold, line, rich, text
from cloudops.chatops.requests import Form, PlanRead
from cloudops.notifications.card import ACTIONS, LINE_LENGTH, sanitize_line
from cloudops.remediation.guardrails import Ruling
from cloudops.remediation.plan import Call, Facts
from cloudops.remediation.planner import PlanReview

RULING_ICONS: Final = {
    Ruling.ALLOW: "\N{WHITE HEAVY CHECK MARK}",
    Ruling.NEEDS_APPROVAL: "\N{BUSTS IN SILHOUETTE}",
    Ruling.DENY: "\N{NO ENTRY}",
}
MAX_SHOWN_CALLS: Final = 5
MAX_SHOWN_FACTS: Final = 12
"""Calls and facts of a plan that the dialog shows; the dashboard shows all."""

_FORMS: Final = {
    Form.UNHELPFUL: ("Not helpful", "Send", "What would have helped, or what did it make worse?", True),
    Form.REJECT: ("Reject", "Reject", "Why should it not be done?", False),
}


def input_dialog(form: Form, metadata: DialogMetadata) -> View:
    """Returns a dialog with one text field."""
    title, submit, question, optional = _FORMS[form]
    field = PlainTextInputElement(action_id=INPUT_ID, multiline=True, max_length=MAX_INPUT_LENGTH)
    block = InputBlock(block_id=INPUT_ID, label=question, element=field, optional=optional)
    return _view(title, [block], submit=submit, form=form, metadata=metadata)


def loading_dialog() -> View:
    """Returns the dialog that is shown until the plan is made."""
    return _view("Approve", [rich(line(text("Reading the current state of the target…")))])


def refusal_dialog(reason: str) -> View:
    """Returns the dialog that says why there is nothing to approve."""
    return _view("Not now", [rich(line(text(sanitize_line(reason, 1_000))))])


def plan_dialog(review: PlanReview, read: PlanRead, reply_to: str) -> View:
    """Returns the dialog with a plan and its guardrails.

    Args:
        review: The plan and the decisions of the guardrails.
        read: Returned with the approval, so that a person approves exactly the plan that was shown.
        reply_to: The address for the reply to the submission.
    """
    label = f"Approve ({review.required_approvals})" if review.required_approvals > 1 else "Approve"
    submit = label if review.required_approvals else "Run"
    metadata = DialogMetadata(msgspec.json.encode(read).decode(), reply_to)
    return _view("Approve", list(_plan(review)), submit=submit, form=Form.APPROVE, metadata=metadata)


def _plan(review: PlanReview) -> Iterator[Block]:
    plan = review.plan
    target = plan.target
    where = " ".join(filter(None, (target.platform, target.cluster, target.name, target.region)))
    yield rich(
        line(
            bold(f"{ACTIONS[plan.action]} {sanitize_line(plan.service, 80)}"),
            text(f" in {target.environment}\n"),
        ),
        line(text(f"{sanitize_line(where, LINE_LENGTH)}\n{sanitize_line(plan.draft.summary, LINE_LENGTH)}")),
    )
    yield _code(
        [
            f"{sanitize_line(name, 60)}: {_change(plan.draft.before, plan.draft.after, name)}"
            for name in _fact_names(review)
        ]
    )
    yield _code([_call(one) for one in plan.draft.calls[:MAX_SHOWN_CALLS]])
    if not plan.draft.reversible:
        yield rich(line(bold("This action cannot be rolled back.")))
    yield DividerBlock()
    decisions = [
        line(
            text(f"{RULING_ICONS[one.ruling]}  "),
            bold(one.guardrail.replace("_", " ")),
            text(f"  {sanitize_line(one.reason, LINE_LENGTH)}\n"),
        )
        for one in review.verdicts
    ]
    yield rich(*decisions)
    if review.required_approvals > 1:
        yield rich(line(text(f"{review.required_approvals} different people must approve.")))


def _fact_names(review: PlanReview) -> list[str]:
    draft = review.plan.draft
    return list(dict.fromkeys([*draft.before, *draft.after]))[:MAX_SHOWN_FACTS]


def _change(before: Facts, after: Facts, name: str) -> str:
    old, new = (sanitize_line(str(one.get(name, "-")), 60) for one in (before, after))
    return old if old == new else f"{old} → {new}"


def _call(call: Call) -> str:
    return sanitize_line(
        f"{call.operation} {' '.join(f'{k}={v}' for k, v in call.parameters.items())}", LINE_LENGTH
    )


def _code(lines: list[str]) -> Block:
    parts: list[RichTextElement] = [text("\n".join(lines) or "-")]
    return RichTextBlock(elements=[RichTextPreformattedElement(elements=parts)])


def _view(
    title: str,
    blocks: list[Block],
    *,
    submit: str = "",
    form: Form | None = None,
    metadata: DialogMetadata | None = None,
) -> View:
    return View(
        type="modal",
        title=PlainTextObject(text=title),
        close=PlainTextObject(text="Close"),
        submit=PlainTextObject(text=submit) if submit else None,
        callback_id=form,
        private_metadata=msgspec.json.encode(metadata).decode() if metadata else None,
        blocks=blocks,
    )
