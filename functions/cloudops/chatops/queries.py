"""Slash commands and the Home tab: open incidents, one incident, confidence, silences, the kill switch."""

from dataclasses import dataclass
from typing import Final

from cloudops.chatops.actions import ActionResult, ChatActions
from cloudops.chatops.commands import HELP, CommandVerb, read_command, read_silence
from cloudops.chatops.ports import ChatResponder, Home
from cloudops.chatops.requests import Command
from cloudops.core.ids import IncidentId
from cloudops.core.time import EpochMillis
from cloudops.identity.access import Caller, Role, require_role
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.incidents.queries import IncidentQueries
from cloudops.incidents.store import IncidentQuery
from cloudops.learning.queries import CellConfidence, ConfidenceQueries, Filter
from cloudops.notifications.card import ACTIONS, incident_card
from cloudops.remediation.execution import ExecutionStatus, is_approved_by
from cloudops.remediation.kill_switch import Automation, KillSwitchState, Setting
from cloudops.remediation.permissions import everything, require
from cloudops.remediation.store import ExecutionStore

MAX_LISTED: Final = 12
"""Incidents or confidence cells in one reply."""
MAX_HOME_ITEMS: Final = 10
"""Entries in each list of the Home tab."""

REQUIRED_ROLES: Final = {
    CommandVerb.OPEN: Role.VIEWER,
    CommandVerb.INCIDENT: Role.VIEWER,
    CommandVerb.CONFIDENCE: Role.VIEWER,
    CommandVerb.HELP: Role.VIEWER,
    CommandVerb.SILENCE: Role.OPERATOR,
    CommandVerb.OFF: Role.OPERATOR,
    CommandVerb.ON: Role.ADMIN,
}


@dataclass(frozen=True, slots=True)
class _CommandRequest:
    command: Command
    argument: str
    caller: Caller
    now: EpochMillis

    @property
    def reason(self) -> str:
        """Why the person switches automation."""
        return self.argument or "from Slack, no reason given"


class ChatQueries:
    """Use cases of the slash command and the Home tab."""

    def __init__(
        self,
        *,
        responder: ChatResponder,
        incidents: IncidentQueries,
        confidence: ConfidenceQueries,
        executions: ExecutionStore,
        automation: Automation,
        actions: ChatActions,
    ) -> None:
        self._responder = responder
        self._incidents = incidents
        self._confidence = confidence
        self._executions = executions
        self._automation = automation
        self._actions = actions

    def command(self, command: Command, caller: Caller, now: EpochMillis) -> ActionResult | None:
        """Executes a slash command; returns the audit entry if it changed something.

        Raises:
            BadInput: The command is not valid; the message says how it is written.
            Forbidden: The caller's role is too low; the message names the required one.
            NotFound: There is no such incident; names the id.
        """
        parsed = read_command(command.text)
        require_role(caller, REQUIRED_ROLES[parsed.verb], f"/cloudops {parsed.verb}")
        request = _CommandRequest(command, parsed.argument, caller, now)
        match parsed.verb:
            case CommandVerb.OPEN:
                self._list(request)
            case CommandVerb.INCIDENT:
                self._show(request)
            case CommandVerb.CONFIDENCE:
                self._show_confidence(request)
            case CommandVerb.SILENCE:
                return self._silence(request)
            case CommandVerb.OFF:
                return self._stop(request)
            case CommandVerb.ON:
                return self._enable(request)
            case CommandVerb.HELP:
                self._responder.reply(command.user, HELP)
        return None

    def home(self, caller: Caller, note: tuple[str, ...] = ()) -> Home:
        """Returns what the Home tab of a person shows."""
        waiting = [
            one for one in self._executions.unfinished() if one.status is ExecutionStatus.AWAITING_APPROVAL
        ]
        pending = [one for one in waiting if not is_approved_by(one, caller.subject)]
        acknowledged = self._live(IncidentStatus.ACKNOWLEDGED)
        mine = [one for one in acknowledged if one.acknowledged_by_id == caller.subject]
        return Home(
            name=caller.name,
            note=note,
            pending=tuple(pending[:MAX_HOME_ITEMS]),
            mine=tuple(incident_card(one) for one in mine[:MAX_HOME_ITEMS]),
            open=tuple(incident_card(one) for one in self._live(IncidentStatus.OPEN)[:MAX_HOME_ITEMS]),
        )

    def _list(self, request: _CommandRequest) -> None:
        live = [*self._live(IncidentStatus.OPEN), *self._live(IncidentStatus.ACKNOWLEDGED)]
        switch = self._automation.kill_switch(request.now)
        automation = f"automation is stopped: {switch.reason}" if switch.stopped else "automation is on"
        more = f", the first {MAX_LISTED}" if len(live) > MAX_LISTED else ""
        title = f"{len(live)} open{more}; {automation}. /cloudops help lists the commands."
        cards = [incident_card(one) for one in live[:MAX_LISTED]]
        self._responder.list_incidents(request.command.user, cards, title)

    def _show(self, request: _CommandRequest) -> None:
        detail = self._incidents.detail(IncidentId(request.argument), None, 1)
        note = f"No notification was sent: {detail.inhibited_reason}." if detail.inhibited_by else ""
        self._responder.show_incident(request.command.user, incident_card(detail.incident), note)

    def _show_confidence(self, request: _CommandRequest) -> None:
        page = self._confidence.find(Filter(service=request.argument), MAX_LISTED, 0, request.now)
        lines = [_confidence_line(one) for one in page.cells]
        none = f"No votes or outcomes are recorded for {request.argument[:80]} yet."
        self._responder.reply(request.command.user, lines or [none])

    def _silence(self, request: _CommandRequest) -> ActionResult:
        wanted = read_silence(request.argument)
        return self._actions.silence(
            wanted.matchers, wanted.duration, wanted.comment, request.caller, request.now
        )

    def _stop(self, request: _CommandRequest) -> ActionResult:
        self._switch(request, enabled=False)
        reply = "All automation is stopped. An admin enables it again with /cloudops on, or in the dashboard."
        return ActionResult("switch automation", "automation", request.reason, "stopped", reply)

    def _enable(self, request: _CommandRequest) -> ActionResult:
        require(request.caller, Role.ADMIN, everything, "/cloudops on")
        state = self._switch(request, enabled=True)
        reply = f"Automation is still stopped: {state.reason}" if state.stopped else "Automation is on."
        return ActionResult("switch automation", "automation", request.reason, "enabled", reply)

    def _switch(self, request: _CommandRequest, *, enabled: bool) -> KillSwitchState:
        setting = Setting(enabled=enabled, by=request.caller.name, at=request.now, reason=request.reason)
        return self._automation.switch(setting).kill_switch

    def _live(self, status: IncidentStatus) -> list[Incident]:
        """Returns up to 100 incidents with this status: the most severe first, then the latest."""
        incidents = self._incidents.page(IncidentQuery(status=status, limit=100)).incidents
        return sorted(incidents, key=lambda one: (-one.severity.rank, -one.opened_at))


def _confidence_line(cell: CellConfidence) -> str:
    action = f"{ACTIONS[cell.cell.action]} for {cell.cell.symptom.replace('_', ' ')}"
    confidence = cell.confidence
    return f"{action}: {confidence.mean:.0%} (10th percentile {confidence.low:.0%}). {confidence.explanation}"
