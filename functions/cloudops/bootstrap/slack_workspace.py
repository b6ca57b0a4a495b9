"""Builds the Slack workspace of a deployment, for the command line."""

import time

from cloudops.adapters.aws.client import open_client
from cloudops.adapters.aws.secrets_manager import SecretDocument
from cloudops.adapters.dynamodb.people import DynamoPeopleStore
from cloudops.adapters.dynamodb.row import bind
from cloudops.adapters.slack.client import SlackClient, auth_test
from cloudops.adapters.slack.credentials import SlackSecret
from cloudops.adapters.slack.directory import member_profile
from cloudops.chatops.workspace import SlackWorkspace
from cloudops.identity.people import PeopleDirectory
from cloudops.settings import Settings


def workspace_in(secret_id: str) -> SlackWorkspace:
    """Returns the workspace whose credentials the secret of this name holds."""
    settings = Settings.from_env()
    document = SecretDocument(open_client("secretsmanager", settings.region), secret_id, time.monotonic)
    client = SlackClient(SlackSecret(document).credentials, settings.slack_api_url)
    return SlackWorkspace(
        document,
        lambda token: auth_test(token, settings.slack_api_url),
        lambda user: member_profile(client.open, user),
    )


def people_in(table_name: str) -> PeopleDirectory:
    """Returns the people who have signed in to the deployment with this table."""
    return PeopleDirectory(DynamoPeopleStore(bind(table_name, Settings.from_env().region)))
