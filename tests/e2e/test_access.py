"""Access control by the authorizer and the API of the deployed stack."""

import pytest

from tests.e2e.stack_under_test import StackUnderTest

pytestmark = pytest.mark.emulator

ALERT = {"title": "p95 latency above 2 s", "service": "vote-shop", "env": "vote-env", "severity": "high"}


def test_health_is_open(stack_under_test: StackUnderTest) -> None:
    answer = stack_under_test.call("GET", "/health")
    assert (answer.status, answer.body["status"]) == (200, "ok")


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic eDp5"}])
def test_without_a_known_token_the_answer_is_401_in_the_shape_of_an_error(
    stack_under_test: StackUnderTest, header: dict[str, str]
) -> None:
    answer = stack_under_test.call("GET", "/api/incidents", headers=header)
    assert answer.status == 401
    assert answer.body["error"]["code"] == "unauthenticated"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing-here", 404, "not_found"),
        ("DELETE", "/api/incidents", 405, "method_not_allowed"),
        ("PUT", "/api/feedback", 405, "method_not_allowed"),
    ],
)
def test_an_unknown_path_or_method_is_answered_in_the_shape_of_an_error(
    stack_under_test: StackUnderTest, method: str, path: str, status: int, code: str
) -> None:
    answer = stack_under_test.call(method, path, role="viewer")
    assert (answer.status, answer.body["error"]["code"]) == (status, code)


def test_a_viewer_reads_and_an_operator_changes(stack_under_test: StackUnderTest) -> None:
    body = {"alerts": [ALERT]}
    refused = stack_under_test.call("POST", "/api/incidents/ingest", body, role="viewer")
    assert (refused.status, refused.body["error"]["code"]) == (403, "forbidden")
    assert stack_under_test.incidents(service="vote-shop") == []
    taken = stack_under_test.call("POST", "/api/incidents/ingest", body, role="operator")
    assert taken.status == 201
    (incident,) = taken.body["incidents"]
    assert [found["id"] for found in stack_under_test.incidents(service="vote-shop")] == [incident["id"]]


def test_the_holder_of_the_token_is_the_person_of_a_vote(stack_under_test: StackUnderTest) -> None:
    taken = stack_under_test.call(
        "POST", "/api/incidents/ingest", {"alerts": [ALERT | {"service": "person-shop"}]}, role="operator"
    )
    (incident,) = taken.body["incidents"]
    suggestion = incident["suggestions"][0]["id"]
    vote = {"suggestionId": suggestion, "value": 1, "comment": "that was it"}
    assert stack_under_test.call("POST", "/api/feedback", vote, role="operator").status in {200, 201}
    detail = stack_under_test.call("GET", f"/api/incidents/{incident['id']}", role="viewer").body
    assert [(vote["person"], vote["value"]) for vote in detail["feedback"]] == [("e2e operator", 1)]


def test_an_empty_ingest_request_polls_the_sources_and_creates_no_demo_alert(
    stack_under_test: StackUnderTest,
) -> None:
    """The sources list no alerts, so that the alerts of other tests become gone and no new one appears."""
    # Starts the first process of the function, which takes longer than the API can wait.
    stack_under_test.invoke("SyncSourcesFunction", {"sources": []})
    known = {one["id"] for one in stack_under_test.incidents()}
    answer = stack_under_test.call("POST", "/api/incidents/ingest", role="operator")
    assert (answer.status, answer.body["quarantined"]) == (201, [])
    assert {one["id"] for one in answer.body["incidents"]} <= known
    assert {one["id"] for one in stack_under_test.incidents()} == known
