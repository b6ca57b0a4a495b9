"""The one message of an incident, as Block Kit: what it is, the likely cause, what may help, what to do."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    InteractiveElement,
    LinkButtonElement,
    Option,
    PlainTextObject,
    RichTextElement,
    RichTextListElement,
    StaticSelectElement,
)

from cloudops.adapters.slack.rich_text import bold, bullets, escaped, line, mention, rich, text, when
from cloudops.alerts.alert import Severity
from cloudops.incidents.incident import IncidentStatus, TimelineKind
from cloudops.notifications.card import IncidentCard, SuggestionSummary
from cloudops.notifications.thread import Line

Rendered = dict[str, Any]
"""Arguments of chat.postMessage and chat.update (Any: Slack's JSON)."""

MARKS: Final = {
    Severity.CRITICAL: "\N{LARGE RED CIRCLE}",
    Severity.HIGH: "\N{LARGE ORANGE CIRCLE}",
    Severity.MEDIUM: "\N{LARGE YELLOW CIRCLE}",
    Severity.LOW: "\N{LARGE BLUE CIRCLE}",
}
OVER: Final = "\N{WHITE HEAVY CHECK MARK}"
SILENCES: Final[Mapping[str, str]] = {"1h": "1 hour", "4h": "4 hours", "1d": "1 day"}
MAX_HEADER: Final = 150


def message(told: IncidentCard, dashboard: str, mentions: Sequence[str] = ()) -> Rendered:
    """`dashboard` is the address of the dashboard, or empty; `mentions` as the routing writes them."""
    blocks = [one.to_dict() for one in _blocks(told, dashboard, mentions)]
    return {"text": escaped(headline(told)), "blocks": blocks}


def headline(told: IncidentCard) -> str:
    """One line for notifications and for clients that show no blocks."""
    place = " in ".join(filter(None, (told.service, told.environment)))
    return f"{mark(told)} {told.severity.upper()}: {told.title}" + (f" ({place})" if place else "")


def mark(told: IncidentCard) -> str:
    return MARKS[told.severity] if told.status.is_live else OVER


def _blocks(told: IncidentCard, dashboard: str, mentions: Sequence[str]) -> Iterator[Block]:
    header = f"{mark(told)} {told.severity.upper()}  {told.title}"[:MAX_HEADER]
    yield HeaderBlock(text=PlainTextObject(text=header, emoji=False))
    yield rich(*_standing(told, mentions))
    if told.cause:
        head = line(text("Probable cause: "), bold(told.cause.service), text(f"  {told.cause.score:.0%}"))
        yield rich(head, *([bullets(told.cause.evidence)] if told.cause.evidence else []))
    live = told.status.is_live
    if told.offers and told.status is not IncidentStatus.MERGED:
        yield DividerBlock()
        for offer in told.offers:
            first = offer is told.offers[0]
            yield rich(*_offered(offer))
            yield ActionsBlock(elements=list(_offer_buttons(offer, live, "primary" if first else None)))
    if buttons := list(_incident_buttons(told, dashboard)):
        yield DividerBlock()
        yield ActionsBlock(elements=buttons)
    yield ContextBlock(elements=[PlainTextObject(text=told.incident_id, emoji=False)])


def _standing(told: IncidentCard, mentions: Sequence[str]) -> Iterator[RichTextElement]:
    if mentions:
        yield line(*(mention(one) for one in mentions), text("\n"))
    where = [bold(told.service or "unknown service"), text(" in "), bold(told.environment or "unknown")]
    yield line(*where, text(f"  ·  {told.place}" if told.place else ""))
    counts = f"\n{told.alerts} alert{'' if told.alerts == 1 else 's'}, {told.firing} still firing"
    muted = f", {told.muted} muted" if told.muted else ""
    yield line(
        text(f"{counts}{muted}  ·  opened "),
        when(told.opened_at, "{ago}"),
        text(", "),
        when(told.opened_at, "{date_short_pretty} {time}"),
    )
    over = [text(", "), when(told.over_at, "{date_short_pretty} {time}")] if told.over_at else []
    yield line(text("\n"), bold(told.state), *over)
    if told.progress:
        yield line(text(f"\n{told.progress}"))


def _offered(offer: SuggestionSummary) -> Iterator[RichTextElement]:
    yield line(bold(offer.what), text(f"  {_chance(offer)}"))
    if offer.why:
        yield line(text(f"\n{offer.why}"))


def _chance(offer: SuggestionSummary) -> str:
    """The mean, the 10th percentile, and what both rest on."""
    low = "" if offer.low is None else f" (10th percentile {offer.low:.0%})"
    known = [
        f"{count} {word}{'' if count == 1 else 's'}"
        for count, word in ((offer.votes, "vote"), (offer.outcomes, "outcome"))
        if count
    ]
    return f"{offer.confidence:.0%} likely to help{low}  ·  {' and '.join(known) or 'nobody voted yet'}"


def _offer_buttons(offer: SuggestionSummary, live: bool, style: str | None) -> Iterator[InteractiveElement]:
    if live and offer.executable:
        yield _button("Approve…", "approve", offer.id, style)
        yield _button("Reject…", "reject", offer.id)
    yield _button("Helpful", "helpful", offer.id)
    yield _button("Not helpful…", "unhelpful", offer.id)


def _incident_buttons(told: IncidentCard, dashboard: str) -> Iterator[InteractiveElement]:
    if told.status is IncidentStatus.OPEN:
        yield _button("Acknowledge", "acknowledge", told.incident_id)
    if told.status.is_live:
        yield _button("Resolve", "resolve", told.incident_id)
        options = [Option(value=f"{span} {told.incident_id}", text=words) for span, words in SILENCES.items()]
        yield StaticSelectElement(action_id="silence", placeholder="Silence for…", options=options)
    if dashboard:
        yield _link("Dashboard", "dashboard", f"{dashboard}/incidents/{told.incident_id}")
    if told.source:
        yield _link("Source", "source", told.source)


def _button(words: str, action: str, value: str, style: str | None = None) -> InteractiveElement:
    label = PlainTextObject(text=words, emoji=False)
    return ButtonElement(text=label, action_id=action, value=value, style=style)


def _link(words: str, action: str, url: str) -> InteractiveElement:
    return LinkButtonElement(text=words, url=url, action_id=action)


WORDS: Final = {
    TimelineKind.OPENED: "Opened",
    TimelineKind.ALERT: "Alerts",
    TimelineKind.RESOLVED: "Resolved",
    TimelineKind.REOPENED: "Reopened",
    TimelineKind.ACKNOWLEDGED: "Acknowledged",
    TimelineKind.MERGED: "Merged",
    TimelineKind.FEEDBACK: "Vote",
    TimelineKind.OUTCOME: "Outcome",
    TimelineKind.SEVERITY: "Severity",
    TimelineKind.EXECUTION: "Remediation",
}


def reply(lines: Sequence[Line], mentions: Sequence[str] = ()) -> Rendered:
    called = [line(*(mention(one) for one in mentions))] if mentions else []
    told = RichTextListElement(style="bullet", elements=[_told(one) for one in lines])
    first = lines[0]
    more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
    return {
        "text": escaped(f"{WORDS[first.kind]}: {first.text}{more}"),
        "blocks": [rich(*called, told).to_dict()],
    }


def _told(one: Line) -> RichTextElement:
    by = f", by {one.actor}" if one.actor and one.actor not in one.text else ""
    return line(when(one.at, "{time}"), text("  "), bold(WORDS[one.kind]), text(f"  {one.text}{by}"))
