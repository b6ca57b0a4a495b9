"""Confidence and outcomes over HTTP."""

import pytest

from tests.fakes.application import Agent
from tests.fakes.gateway import Client
from tests.ingestion.payloads import plain, received


@pytest.fixture
def suggestion(agent: Agent) -> str:
    (name,) = agent.ingest(received(plain("checkout"))).incident_ids
    return agent.store.incidents([name])[name].suggestions[0].id


def test_an_outcome_returns_its_verdict(call: Client, suggestion: str) -> None:
    answer = call("POST", f"/api/suggestions/{suggestion}/outcome", {"cleared": True})

    assert answer.status == 200
    assert answer.json == {
        "suggestionId": suggestion,
        "person": "jane",
        "performedAt": "2026-01-01T00:00:00.000Z",
        "verdict": "cleared",
    }


def test_an_outcome_needs_no_body(call: Client, suggestion: str) -> None:
    assert call("POST", f"/api/suggestions/{suggestion}/outcome").json["verdict"] == "pending"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"cleared": 1}, "cleared"),
        ({"cleared": "yes"}, "cleared"),
        ({"performedAt": 1767225600}, "performedAt"),
        ({"performedAt": "yesterday"}, "performedAt"),
        ({"performedAt": "2026-01-01T00:00:00"}, "performedAt"),
        ({"performedAt": "2026-01-01T00:00:01Z"}, "performedAt"),
        ({"performedAt": "0001-01-01T00:00:00Z"}, "performedAt"),
    ],
)
def test_the_error_names_the_field_of_an_invalid_outcome(
    call: Client, suggestion: str, body: object, field: str
) -> None:
    answer = call("POST", f"/api/suggestions/{suggestion}/outcome", body)
    assert (answer.status, answer.error["field"]) == (400, field)


def test_an_outcome_of_an_unknown_suggestion_is_not_found(call: Client) -> None:
    assert call("POST", "/api/suggestions/inc_x.noop/outcome").status == 404


def test_a_recompute_includes_a_new_vote(call: Client, suggestion: str) -> None:
    call("POST", "/api/feedback", {"suggestionId": suggestion, "value": 1})
    done = call("POST", "/api/confidence/recompute")
    assert (done.status, done.json["changed"], done.json["reranked"]) == (200, True, 1)

    known = call("GET", "/api/confidence", query={"service": "checkout", "days": "7"}).json

    (cell,) = known["cells"]
    assert (cell["votes"], cell["explanation"][:14]) == (1, "1 of 1 helped ")
    assert cell["confidenceLow"] < cell["mean"]
    (day,) = known["history"]
    assert (day["date"], day["votes"], day["helpful"]) == ("2026-01-01", 1, 1)


@pytest.mark.parametrize(
    "query", [{"symptom": "headache"}, {"action": "pray"}, {"days": "-1"}, {"limit": "0"}]
)
def test_the_error_names_an_invalid_filter(call: Client, query: dict[str, str]) -> None:
    answer = call("GET", "/api/confidence", query=query)
    assert (answer.status, answer.error["field"]) == (400, next(iter(query)))
