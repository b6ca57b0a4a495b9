"""Renders an incident card as a Slack message in Block Kit: state, probable cause, suggestions, buttons."""

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
"""Arguments of chat.postMessage and chat.update, without the channel (Any: Slack's JSON)."""

SEVERITY_ICONS: Final = {
    Severity.CRITICAL: "\N{LARGE RED CIRCLE}",
    Severity.HIGH: "\N{LARGE ORANGE CIRCLE}",
    Severity.MEDIUM: "\N{LARGE YELLOW CIRCLE}",
    Severity.LOW: "\N{LARGE BLUE CIRCLE}",
}
ENDED_ICON: Final = "\N{WHITE HEAVY CHECK MARK}"
SILENCE_OPTIONS: Final[Mapping[str, str]] = {"1h": "1 hour", "4h": "4 hours", "1d": "1 day"}
"""Durations that a silence can be created for, with their labels."""
MAX_HEADER: Final = 150
"""Characters of a header block, by Slack's limit."""


def message(card: IncidentCard, dashboard: str, mentions: Sequence[str] = ()) -> Rendered:
    """Returns the message of an incident.

    Args:
        card: What the message shows.
        dashboard: The address of the dashboard, or empty for no link.
        mentions: The people and groups to mention, as routing writes them.
    """
    blocks = [one.to_dict() for one in _blocks(card, dashboard, mentions)]
    return {"text": escaped(headline(card)), "blocks": blocks}


def headline(card: IncidentCard) -> str:
    """Returns one line, for desktop notifications and for clients that show no blocks."""
    place = " in ".join(filter(None, (card.service, card.environment)))
    return f"{icon(card)} {card.severity.upper()}: {card.title}" + (f" ({place})" if place else "")


def icon(card: IncidentCard) -> str:
    """Returns the icon of the severity, or that of an incident that has ended."""
    return SEVERITY_ICONS[card.severity] if card.status.is_live else ENDED_ICON


def _blocks(card: IncidentCard, dashboard: str, mentions: Sequence[str]) -> Iterator[Block]:
    header = f"{icon(card)} {card.severity.upper()}  {card.title}"[:MAX_HEADER]
    yield HeaderBlock(text=PlainTextObject(text=header, emoji=False))
    yield rich(*_state(card, mentions))
    if card.cause:
        head = line(text("Probable cause: "), bold(card.cause.service), text(f"  {card.cause.score:.0%}"))
        yield rich(head, *([bullets(card.cause.evidence)] if card.cause.evidence else []))
    live = card.status.is_live
    if card.suggestions and card.status is not IncidentStatus.MERGED:
        yield DividerBlock()
        for position, suggestion in enumerate(card.suggestions):
            style = "primary" if position == 0 else None
            yield rich(*_suggestion(suggestion))
            yield ActionsBlock(elements=list(_suggestion_buttons(suggestion, live, style)))
    if buttons := list(_incident_buttons(card, dashboard)):
        yield DividerBlock()
        yield ActionsBlock(elements=buttons)
    yield ContextBlock(elements=[PlainTextObject(text=card.incident_id, emoji=False)])


def _state(card: IncidentCard, mentions: Sequence[str]) -> Iterator[RichTextElement]:
    if mentions:
        yield line(*(mention(one) for one in mentions), text("\n"))
    where = [bold(card.service or "unknown service"), text(" in "), bold(card.environment or "unknown")]
    yield line(*where, text(f"  ·  {card.place}" if card.place else ""))
    counts = f"\n{card.alerts} alert{'' if card.alerts == 1 else 's'}, {card.firing} still firing"
    muted = f", {card.muted} muted" if card.muted else ""
    yield line(
        text(f"{counts}{muted}  ·  opened "),
        when(card.opened_at, "{ago}"),
        text(", "),
        when(card.opened_at, "{date_short_pretty} {time}"),
    )
    ended = [text(", "), when(card.over_at, "{date_short_pretty} {time}")] if card.over_at else []
    yield line(text("\n"), bold(card.state), *ended)
    if card.progress:
        yield line(text(f"\n{card.progress}"))


def _suggestion(suggestion: SuggestionSummary) -> Iterator[RichTextElement]:
    yield line(bold(suggestion.what), text(f"  {_confidence(suggestion)}"))
    if suggestion.why:
        yield line(text(f"\n{suggestion.why}"))


def _confidence(suggestion: SuggestionSummary) -> str:
    """Returns the confidence, its 10th percentile, and the feedback behind both."""
    low = "" if suggestion.low is None else f" (10th percentile {suggestion.low:.0%})"
    feedback = [
        f"{count} {unit}{'' if count == 1 else 's'}"
        for count, unit in ((suggestion.votes, "vote"), (suggestion.outcomes, "outcome"))
        if count
    ]
    return f"{suggestion.confidence:.0%} likely to help{low}  ·  {' and '.join(feedback) or 'no votes yet'}"


def _suggestion_buttons(
    suggestion: SuggestionSummary, live: bool, style: str | None
) -> Iterator[InteractiveElement]:
    if live and suggestion.executable:
        yield _button("Approve…", "approve", suggestion.id, style)
        yield _button("Reject…", "reject", suggestion.id)
    yield _button("Helpful", "helpful", suggestion.id)
    yield _button("Not helpful…", "unhelpful", suggestion.id)


def _incident_buttons(card: IncidentCard, dashboard: str) -> Iterator[InteractiveElement]:
    if card.status is IncidentStatus.OPEN:
        yield _button("Acknowledge", "acknowledge", card.incident_id)
    if card.status.is_live:
        yield _button("Resolve", "resolve", card.incident_id)
        options = [
            Option(value=f"{span} {card.incident_id}", text=label) for span, label in SILENCE_OPTIONS.items()
        ]
        yield StaticSelectElement(action_id="silence", placeholder="Silence for…", options=options)
    if dashboard:
        yield _link("Dashboard", "dashboard", f"{dashboard}/incidents/{card.incident_id}")
    if card.source:
        yield _link("Source", "source", card.source)


def _button(label: str, action: str, value: str, style: str | None = None) -> InteractiveElement:
    return ButtonElement(
        text=PlainTextObject(text=label, emoji=False), action_id=action, value=value, style=style
    )


def _link(label: str, action: str, url: str) -> InteractiveElement:
    return LinkButtonElement(text=label, url=url, action_id=action)


KIND_LABELS: Final = {
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
    """Returns the lines as one reply in the thread; `lines` is not empty. People are mentioned first."""
    mentioned = [line(*(mention(one) for one in mentions))] if mentions else []
    listed = RichTextListElement(style="bullet", elements=[_line(one) for one in lines])
    first = lines[0]
    more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
    return {
        "text": escaped(f"{KIND_LABELS[first.kind]}: {first.text}{more}"),
        "blocks": [rich(*mentioned, listed).to_dict()],
    }


def _line(entry: Line) -> RichTextElement:
    by = f", by {entry.actor}" if entry.actor and entry.actor not in entry.text else ""
    return line(
        when(entry.at, "{time}"), text("  "), bold(KIND_LABELS[entry.kind]), text(f"  {entry.text}{by}")
    )
