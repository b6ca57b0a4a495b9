"""The workspace of a deployment, for the command line."""

import time

from cloudops.adapters.aws.client import open_client
from cloudops.adapters.aws.secrets_manager import SecretDocument
from cloudops.adapters.slack.client import auth_test
from cloudops.chatops.workspace import SlackWorkspace
from cloudops.settings import Settings


def workspace_in(secret_id: str) -> SlackWorkspace:
    """By the name of the secret."""
    settings = Settings.from_env()
    client = open_client("secretsmanager", settings.region)
    document = SecretDocument(client, secret_id, time.monotonic)
    return SlackWorkspace(document, lambda token: auth_test(token, settings.slack_api_url))
