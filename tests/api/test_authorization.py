"""Authorization of every route for every role."""

import re
from typing import Any

import pytest

from cloudops.api.app import Api
from cloudops.api.application import Application
from cloudops.api.endpoints import ENDPOINTS
from cloudops.api.route import Access
from cloudops.identity.access import Role
from tests.fakes.gateway import Client, LambdaContext, reply, request

CALLERS = (None, "viewer", "operator", "admin")


class Reached(Exception):
    """A route was reached: the caller is authorized."""


def reached() -> Application:
    raise Reached


def status(caller: str | None, method: str, path: str) -> int:
    """Returns the status of a call; 500 means that the route was reached."""
    return Client(Api(reached), caller)(method, re.sub(r"\{\w+\}", "x", path)).status


TABLE = {
    ("GET", "/health"): (200, 200, 200, 200),
    ("GET", "/api/sign-in"): (500, 500, 500, 500),
    ("GET", "/api/me"): (401, 200, 200, 200),
    ("GET", "/api/audit"): (401, 500, 500, 500),
    ("GET", "/api/automation"): (401, 500, 500, 500),
    ("PUT", "/api/automation"): (401, 403, 400, 400),
    ("GET", "/api/incidents"): (401, 500, 500, 500),
    ("GET", "/api/incidents/{incident_id}"): (401, 500, 500, 500),
    ("GET", "/api/overview"): (401, 500, 500, 500),
    ("GET", "/api/incidents/{incident_id}/similar"): (401, 500, 500, 500),
    ("GET", "/api/incidents/{incident_id}/executions"): (401, 500, 500, 500),
    ("POST", "/api/incidents/ingest"): (401, 403, 500, 500),
    ("POST", "/api/incidents/{incident_id}/acknowledge"): (401, 403, 500, 500),
    ("POST", "/api/incidents/{incident_id}/resolve"): (401, 403, 500, 500),
    ("POST", "/api/incidents/{incident_id}/reopen"): (401, 403, 500, 500),
    ("POST", "/api/feedback"): (401, 403, 400, 400),
    ("POST", "/api/suggestions/{suggestion_id}/outcome"): (401, 403, 500, 500),
    ("GET", "/api/suggestions/{suggestion_id}/plan"): (401, 500, 500, 500),
    ("POST", "/api/suggestions/{suggestion_id}/approve"): (401, 403, 400, 400),
    ("POST", "/api/suggestions/{suggestion_id}/reject"): (401, 403, 400, 400),
    ("POST", "/api/suggestions/{suggestion_id}/execute"): (401, 403, 400, 400),
    ("GET", "/api/executions"): (401, 500, 500, 500),
    ("GET", "/api/executions/{execution_id}"): (401, 500, 500, 500),
    ("POST", "/api/executions/{execution_id}/cancel"): (401, 403, 500, 500),
    ("GET", "/api/freezes"): (401, 500, 500, 500),
    ("GET", "/api/policies"): (401, 500, 500, 500),
    ("PUT", "/api/policies"): (401, 403, 403, 400),
    ("GET", "/api/confidence"): (401, 500, 500, 500),
    ("POST", "/api/confidence/recompute"): (401, 403, 500, 500),
    ("GET", "/api/silences"): (401, 500, 500, 500),
    ("POST", "/api/silences"): (401, 403, 400, 400),
    ("DELETE", "/api/silences/{silence_id}"): (401, 403, 500, 500),
    ("GET", "/api/services"): (401, 500, 500, 500),
    ("GET", "/api/services/{name}"): (401, 500, 500, 500),
    ("GET", "/api/topology"): (401, 500, 500, 500),
    ("GET", "/api/catalog"): (401, 500, 500, 500),
    ("PUT", "/api/catalog"): (401, 403, 403, 400),
    ("GET", "/api/changes"): (401, 500, 500, 500),
    ("POST", "/api/changes"): (401, 403, 400, 400),
    ("GET", "/api/sources"): (401, 500, 500, 500),
    ("POST", "/api/sources/{name}/sync"): (401, 403, 500, 500),
    ("GET", "/api/quarantine"): (401, 500, 500, 500),
    ("POST", "/api/quarantine/{item_id}/replay"): (401, 403, 500, 500),
    ("DELETE", "/api/quarantine/{item_id}"): (401, 403, 500, 500),
}
"""By caller: none, viewer, operator, admin. 500: the route was reached; 400: it was, and lacks a body."""


