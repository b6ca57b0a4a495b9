"""Requests as Slack sends them for a command, a click, a submitted dialog or an opened Home tab, signed."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from cloudops.chatops.requests import Button, Form
from tests.fakes.slack import HOOK, TEAM

FRESH = "fresh"
"""A trigger that permits a dialog."""


def signed(body: str, at: int, key: str) -> dict[str, str]:
    """Returns the signature headers, by Slack's documentation; `at` is in seconds."""
    digest = hmac.new(key.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": str(at), "x-slack-signature": f"v0={digest}"}


def command(slack_url: str, user: str, text: str) -> str:
    fields = {"command": "/cloudops", "user_id": user, "team_id": TEAM, "text": text}
    return urlencode({**fields, "response_url": _hook(slack_url)})


def press(slack_url: str, user: str, button: Button, value: str, trigger: str = FRESH) -> str:
    action: dict[str, Any] = {"action_id": button, "type": "button", "value": value}
    if button is Button.SILENCE:
        action = {"action_id": button, "type": "static_select", "selected_option": {"value": value}}
    return _payload(slack_url, user, type="block_actions", trigger_id=trigger, actions=[action])


def submission(slack_url: str, user: str, view: Mapping[str, Any], text: str) -> str:
    assert view["callback_id"] in frozenset(Form)
    state = {"values": {"words": {"words": {"type": "plain_text_input", "value": text}}}}
    return _payload(slack_url, user, type="view_submission", view={**view, "state": state})


def home_opened(user: str) -> str:
    event = {"type": "app_home_opened", "user": user, "tab": "home"}
    return json.dumps({"type": "event_callback", "team_id": TEAM, "event": event})


def _payload(slack_url: str, user: str, **fields: Any) -> str:
    payload = {"user": {"id": user}, "team": {"id": TEAM}, "response_url": _hook(slack_url), **fields}
    return urlencode({"payload": json.dumps(payload)})


def _hook(slack_url: str) -> str:
    return f"{slack_url}/hooks/{HOOK}"
