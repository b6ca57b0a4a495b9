"""Replies to one person: lines, a list of incidents, and the Home tab."""

from collections.abc import Iterator, Sequence
from typing import Final

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DividerBlock,
    HeaderBlock,
    LinkButtonElement,
    PlainTextObject,
    RichTextElement,
)
from slack_sdk.models.views import View

from cloudops.adapters.slack.message import icon
from cloudops.adapters.slack.rich_text import bold, bullets, hyperlink, line, rich, text, when
from cloudops.chatops.ports import Home
from cloudops.notifications.card import ACTIONS, LINE_LENGTH, IncidentCard, sanitize_line
from cloudops.remediation.execution import Execution

MAX_REPLY_LINE: Final = 500
"""Characters of one line of a reply."""


def lines(texts: Sequence[str]) -> list[Block]:
    """Returns one line as text, and several lines as a list. `texts` is not empty."""
    sanitized = [sanitize_line(one, MAX_REPLY_LINE) for one in texts]
    return [rich(bullets(sanitized))] if len(sanitized) > 1 else [rich(line(text(sanitized[0])))]


def listing(cards: Sequence[IncidentCard], title: str, dashboard: str) -> list[Block]:
    """Returns the title and one row for each incident; `dashboard` is an address, or empty."""
    return [rich(line(text(title))), *(rich(_row(card, dashboard)) for card in cards)]


def home_view(home: Home, dashboard: str) -> View:
    """Returns the Home tab of a person with a role."""
    return View(type="home", blocks=list(_home(home, dashboard)))


def no_role_view(texts: Sequence[str]) -> View:
    """Returns the Home tab of a person without a role."""
    return View(type="home", blocks=lines(texts))


def _home(home: Home, dashboard: str) -> Iterator[Block]:
    if home.note:
        yield from lines(home.note)
    yield _title("Waiting for your approval")
    for execution in home.pending:
        yield rich(line(bold(_plan_title(execution)), text(f"\n{_missing_approvals(execution)}")))
        button = ButtonElement(text="Approve…", action_id="approve", value=execution.suggestion_id)
        yield ActionsBlock(elements=[button])
    if not home.pending:
        yield rich(line(text("Nothing.")))
    for title, cards in (("Acknowledged by you", home.mine), ("Open, not acknowledged", home.open)):
        yield DividerBlock()
        yield _title(title)
        yield from (rich(_row(card, dashboard)) for card in cards)
        if not cards:
            yield rich(line(text("Nothing.")))
    if dashboard:
        yield ActionsBlock(
            elements=[LinkButtonElement(text="Dashboard", url=dashboard, action_id="dashboard")]
        )


def _title(title: str) -> Block:
    return HeaderBlock(text=PlainTextObject(text=title, emoji=False))


def _row(card: IncidentCard, dashboard: str) -> RichTextElement:
    name = card.incident_id
    where = " in ".join(filter(None, (card.service, card.environment)))
    return line(
        text(f"{icon(card)}  "),
        bold(card.title),
        text(f"  {where}\n"),
        text(f"{card.firing} of {card.alerts} alerts firing  "),
        when(card.opened_at, "{ago}"),
        text("  "),
        hyperlink(name, f"{dashboard}/incidents/{name}") if dashboard else text(name),
    )


def _plan_title(execution: Execution) -> str:
    plan = execution.plan
    return sanitize_line(f"{ACTIONS[plan.action]} {plan.service} in {plan.target.environment}", LINE_LENGTH)


def _missing_approvals(execution: Execution) -> str:
    missing = execution.required_approvals - len(execution.approvals)
    by = f", requested by {execution.requested_by}" if execution.requested_by else ""
    return sanitize_line(
        f"{missing} approval{'' if missing == 1 else 's'} missing{by}: {execution.plan.draft.summary}",
        LINE_LENGTH,
    )
