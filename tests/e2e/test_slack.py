"""From the alarm to the message and from the button to the incident, on the deployed stack."""

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


def words(said: Any) -> str:
    return json.dumps(said["blocks"], ensure_ascii=False)


def test_an_incident_is_one_message_that_people_act_on_to_its_end(
    stack_under_test: StackUnderTest, slack_workspace: SlackOnLoopback
) -> None:
    stack, slack = stack_under_test, slack_workspace
    workspace = slack.workspace

    def message() -> Any:
        (found,) = workspace.top()
        return found

    def asks(way: str, body: str) -> None:
        assert slack.asks(stack, way, body).status == 200

    stack.put_event(alarm_event(SHOP, environment="prod"))
    (incident,) = eventually(lambda: stack.incidents(service=SHOP))
    eventually(workspace.top)
    assert f"https://ops.example.com/incidents/{incident['id']}" in words(message())

    asks("interactions", press(slack.url, STRANGER, Button.RESOLVE, incident["id"]))
    refusal = eventually(lambda: workspace.whispers)[-1]
    assert f"cloudops slack link {STRANGER}" in json.dumps(refusal)

    asks("interactions", press(slack.url, GRACE, Button.ACKNOWLEDGE, incident["id"]))
    eventually(lambda: "Acknowledged by Grace Hopper" in words(message()))
    eventually(lambda: any("Acknowledged" in words(one) for one in workspace.thread(message()["ts"])))

    asks("interactions", press(slack.url, GRACE, Button.APPROVE, incident["suggestions"][0]["id"]))
    eventually(lambda: workspace.views and "neither declared in the catalog" in words(workspace.views[-1]))

    asks("commands", command(slack.url, GRACE, "open"))
    eventually(lambda: any("automation is on" in one["text"] for one in workspace.whispers))
    asks("events", home_opened(GRACE))
    eventually(lambda: GRACE in workspace.homes and incident["id"] in words(workspace.homes[GRACE]))

    asks("interactions", press(slack.url, GRACE, Button.RESOLVE, incident["id"]))
    eventually(lambda: "Resolved by Grace Hopper" in words(message()))
    assert [one["status"] for one in stack.incidents(service=SHOP)] == ["resolved"]

    def audited() -> list[tuple[str, str]]:
        """The worker writes an entry after the act, whose message may be there before."""
        entries = stack.call("GET", f"/api/audit?target={incident['id']}", role="viewer").body["entries"]
        return [(one["actor"], one["action"]) for one in entries]

    assert eventually(audited, lambda found: len(found) == 2) == [
        ("Grace Hopper", "resolve"),
        ("Grace Hopper", "acknowledge"),
    ]


def requests(stack: StackUnderTest) -> str:
    """The queue of what people asked in Slack."""
    queues: list[str] = stack.emulator.client("sqs").list_queues()["QueueUrls"]
    (found,) = [one for one in queues if "ChatOpsRequests" in one]
    return found


def test_what_slack_did_not_sign_or_sent_before_is_not_done(
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

    def quiet() -> list[str]:
        found = stack.call("GET", "/api/silences", role="viewer").body["silences"]
        return [one["id"] for one in found if one["author"] == "Grace Hopper"]

    assert quiet() == []
    captured = signed(body, now, SIGNING_SECRET)
    for _ in range(3):
        assert stack.from_slack("commands", body, captured).status == 200

    def answers() -> list[str]:
        said = [one["text"] for one in slack.workspace.whispers]
        return [text for text in said if "slack-quiet" in text and "Silenced" in text]

    eventually(answers)
    eventually(lambda: stack.messages_in(requests(stack)), lambda waiting: waiting == 0)
    assert (len(answers()), len(quiet())) == (1, 1)
