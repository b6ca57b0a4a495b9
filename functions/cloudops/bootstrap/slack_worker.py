"""Builds the dispatcher of requests from Slack."""

from functools import cache

from cloudops.adapters.dynamodb.idempotency import DynamoOnce
from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.silences import DynamoSilenceStore
from cloudops.adapters.slack.directory import SlackDirectory
from cloudops.adapters.slack.request_parser import read_request
from cloudops.adapters.slack.responder import SlackChat
from cloudops.bootstrap.automation import automation
from cloudops.bootstrap.catalog import inventory
from cloudops.bootstrap.clock import pause
from cloudops.bootstrap.database import rows, settings
from cloudops.bootstrap.dispatch_notifications import slack_client
from cloudops.bootstrap.learning import learning_store
from cloudops.bootstrap.outbox import slack_secret
from cloudops.bootstrap.remediation import approvals, executions, permissions
from cloudops.chatops.actions import ChatActions
from cloudops.chatops.dispatcher import ChatDispatcher, no_role
from cloudops.chatops.queries import ChatQueries
from cloudops.incidents.lifecycle import Lifecycle
from cloudops.incidents.queries import IncidentQueries
from cloudops.learning.feedback import RecordFeedback
from cloudops.learning.queries import ConfidenceQueries
from cloudops.silences.service import SilenceService

__all__ = ("chat_dispatcher", "read_request")


@cache
def chat_dispatcher() -> ChatDispatcher:
    store = DynamoIncidentStore(rows())
    incidents = IncidentQueries(store, lambda: inventory().current().inventory.topology)
    responder = SlackChat(slack_client(), settings().slack_api_url, settings().dashboard_url, no_role)
    actions = ChatActions(
        responder=responder,
        incidents=incidents,
        lifecycle=Lifecycle(store, pause),
        feedback=RecordFeedback(store),
        silences=SilenceService(DynamoSilenceStore(rows())),
        approvals=approvals(),
        permissions=permissions(),
    )
    queries = ChatQueries(
        responder=responder,
        incidents=incidents,
        confidence=ConfidenceQueries(learning_store()),
        executions=executions(),
        automation=automation(),
        actions=actions,
    )
    return ChatDispatcher(
        responder=responder,
        directory=SlackDirectory(slack_secret(), slack_client()),
        idempotency=DynamoOnce(rows()),
        actions=actions,
        queries=queries,
    )
