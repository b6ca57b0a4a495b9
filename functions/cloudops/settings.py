"""Configuration from environment variables. No other module reads os.environ."""

import os
from dataclasses import dataclass
from typing import Self

from cloudops.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Settings:
    """The resources and options of a function. An empty string means that the function has no such resource.

    Attributes:
        datadog_environments: Values of the tag `env` whose traces discovery queries, separated by commas.
        oidc_roles_claim: The claim of an access token that lists roles; `oidc_name_claim` holds the name.
        executor_roles: JSON object, "platform/action" to the ARN of the executor's role.
        freezes: JSON list of change freezes.
        soak_seconds: Seconds for which alerts have to stay resolved before an action counts as helpful.
    """

    table_name: str = ""
    account: str = ""
    region: str = ""
    use_mock_adapters: bool = False
    api_tokens_secret: str = ""
    webhook_secret: str = ""
    event_bus: str = ""
    alert_queue: str = ""
    source_sync_function: str = ""
    datadog_secret: str = ""
    datadog_environments: str = ""
    oidc_issuer: str = ""
    oidc_audience: str = ""
    oidc_client_id: str = ""
    oidc_scopes: str = "openid"
    oidc_roles_claim: str = "cognito:groups"
    oidc_name_claim: str = "username"
    automation_parameter: str = ""
    remediate_function: str = ""
    state_machine: str = ""
    executor_roles: str = "{}"
    freezes: str = "[]"
    soak_seconds: str = ""
    slack_secret: str = ""
    slack_api_url: str = ""
    notification_queue: str = ""
    slack_request_queue: str = ""
    dashboard_url: str = ""
    slack_bot_token: str = ""
    slack_signing_secret: str = ""

    @classmethod
    def from_env(cls) -> Self:
        """Reads the environment. Raises BadInput, field the variable, if USE_MOCK_ADAPTERS is not a
        boolean."""
        get = os.environ.get
        return cls(
            table_name=get("TABLE_NAME", ""),
            account=get("ACCOUNT_ID", ""),
            region=get("AWS_REGION", ""),
            use_mock_adapters=_flag("USE_MOCK_ADAPTERS"),
            api_tokens_secret=get("API_TOKENS_SECRET", ""),
            webhook_secret=get("WEBHOOK_SECRET", ""),
            event_bus=get("EVENT_BUS", ""),
            alert_queue=get("ALERT_QUEUE", ""),
            source_sync_function=get("SOURCE_SYNC_FUNCTION", ""),
            datadog_secret=get("DATADOG_SECRET", ""),
            datadog_environments=get("DATADOG_ENVIRONMENTS", ""),
            oidc_issuer=get("OIDC_ISSUER", ""),
            oidc_audience=get("OIDC_AUDIENCE", ""),
            oidc_client_id=get("OIDC_CLIENT_ID", ""),
            oidc_scopes=get("OIDC_SCOPES", "") or "openid",
            oidc_roles_claim=get("OIDC_ROLES_CLAIM", "") or "cognito:groups",
            oidc_name_claim=get("OIDC_NAME_CLAIM", "") or "username",
            automation_parameter=get("AUTOMATION_PARAMETER", ""),
            remediate_function=get("REMEDIATE_FUNCTION", ""),
            state_machine=get("STATE_MACHINE", ""),
            executor_roles=get("EXECUTOR_ROLES", "") or "{}",
            freezes=get("FREEZES", "") or "[]",
            soak_seconds=get("SOAK_SECONDS", ""),
            slack_secret=get("SLACK_SECRET", ""),
            slack_api_url=get("SLACK_API_URL", ""),
            notification_queue=get("NOTIFICATION_QUEUE", ""),
            slack_request_queue=get("SLACK_REQUEST_QUEUE", ""),
            dashboard_url=get("DASHBOARD_URL", ""),
            slack_bot_token=get("SLACK_BOT_TOKEN", "").strip(),
            slack_signing_secret=get("SLACK_SIGNING_SECRET", "").strip(),
        )


def _flag(name: str) -> bool:
    match os.environ.get(name, "false").strip().lower():
        case "true" | "1":
            return True
        case "false" | "0" | "":
            return False
        case other:
            raise BadInput(f"{name} must be true or false, not {other!r}", field=name)
