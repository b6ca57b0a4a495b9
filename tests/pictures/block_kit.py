"""Renders Block Kit as HTML that resembles Slack, for the pictures in docs/slack."""

from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

Block = dict[str, Any]
"""A block or element (Any: Slack's JSON)."""

STYLE = Path(__file__).with_suffix(".css").read_text()


class Page:
    """Collects messages and views; `now` is in milliseconds since 1970."""

    def __init__(self, now: int) -> None:
        self._now = now
        self._parts: list[str] = []

    def message(self, blocks: list[Block], at: int, *, thread: bool = False) -> None:
        content = self.blocks(blocks)
        moment = self.date({"timestamp": at // 1000, "format": "{time}"})
        self._parts.append(
            f'<div class="{"thread" if thread else ""}"><div class="message"><div class="face">CO</div>'
            f'<div class="blocks"><div class="who"><b>CloudOps</b> <span class="app">APP</span> '
            f'<span class="at">{moment}</span></div>{content}</div></div></div>'
        )

    def view(self, view: Block) -> None:
        title = escape(view["title"]["text"]) if "title" in view else "Home"
        buttons = "".join(
            f'<span class="button {style}">{escape(view[name]["text"])}</span> '
            for name, style in (("close", ""), ("submit", "primary"))
            if name in view
        )
        foot = f'<div class="foot">{buttons}</div>' if buttons else ""
        self._parts.append(
            f'<div class="modal"><div class="title">{title}</div><div>{self.blocks(view["blocks"])}</div>'
            f"{foot}</div>"
        )

    def html(self) -> str:
        return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>{"".join(self._parts)}'

    def blocks(self, blocks: list[Block]) -> str:
        return "".join(self._block(one) for one in blocks)

    def _block(self, block: Block) -> str:
        kind = block["type"]
        if kind == "rich_text":
            return f'<div class="rich">{"".join(map(self._rich, block["elements"]))}</div>'
        return BLOCKS[kind](block)

    def _rich(self, element: Block) -> str:
        if element["type"] == "date":
            return self.date(element)
        before, after = WRAPPERS.get(element["type"], ("", ""))
        if "elements" not in element:
            return INLINE[element["type"]](element)
        return f"{before}{''.join(map(self._rich_item(element), element['elements']))}{after}"

    def _rich_item(self, parent: Block) -> Callable[[Block], str]:
        if parent["type"] == "rich_text_list":
            return lambda one: f"<li>{self._rich(one)}</li>"
        return self._rich

    def date(self, element: Block) -> str:
        moment = datetime.fromtimestamp(element["timestamp"], UTC)
        minutes = (self._now // 1000 - element["timestamp"]) // 60
        tokens = {
            "{ago}": f"{minutes} minutes ago",
            "{date_short_pretty}": "today",
            "{time}": moment.strftime("%H:%M"),
        }
        shown = str(element["format"])
        for token, value in tokens.items():
            shown = shown.replace(token, value)
        return escape(shown)


def _text(element: Block) -> str:
    content = escape(element["text"])
    return f"<b>{content}</b>" if element.get("style", {}).get("bold") else content


def _mention(name: str) -> str:
    return f'<span class="mention">@{escape(name)}</span> '


def _section(block: Block) -> str:
    beside = f'<div class="actions">{_button(block["accessory"])}</div>' if "accessory" in block else ""
    return f'<div class="rich">{escape(block["text"]["text"])}</div>{beside}'


def _input(block: Block) -> str:
    hint = block["element"].get("placeholder", {}).get("text", "")
    return f'<div class="label">{escape(block["label"]["text"])}</div><div class="field">{escape(hint)}</div>'


def _button(element: Block) -> str:
    if element["type"] == "static_select":
        return f'<span class="button">{escape(element["placeholder"]["text"])} ▾</span>'
    return f'<span class="button {element.get("style", "")}">{escape(element["text"]["text"])}</span>'


BLOCKS: dict[str, Callable[[Block], str]] = {
    "header": lambda block: f'<div class="header">{escape(block["text"]["text"])}</div>',
    "divider": lambda block: "<hr>",
    "section": _section,
    "context": lambda block: (
        f'<div class="context">{" ".join(escape(one["text"]) for one in block["elements"])}</div>'
    ),
    "actions": lambda block: f'<div class="actions">{"".join(map(_button, block["elements"]))}</div>',
    "input": _input,
}
WRAPPERS = {"rich_text_list": ("<ul>", "</ul>"), "rich_text_preformatted": ("<pre>", "</pre>")}
INLINE: dict[str, Callable[[Block], str]] = {
    "text": _text,
    "link": lambda one: f'<a href="{escape(one["url"])}">{escape(one["text"])}</a>',
    "broadcast": lambda one: _mention(one["range"]),
    "user": lambda one: _mention(one["user_id"]),
    "usergroup": lambda one: _mention(one["usergroup_id"]),
}
