"""The webhook's flow: the secret in Secrets Manager, and our event bus."""

import time
from functools import cache

from cloudops.adapters.aws import open_client
from cloudops.adapters.events import EventBus
from cloudops.adapters.secrets import SecretDocument
from cloudops.flows.receive import Receive
from cloudops.settings import Settings


@cache
def receive() -> Receive:
    settings = Settings.from_env()
    secret = SecretDocument(
        open_client("secretsmanager", settings.region), settings.webhook_secret, time.monotonic
    )
    return Receive(secret, EventBus(open_client("events", settings.region), settings.event_bus))
