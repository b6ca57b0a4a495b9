"""Every endpoint that acts, with grants that are narrowed to a team, an environment and an account."""

import json
from typing import Any

import pytest

from cloudops.api.app import Api
from cloudops.api.endpoint import Unrestricted
from cloudops.api.endpoints import ENDPOINTS
from cloudops.catalog.declaration import Catalog, Platform, ServiceDeclaration, Target
from cloudops.core.ids import SuggestionId
from cloudops.core.time import HOUR
from cloudops.identity.access import Role
from cloudops.remediation.execution import entry_of
from cloudops.silences.silence import Matcher, Operator, Silence
from tests.fakes.application import NOW, Agent
from tests.fakes.gateway import Client, Reply
from tests.fakes.plan_factory import asked
from tests.ingestion.payloads import plain, received

ACCOUNT = "111122223333"
TARGET = Target(
    platform=Platform.ECS,
    name="checkout",
    account=ACCOUNT,
    region="eu-central-1",
    environment="prod",
    cluster="shop",
)
CATALOG = Catalog(
    {
        "checkout": ServiceDeclaration(owner="shop", targets=(TARGET,)),
        "search": ServiceDeclaration(owner="discovery"),
    }
)
HASH = "0" * 64


MATCHED = {"service": "checkout", "environment": "prod", "account": ACCOUNT}
SILENCE = {
    "matchers": [{"field": field, "value": value} for field, value in MATCHED.items()],
    "comment": "moving the database",
    "durationSeconds": 3600,
}
POLICY = {
    "service": "checkout",
    "action": "scale_service",
    "environment": "prod",
    "ceiling": "approve",
    "minConfidence": 0.8,
    "minOutcomes": 10,
}
CHANGE = {"service": "checkout", "title": "v42", "environment": "prod", "account": ACCOUNT}

WITHIN = {
    ("POST", "/api/incidents/{incident_id}/acknowledge"): {},
    ("POST", "/api/incidents/{incident_id}/resolve"): {},
    ("POST", "/api/incidents/{incident_id}/reopen"): {},
    ("POST", "/api/feedback"): {"suggestionId": "{suggestion}", "value": 1},
    ("POST", "/api/suggestions/{suggestion_id}/outcome"): {},
    ("POST", "/api/suggestions/{suggestion_id}/approve"): {"planHash": HASH},
    ("POST", "/api/suggestions/{suggestion_id}/execute"): {"planHash": HASH},
    ("POST", "/api/suggestions/{suggestion_id}/reject"): {"reason": "another cause"},
    ("POST", "/api/executions/{execution_id}/cancel"): None,
    ("PUT", "/api/policies"): POLICY,
    ("POST", "/api/silences"): SILENCE,
    ("DELETE", "/api/silences/{silence_id}"): None,
    ("POST", "/api/changes"): CHANGE,
}
"""Calls that act on checkout, of the team shop, in production, in one account."""
EVERYWHERE = {
    ("POST", "/api/incidents/ingest"): {"alerts": [json.loads(plain("checkout"))]},
    ("PUT", "/api/catalog"): {"services": {}},
    ("POST", "/api/quarantine/{item_id}/replay"): None,
    ("DELETE", "/api/quarantine/{item_id}"): None,
}
"""Calls that concern every team, environment and account."""
FREE = {
    ("PUT", "/api/automation"): {"enabled": False, "reason": "bad deploy"},
    ("POST", "/api/confidence/recompute"): None,
    ("POST", "/api/sources/{name}/sync"): None,
}
"""Calls that a narrowed grant allows everywhere."""


class World:
    """An incident of checkout with a suggestion, an execution that waits for approval, and a silence."""

    def __init__(self) -> None:
        self.agent = Agent(catalog=CATALOG)
        (incident,) = self.agent.ingest(received(plain("checkout"))).incident_ids
        suggestion = self.agent.store.incidents([incident])[incident].suggestions[0].id
        execution = asked(now=NOW)
        self.agent.executions.add(execution, entry_of(execution))
        matchers = tuple(Matcher(field, Operator.EQUAL, value) for field, value in MATCHED.items())
        silence = self.agent.application.silences.add(
            Silence(
                id="",
                matchers=matchers,
                starts_at=NOW,
                ends_at=NOW + HOUR,
                comment="moving the database",
                author="ada",
                created_at=NOW,
            )
        )
        self.ids = {
            "incident": incident,
            "suggestion": SuggestionId(suggestion),
            "execution": execution.id,
            "silence": silence.id,
        }

    def call(self, route: tuple[str, str], body: Any, grants: str) -> Reply:
        method, path = route
        for name, value in self.ids.items():
            path = path.replace(f"{{{name}_id}}", value)
        client = Client(Api(lambda: self.agent.application))
        client.identity["grants"] = grants
        path = path.replace("{item_id}", "qua_1").replace("{name}", "cloudwatch")
        return client(method, path, self._filled(body))

    def _filled(self, body: Any) -> Any:
        if isinstance(body, dict) and "suggestionId" in body:
            return {**body, "suggestionId": self.ids["suggestion"]}
        return body


