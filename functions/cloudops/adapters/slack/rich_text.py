"""Elements of Slack's rich text, which has no markup.

`<!channel>`, `*bold*` and a link in the text of an alert are therefore shown as they are written.
"""

from collections.abc import Sequence
from typing import Final

from slack_sdk.models.blocks import (
    RichTextBlock,
    RichTextElement,
    RichTextElementParts,
    RichTextListElement,
    RichTextSectionElement,
)

from cloudops.core.time import SECOND

Parts = Sequence[RichTextElement]


def text(content: str) -> RichTextElement:
    return RichTextElementParts.Text(text=content)


def bold(content: str) -> RichTextElement:
    return RichTextElementParts.Text(text=content, style=RichTextElementParts.TextStyle(bold=True))


def hyperlink(content: str, url: str) -> RichTextElement:
    return RichTextElementParts.Link(url=url, text=content)


def when(instant: int, form: str) -> RichTextElement:
    """Returns a time in the reader's time zone.

    `instant` is in milliseconds since 1970; `form` uses Slack's date tokens, such as `{time}`.
    """
    return RichTextElementParts.Date(timestamp=instant // SECOND, format=form, fallback="some time ago")


def line(*parts: RichTextElement) -> RichTextElement:
    """Returns a section without the empty texts, which Slack rejects."""
    present = [one for one in parts if getattr(one, "text", None) != ""]
    return RichTextSectionElement(elements=present)


def bullets(lines: Sequence[str]) -> RichTextElement:
    return RichTextListElement(style="bullet", elements=[line(text(one)) for one in lines])


def rich(*elements: RichTextElement) -> RichTextBlock:
    return RichTextBlock(elements=elements)


def escaped(content: str) -> str:
    """Escapes the three control characters of Slack's markup, for the fields that Slack reads as markup."""
    return content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_RANGES: Final = {"@here": "here", "@channel": "channel"}


def mention(name: str) -> RichTextElement:
    """Returns a mention; `name` has the form of `Mention` in notifications/routing.py."""
    if name in _RANGES:
        return RichTextElementParts.Broadcast(range=_RANGES[name])
    if name.startswith("S"):
        return RichTextElementParts.UserGroup(usergroup_id=name)
    return RichTextElementParts.User(user_id=name)
