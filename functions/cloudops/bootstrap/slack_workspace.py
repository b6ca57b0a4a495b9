"""Builds the Slack workspace of a deployment, for the command line."""

import time

from cloudops.adapters.aws.client import open_client
from cloudops.adapters.aws.secrets_manager import SecretDocument
from cloudops.adapters.slack.client import auth_test
from cloudops.chatops.workspace import SlackWorkspace
from cloudops.settings import Settings


def workspace_in(secret_id: str) -> SlackWorkspace:
    """Returns the workspace whose credentials the secret of this name holds."""
    settings = Settings.from_env()
    client = open_client("secretsmanager", settings.region)
    document = SecretDocument(client, secret_id, time.monotonic)
    return SlackWorkspace(document, lambda token: auth_test(token, settings.slack_api_url))