def narrowed(role: Role, narrowing: str) -> str:
    return f"{role}:{narrowing}"


def role_of(route: tuple[str, str]) -> Role:
    (access,) = [one.access for one in ENDPOINTS if (one.method, one.path) == route]
    assert isinstance(access, Role)
    return access


INSIDE = ("team=shop", "env=prod", f"account={ACCOUNT}", f"team=shop:env=prod:account={ACCOUNT}")
OUTSIDE = ("team=discovery", "env=staging", "account=999988887777", "team=shop:env=staging")


def test_the_tables_know_every_endpoint_that_acts() -> None:
    acting = {(one.method, one.path): one for one in ENDPOINTS if one.method != "GET"}
    assert acting.keys() == WITHIN.keys() | EVERYWHERE.keys() | FREE.keys()
    free = {route for route, one in acting.items() if isinstance(one.restriction, Unrestricted)}
    assert free == FREE.keys()


@pytest.mark.parametrize("narrowing", OUTSIDE)
@pytest.mark.parametrize("route", WITHIN, ids=" ".join)
def test_a_narrowed_grant_does_not_act_outside(route: tuple[str, str], narrowing: str) -> None:
    refused = World().call(route, WITHIN[route], narrowed(role_of(route), narrowing))
    assert refused.status == 403
    assert "jane has" in refused.error["message"]


@pytest.mark.parametrize("narrowing", INSIDE)
@pytest.mark.parametrize("route", WITHIN, ids=" ".join)
def test_a_narrowed_grant_acts_inside(route: tuple[str, str], narrowing: str) -> None:
    answer = World().call(route, WITHIN[route], narrowed(role_of(route), narrowing))
    assert answer.status in (200, 201, 400, 404, 409)


@pytest.mark.parametrize("narrowing", INSIDE + OUTSIDE)
@pytest.mark.parametrize("route", EVERYWHERE, ids=" ".join)
def test_what_concerns_everything_needs_a_grant_without_narrowing(
    route: tuple[str, str], narrowing: str
) -> None:
    assert World().call(route, EVERYWHERE[route], narrowed(Role.ADMIN, narrowing)).status == 403
    assert World().call(route, EVERYWHERE[route], "admin").status != 403


@pytest.mark.parametrize("route", FREE, ids=" ".join)
def test_a_narrowed_grant_allows_what_concerns_no_place(route: tuple[str, str]) -> None:
    assert World().call(route, FREE[route], "operator:team=discovery").status != 403


def test_a_narrowed_admin_stops_automation_and_does_not_enable_it() -> None:
    world = World()
    route = ("PUT", "/api/automation")
    assert world.call(route, {"enabled": False, "reason": "bad deploy"}, "admin:team=shop").status == 200
    assert world.call(route, {"enabled": True, "reason": "over"}, "admin:team=shop").status == 403
    assert world.call(route, {"enabled": True, "reason": "over"}, "admin").status == 200


def test_an_admin_of_another_team_lifts_no_freeze() -> None:
    body = {"planHash": HASH, "liftFreeze": {"reason": "the outage costs more"}}
    route = ("POST", "/api/suggestions/{suggestion_id}/approve")
    refused = World().call(route, body, "operator\nadmin:team=discovery")
    assert (refused.status, refused.error["message"].split(" for ")[0]) == (
        403,
        "lifting a change freeze needs the role admin",
    )


def test_several_grants_combine_and_every_caller_reads() -> None:
    world = World()
    route = ("POST", "/api/incidents/{incident_id}/acknowledge")
    assert world.call(route, {}, "operator:team=discovery\noperator:team=shop").status == 200
    assert world.call(("GET", "/api/incidents/{incident_id}"), None, "viewer:team=discovery").status == 200


def test_an_alert_without_environment_or_owner_lies_outside_of_what_is_narrowed_by_it() -> None:
    agent = Agent(catalog=CATALOG)
    (unowned,) = agent.ingest(received(plain("nowhere"))).incident_ids
    (placeless,) = agent.ingest(received(plain("search", env=""))).incident_ids
    client = Client(Api(lambda: agent.application))

    def acknowledge(incident: str, grants: str) -> int:
        client.identity["grants"] = grants
        return client("POST", f"/api/incidents/{incident}/acknowledge", {}).status

    assert acknowledge(unowned, "operator:team=shop") == 403
    assert acknowledge(placeless, "operator:env=prod") == 403
    assert acknowledge(unowned, "operator:env=prod") == 200
    assert acknowledge(placeless, "operator:team=discovery") == 200


def test_the_caller_is_shown_with_the_grants() -> None:
    found = World().call(("GET", "/api/me"), None, "viewer\noperator:team=shop:env=prod").json
    assert (found["role"], found["grants"]) == ("operator", ["viewer", "operator:team=shop:env=prod"])