@pytest.mark.parametrize("route", TABLE, ids=" ".join)
def test_a_route_accepts_callers_with_its_role(route: tuple[str, str]) -> None:
    assert tuple(status(caller, *route) for caller in CALLERS) == TABLE[route]


def test_the_table_has_every_route() -> None:
    assert set(TABLE) == {(one.method, one.path) for one in ENDPOINTS}


def test_only_health_and_sign_in_are_public() -> None:
    assert [one.path for one in ENDPOINTS if one.access is Access.OPEN] == ["/health", "/api/sign-in"]


def answer(identity: Any) -> tuple[int, dict[str, str]]:
    event = request("GET", "/api/incidents")
    event["requestContext"]["authorizer"] = identity
    answered = reply(Api(reached)(event, LambdaContext()))
    return answered.status, answered.error


@pytest.mark.parametrize(
    "identity",
    [
        None,
        {},
        {"lambda": None},
        {"lambda": {}},
        {"lambda": {"grants": "viewer"}},
        {"lambda": {"grants": "viewer", "name": "jane"}},
        {"lambda": {"grants": "viewer", "name": "jane", "subject": ""}},
        {"lambda": {"grants": "viewer", "subject": "token:tok_jane"}},
        {"lambda": {"grants": "", "name": "jane", "subject": "token:tok_jane"}},
        {"lambda": {"grants": "root", "name": "jane", "subject": "token:tok_jane"}},
        {"lambda": {"grants": "none", "name": "jane", "subject": "token:tok_jane"}},
        {"lambda": {"grants": ["admin"], "name": "jane", "subject": "token:tok_jane"}},
        {"jwt": {"claims": {"role": "admin"}}},
    ],
)
def test_a_context_without_a_known_role_and_name_is_rejected(identity: Any) -> None:
    assert answer(identity)[0] == 401


def test_a_wrong_and_a_missing_token_have_different_messages() -> None:
    assert "is unknown" in answer({"lambda": {"reason": "unknown"}})[1]["message"]
    assert "is needed" in answer({"lambda": {"reason": "absent"}})[1]["message"]


def test_a_caller_whose_token_could_not_be_checked_may_try_again() -> None:
    code, error = answer({"lambda": {"reason": "unverifiable"}})
    assert (code, error["code"]) == (503, "unavailable")


def test_a_403_names_the_required_role() -> None:
    refused = Client(Api(reached), "viewer")("POST", "/api/feedback", {"value": 1})
    assert refused.error["message"] == "POST /api/feedback needs the role operator; jane has the role viewer"


def test_a_401_says_how_to_authenticate() -> None:
    assert Client(Api(reached), None)("GET", "/api/incidents").headers["www-authenticate"] == "Bearer"


def test_the_body_is_checked_only_after_the_role() -> None:
    assert Client(Api(reached), None)("POST", "/api/feedback", "{").status == 401


@pytest.mark.parametrize(
    "path", ["/", "/api", "/api/", "/api/incidents/", "/api/incidents/a/b", "/healthz", "/API/incidents"]
)
def test_an_unknown_path_is_not_found(path: str) -> None:
    assert Client(Api(reached))("GET", path).error["code"] == "not_found"


def test_a_405_names_the_allowed_methods() -> None:
    refused = Client(Api(reached))("PUT", "/api/incidents/x")
    assert (refused.status, refused.headers["allow"]) == (405, "GET")
    assert Client(Api(reached))("PUT", "/api/incidents/ingest").headers["allow"] == "POST"


def test_the_stage_is_stripped_from_the_path() -> None:
    event = request("GET", "/prod/health")
    event["requestContext"]["stage"] = "prod"
    assert Api(reached)(event, LambdaContext())["statusCode"] == 200


def test_roles_are_ordered_from_viewer_to_admin() -> None:
    assert [role.rank for role in (Role.VIEWER, Role.OPERATOR, Role.ADMIN)] == [0, 1, 2]
