"""A harness of the two Slack functions: members of a workspace on loopback click and type commands."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from cloudops.adapters.slack.client import SlackClient
from cloudops.adapters.slack.credentials import SlackSecret
from cloudops.adapters.slack.directory import SlackDirectory
from cloudops.adapters.slack.responder import SlackChat
from cloudops.adapters.slack.signature import SlackSignatures
from cloudops.audit.trail import AuditTrail
from cloudops.chatops.actions import ChatActions
from cloudops.chatops.dispatcher import ChatDispatcher, no_role
from cloudops.chatops.queries import ChatQueries
from cloudops.chatops.receiver import ChatReceiver
from cloudops.chatops.requests import Button
from cloudops.handlers.slack_webhook import respond as receive_request
from cloudops.handlers.slack_worker import respond as process_request
from cloudops.identity.access import person_subject
from cloudops.incidents.lifecycle import Lifecycle
from cloudops.incidents.queries import IncidentQueries
from cloudops.learning.feedback import RecordFeedback
from cloudops.learning.queries import ConfidenceQueries
from cloudops.remediation.kill_switch import Automation
from cloudops.remediation.permissions import Permissions
from cloudops.silences.service import SilenceService
from tests.fakes.audit_trail import MemoryAuditStore, MemorySwitch
from tests.fakes.documents import MemoryDocument
from tests.fakes.gateway import Reply, reply, request
from tests.fakes.idempotency import MemoryOnce
from tests.fakes.notifications import DASHBOARD, SIGNING_SECRET
from tests.fakes.people import ISSUER
from tests.fakes.remediation import Remediation
from tests.fakes.slack import BOT, TEAM, TOKEN, Workspace
from tests.fakes.slack_requests import FRESH, command, home_opened, press, signed, submission
from tests.fakes.store import MemorySilenceStore

JANE, OMAR, ADA, STRANGER = "U0JANE", "U0OMAR", "U0ADA", "U0STRANGER"
PEOPLE: dict[str, dict[str, Any]] = {
    JANE: {"name": "jane", "role": "viewer", "subject": person_subject(ISSUER, "jane")},
    OMAR: {"name": "omar", "role": "operator", "subject": person_subject(ISSUER, "omar")},
    ADA: {"name": "ada", "role": "admin", "subject": person_subject(ISSUER, "ada")},
}


def secret(people: Mapping[str, object] = PEOPLE) -> SlackSecret:
    document = {
        "botToken": TOKEN,
        "signingSecret": SIGNING_SECRET,
        "team": TEAM,
        "bot": BOT,
        "people": people,
    }
    return SlackSecret(MemoryDocument(document))


class SlackHarness:
    """The receiver and the dispatcher, with a queue between them.

    `url` is the address of the workspace. Requests wait in `queue` until `process_queue`. `around` wraps
    every collaborator of the dispatcher, so that a test can make it fail.
    """

    def __init__(
        self, url: str, workspace: Workspace, around: Callable[[Any], Any] = lambda part: part
    ) -> None:
        self.url = url
        self.workspace = workspace
        self.world = Remediation()
        self.audit_store = MemoryAuditStore()
        self.silences = MemorySilenceStore()
        self.parameter = MemorySwitch(name="parameter")
        self.automation = Automation(MemorySwitch(), self.parameter)
        self.queue: list[dict[str, Any]] = []
        self._delivered = 0
        self._people = {user: dict(link) for user, link in PEOPLE.items()}
        credentials = secret(self._people)
        client = SlackClient(credentials.credentials, f"{url}/api/")
        responder = around(SlackChat(client, f"{url}/api/", DASHBOARD, no_role))
        store = around(self.world.incidents)
        self._trail = AuditTrail(around(self.audit_store), lambda _: None)
        incidents = IncidentQueries(store)
        actions = ChatActions(
            responder=responder,
            incidents=incidents,
            lifecycle=Lifecycle(store, lambda _: None),
            feedback=RecordFeedback(store),
            silences=SilenceService(around(self.silences)),
            approvals=self.world.approvals,
            permissions=Permissions(
                inventory=lambda: self.world.inventory,
                incidents=store,
                executions=self.world.executions,
                silences=self.silences,
            ),
        )
        queries = ChatQueries(
            responder=responder,
            incidents=incidents,
            confidence=ConfidenceQueries(self.world.incidents.learning),
            executions=self.world.executions,
            automation=self.automation,
            actions=actions,
        )
        self.dispatcher = ChatDispatcher(
            responder=responder,
            directory=around(SlackDirectory(credentials, client)),
            idempotency=around(MemoryOnce()),
            actions=actions,
            queries=queries,
        )
        self.receiver = ChatReceiver(
            SlackSignatures(credentials.credentials), lambda message: self.queue.append({**message})
        )

    @property
    def now(self) -> int:
        return self.world.now

    def post(self, endpoint: str, body: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Sends a request to the receiver, signed unless `headers` are given, and returns the response."""
        signed_headers = headers or signed(body, self.now // 1000, SIGNING_SECRET)
        event = request("POST", f"/slack/{endpoint}", body=body, headers=signed_headers)
        return reply(receive_request(event, self.receiver, self.now))

    def process_queue(self) -> None:
        """Delivers every queued request to the dispatcher."""
        while self.queue:
            message = self.queue.pop(0)
            self._delivered += 1
            self.deliver(message, f"message {self._delivered}")

    def deliver(self, message: Mapping[str, Any], message_id: str) -> None:
        process_request(
            {"Records": [{"messageId": message_id, "body": json.dumps(message)}]},
            self.dispatcher,
            self._trail,
        )

    def request(self, endpoint: str, body: str) -> None:
        """Sends a request and processes it, one second after the request before."""
        self.world.now += 1_000
        assert self.post(endpoint, body).status == 200
        self.process_queue()

    def narrow(self, user: str, *grants: str) -> None:
        """Replaces the grants of a linked member."""
        self._people[user]["grants"] = list(grants)

    def run_command(self, user: str, text: str) -> None:
        self.request("commands", command(self.url, user, text))

    def press_button(self, user: str, button: Button, value: str, trigger: str = FRESH) -> None:
        self.request("interactions", press(self.url, user, button, value, trigger))

    def submit_dialog(self, user: str, text: str = "") -> None:
        """Submits the dialog that was opened last."""
        self.request("interactions", submission(self.url, user, self.workspace.views[-1], text))

    def open_home(self, user: str) -> None:
        self.request("events", home_opened(user))

    def last_reply(self) -> str:
        """Returns the text of the last ephemeral reply."""
        return str(self.workspace.ephemeral_replies[-1]["text"])

    def audited_actions(self) -> list[tuple[str, str, str]]:
        """Returns actor, action and result of each entry of the audit trail."""
        return [(one.actor, one.action, one.result) for one in self.audit_store.entries()]
