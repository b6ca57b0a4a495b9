"""Incidents over HTTP: list, filters, detail and transitions."""

import base64
import gzip
import json
from typing import Any

import pytest

from cloudops.api.app import Api
from cloudops.core.time import HOUR
from tests.fakes.application import NOW, Agent
from tests.fakes.gateway import Client, LambdaContext, request
from tests.ingestion.payloads import plain, received


def ingest(agent: Agent, *payloads: str) -> tuple[str, ...]:
    return agent.ingest(received(*payloads, at=NOW + HOUR)).incident_ids


def test_the_list_is_newest_first_with_alerts_and_suggestions(agent: Agent, call: Client) -> None:
    old, new = ingest(
        agent, plain("search", "2026-01-01T00:00:00Z"), plain("checkout", "2026-01-01T00:01:00Z")
    )
    page = call("GET", "/api/incidents")
    assert page.status == 200
    assert [one["id"] for one in page.json["incidents"]] == [new, old]
    assert page.json["cursor"] is None
    incident = page.json["incidents"][0]
    assert incident["service"] == "checkout"
    assert incident["openedAt"] == incident["createdAt"] == "2026-01-01T00:01:00.000Z"
    assert [alert["title"] for alert in incident["alerts"]] == ["checkout is failing"]
    assert incident["suggestions"][0]["id"] == f"{new}.{incident['suggestions'][0]['action']}"
    assert 0 <= incident["suggestions"][0]["confidence"] <= 1


@pytest.mark.parametrize(
    ("query", "services"),
    [
        ({"status": "open"}, {"search"}),
        ({"status": "acknowledged"}, {"checkout"}),
        ({"status": "resolved"}, set()),
        ({"severity": "critical"}, {"checkout"}),
        ({"service": "search"}, {"search"}),
        ({"environment": "staging"}, {"checkout"}),
        ({"text": "SEARCH is"}, {"search"}),
        ({"text": "nowhere"}, set()),
        ({}, {"search", "checkout"}),
    ],
)
def test_the_list_is_filtered(agent: Agent, call: Client, query: dict[str, str], services: set[str]) -> None:
    _, checkout = ingest(
        agent, plain("search", severity="low"), plain("checkout", env="staging", severity="critical")
    )
    call("POST", f"/api/incidents/{checkout}/acknowledge")
    page = call("GET", "/api/incidents", query=query)
    assert {one["service"] for one in page.json["incidents"]} == services


def test_the_cursor_visits_all_pages_once(agent: Agent, call: Client) -> None:
    names = ingest(agent, *(plain(f"s{index}", f"2026-01-01T00:0{index}:00Z") for index in range(5)))
    seen: list[str] = []
    query = {"limit": "2"}
    while True:
        page = call("GET", "/api/incidents", query=query).json
        seen += [one["id"] for one in page["incidents"]]
        if page["cursor"] is None:
            break
        query = {"limit": "2", "cursor": page["cursor"]}
    assert seen == list(reversed(names))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"limit": "9" * 5_000}, "limit"),
        ({"status": "closed"}, "status"),
        ({"severity": "worst"}, "severity"),
        ({"cursor": "invalid"}, "cursor"),
        ({"text": "x" * 201}, "text"),
        ({"service": "x" * 201}, "service"),
    ],
)
def test_the_error_names_an_invalid_parameter(call: Client, query: dict[str, str], field: str) -> None:
    page = call("GET", "/api/incidents", query=query)
    assert (page.status, page.error["field"]) == (400, field)


