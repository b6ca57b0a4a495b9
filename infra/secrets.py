"""The secrets: hashes of the API tokens, the word that webhooks must know, the keys of Datadog and Slack."""

from aws_cdk import ArnFormat, RemovalPolicy, SecretValue, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cloudops.adapters.aws.secrets_manager import SecretDocument
from infra.lambda_function import AppFunction
from infra.nag_suppressions import acknowledge


class Secrets(Construct):
    """All have plain names, such as `<stack>/api-tokens`, for people and tools to find."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        stack = Stack.of(self).stack_name
        self.api_tokens = f"{stack}/api-tokens"
        self.webhook = f"{stack}/webhook"
        self.datadog = f"{stack}/datadog"
        self.slack = f"{stack}/slack"
        tokens = secretsmanager.Secret(
            self,
            "ApiTokens",
            secret_name=self.api_tokens,
            description="Holders, roles and SHA-256 of the API tokens; `cloudops token create` adds one",
            # The empty start: a template that never changes leaves what people put here later alone.
            secret_string_value=SecretValue.unsafe_plain_text('{"tokens": []}'),
            removal_policy=RemovalPolicy.DESTROY,
        )
        acknowledge(
            tokens,
            "AwsSolutions-SMG4",
            "Tokens belong to people and are revoked one by one; rotating them all locks everyone out.",
        )
        webhook = secretsmanager.Secret(
            self,
            "Webhook",
            secret_name=self.webhook,
            description="The header value that Datadog and Alertmanager send: current and previous",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template='{"previous": ""}',  # noqa: S106 - the secret is generated
                generate_string_key="current",
                password_length=48,
                exclude_punctuation=True,
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        acknowledge(
            webhook,
            "AwsSolutions-SMG4",
            "Datadog and Alertmanager hold the other half, where AWS cannot rotate it.",
        )

        datadog = secretsmanager.Secret(
            self,
            "Datadog",
            secret_name=self.datadog,
            description="Keys of Datadog's API that pulls are made with: apiKey, appKey and site",
            # The empty start, as above: without keys Datadog is not asked.
            secret_string_value=SecretValue.unsafe_plain_text('{"apiKey": "", "appKey": "", "site": ""}'),
            removal_policy=RemovalPolicy.DESTROY,
        )
        acknowledge(datadog, "AwsSolutions-SMG4", "Datadog makes the keys; AWS cannot rotate them.")
        slack = secretsmanager.Secret(
            self,
            "Slack",
            secret_name=self.slack,
            description="Slack's bot token and signing secret, and whose Slack user is who",
            secret_string_value=SecretValue.unsafe_plain_text('{"people": {}}'),
            removal_policy=RemovalPolicy.DESTROY,
        )
        acknowledge(
            slack,
            "AwsSolutions-SMG4",
            "Slack issues token and signing secret; AWS cannot rotate them.",
        )

    def grant_read_datadog_keys(self, function: AppFunction) -> None:
        _grant_read(self.datadog, function, "DATADOG_SECRET")

    def grant_read_slack_secret(self, function: AppFunction) -> None:
        _grant_read(self.slack, function, "SLACK_SECRET")

    def grant_verify_tokens(self, function: AppFunction) -> None:
        _grant_read(self.api_tokens, function, "API_TOKENS_SECRET")

    def grant_verify_webhooks(self, function: AppFunction) -> None:
        _grant_read(self.webhook, function, "WEBHOOK_SECRET")


def _grant_read(name: str, function: AppFunction, variable: str) -> None:
    """By name and the six characters that Secrets Manager puts behind it in the ARN."""
    arn = Stack.of(function).format_arn(
        service="secretsmanager",
        resource="secret",
        resource_name=f"{name}-??????",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    function.add_environment(variable, name)
    function.add_to_role_policy(
        iam.PolicyStatement(actions=list(SecretDocument.permissions), resources=[arn])
    )
