"""POST /slack/*: a request that Slack signed is queued and acknowledged; any other is rejected."""

import json
from collections.abc import Iterator

import pytest

from cloudops.adapters.slack.credentials import SlackSecret
from cloudops.adapters.slack.signature import SlackSignatures
from cloudops.api.http_response import SECURITY_HEADERS
from cloudops.chatops.receiver import ChatReceiver
from cloudops.handlers.slack_webhook import respond
from tests.fakes.chatops import OMAR, SlackHarness
from tests.fakes.documents import MemoryDocument
from tests.fakes.gateway import reply, request
from tests.fakes.notifications import SIGNING_SECRET
from tests.fakes.slack import Workspace, slack
from tests.fakes.slack_requests import command
from tests.fakes.slack_requests import signed as signed_with

BODY = "command=%2Fcloudops&text=open"


def signed(body: str, at: int, key: str = SIGNING_SECRET) -> dict[str, str]:
    return signed_with(body, at, key)


@pytest.fixture
def harness() -> Iterator[SlackHarness]:
    workspace = Workspace(lambda: 0)
    with slack(workspace) as running:
        yield SlackHarness(running.url, workspace)


def test_a_signed_request_is_queued_and_acknowledged_with_an_empty_body(harness: SlackHarness) -> None:
    answer = harness.post("commands", BODY)
    at = harness.now // 1000
    assert (answer.status, answer.text) == (200, "")
    signature = signed(BODY, at)["x-slack-signature"]
    assert harness.queue == [{"way": "commands", "body": BODY, "at": at * 1000, "signature": signature}]


@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (-300, 200), (0, 200), (300, 200), (301, 401)])
def test_a_request_is_fresh_for_five_minutes_either_way(
    harness: SlackHarness, seconds: int, status: int
) -> None:
    answer = harness.post("commands", BODY, signed(BODY, harness.now // 1000 + seconds))
    assert (answer.status, len(harness.queue)) == (status, int(status == 200))
    assert answer.headers.items() >= SECURITY_HEADERS.items()


def test_a_request_with_a_forged_signature_is_rejected(harness: SlackHarness) -> None:
    answer = harness.post("commands", BODY, signed(BODY, harness.now // 1000, "guessed"))
    assert (answer.status, answer.error["message"]) == (401, "the request's signature is wrong")
    assert harness.queue == []


@pytest.mark.parametrize(
    "altered",
    [BODY.replace("open", "off"), BODY + "&text=off", BODY + " ", BODY.upper(), "", "é", BODY + "\ud800"],
)
def test_an_altered_body_is_rejected(harness: SlackHarness, altered: str) -> None:
    answer = harness.post("commands", altered, signed(BODY, harness.now // 1000))
    assert (answer.status, harness.queue) == (401, [])


def test_an_altered_timestamp_is_rejected(harness: SlackHarness) -> None:
    at = harness.now // 1000
    headers = {**signed(BODY, at - 301), "x-slack-request-timestamp": str(at)}
    assert harness.post("commands", BODY, headers).status == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-request-timestamp": "1763899260"},
        {"x-slack-request-timestamp": "soon", "x-slack-signature": "v0=0"},
        {"x-slack-request-timestamp": "-1", "x-slack-signature": "v0=0"},
        {"x-slack-request-timestamp": "١٢٣", "x-slack-signature": "v0=0"},
        {"x-slack-request-timestamp": "9" * 400, "x-slack-signature": "v0=0"},
        {"x-slack-request-timestamp": "1763899260", "x-slack-signature": "v0=é"},
        {"x-slack-request-timestamp": "1763899260", "x-slack-signature": ""},
    ],
)
def test_a_request_without_a_complete_signature_is_rejected(
    harness: SlackHarness, headers: dict[str, str]
) -> None:
    assert (harness.post("commands", BODY, headers).status, harness.queue) == (401, [])


def test_the_signature_is_verified_on_the_decoded_bytes_of_a_base64_body(harness: SlackHarness) -> None:
    at = harness.now // 1000
    event = request("POST", "/slack/commands", body=BODY.encode(), headers=signed(BODY, at))
    assert reply(respond(event, harness.receiver, harness.now)).status == 200


def test_only_a_signed_url_verification_gets_its_challenge_back(harness: SlackHarness) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"})
    assert harness.post("events", body).json == {"challenge": "3eZbrw1a"}
    forged = harness.post("events", body, signed(body, harness.now // 1000, "guessed"))
    assert (forged.status, harness.queue) == (401, [])


def test_without_a_connected_workspace_every_request_is_rejected() -> None:
    no_credentials = SlackSecret(MemoryDocument({"people": {}}))
    receiver = ChatReceiver(SlackSignatures(no_credentials.credentials), lambda message: None)
    event = request("POST", "/slack/commands", body=BODY, headers=signed(BODY, 0))
    assert reply(respond(event, receiver, 0)).status == 401


@pytest.mark.parametrize("path", ["/slack", "/slack/", "/slack/other", "/slack/commands/"])
def test_an_unknown_path_is_not_found(harness: SlackHarness, path: str) -> None:
    assert reply(respond(request("POST", path, body=""), harness.receiver, 0)).status == 404


def test_only_post_is_allowed(harness: SlackHarness) -> None:
    refused = reply(respond(request("GET", "/slack/commands"), harness.receiver, 0))
    assert (refused.status, refused.headers["allow"]) == (405, "POST")


def test_a_replayed_request_has_no_effect_within_the_five_minutes(harness: SlackHarness) -> None:
    body = command(harness.url, OMAR, "silence checkout 4h moving it")
    headers = signed(body, harness.now // 1000)
    for _ in range(3):
        assert harness.post("commands", body, headers).status == 200
        harness.process_queue()
    assert len(harness.silences.all()) == 1
    assert len(harness.workspace.ephemeral_replies) == 1
