"""What the table's stream is heard by."""

from functools import cache

from cloudops.adapters.dynamodb.store import DynamoIncidentStore
from cloudops.adapters.dynamodb.stream import news_of
from cloudops.flows.listen import Listen
from cloudops.flows.notify import Notify
from cloudops.wiring.clock import pause
from cloudops.wiring.outbox import outbox, routing, slack_secret, teams, wake
from cloudops.wiring.table import rows


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
