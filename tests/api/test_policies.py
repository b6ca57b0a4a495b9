"""Autonomy policies in the API."""

from typing import Any

import pytest

from cloudops.api.app import Api
from tests.fakes.application import Agent
from tests.fakes.gateway import Client

CATALOG = {"services": {"checkout": {"aliases": ["till"]}}}
POLICY: dict[str, Any] = {
    "service": "checkout",
    "action": "scale_service",
    "environment": "prod",
    "ceiling": "automatic",
    "minConfidence": 0.8,
    "minOutcomes": 10,
}


@pytest.fixture
def admin(agent: Agent) -> Client:
    client = Client(Api(lambda: agent.application), "admin")
    assert client("PUT", "/api/catalog", CATALOG).status == 200
    return client


def test_a_policy_is_stored_under_its_canonical_names(admin: Client) -> None:
    stored = admin("PUT", "/api/policies", POLICY | {"service": "Till", "environment": "Production"})
    assert (stored.status, stored.json["service"], stored.json["environment"]) == (200, "checkout", "prod")
    assert admin("GET", "/api/policies").json["policies"] == [stored.json]


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        (
            {"service": "chekout"},
            "service",
            "service: no service 'chekout' is known; the nearest known name is 'checkout'",
        ),
        (
            {"environment": "stagging"},
            "environment",
            "environment: no environment 'stagging' is known; the nearest known name is 'staging'",
        ),
    ],
)
def test_a_policy_of_an_unknown_name_is_refused(
    admin: Client, fields: dict[str, str], field: str, message: str
) -> None:
    refused = admin("PUT", "/api/policies", POLICY | fields)
    assert refused.status == 400
    assert (refused.json["error"]["field"], refused.json["error"]["message"]) == (field, message)
    assert admin("GET", "/api/policies").json == {"policies": []}
