"""Slack's side of the door, on loopback: people who click and type, and the two functions that serve them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from cloudops.adapters.slack.client import SlackClient
from cloudops.adapters.slack.credentials import SlackSecret
from cloudops.adapters.slack.responder import SlackChat
from cloudops.adapters.slack.signature import SlackSignatures
from cloudops.audit.trail import AuditTrail
from cloudops.chatops.actions import ChatActions
from cloudops.chatops.dispatcher import ChatDispatcher, no_role
from cloudops.chatops.queries import ChatQueries
from cloudops.chatops.receiver import ChatReceiver
from cloudops.chatops.requests import Button
from cloudops.handlers.slack_webhook import respond as knock
from cloudops.handlers.slack_worker import respond as operate
from cloudops.incidents.lifecycle import Lifecycle
from cloudops.incidents.queries import IncidentQueries
from cloudops.learning.feedback import RecordFeedback
from cloudops.learning.queries import ConfidenceQueries
from cloudops.remediation.kill_switch import Automation
from cloudops.silences.service import SilenceService
from tests.fakes.audit_trail import MemoryAuditStore, MemorySwitch
from tests.fakes.documents import MemoryDocument
from tests.fakes.gateway import Reply, reply, request
from tests.fakes.idempotency import MemoryOnce
from tests.fakes.notifications import DASHBOARD, SIGNING_SECRET
from tests.fakes.remediation import Remediation
from tests.fakes.slack import BOT, TEAM, TOKEN, Workspace
from tests.fakes.slack_requests import FRESH, command, home_opened, press, signed, submission
from tests.fakes.store import MemorySilenceStore

JANE, OMAR, ADA, STRANGER = "U0JANE", "U0OMAR", "U0ADA", "U0NOBODY"
PEOPLE = {
    JANE: {"name": "jane", "role": "viewer"},
    OMAR: {"name": "omar", "role": "operator"},
    ADA: {"name": "ada", "role": "admin"},
}


def secret(people: Mapping[str, object] = PEOPLE) -> SlackSecret:
    kept = {
        "botToken": TOKEN,
        "signingSecret": SIGNING_SECRET,
        "team": TEAM,
        "bot": BOT,
        "people": people,
    }
    return SlackSecret(MemoryDocument(kept))


class Office:
    """`url` is where the workspace listens. What came in waits in `queue` until `serve`; `around` wraps
    whatever the desk calls."""

    def __init__(
        self, url: str, workspace: Workspace, around: Callable[[Any], Any] = lambda part: part
    ) -> None:
        self.url = url
        self.workspace = workspace
        self.world = Remediation()
        self.audited = MemoryAuditStore()
        self.silenced = MemorySilenceStore()
        self.parameter = MemorySwitch(name="parameter")
        self.automation = Automation(MemorySwitch(), self.parameter)
        self.queue: list[dict[str, Any]] = []
        self._delivered = 0
        credentials = secret()
        client = SlackClient(credentials.credentials, f"{url}/api/")
        chat = around(SlackChat(client, f"{url}/api/", DASHBOARD, no_role))
        store = around(self.world.incidents)
        self._trail = AuditTrail(around(self.audited), lambda _: None)
        browse = IncidentQueries(store)
        acts = ChatActions(
            chat=chat,
            browse=browse,
            lifecycle=Lifecycle(store, lambda _: None),
            feedback=RecordFeedback(store),
            silences=SilenceService(around(self.silenced)),
            approvals=self.world.approvals,
        )
        answers = ChatQueries(
            chat=chat,
            browse=browse,
            confidence=ConfidenceQueries(self.world.incidents.learning),
            executions=self.world.executions,
            automation=self.automation,
            acts=acts,
        )
        self.desk = ChatDispatcher(
            chat=chat, people=credentials, once=around(MemoryOnce()), acts=acts, answers=answers
        )
        self.door = ChatReceiver(
            SlackSignatures(credentials.credentials), lambda said: self.queue.append({**said})
        )

    @property
    def now(self) -> int:
        return self.world.now

    def knock(self, way: str, body: str, headers: Mapping[str, str] | None = None) -> Reply:
        """What Slack hears at once."""
        known = headers or signed(body, self.now // 1000, SIGNING_SECRET)
        event = request("POST", f"/slack/{way}", body=body, headers=known)
        return reply(knock(event, self.door, self.now))

    def serve(self) -> None:
        """Everything that waits is done."""
        while self.queue:
            said = self.queue.pop(0)
            self._delivered += 1
            self.deliver(said, f"message {self._delivered}")

    def deliver(self, said: Mapping[str, Any], message: str) -> None:
        operate({"Records": [{"messageId": message, "body": json.dumps(said)}]}, self.desk, self._trail)

    def asks(self, way: str, body: str) -> None:
        """It is acknowledged, and then done. Slack's clock ticks between two requests."""
        self.world.now += 1_000
        assert self.knock(way, body).status == 200
        self.serve()

    def types(self, user: str, text: str) -> None:
        self.asks("commands", command(self.url, user, text))

    def presses(self, user: str, button: Button, value: str, trigger: str = FRESH) -> None:
        self.asks("interactions", press(self.url, user, button, value, trigger))

    def sends(self, user: str, words: str = "") -> None:
        """The dialog that was opened last, as it is."""
        self.asks("interactions", submission(self.url, user, self.workspace.views[-1], words))

    def opens_home(self, user: str) -> None:
        self.asks("events", home_opened(user))

    def heard(self) -> str:
        """The last whisper."""
        return str(self.workspace.whispers[-1]["text"])

    def acts(self) -> list[tuple[str, str, str]]:
        """Actor, action and result as the audit trail has them."""
        return [(one.actor, one.action, one.result) for one in self.audited.entries()]
