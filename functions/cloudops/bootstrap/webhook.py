"""Builds the receiver of webhooks, and the webhook secret for the command line."""

import time
from functools import cache

from cloudops.adapters.aws.client import open_client
from cloudops.adapters.aws.messaging import EventBus
from cloudops.adapters.aws.secrets_manager import SecretDocument
from cloudops.ingestion.webhook import ReceiveWebhook, WebhookSecret
from cloudops.settings import Settings


@cache
def webhook_receiver() -> ReceiveWebhook:
    settings = Settings.from_env()
    return ReceiveWebhook(
        _document(settings.webhook_secret),
        EventBus(open_client("events", settings.region), settings.event_bus),
    )


def webhook_secret_in(secret_id: str) -> WebhookSecret:
    """Returns the webhook secret of a deployment, by its name."""
    return WebhookSecret(_document(secret_id))


def _document(secret_id: str) -> SecretDocument:
    client = open_client("secretsmanager", Settings.from_env().region)
    return SecretDocument(client, secret_id, time.monotonic)
