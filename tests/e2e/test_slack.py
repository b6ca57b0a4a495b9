"""From the alarm to the Slack message, and from a button to the incident, on the deployed stack."""

import json
import time
from typing import Any

import pytest

from cloudops.chatops.requests import Button
from tests.e2e.payloads import alarm_event
from tests.e2e.slack_on_loopback import GRACE, SIGNING_SECRET, STRANGER, SlackOnLoopback
from tests.e2e.stack_under_test import StackUnderTest, eventually
from tests.fakes.slack_requests import command, home_opened, press, signed

pytestmark = pytest.mark.emulator

SHOP = "slack-shop"


def text_of(message: Any) -> str:
    """Returns the blocks as text."""
    return json.dumps(message["blocks"], ensure_ascii=False)


def test_an_incident_is_one_message_with_buttons_until_it_is_resolved(
    stack_under_test: StackUnderTest, slack_workspace: SlackOnLoopback
) -> None:
    stack, slack = stack_under_test, slack_workspace
    workspace = slack.workspace

    def message() -> Any:
        (posted,) = workspace.top()
        return posted

    def send(endpoint: str, body: str) -> None:
        assert slack.send(stack, endpoint, body).status == 200

    stack.put_event(alarm_event(SHOP, environment="prod"))
    (incident,) = eventually(lambda: stack.incidents(service=SHOP))
    eventually(workspace.top)
    assert f"https://ops.example.com/incidents/{incident['id']}" in text_of(message())

    send("interactions", press(slack.url, STRANGER, Button.RESOLVE, incident["id"]))
    refusal = eventually(lambda: workspace.ephemeral_replies)[-1]
    assert f"cloudops slack link {STRANGER}" in json.dumps(refusal)

    send("interactions", press(slack.url, GRACE, Button.ACKNOWLEDGE, incident["id"]))
    eventually(lambda: "Acknowledged by grace" in text_of(message()))
    eventually(lambda: any("Acknowledged" in text_of(one) for one in workspace.thread(message()["ts"])))

    send("interactions", press(slack.url, GRACE, Button.APPROVE, incident["suggestions"][0]["id"]))
    eventually(lambda: workspace.views and "neither declared in the catalog" in text_of(workspace.views[-1]))

    send("commands", command(slack.url, GRACE, "open"))
    eventually(lambda: any("automation is on" in one["text"] for one in workspace.ephemeral_replies))
    send("events", home_opened(GRACE))
    eventually(lambda: GRACE in workspace.homes and incident["id"] in text_of(workspace.homes[GRACE]))

    send("interactions", press(slack.url, GRACE, Button.RESOLVE, incident["id"]))
    eventually(lambda: "Resolved by grace" in text_of(message()))
    assert [one["status"] for one in stack.incidents(service=SHOP)] == ["resolved"]

    def audited() -> list[tuple[str, str]]:
        """Returns the audit entries; the worker writes them after the action, the message may be first."""
        entries = stack.call("GET", f"/api/audit?target={incident['id']}", role="viewer").body["entries"]
        return [(one["actor"], one["action"]) for one in entries]

    assert eventually(audited, lambda entries: len(entries) == 2) == [
        ("grace", "resolve"),
        ("grace", "acknowledge"),
    ]


def request_queue(stack: StackUnderTest) -> str:
    """Returns the URL of the queue of Slack requests."""
    queues: list[str] = stack.emulator.client("sqs").list_queues()["QueueUrls"]
    (url,) = [one for one in queues if "ChatOpsRequests" in one]
    return url


def test_an_unsigned_or_replayed_request_has_no_effect(
    stack_under_test: StackUnderTest, slack_workspace: SlackOnLoopback
) -> None:
    stack, slack = stack_under_test, slack_workspace
    now = int(time.time())
    body = command(slack.url, GRACE, "silence slack-quiet 1h trying")
    for headers in (
        {},
        signed(body, now, "guessed"),
        signed(body, now - 301, SIGNING_SECRET),
        signed(body.replace("1h", "90d"), now, SIGNING_SECRET),
    ):
        assert stack.from_slack("commands", body, headers).status == 401

    def silence_ids() -> list[str]:
        silences = stack.call("GET", "/api/silences", role="viewer").body["silences"]
        return [one["id"] for one in silences if one["author"] == "grace"]

    assert silence_ids() == []
    captured = signed(body, now, SIGNING_SECRET)
    for _ in range(3):
        assert stack.from_slack("commands", body, captured).status == 200

    def replies() -> list[str]:
        texts = [one["text"] for one in slack.workspace.ephemeral_replies]
        return [text for text in texts if "slack-quiet" in text and "Silence created" in text]

    eventually(replies)
    eventually(lambda: stack.messages_in(request_queue(stack)), lambda waiting: waiting == 0)
    assert (len(replies()), len(silence_ids())) == (1, 1)
