"""Parses a request of Slack: a command, a click, a submitted dialog, or an opened Home tab."""

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

MAX_INPUT_LENGTH: Final = 1_000
"""Characters of the text in a dialog."""
INPUT_ID: Final = "words"
"""The id of the block and of the text field in it."""


class DialogMetadata(msgspec.Struct, frozen=True):
    """The private metadata of a dialog: its subject, and the address for the reply to its submission."""

    about: str = ""
    reply_to: str = ""


def read_request(endpoint: str, body: str) -> ChatRequest | None:
    """Returns the request in a body, or None if it needs no action, such as a click on a link.

    Raises:
        BadInput: The body is neither a form nor JSON, as `endpoint` requires.
    """
    match endpoint:
        case "commands":
            return _command(_form(body))
        case "interactions":
            return _interaction(_json(_form(body).get("payload", "")))
        case _:
            return _event(_json(body))


def challenge_of(body: bytes) -> str:
    """Returns the challenge of Slack's URL verification, or an empty string for any other event."""
    payload = _json(body.decode("utf-8", "replace"))
    return str(payload.get("challenge", "")) if payload.get("type") == "url_verification" else ""


def _command(form: Mapping[str, str]) -> Command:
    user = SlackUser(form.get("user_id", ""), form.get("team_id", ""), form.get("response_url", ""))
    return Command(user, form.get("text", ""))


def _interaction(payload: Mapping[str, Any]) -> ChatRequest | None:
    member, team = _mapping(payload.get("user")), _mapping(payload.get("team"))
    user = SlackUser(_text(member, "id"), _text(team, "id"), _text(payload, "response_url"))
    match payload.get("type"):
        case "block_actions":
            return _click(user, payload)
        case "view_submission":
            return _submission(user, _mapping(payload.get("view")))
        case _:
            return None


def _click(user: SlackUser, payload: Mapping[str, Any]) -> ButtonClick | None:
    actions = payload.get("actions")
    action = _mapping(actions[0]) if isinstance(actions, list) and actions else {}
    name = _text(action, "action_id")
    if name not in frozenset(Button):
        return None
    value = _text(action, "value") or _text(_mapping(action.get("selected_option")), "value")
    return ButtonClick(user, Button(name), value, _text(payload, "trigger_id"))


def _submission(user: SlackUser, view: Mapping[str, Any]) -> DialogSubmission | None:
    name = _text(view, "callback_id")
    if name not in frozenset(Form):
        return None
    metadata = _metadata(_text(view, "private_metadata"))
    values = _mapping(_mapping(_mapping(view.get("state")).get("values")).get(INPUT_ID))
    written = _text(_mapping(values.get(INPUT_ID)), "value")[:MAX_INPUT_LENGTH]
    return DialogSubmission(replace(user, reply_to=metadata.reply_to), Form(name), metadata.about, written)


def _metadata(text: str) -> DialogMetadata:
    try:
        return msgspec.json.decode(text, type=DialogMetadata)
    except msgspec.DecodeError:
        return DialogMetadata()


def _event(payload: Mapping[str, Any]) -> HomeOpened | None:
    event = _mapping(payload.get("event"))
    if event.get("type") != "app_home_opened" or event.get("tab") != "home":
        return None
    return HomeOpened(SlackUser(_text(event, "user"), _text(payload, "team_id")))


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


def _text(payload: Mapping[str, Any], name: str) -> str:
    value = payload.get(name)
    return value if isinstance(value, str) else ""
