"""The HTTP API: authorization, throttling, CORS and timeouts."""

import json
from pathlib import Path

import pytest

from cloudops.adapters.aws.functions import SYNC_TIMEOUTS
from cloudops.api.endpoints import ENDPOINTS
from cloudops.bootstrap.clock import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS
from cloudops.bootstrap.remediation import PLAN_TIMEOUTS, START_TIMEOUTS
from cloudops.core.retry import MAX_ATTEMPTS
from cloudops.handlers import slack_webhook, webhook
from infra.options import Options
from infra.synthesis import synthesize
from tests.infra.template import Template

GATEWAY_SECONDS = 30
"""The longest time that an HTTP API waits for a function, a limit of AWS."""

PUBLIC = {
    "GET /health",
    "GET /api/sign-in",
    "POST /webhooks/datadog",
    "POST /webhooks/alertmanager",
    "POST /slack/commands",
    "POST /slack/events",
    "POST /slack/interactions",
}


def authorization(template: Template) -> dict[str, str]:
    """Returns route key -> authorization type."""
    routes = template.of_type("AWS::ApiGatewayV2::Route").values()
    return {route["RouteKey"]: route["AuthorizationType"] for route in routes}


def test_every_route_but_the_public_ones_has_the_authorizer(template: Template) -> None:
    assert {key for key, kind in authorization(template).items() if kind == "NONE"} == PUBLIC
    assert set(authorization(template).values()) == {"NONE", "CUSTOM"}


def test_declared_routes_and_unknown_paths_below_api_reach_a_function(template: Template) -> None:
    declared = {
        f"{one.method} {one.path}"
        for one in (*ENDPOINTS, *webhook.WEBHOOK_ROUTES, *slack_webhook.SLACK_ROUTES)
    }
    unknown = {f"{method} /api/{{proxy+}}" for method in ("DELETE", "GET", "PATCH", "POST", "PUT")}
    assert authorization(template).keys() == declared | unknown


def test_people_alert_sources_and_slack_reach_one_function_each(template: Template) -> None:
    targets: dict[str, set[str]] = {}
    for route in template.of_type("AWS::ApiGatewayV2::Route").values():
        _, first = route["RouteKey"].split("/")[:2]
        targets.setdefault(first, set()).add(json.dumps(route["Target"]))
    assert targets["health"] == targets["api"]
    assert len(targets["api"] | targets["webhooks"] | targets["slack"]) == 3


def test_the_authorizer_runs_for_every_request_also_without_a_header(template: Template) -> None:
    (authorizer,) = template.of_type("AWS::ApiGatewayV2::Authorizer").values()
    assert authorizer["AuthorizerPayloadFormatVersion"] == "2.0"
    assert authorizer["EnableSimpleResponses"] is True
    assert authorizer["AuthorizerResultTtlInSeconds"] == 0
    assert authorizer["IdentitySource"] == []


def test_webhooks_have_higher_rate_limits_than_the_api(template: Template) -> None:
    (stage,) = template.of_type("AWS::ApiGatewayV2::Stage").values()
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 50, "ThrottlingBurstLimit": 100}
    storm = {"ThrottlingRateLimit": 1000, "ThrottlingBurstLimit": 2000}
    assert stage["RouteSettings"] == {
        "POST /webhooks/datadog": storm,
        "POST /webhooks/alertmanager": storm,
    }


def test_requests_are_logged_without_their_credentials(template: Template) -> None:
    (stage,) = template.of_type("AWS::ApiGatewayV2::Stage").values()
    logged = json.loads(stage["AccessLogSettings"]["Format"])
    assert logged["status"] == "$context.status"
    assert not [value for value in logged.values() if "header" in value.lower()]


def test_no_other_origin_may_call_by_default(template: Template) -> None:
    (api,) = template.of_type("AWS::ApiGatewayV2::Api").values()
    assert "CorsConfiguration" not in api


def test_named_origins_may_call_and_are_exact(chosen_template: Template) -> None:
    (api,) = chosen_template.of_type("AWS::ApiGatewayV2::Api").values()
    cors = api["CorsConfiguration"]
    assert cors["AllowOrigins"] == ["https://ops.example.com", "http://localhost:5173"]
    assert cors["AllowHeaders"] == ["authorization", "content-type", "if-match"]
    assert cors["AllowMethods"] == ["GET", "POST", "PUT", "DELETE"]


@pytest.mark.parametrize(
    "origin", ["*", "https://*.example.com", "http://ops.example.com", "https://ops.example.com/"]
)
def test_an_origin_that_is_not_exact_stops_the_synthesis(origin: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="corsOrigins"):
        synthesize({"local": "true", "corsOrigins": origin}, tmp_path, validate=False)


def test_mock_adapters_are_off_by_default(template: Template, chosen_template: Template) -> None:
    assert _api_variables(template)["USE_MOCK_ADAPTERS"] == "false"
    assert _api_variables(chosen_template)["USE_MOCK_ADAPTERS"] == "true"


def _api_variables(template: Template) -> dict[str, str]:
    variables: dict[str, str] = template.one("AWS::Lambda::Function", "ApiApiFunction")["Environment"][
        "Variables"
    ]
    return variables


def test_the_default_options_are_empty() -> None:
    assert Options() == Options(local=False, cors_origins=(), alarm_accounts=(), catalog="")


def test_calls_end_before_the_timeouts_of_function_and_gateway(
    template: Template,
) -> None:
    api = template.one("AWS::Lambda::Function", "ApiApiFunction")["Timeout"]
    remediate = template.one("AWS::Lambda::Function", "RemediationRemediateFunction")["Timeout"]
    pauses = sum(
        min(FIRST_PAUSE_SECONDS * 2**attempt, LONGEST_PAUSE_SECONDS) for attempt in range(MAX_ATTEMPTS)
    )
    approval = (
        PLAN_TIMEOUTS.longest + pauses + pauses + START_TIMEOUTS.longest
    )  # the store's races, then the trail's
    assert approval < api < GATEWAY_SECONDS
    assert SYNC_TIMEOUTS.longest < api
    assert PLAN_TIMEOUTS.longest < remediate
    slack = template.one("AWS::Lambda::Function", "ChatOpsSlackWorkerFunction")["Timeout"]
    assert approval < slack
