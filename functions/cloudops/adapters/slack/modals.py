"""Slack's dialogs: a comment, a reason, and a plan with what the guardrails say of it."""

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

from cloudops.adapters.slack.request_parser import MAX_WORDS, WORDS, Kept
from cloudops.adapters.slack.rich_text import bold, line, rich, text
from cloudops.chatops.requests import Form, PlanRead
from cloudops.notifications.card import ACTIONS, LINE, sanitize_line
from cloudops.remediation.guardrails import Ruling
from cloudops.remediation.plan import Call, Facts
from cloudops.remediation.planner import PlanReview

MARKS: Final = {
    Ruling.ALLOW: "\N{WHITE HEAVY CHECK MARK}",
    Ruling.NEEDS_APPROVAL: "\N{BUSTS IN SILHOUETTE}",
    Ruling.DENY: "\N{NO ENTRY}",
}
MAX_CALLS: Final = 5
MAX_FACTS: Final = 12

_ASKED: Final = {
    Form.UNHELPFUL: ("Not helpful", "Send", "What would have helped, or what did it make worse?", True),
    Form.REJECT: ("Reject", "Reject", "Why is it not to be done?", False),
}


def words_dialog(form: Form, kept: Kept) -> View:
    title, submit, question, optional = _ASKED[form]
    field = PlainTextInputElement(action_id=WORDS, multiline=True, max_length=MAX_WORDS)
    block = InputBlock(block_id=WORDS, label=question, element=field, optional=optional)
    return _view(title, [block], submit=submit, form=form, kept=kept)


def waiting_dialog() -> View:
    return _view("Approve", [rich(line(text("Reading the target as it is now…")))])


def refusal_dialog(why: str) -> View:
    return _view("Not now", [rich(line(text(sanitize_line(why, 1_000))))])


def plan_dialog(proposed: PlanReview, read: PlanRead, reply_to: str) -> View:
    """`read` comes back with the approval, so that exactly what was read is approved."""
    needed = f"Approve ({proposed.required_approvals})" if proposed.required_approvals > 1 else "Approve"
    submit = needed if proposed.required_approvals else "Run"
    kept = Kept(msgspec.json.encode(read).decode(), reply_to)
    return _view("Approve", list(_plan(proposed)), submit=submit, form=Form.APPROVE, kept=kept)


def _plan(proposed: PlanReview) -> Iterator[Block]:
    plan = proposed.plan
    target = plan.target
    where = " ".join(filter(None, (target.platform, target.cluster, target.name, target.region)))
    yield rich(
        line(
            bold(f"{ACTIONS[plan.action]} {sanitize_line(plan.service, 80)}"),
            text(f" in {target.environment}\n"),
        ),
        line(text(f"{sanitize_line(where, LINE)}\n{sanitize_line(plan.draft.summary, LINE)}")),
    )
    yield _code(
        [
            f"{sanitize_line(name, 60)}: {_change(plan.draft.before, plan.draft.after, name)}"
            for name in _names(proposed)
        ]
    )
    yield _code([_call(one) for one in plan.draft.calls[:MAX_CALLS]])
    if not plan.draft.reversible:
        yield rich(line(bold("It cannot be taken back.")))
    yield DividerBlock()
    verdicts = [
        line(
            text(f"{MARKS[one.ruling]}  "),
            bold(one.guardrail.replace("_", " ")),
            text(f"  {sanitize_line(one.reason, LINE)}\n"),
        )
        for one in proposed.verdicts
    ]
    yield rich(*verdicts)
    if proposed.required_approvals > 1:
        yield rich(line(text(f"{proposed.required_approvals} different people have to approve.")))


def _names(proposed: PlanReview) -> list[str]:
    draft = proposed.plan.draft
    return list(dict.fromkeys([*draft.before, *draft.after]))[:MAX_FACTS]


def _change(before: Facts, after: Facts, name: str) -> str:
    old, new = (sanitize_line(str(one.get(name, "-")), 60) for one in (before, after))
    return old if old == new else f"{old} → {new}"


def _call(call: Call) -> str:
    return sanitize_line(f"{call.operation} {' '.join(f'{k}={v}' for k, v in call.parameters.items())}", LINE)


def _code(lines: list[str]) -> Block:
    parts: list[RichTextElement] = [text("\n".join(lines) or "-")]
    return RichTextBlock(elements=[RichTextPreformattedElement(elements=parts)])


def _view(
    title: str, blocks: list[Block], *, submit: str = "", form: Form | None = None, kept: Kept | None = None
) -> View:
    return View(
        type="modal",
        title=PlainTextObject(text=title),
        close=PlainTextObject(text="Close"),
        submit=PlainTextObject(text=submit) if submit else None,
        callback_id=form,
        private_metadata=msgspec.json.encode(kept).decode() if kept else None,
        blocks=blocks,
    )
