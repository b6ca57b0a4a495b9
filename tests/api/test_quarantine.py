"""The quarantine over HTTP."""

from cloudops.alerts.alert import UnparsablePayload
from cloudops.core.time import MINUTE
from cloudops.ingestion.quarantine import quarantine_item
from tests.fakes.application import NOW, Agent
from tests.fakes.gateway import Client
from tests.ingestion.payloads import plain


def keep(agent: Agent, payload: str, received_at: int = NOW) -> str:
    item = quarantine_item(
        UnparsablePayload(source="unknown", reason="unknown format", payload=payload, received_at=received_at)
    )
    agent.quarantined.put([item])
    return item.id


def test_the_quarantine_is_listed_newest_first_with_the_reasons(agent: Agent, call: Client) -> None:
    old, new = keep(agent, "old"), keep(agent, "new", NOW + MINUTE)
    page = call("GET", "/api/quarantine").json
    assert [item["id"] for item in page["items"]] == [new, old]
    assert page["items"][1] == {
        "id": old,
        "source": "unknown",
        "reason": "unknown format",
        "payload": "old",
        "receivedAt": "2026-01-01T00:00:00.000Z",
        "expiresAt": "2026-01-31T00:00:00.000Z",
    }


def test_the_list_is_paged(agent: Agent, call: Client) -> None:
    for index in range(3):
        keep(agent, f"p{index}", NOW + index)
    first = call("GET", "/api/quarantine", query={"limit": "2"}).json
    rest = call("GET", "/api/quarantine", query={"limit": "2", "cursor": first["cursor"]}).json
    assert [one["payload"] for one in first["items"] + rest["items"]] == ["p2", "p1", "p0"]
    assert rest["cursor"] is None


def test_a_long_payload_is_cut_in_the_list(agent: Agent, call: Client) -> None:
    keep(agent, "x" * 10_000)
    assert len(call("GET", "/api/quarantine").json["items"][0]["payload"]) == 4_000


def test_a_replayed_payload_returns_its_incidents(agent: Agent, call: Client) -> None:
    item = keep(agent, plain("checkout"))
    answer = call("POST", f"/api/quarantine/{item}/replay")
    assert (answer.status, [one["service"] for one in answer.json["incidents"]]) == (200, ["checkout"])
    assert call("GET", "/api/quarantine").json == {"items": [], "cursor": None}


def test_a_payload_that_still_cannot_be_parsed_is_unprocessable(agent: Agent, call: Client) -> None:
    answer = call("POST", f"/api/quarantine/{keep(agent, 'not json')}/replay")
    assert (answer.status, answer.error["field"]) == (422, "payload")


def test_an_item_is_discarded_once(agent: Agent, call: Client) -> None:
    item = keep(agent, "not json")
    gone = call("DELETE", f"/api/quarantine/{item}")
    assert (gone.status, gone.text) == (204, "")
    assert call("DELETE", f"/api/quarantine/{item}").status == 404
    assert call("POST", f"/api/quarantine/{item}/replay").status == 404
