"""POST /slack/*: what Slack sent is stored and acknowledged; whatever else is refused."""

import json
from collections.abc import Iterator

import pytest

from cloudops.adapters.slack.credentials import SlackSecret
from cloudops.adapters.slack.signature import SlackSignatures
from cloudops.api.http_response import SECURITY_HEADERS
from cloudops.chatops.receiver import ChatReceiver
from cloudops.handlers.slack_webhook import respond
from tests.fakes.chatops import OMAR, Office
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
def office() -> Iterator[Office]:
    workspace = Workspace(lambda: 0)
    with slack(workspace) as running:
        yield Office(running.url, workspace)


def test_what_slack_signed_waits_in_the_queue_and_is_acknowledged_with_nothing(office: Office) -> None:
    answer = office.knock("commands", BODY)
    at = office.now // 1000
    assert (answer.status, answer.text) == (200, "")
    signature = signed(BODY, at)["x-slack-signature"]
    assert office.queue == [{"way": "commands", "body": BODY, "at": at * 1000, "signature": signature}]


@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (-300, 200), (0, 200), (300, 200), (301, 401)])
def test_a_request_is_fresh_for_five_minutes_either_way(office: Office, seconds: int, status: int) -> None:
    answer = office.knock("commands", BODY, signed(BODY, office.now // 1000 + seconds))
    assert (answer.status, len(office.queue)) == (status, int(status == 200))
    assert answer.headers.items() >= SECURITY_HEADERS.items()


def test_a_forged_request_is_refused(office: Office) -> None:
    answer = office.knock("commands", BODY, signed(BODY, office.now // 1000, "guessed"))
    assert (answer.status, answer.error["message"]) == (401, "the request's signature is wrong")
    assert office.queue == []


@pytest.mark.parametrize(
    "altered",
    [BODY.replace("open", "off"), BODY + "&text=off", BODY + " ", BODY.upper(), "", "é", BODY + "\ud800"],
)
def test_an_altered_body_is_refused(office: Office, altered: str) -> None:
    answer = office.knock("commands", altered, signed(BODY, office.now // 1000))
    assert (answer.status, office.queue) == (401, [])


def test_an_altered_time_is_refused(office: Office) -> None:
    at = office.now // 1000
    headers = {**signed(BODY, at - 301), "x-slack-request-timestamp": str(at)}
    assert office.knock("commands", BODY, headers).status == 401


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
def test_a_request_without_a_whole_signature_is_refused(office: Office, headers: dict[str, str]) -> None:
    assert (office.knock("commands", BODY, headers).status, office.queue) == (401, [])


def test_the_signature_is_of_the_bytes_that_came_even_as_base64(office: Office) -> None:
    at = office.now // 1000
    event = request("POST", "/slack/commands", body=BODY.encode(), headers=signed(BODY, at))
    assert reply(respond(event, office.door, office.now)).status == 200


def test_the_address_of_events_proves_itself_to_slack_alone(office: Office) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"})
    assert office.knock("events", body).json == {"challenge": "3eZbrw1a"}
    forged = office.knock("events", body, signed(body, office.now // 1000, "guessed"))
    assert (forged.status, office.queue) == (401, [])


def test_where_no_workspace_is_connected_nothing_can_be_verified() -> None:
    nobody = SlackSecret(MemoryDocument({"people": {}}))
    door = ChatReceiver(SlackSignatures(nobody.credentials), lambda said: None)
    event = request("POST", "/slack/commands", body=BODY, headers=signed(BODY, 0))
    assert reply(respond(event, door, 0)).status == 401


@pytest.mark.parametrize("path", ["/slack", "/slack/", "/slack/other", "/slack/commands/"])
def test_a_path_that_is_none_is_not_found(office: Office, path: str) -> None:
    assert reply(respond(request("POST", path, body=""), office.door, 0)).status == 404


def test_only_post_is_taken(office: Office) -> None:
    refused = reply(respond(request("GET", "/slack/commands"), office.door, 0))
    assert (refused.status, refused.headers["allow"]) == (405, "POST")


def test_a_captured_request_sent_again_inside_the_window_does_nothing(office: Office) -> None:
    body = command(office.url, OMAR, "silence checkout 4h moving it")
    headers = signed(body, office.now // 1000)
    for _ in range(3):
        assert office.knock("commands", body, headers).status == 200
        office.serve()
    assert len(office.silenced.all()) == 1
    assert len(office.workspace.whispers) == 1
