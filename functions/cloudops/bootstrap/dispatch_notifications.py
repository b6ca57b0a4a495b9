"""Builds the dispatcher, which sends the notifications of a channel to Slack."""

from functools import cache

from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.slack.client import SlackClient
from cloudops.adapters.slack.messenger import SlackMessenger
from cloudops.bootstrap.catalog import inventory
from cloudops.bootstrap.clock import now, pause
from cloudops.bootstrap.database import rows, settings
from cloudops.bootstrap.outbox import outbox, owning_teams, routing, slack_secret, wake_dispatcher
from cloudops.incidents.incident import Incident
from cloudops.incidents.queries import IncidentQueries
from cloudops.notifications.dispatcher import DispatchNotifications
from cloudops.notifications.publisher import PublishIncident


@cache
def slack_client() -> SlackClient:
    return SlackClient(slack_secret().credentials, settings().slack_api_url)


@cache
def dispatcher() -> DispatchNotifications:
    store = DynamoIncidentStore(rows())
    browse = IncidentQueries(store, lambda: inventory().current().inventory.topology)

    def is_inhibited(incident: Incident) -> bool:
        return browse.inhibited_by(incident) is not None

    publisher = PublishIncident(
        incidents=store,
        outbox=outbox(),
        messenger=SlackMessenger(slack_client(), settings().dashboard_url),
        routing=routing(),
        teams=owning_teams,
        inhibited=is_inhibited,
    )
    return DispatchNotifications(
        outbox=outbox(), publisher=publisher, wake=wake_dispatcher, pause=pause, now=now
    )
