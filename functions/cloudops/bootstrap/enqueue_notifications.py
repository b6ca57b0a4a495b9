"""What the table's stream is heard by."""

from functools import cache

from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.stream import news_of
from cloudops.bootstrap.clock import pause
from cloudops.bootstrap.database import rows
from cloudops.bootstrap.outbox import outbox, routing, slack_secret, teams, wake
from cloudops.notifications.enqueue import Listen, Notify


@cache
def listen() -> Listen:
    notify = Notify(
        incidents=DynamoIncidentStore(rows()),
        outbox=outbox(),
        routing=routing(),
        teams=teams,
        wake=wake,
        pause=pause,
    )
    return Listen(news_of, notify, slack_secret().disconnected)
