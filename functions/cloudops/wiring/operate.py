"""What people in Slack are served by."""

from functools import cache

from cloudops.adapters.dynamodb.once import DynamoOnce
from cloudops.adapters.dynamodb.silences import DynamoSilenceStore
from cloudops.adapters.dynamodb.store import DynamoIncidentStore
from cloudops.adapters.slack.asked import read_asked
from cloudops.adapters.slack.chat import SlackChat
from cloudops.flows.browse import Browse
from cloudops.flows.chat_acts import ChatActs
from cloudops.flows.chat_answers import ChatAnswers
from cloudops.flows.chat_desk import ChatDesk, no_role
from cloudops.flows.confidence import ShowConfidence
from cloudops.flows.feedback import TakeFeedback
from cloudops.flows.lifecycle import Lifecycle
from cloudops.flows.silences import SilenceDesk
from cloudops.wiring.announce import slack_client
from cloudops.wiring.automation import automation
from cloudops.wiring.clock import pause
from cloudops.wiring.estate import estate
from cloudops.wiring.learning import learning
from cloudops.wiring.outbox import slack_secret
from cloudops.wiring.remediation import executions, remote_approvals
from cloudops.wiring.table import rows, settings

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
