"""Builds the handler of the table's stream, which enqueues notifications."""

from functools import cache

from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.stream import news_of
from cloudops.bootstrap.clock import pause
from cloudops.bootstrap.database import rows
from cloudops.bootstrap.outbox import outbox, owning_teams, routing, slack_secret, wake_dispatcher
from cloudops.notifications.enqueue import EnqueueNotifications, HandleStream


@cache
def stream_handler() -> HandleStream:
    notifications = EnqueueNotifications(
        incidents=DynamoIncidentStore(rows()),
        outbox=outbox(),
        routing=routing(),
        teams=owning_teams,
        wake=wake_dispatcher,
        pause=pause,
    )
    return HandleStream(news_of, notifications, slack_secret().disconnected)
