"""Who tells a channel its news, through Slack."""

from functools import cache

from cloudops.adapters.dynamodb.store import DynamoIncidentStore
from cloudops.adapters.slack.client import SlackClient
from cloudops.adapters.slack.messenger import SlackMessenger
from cloudops.domain.incident import Incident
from cloudops.flows.announce import Announce
from cloudops.flows.announcing import Announcer
from cloudops.flows.browse import Browse
from cloudops.wiring.clock import now, pause
from cloudops.wiring.estate import estate
from cloudops.wiring.outbox import outbox, routing, slack_secret, teams, wake
from cloudops.wiring.table import rows, settings


@cache
def slack_client() -> SlackClient:
    return SlackClient(slack_secret().credentials, settings().slack_api_url)


@cache
def announce() -> Announce:
    store = DynamoIncidentStore(rows())
    browse = Browse(store, lambda: estate()().estate.topology)

    def withheld(incident: Incident) -> bool:
        return browse.withheld_by(incident) is not None

    announcer = Announcer(
        incidents=store,
        outbox=outbox(),
        messenger=SlackMessenger(slack_client(), settings().dashboard_url),
        routing=routing(),
        teams=teams,
        withheld=withheld,
    )
    return Announce(outbox=outbox(), announcer=announcer, wake=wake, pause=pause, now=now)
