"""Pieces of Slack's rich text, in which every character of a text stays that character.

Rich text has no markup: `<!channel>`, `*bold*` and a link in an alert's words are shown as they were typed.
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


def text(words: str) -> RichTextElement:
    return RichTextElementParts.Text(text=words)


def bold(words: str) -> RichTextElement:
    return RichTextElementParts.Text(text=words, style=RichTextElementParts.TextStyle(bold=True))


def link(words: str, url: str) -> RichTextElement:
    return RichTextElementParts.Link(url=url, text=words)


def when(instant: int, form: str) -> RichTextElement:
    """A moment, milliseconds since 1970, in the reader's own time zone; `form` in Slack's date tokens."""
    return RichTextElementParts.Date(timestamp=instant // SECOND, format=form, fallback="some time ago")


def line(*parts: RichTextElement) -> RichTextElement:
    """Without the texts that say nothing, which Slack refuses."""
    said = [one for one in parts if getattr(one, "text", None) != ""]
    return RichTextSectionElement(elements=said)


def bullets(lines: Sequence[str]) -> RichTextElement:
    return RichTextListElement(style="bullet", elements=[line(text(one)) for one in lines])


def rich(*elements: RichTextElement) -> RichTextBlock:
    return RichTextBlock(elements=elements)


def escaped(words: str) -> str:
    """For the few places that are read as Slack's markup: its three control characters are written out."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_RANGES: Final = {"@here": "here", "@channel": "channel"}


def mention(name: str) -> RichTextElement:
    """`name` is one that domain/routing.py has checked."""
    if name in _RANGES:
        return RichTextElementParts.Broadcast(range=_RANGES[name])
    if name.startswith("S"):
        return RichTextElementParts.UserGroup(usergroup_id=name)
    return RichTextElementParts.User(user_id=name)
