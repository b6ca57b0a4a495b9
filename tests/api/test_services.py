"""Services, catalog, topology, changes and sources over HTTP."""

import pytest

from cloudops.api.app import Api
from cloudops.core.errors import KeyMissing
from tests.catalog.test_discovery import make_snapshot
from tests.fakes.application import NOW, Agent
from tests.fakes.gateway import Client
from tests.fakes.sources import FixedDiscovery, FixedSource
from tests.ingestion.payloads import plain, received

TREE = {
    "defaults": {"account": "111122223333", "region": "eu-central-1", "environment": "prod"},
    "services": {
        "web": {"calls": ["checkout"], "tier": 1},
        "checkout": {
            "owner": "payments",
            "aliases": ["checkout-svc"],
            "calls": ["orders-db"],
            "limits": {"maxStep": 2},
            "targets": [{"platform": "ecs", "cluster": "shop", "name": "checkout"}],
        },
    },
}

UNPLACED = {"services": {"a": {"targets": [{"platform": "asg", "name": "a"}]}}}


@pytest.fixture
def admin(agent: Agent) -> Client:
    return Client(Api(lambda: agent.application), "admin")


def test_an_admin_replaces_the_catalog_and_operators_read_it(admin: Client, call: Client) -> None:
    put = admin("PUT", "/api/catalog", TREE)
    assert (put.status, put.json["origin"], put.json["person"]) == (200, "person", "jane")
    shown = call("GET", "/api/catalog").json
    assert shown == put.json
    assert shown["services"]["checkout"]["targets"][0]["region"] == "eu-central-1"


def test_the_catalog_can_be_put_as_it_was_read(admin: Client) -> None:
    admin("PUT", "/api/catalog", TREE)
    shown = admin("GET", "/api/catalog").json["services"]
    assert admin("PUT", "/api/catalog", {"services": shown}).json["services"] == shown


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"services": {"a": {"tier": 9}}}, "services.a.tier"),
        (UNPLACED, "services.a.targets[0].account"),
        ({"services": []}, "services"),
        ({"servces": {}}, "servces"),
        ({}, "services"),
    ],
)
def test_the_error_names_the_path_of_a_mistake_in_a_catalog(admin: Client, body: object, field: str) -> None:
    answer = admin("PUT", "/api/catalog", body)
    assert (answer.status, answer.error["field"]) == (400, field)
    assert admin("GET", "/api/catalog").json["services"] == {}


def test_services_are_listed_with_their_live_incidents(agent: Agent, admin: Client) -> None:
    admin("PUT", "/api/catalog", TREE)
    agent.ingest(received(plain("checkout-svc")))
    listed = {one["name"]: one for one in admin("GET", "/api/services").json["services"]}
    assert {name: one["liveIncidents"] for name, one in listed.items()} == {"checkout": 1, "web": 0}
    (target,) = listed["checkout"]["targets"]
    assert (target["platform"], target["declared"], target["limits"]) == ("ecs", True, {"maxStep": 2})


def test_a_service_is_shown_with_dependencies_incidents_and_changes(agent: Agent, admin: Client) -> None:
    admin("PUT", "/api/catalog", TREE)
    admin("POST", "/api/changes", {"service": "checkout-svc", "title": "v42", "version": "v42"})
    agent.ingest(received(plain("checkout")))
    shown = admin("GET", "/api/services/checkout-svc").json
    assert shown["name"] == "checkout"
    assert [one["callee"] for one in shown["calls"]] == ["orders-db"]
    assert [one["caller"] for one in shown["calledBy"]] == ["web"]
    assert [one["service"] for one in shown["incidents"]] == ["checkout"]
    assert [one["version"] for one in shown["changes"]] == ["v42"]


def test_a_service_known_only_by_a_dependency_is_shown(admin: Client) -> None:
    admin("PUT", "/api/catalog", TREE)
    assert admin("GET", "/api/services/orders-db").json["declared"] is False
    assert admin("GET", "/api/services/unknown").error["code"] == "not_found"


