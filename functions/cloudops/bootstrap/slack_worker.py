"""What people in Slack are served by."""

from functools import cache

from cloudops.adapters.dynamodb.idempotency import DynamoOnce
from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore
from cloudops.adapters.dynamodb.silences import DynamoSilenceStore
from cloudops.adapters.slack.request_parser import read_asked
from cloudops.adapters.slack.responder import SlackChat
from cloudops.bootstrap.automation import automation
from cloudops.bootstrap.catalog import estate
from cloudops.bootstrap.clock import pause
from cloudops.bootstrap.database import rows, settings
from cloudops.bootstrap.dispatch_notifications import slack_client
from cloudops.bootstrap.learning import learning
from cloudops.bootstrap.outbox import slack_secret
from cloudops.bootstrap.remediation import executions, remote_approvals
from cloudops.chatops.actions import ChatActs
from cloudops.chatops.dispatcher import ChatDesk, no_role
from cloudops.chatops.queries import ChatAnswers
from cloudops.incidents.lifecycle import Lifecycle
from cloudops.incidents.queries import Browse
from cloudops.learning.feedback import TakeFeedback
from cloudops.learning.queries import ShowConfidence
from cloudops.silences.service import SilenceDesk

__all__ = ("desk", "read_asked")


@cache
def desk() -> ChatDesk:
    store = DynamoIncidentStore(rows())
    browse = Browse(store, lambda: estate()().estate.topology)
    chat = SlackChat(slack_client(), settings().slack_api_url, settings().dashboard_url, no_role)
    acts = ChatActs(
        chat=chat,
        browse=browse,
        lifecycle=Lifecycle(store, pause),
        feedback=TakeFeedback(store),
        silences=SilenceDesk(DynamoSilenceStore(rows())),
        approvals=remote_approvals(),
    )
    answers = ChatAnswers(
        chat=chat,
        browse=browse,
        confidence=ShowConfidence(learning()),
        executions=executions(),
        automation=automation(),
        acts=acts,
    )
    return ChatDesk(chat=chat, people=slack_secret(), once=DynamoOnce(rows()), acts=acts, answers=answers)
