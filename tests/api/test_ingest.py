"""Alerts posted to the API: incidents, quarantine and errors."""

import json
from typing import Any

import pytest

from cloudops.api.app import Api
from cloudops.api.schemas import MAX_POSTED_ALERTS
from cloudops.ingestion.demo_alerts import demo_alerts
from tests.fakes.application import NOW, Agent
from tests.fakes.gateway import Client
from tests.ingestion.payloads import plain

INGEST = "/api/incidents/ingest"


def alert(service: str, **words: str) -> Any:
    return json.loads(plain(service, **words))


def test_posted_alerts_return_their_incidents(call: Client) -> None:
    answer = call("POST", INGEST, {"alerts": [alert("checkout"), alert("search")]})
    assert (answer.status, answer.json["accepted"], answer.json["quarantined"]) == (201, 2, [])
    assert {one["service"] for one in answer.json["incidents"]} == {"checkout", "search"}
    assert all(one["alerts"] and one["suggestions"] for one in answer.json["incidents"])


def test_alerts_of_several_sources_are_accepted_together(call: Client) -> None:
    payloads = [json.loads(raw) for raw in demo_alerts(NOW)]
    answer = call("POST", INGEST, {"alerts": payloads})
    sources = {one["source"] for incident in answer.json["incidents"] for one in incident["alerts"]}
    assert (answer.status, sources) == (201, {"cloudwatch", "datadog"})


def test_an_unparsable_alert_is_named_and_quarantined(agent: Agent, call: Client) -> None:
    answer = call("POST", INGEST, {"alerts": [7, alert("checkout"), {"nothing": "known"}]})
    assert answer.status == 201
    assert [one["index"] for one in answer.json["quarantined"]] == [0, 2]
    stored, _ = agent.quarantined.page(None, 10)
    assert {one["id"] for one in answer.json["quarantined"]} == {item.id for item in stored}
    assert all(one["reason"] for one in answer.json["quarantined"])


def test_a_body_without_a_parsable_alert_is_unprocessable(call: Client) -> None:
    answer = call("POST", INGEST, {"alerts": [{"nothing": "known"}]})
    assert (answer.status, answer.error["code"], answer.error["field"]) == (422, "unprocessable", "alerts[0]")


@pytest.mark.parametrize("body", [None, "", "{}", {"alerts": None}])
def test_an_empty_body_ingests_demo_alerts_with_mock_adapters(body: object) -> None:
    agent = Agent(mock_adapters=True)
    answer = Client(Api(lambda: agent.application))("POST", INGEST, body)
    assert (answer.status, answer.json["accepted"]) == (201, 6)


@pytest.mark.parametrize("body", [None, "", "{}"])
def test_an_empty_body_polls_the_sources_without_mock_adapters(call: Client, body: object) -> None:
    answer = call("POST", INGEST, body)
    assert (answer.status, answer.json) == (201, {"incidents": [], "accepted": 0, "quarantined": []})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"alerts": []}, "alerts"),
        ({"alerts": {}}, "alerts"),
        ({"alerts": "all"}, "alerts"),
        ({"alert": [{"title": "a typo"}]}, "alert"),
        ({"alerts": [{"title": "x"}] * (MAX_POSTED_ALERTS + 1)}, "alerts"),
    ],
)
def test_the_error_names_the_field_of_an_invalid_body(call: Client, body: object, field: str) -> None:
    answer = call("POST", INGEST, body)
    assert (answer.status, answer.error["field"]) == (400, field)


def test_the_largest_number_of_alerts_is_accepted(call: Client) -> None:
    assert (
        call("POST", INGEST, {"alerts": [alert("checkout")] * MAX_POSTED_ALERTS}).json["accepted"]
        == MAX_POSTED_ALERTS
    )


def test_a_body_beyond_one_megabyte_is_too_large(call: Client) -> None:
    answer = call("POST", INGEST, {"alerts": [{"title": "x" * 1_000_000}]})
    assert (answer.status, answer.error["code"]) == (413, "too_large")
