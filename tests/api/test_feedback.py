"""Votes over HTTP."""

import pytest

from cloudops.core.ids import IncidentId
from tests.fakes.application import Agent
from tests.fakes.gateway import Client
from tests.ingestion.payloads import plain, received

FEEDBACK = "/api/feedback"


@pytest.fixture
def suggestion(agent: Agent) -> str:
    (name,) = agent.ingest(received(plain("checkout"))).incident_ids
    return agent.store.incidents([name])[name].suggestions[0].id


def test_a_vote_returns_its_id(call: Client, suggestion: str) -> None:
    answer = call("POST", FEEDBACK, {"suggestionId": suggestion, "value": 1})
    assert (answer.status, answer.json["ok"]) == (200, True)
    assert answer.json["feedbackId"].startswith(f"{suggestion}.")


def test_the_person_is_the_caller_and_not_a_field_of_the_body(
    agent: Agent, call: Client, suggestion: str
) -> None:
    call("POST", FEEDBACK, {"suggestionId": suggestion, "value": -1, "person": "boss"})
    (vote,) = agent.store.detail(IncidentId(suggestion.partition(".")[0])).feedback
    assert (vote.person, vote.value) == ("jane", -1)


def test_a_changed_vote_keeps_its_id(call: Client, suggestion: str) -> None:
    first = call("POST", FEEDBACK, {"suggestionId": suggestion, "value": 1})
    second = call("POST", FEEDBACK, {"suggestionId": suggestion, "value": -1, "comment": "it did not"})
    assert first.json["feedbackId"] == second.json["feedbackId"]


@pytest.mark.parametrize(
    "value", ["true", "false", "1.0", "-1.0", "0", "2", '"1"', "null", "[1]", "1e0", "NaN"]
)
def test_only_one_and_minus_one_are_votes(call: Client, suggestion: str, value: str) -> None:
    answer = call("POST", FEEDBACK, f'{{"suggestionId": "{suggestion}", "value": {value}}}')
    assert answer.status == 400
    assert answer.error["field"] in ("value", "body")


@pytest.mark.parametrize("unknown", ["x", "inc_0000000000000000.noop", " ", "\x00", "ü" * 200])
def test_an_unknown_suggestion_is_not_found(call: Client, unknown: str) -> None:
    answer = call("POST", FEEDBACK, {"suggestionId": unknown, "value": 1})
    assert (answer.status, answer.error["field"]) == (404, "suggestionId")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"value": 1}, "suggestionId"),
        ({"suggestion_id": "inc_1.rollback", "value": 1}, "suggestionId"),
        ({"suggestionId": "x"}, "value"),
        ({"suggestionId": 7, "value": 1}, "suggestionId"),
        ({"suggestionId": "", "value": 1}, "suggestionId"),
        ({"suggestionId": "x" * 201, "value": 1}, "suggestionId"),
        ({"suggestionId": "x", "value": 1, "comment": "x" * 2_001}, "comment"),
        ({"suggestionId": "x", "value": 1, "comment": 7}, "comment"),
        (None, "body"),
    ],
)
def test_the_error_names_the_field_of_an_invalid_vote(call: Client, body: object, field: str) -> None:
    answer = call("POST", FEEDBACK, body)
    assert (answer.status, answer.error["field"]) == (400, field)


def test_a_comment_of_two_thousand_characters_is_stored(agent: Agent, call: Client, suggestion: str) -> None:
    comment = "ü" * 2_000
    assert call("POST", FEEDBACK, {"suggestionId": suggestion, "value": 1, "comment": comment}).status == 200
    assert agent.store.detail(IncidentId(suggestion.partition(".")[0])).feedback[0].comment == comment
