"""Reads what Slack sends: a command, a click, a dialog that was sent off, or a home that was opened."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec
from msgspec.structs import replace

from cloudops.chatops.requests import (
    Button,
    ButtonClick,
    ChatRequest,
    Command,
    DialogSubmission,
    Form,
    HomeOpened,
    SlackUser,
)
from cloudops.core.errors import BadInput

MAX_WORDS: Final = 1_000
WORDS: Final = "words"
"""The block and the field of a dialog in which somebody writes."""


class Kept(msgspec.Struct, frozen=True):
    """What a dialog keeps unseen: what it is about, and where to answer whoever sends it off."""

    about: str = ""
    reply_to: str = ""


def read_request(way: str, body: str) -> ChatRequest | None:
    """None for what asks for nothing, such as a link that was opened. BadInput where it is not Slack's."""
    match way:
        case "commands":
            return _command(_form(body))
        case "interactions":
            return _interaction(_json(_form(body).get("payload", "")))
        case _:
            return _event(_json(body))


def challenge_of(body: bytes) -> str:
    """What Slack wants to read back when the address of its events is set, or empty."""
    said = _json(body.decode("utf-8", "replace"))
    return str(said.get("challenge", "")) if said.get("type") == "url_verification" else ""


def _command(form: Mapping[str, str]) -> Command:
    asker = SlackUser(form.get("user_id", ""), form.get("team_id", ""), form.get("response_url", ""))
    return Command(asker, form.get("text", ""))


def _interaction(said: Mapping[str, Any]) -> ChatRequest | None:
    user, team = _mapping(said.get("user")), _mapping(said.get("team"))
    asker = SlackUser(_text(user, "id"), _text(team, "id"), _text(said, "response_url"))
    match said.get("type"):
        case "block_actions":
            return _click(asker, said)
        case "view_submission":
            return _sent(asker, _mapping(said.get("view")))
        case _:
            return None


def _click(asker: SlackUser, said: Mapping[str, Any]) -> ButtonClick | None:
    actions = said.get("actions")
    action = _mapping(actions[0]) if isinstance(actions, list) and actions else {}
    name = _text(action, "action_id")
    if name not in frozenset(Button):
        return None
    value = _text(action, "value") or _text(_mapping(action.get("selected_option")), "value")
    return ButtonClick(asker, Button(name), value, _text(said, "trigger_id"))


def _sent(asker: SlackUser, view: Mapping[str, Any]) -> DialogSubmission | None:
    name = _text(view, "callback_id")
    if name not in frozenset(Form):
        return None
    kept = _kept(_text(view, "private_metadata"))
    values = _mapping(_mapping(_mapping(view.get("state")).get("values")).get(WORDS))
    words = _text(_mapping(values.get(WORDS)), "value")[:MAX_WORDS]
    return DialogSubmission(replace(asker, reply_to=kept.reply_to), Form(name), kept.about, words)


def _kept(text: str) -> Kept:
    try:
        return msgspec.json.decode(text, type=Kept)
    except msgspec.DecodeError:
        return Kept()


def _event(said: Mapping[str, Any]) -> HomeOpened | None:
    event = _mapping(said.get("event"))
    if event.get("type") != "app_home_opened" or event.get("tab") != "home":
        return None
    return HomeOpened(SlackUser(_text(event, "user"), _text(said, "team_id")))


def _form(body: str) -> dict[str, str]:
    try:
        return {name: values[0] for name, values in parse_qs(body, max_num_fields=100).items()}
    except ValueError as error:
        raise BadInput("not a form", field="body") from error


def _json(text: str) -> Mapping[str, Any]:
    try:
        return _mapping(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise BadInput("not JSON", field="body") from error


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""
