"""Builds the outbox and the routing of notifications, for the functions that enqueue or send them."""

import time
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec

from cloudops.adapters.aws.client import open_client
from cloudops.adapters.aws.messaging import Queue
from cloudops.adapters.aws.secrets_manager import SecretDocument
from cloudops.adapters.dynamodb.catalog import DynamoSourceStore
from cloudops.adapters.dynamodb.outbox import DynamoOutbox
from cloudops.adapters.slack.credentials import SlackSecret
from cloudops.bootstrap.catalog import inventory
from cloudops.bootstrap.database import rows, settings
from cloudops.notifications.routing import Routing, canonical_names
from cloudops.sources.health import DestinationHealth

ROUTING = "slack_routing.json"
"""In the package of a deployment that has a routing file; infra/bundle.py puts it there."""


@cache
def outbox() -> DynamoOutbox:
    return DynamoOutbox(rows())


@cache
def routing() -> Routing:
    """Returns the routing in this package, with the aliases of the current catalog resolved. Without one, no
    notification is sent."""
    file = files("cloudops") / ROUTING
    if not file.is_file():
        return Routing()
    stored = msgspec.json.decode(file.read_bytes(), type=Routing)
    return canonical_names(stored, inventory().current().inventory.canonical)


@cache
def slack_secret() -> SlackSecret:
    return slack_secret_in(settings().slack_secret)


def slack_secret_in(secret_id: str) -> SlackSecret:
    """Returns the Slack credentials of a deployment, by the name of their secret."""
    client = open_client("secretsmanager", settings().region)
    return SlackSecret(SecretDocument(client, secret_id, time.monotonic))


@cache
def notification_queue() -> Queue:
    return Queue(open_client("sqs", settings().region), settings().notification_queue)


@cache
def destination_health() -> DestinationHealth:
    return DestinationHealth(DynamoSourceStore(rows()))


def wake_dispatcher(channel: str, after: int) -> None:
    """Enqueues a message that wakes the dispatcher of a channel, in `after` seconds."""
    notification_queue().send({"channel": channel}, after)


def owning_teams(services: Sequence[str]) -> list[str]:
    """Returns the owners of these services, as far as the catalog names them, sorted."""
    known = inventory().current().inventory
    owners = (known.services.get(known.canonical(name)) for name in services)
    return sorted({one.owner for one in owners if one and one.owner})
