"""Answers to one person: lines, a list of incidents, and their own page."""

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

from cloudops.adapters.slack.message import mark
from cloudops.adapters.slack.rich_text import bold, bullets, line, link, rich, text, when
from cloudops.chatops.ports import Home
from cloudops.notifications.card import ACTIONS, LINE, IncidentCard, sanitize_line
from cloudops.remediation.execution import Execution

MAX_LINE: Final = 500


def lines(said: Sequence[str]) -> list[Block]:
    whole = [sanitize_line(one, MAX_LINE) for one in said]
    return [rich(bullets(whole))] if len(whole) > 1 else [rich(line(text(whole[0])))]


def listing(bulletins: Sequence[IncidentCard], head: str, dashboard: str) -> list[Block]:
    return [rich(line(text(head))), *(rich(_row(one, dashboard)) for one in bulletins)]


def home_view(home: Home, dashboard: str) -> View:
    return View(type="home", blocks=list(_home(home, dashboard)))


def strangers_view(words: Sequence[str]) -> View:
    return View(type="home", blocks=lines(words))


def _home(home: Home, dashboard: str) -> Iterator[Block]:
    yield _title("Waiting for your approval")
    for execution in home.pending:
        yield rich(line(bold(_what(execution)), text(f"\n{_waits(execution)}")))
        button = ButtonElement(text="Approve…", action_id="approve", value=execution.suggestion_id)
        yield ActionsBlock(elements=[button])
    if not home.pending:
        yield rich(line(text("Nothing.")))
    for title, bulletins in (("Yours", home.mine), ("Open, and nobody is on it", home.open)):
        yield DividerBlock()
        yield _title(title)
        yield from (rich(_row(one, dashboard)) for one in bulletins)
        if not bulletins:
            yield rich(line(text("Nothing.")))
    if dashboard:
        yield ActionsBlock(
            elements=[LinkButtonElement(text="Dashboard", url=dashboard, action_id="dashboard")]
        )


def _title(words: str) -> Block:
    return HeaderBlock(text=PlainTextObject(text=words, emoji=False))


def _row(told: IncidentCard, dashboard: str) -> RichTextElement:
    name = told.incident_id
    where = " in ".join(filter(None, (told.service, told.environment)))
    counts = f"  {told.firing} of {told.alerts} alerts firing  "
    return line(
        text(f"{mark(told)}  "),
        bold(told.title),
        text(f"  {where}\n"),
        text(counts),
        when(told.opened_at, "{ago}"),
        text("  "),
        link(name, f"{dashboard}/incidents/{name}") if dashboard else text(name),
    )


def _what(execution: Execution) -> str:
    plan = execution.plan
    return sanitize_line(f"{ACTIONS[plan.action]} {plan.service} in {plan.target.environment}", LINE)


def _waits(execution: Execution) -> str:
    missing = execution.required_approvals - len(execution.approvals)
    by = f", asked for by {execution.requested_by}" if execution.requested_by else ""
    return sanitize_line(
        f"{missing} approval{'' if missing == 1 else 's'} missing{by}: {execution.plan.draft.summary}", LINE
    )
