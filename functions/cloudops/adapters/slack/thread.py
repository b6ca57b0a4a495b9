"""A reply in an incident's thread, as Block Kit: what happened since the last one, a line each."""

from collections.abc import Sequence
from typing import Final

from slack_sdk.models.blocks import RichTextElement, RichTextListElement

from cloudops.adapters.slack.mentions import mention
from cloudops.adapters.slack.message import Rendered
from cloudops.adapters.slack.text import bold, escaped, line, rich, text, when
from cloudops.domain.incident import TimelineKind
from cloudops.domain.thread import Line

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
