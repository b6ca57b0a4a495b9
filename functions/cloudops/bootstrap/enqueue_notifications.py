"""What the table's stream is heard by."""

from functools import cache

from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.stream import news_of
from cloudops.bootstrap.clock import pause
from cloudops.bootstrap.database import rows
from cloudops.bootstrap.outbox import outbox, routing, slack_secret, teams, wake
from cloudops.notifications.enqueue import EnqueueNotifications, HandleStream


@cache
def listen() -> HandleStream:
    notify = EnqueueNotifications(
        incidents=DynamoIncidentStore(rows()),
        outbox=outbox(),
        routing=routing(),
        teams=teams,
        wake=wake,
        pause=pause,
    )
    return HandleStream(news_of, notify, slack_secret().disconnected)
