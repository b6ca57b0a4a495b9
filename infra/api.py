"""The HTTP API: people with a bearer token, webhooks with a secret, Slack with its signature."""

import json
from typing import cast

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cloudops.api.route import Access
from cloudops.identity.access import Role
from infra.lambda_function import LOG_RETENTION, AppFunction
from infra.nag_suppressions import acknowledge
from infra.options import Options
from infra.routes import ANY_METHOD, ANYTHING_ELSE, ROUTES

PEOPLE_PER_SECOND, PEOPLE_BURST = 50, 100
WEBHOOKS_PER_SECOND, WEBHOOKS_BURST = 1000, 2000
"""Requests. A storm must pass: Datadog never repeats a webhook that was answered 429."""

API_TIMEOUT = Duration.seconds(29)
"""Below the 30 s that an HTTP API waits for a function, and above the calls that a request waits for."""

NO_TOKEN = {
    Access.OPEN: "Health says only that the API answers; sign-in settings are needed to sign in.",
    Access.SECRET: "The function compares a secret header in constant time before it stores anything.",
    Access.SIGNED: "The function verifies Slack's signature and its time before it stores anything.",
}

ACCESS_LOG = {
    "requestId": "$context.requestId",
    "ip": "$context.identity.sourceIp",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "responseLength": "$context.responseLength",
    "latency": "$context.responseLatency",
    "error": "$context.error.message",
    "integrationError": "$context.integrationErrorMessage",
    "holder": "$context.authorizer.name",
}

WEBHOOK_FAILURE = logs.FilterPattern.all(
    logs.FilterPattern.string_value("$.routeKey", "=", "POST /webhooks/*"),
    logs.FilterPattern.string_value("$.status", "=", "5*"),
)
"""A function that crashed, was throttled or took too long, and a bus that could not be reached, alike."""


class Api(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, code: lambda_.Code, options: Options) -> None:
        super().__init__(scope, construct_id)
        self.api_function = AppFunction(
            self,
            "api",
            code=code,
            timeout=API_TIMEOUT,
            memory=1024,
            environment={"USE_MOCK_ADAPTERS": str(options.use_mock_adapters).lower()},
        )
        self.webhook_function = AppFunction(self, "webhook", code=code, timeout=Duration.seconds(10))
        self.slack_function = AppFunction(
            self, "slack_webhook", code=code, timeout=Duration.seconds(10), memory=1024
        )
        self.authorizer_function = AppFunction(self, "authorizer", code=code, timeout=Duration.seconds(8))
        self.http_api = apigateway.HttpApi(
            self,
            "HttpApi",
            description="CloudOps Agent",
            create_default_stage=False,
            cors_preflight=_cors(options.cors_origins),
        )
        self.stage = self._stage()
        self._log_access()
        self._add_routes()

    @property
    def url(self) -> str:
        """With no slash at its end."""
        return self.http_api.api_endpoint

    def _stage(self) -> apigateway.HttpStage:
        return apigateway.HttpStage(
            self,
            "Stage",
            http_api=self.http_api,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(rate_limit=PEOPLE_PER_SECOND, burst_limit=PEOPLE_BURST),
        )

    def _add_routes(self) -> None:
        api, webhook, slack = (
            integrations.HttpLambdaIntegration(name, function, scope_permission_to_route=False)
            for name, function in (
                ("Api", self.api_function),
                ("Webhook", self.webhook_function),
                ("Slack", self.slack_function),
            )
        )
        behind: dict[Role | Access, integrations.HttpLambdaIntegration] = {
            Access.SECRET: webhook,
            Access.SIGNED: slack,
        }
        token = self._token_authorizer()
        limits = {}
        for route in ROUTES:
            (added,) = self.http_api.add_routes(
                path=route.path,
                methods=[apigateway.HttpMethod[route.method]],
                integration=behind.get(route.access, api),
                authorizer=token if isinstance(route.access, Role) else None,
            )
            if route.access is Access.SECRET:
                limits[f"{route.method} {route.path}"] = _limit(WEBHOOKS_PER_SECOND, WEBHOOKS_BURST)
                # CloudFormation would else set the limit of a route that is not there yet.
                self.stage.node.add_dependency(added)
            if isinstance(route.access, Access):
                acknowledge(added, "AwsSolutions-APIG4", NO_TOKEN[route.access])
        self.http_api.add_routes(
            path=ANYTHING_ELSE,
            methods=[apigateway.HttpMethod[method] for method in ANY_METHOD],
            integration=api,
            authorizer=token,
        )
        self._cfn_stage.route_settings = limits

    @property
    def _cfn_stage(self) -> apigateway.CfnStage:
        """For what the stage's construct has no word for."""
        return cast(apigateway.CfnStage, self.stage.node.default_child)

    def _log_access(self) -> None:
        log_group = logs.LogGroup(
            self, "AccessLog", retention=LOG_RETENTION, removal_policy=RemovalPolicy.DESTROY
        )
        self.webhook_failures = logs.MetricFilter(
            self,
            "WebhookFailures",
            log_group=log_group,
            filter_pattern=WEBHOOK_FAILURE,
            metric_namespace=Stack.of(self).stack_name,
            metric_name="WebhookFailures",
        )
        self._cfn_stage.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=log_group.log_group_arn, format=json.dumps(ACCESS_LOG)
        )

    def _token_authorizer(self) -> authorizers.HttpLambdaAuthorizer:
        """Asked on every request, with nothing remembered by the gateway: a revoked token ends within the
        minute that the function remembers the secret, a failed look-up is not repeated for as long as a
        cache lives, and a caller without a token gets the API's own 401 instead of the gateway's."""
        return authorizers.HttpLambdaAuthorizer(
            "Token",
            self.authorizer_function,
            response_types=[authorizers.HttpLambdaResponseType.SIMPLE],
            identity_source=[],
            results_cache_ttl=Duration.seconds(0),
        )


def _cors(origins: tuple[str, ...]) -> apigateway.CorsPreflightOptions | None:
    """None where no other origin may call: the dashboard is served from the API's own."""
    if not origins:
        return None
    methods = apigateway.CorsHttpMethod
    return apigateway.CorsPreflightOptions(
        allow_origins=list(origins),
        allow_methods=[methods.GET, methods.POST, methods.PUT, methods.DELETE],
        allow_headers=["authorization", "content-type", "if-match"],
        max_age=Duration.hours(1),
    )


def _limit(per_second: int, burst: int) -> dict[str, int]:
    return {"ThrottlingRateLimit": per_second, "ThrottlingBurstLimit": burst}