def test_one_incident_has_its_alerts_suggestions_feedback_and_timeline(agent: Agent, call: Client) -> None:
    (name,) = ingest(agent, plain("checkout", fingerprint="f1"), plain("checkout", fingerprint="f2"))
    suggestion = call("GET", f"/api/incidents/{name}").json["suggestions"][0]["id"]
    call("POST", "/api/feedback", {"suggestionId": suggestion, "value": 1, "comment": "it did"})
    call("POST", f"/api/incidents/{name}/acknowledge")
    detail = call("GET", f"/api/incidents/{name}").json
    assert (detail["id"], detail["status"], detail["acknowledgedBy"]) == (name, "acknowledged", "jane")
    assert [alert["message"] for alert in detail["alerts"]] == ["", ""]
    assert detail["alerts"][0]["labels"] == {"namespace": "checkout"}
    assert [(vote["person"], vote["value"], vote["comment"]) for vote in detail["feedback"]] == [
        ("jane", 1, "it did")
    ]
    assert {entry["kind"] for entry in detail["timeline"]} >= {"opened", "feedback", "acknowledged"}
    assert detail["cursor"] is None


def test_the_alerts_of_an_incident_are_paged(agent: Agent, call: Client) -> None:
    (name,) = ingest(agent, *(plain("checkout", fingerprint=f"f{index}") for index in range(5)))
    first = call("GET", f"/api/incidents/{name}", query={"limit": "3"}).json
    rest = call("GET", f"/api/incidents/{name}", query={"limit": "3", "cursor": first["cursor"]}).json
    assert (len(first["alerts"]), len(rest["alerts"]), rest["cursor"]) == (3, 2, None)
    assert len({alert["fingerprint"] for alert in first["alerts"] + rest["alerts"]}) == 5


@pytest.mark.parametrize("name", ["inc_0000000000000000", "%20", "ü", '"', "a.b"])
def test_an_unknown_incident_is_not_found(call: Client, name: str) -> None:
    assert call("GET", f"/api/incidents/{name}").status == 404
    assert call("POST", f"/api/incidents/{name}/resolve").error["code"] == "not_found"


def test_an_id_that_is_too_long_is_bad_input(call: Client) -> None:
    answer = call("GET", "/api/incidents/" + "x" * 5_000)
    assert (answer.status, answer.error["field"]) == (400, "incident_id")


def test_an_incident_is_acknowledged_resolved_and_reopened(agent: Agent, call: Client) -> None:
    (name,) = ingest(agent, plain("checkout"))
    statuses: list[Any] = []
    for verb in ("acknowledge", "resolve", "reopen"):
        answer = call("POST", f"/api/incidents/{name}/{verb}")
        statuses.append((answer.status, answer.json["status"]))
    assert statuses == [(200, "acknowledged"), (200, "resolved"), (200, "open")]


def test_an_invalid_transition_is_a_conflict(agent: Agent, call: Client) -> None:
    (name,) = ingest(agent, plain("checkout"))
    answer = call("POST", f"/api/incidents/{name}/reopen")
    assert (answer.status, answer.error["code"]) == (409, "conflict")


def test_an_unchanged_list_is_a_304(agent: Agent, call: Client) -> None:
    ingest(agent, plain("checkout"))
    first = call("GET", "/api/incidents")
    again = call("GET", "/api/incidents", headers={"if-none-match": first.headers["etag"]})
    assert (again.status, again.text, again.headers["etag"]) == (304, "", first.headers["etag"])
    ingest(agent, plain("search"))
    assert call("GET", "/api/incidents", headers={"if-none-match": first.headers["etag"]}).status == 200


def test_a_list_is_compressed_if_the_caller_accepts_gzip(agent: Agent) -> None:
    ingest(agent, plain("checkout"))
    api = Api(lambda: agent.application)
    identity = {"reason": "known", "name": "jane", "subject": "token:tok_jane", "grants": "viewer"}
    headers = {"accept-encoding": "br, gzip"}
    answer = api(request("GET", "/api/incidents", headers=headers, identity=identity), LambdaContext())
    assert (answer["isBase64Encoded"], answer["headers"]["Content-Encoding"]) == (True, "gzip")
    assert answer["headers"]["vary"] == "accept-encoding"
    page = json.loads(gzip.decompress(base64.b64decode(answer["body"])))
    assert [one["service"] for one in page["incidents"]] == ["checkout"]