def test_the_topology_has_all_services_and_the_sources_of_dependencies(agent: Agent, admin: Client) -> None:
    admin("PUT", "/api/catalog", TREE)
    agent.discovery_sources["ecs"] = FixedDiscovery(make_snapshot(NOW, "checkout"))
    admin("POST", "/api/sources/ecs/sync")
    shown = admin("GET", "/api/topology").json
    assert [one["name"] for one in shown["services"]] == ["checkout", "orders-db", "web"]
    by_ends = {(one["caller"], one["callee"]): one for one in shown["dependencies"]}
    assert by_ends["web", "checkout"]["declared"] is True
    assert [one["source"] for one in by_ends["web", "checkout"]["seen"]] == ["ecs"]
    assert by_ends["checkout", "orders-db"]["seen"] == []


def test_a_change_of_a_pipeline_is_listed_and_shown_with_the_incident(agent: Agent, call: Client) -> None:
    recorded = call(
        "POST",
        "/api/changes",
        {"service": "Checkout", "title": "Deploy v42", "version": "v42", "at": "2025-12-31T23:57:00Z"},
    )
    assert (recorded.status, recorded.json["service"], recorded.json["actor"]) == (201, "checkout", "jane")
    agent.ingest(received(plain("checkout", title="5xx error rate of checkout above 5%")))
    (listed,) = call("GET", "/api/incidents").json["incidents"]
    (note,) = listed["changes"]
    assert (note["id"], note["version"], note["reason"]) == (recorded.json["id"], "v42", "checkout itself")
    assert listed["suggestions"][0]["action"] == "rollback"
    detail = call("GET", f"/api/incidents/{listed['id']}").json
    assert detail["changes"] == listed["changes"]


def test_the_states_of_a_change_are_one_change_with_the_last_state(call: Client) -> None:
    for state, at in (("started", "2025-12-31T23:50:00Z"), ("succeeded", "2025-12-31T23:55:00Z")):
        body = {"id": "run-7", "service": "web", "title": "Deploy", "state": state, "at": at}
        assert call("POST", "/api/changes", body).status == 201
    (change,) = call("GET", "/api/changes").json["changes"]
    assert (change["state"], change["startedAt"], change["endedAt"]) == (
        "succeeded",
        "2025-12-31T23:50:00.000Z",
        "2025-12-31T23:55:00.000Z",
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "x"}, "service"),
        ({"service": "web", "title": "x", "state": "done"}, "state"),
        ({"service": "web", "title": "x", "at": 17}, "at"),
        ({"service": "web", "title": "x", "url": "javascript:alert(1)"}, "url"),
        ({"service": "web", "title": "x", "account": "1"}, "account"),
        ({"service": "web", "title": "x", "sha": "1"}, "sha"),
    ],
)
def test_the_error_names_the_field_of_an_invalid_change(call: Client, body: object, field: str) -> None:
    answer = call("POST", "/api/changes", body)
    assert (answer.status, answer.error["field"]) == (400, field)


def test_every_source_is_listed_also_if_never_polled(call: Client) -> None:
    listed = call("GET", "/api/sources").json["sources"]
    assert {one["name"]: one["kind"] for one in listed} == {
        "cloudwatch": "alerts",
        "datadog": "alerts",
        "ecs": "discovery",
        "lambda": "discovery",
        "asg": "discovery",
        "application-signals": "discovery",
        "xray": "discovery",
        "datadog-services": "discovery",
    }
    assert {one["state"] for one in listed} == {"never_polled"}


def test_a_sync_without_credentials_returns_that_state(agent: Agent, call: Client) -> None:
    agent.sources["datadog"] = FixedSource("datadog", [], KeyMissing("datadog: the secret has no apiKey"))
    answer = call("POST", "/api/sources/datadog/sync")
    assert (answer.status, answer.json["finished"]) == (200, True)
    assert answer.json["source"]["state"] == "credentials_missing"
    assert answer.json["source"]["error"] == "datadog: the secret has no apiKey"


def test_an_unknown_source_is_not_found(call: Client) -> None:
    assert call("POST", "/api/sources/pager/sync").error["code"] == "not_found"
