"""What people ask for in a chat: what is open, one incident, what was learned, their own page, the switch."""

from dataclasses import dataclass
from typing import Final

from cloudops.chatops.actions import ActionResult, ChatActions
from cloudops.chatops.commands import HELP, Verb, read_command, read_silence
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
from cloudops.remediation.store import ExecutionStore

MOST_LISTED: Final = 12
MOST_AT_HOME: Final = 10

NEEDED: Final = {
    Verb.OPEN: Role.VIEWER,
    Verb.INCIDENT: Role.VIEWER,
    Verb.CONFIDENCE: Role.VIEWER,
    Verb.HELP: Role.VIEWER,
    Verb.SILENCE: Role.OPERATOR,
    Verb.OFF: Role.OPERATOR,
    Verb.ON: Role.ADMIN,
}


@dataclass(frozen=True, slots=True)
class _Asked:
    command: Command
    argument: str
    caller: Caller
    now: EpochMillis

    @property
    def reason(self) -> str:
        """Why the person switches automation."""
        return self.argument or "from Slack, no reason given"


class ChatQueries:
    def __init__(
        self,
        *,
        chat: ChatResponder,
        browse: IncidentQueries,
        confidence: ConfidenceQueries,
        executions: ExecutionStore,
        automation: Automation,
        acts: ChatActions,
    ) -> None:
        self._chat = chat
        self._browse = browse
        self._confidence = confidence
        self._executions = executions
        self._automation = automation
        self._acts = acts

    def command(self, command: Command, caller: Caller, now: EpochMillis) -> ActionResult | None:
        """BadInput says what is typed wrong, Forbidden which role it needs."""
        typed = read_command(command.text)
        require_role(caller, NEEDED[typed.verb], f"/cloudops {typed.verb}")
        asked = _Asked(command, typed.argument, caller, now)
        match typed.verb:
            case Verb.OPEN:
                self._list(asked)
            case Verb.INCIDENT:
                self._show(asked)
            case Verb.CONFIDENCE:
                self._learned(asked)
            case Verb.SILENCE:
                return self._silence(asked)
            case Verb.OFF:
                return self._stop(asked)
            case Verb.ON:
                return self._enable(asked)
            case Verb.HELP:
                self._chat.whisper(command.asker, HELP)
        return None

    def home(self, caller: Caller) -> Home:
        waiting = [
            one for one in self._executions.unfinished() if one.status is ExecutionStatus.AWAITING_APPROVAL
        ]
        pending = [one for one in waiting if not is_approved_by(one, caller.name)]
        mine = [one for one in self._live(IncidentStatus.ACKNOWLEDGED) if one.acknowledged_by == caller.name]
        return Home(
            name=caller.name,
            pending=tuple(pending[:MOST_AT_HOME]),
            mine=tuple(incident_card(one) for one in mine[:MOST_AT_HOME]),
            open=tuple(incident_card(one) for one in self._live(IncidentStatus.OPEN)[:MOST_AT_HOME]),
        )

    def _list(self, asked: _Asked) -> None:
        found = [*self._live(IncidentStatus.OPEN), *self._live(IncidentStatus.ACKNOWLEDGED)]
        switch = self._automation.kill_switch(asked.now)
        automation = f"automation is stopped: {switch.reason}" if switch.stopped else "automation is on"
        more = f", the first {MOST_LISTED}" if len(found) > MOST_LISTED else ""
        head = f"{len(found)} open{more}; {automation}. /cloudops help says what else there is."
        self._chat.enumerate(asked.command.asker, [incident_card(one) for one in found[:MOST_LISTED]], head)

    def _show(self, asked: _Asked) -> None:
        detail = self._browse.detail(IncidentId(asked.argument), None, 1)
        withheld = f"Nobody was told of it: {detail.inhibited_reason}." if detail.inhibited_by else ""
        self._chat.show(asked.command.asker, incident_card(detail.incident), withheld)

    def _learned(self, asked: _Asked) -> None:
        answer = self._confidence.find(Filter(service=asked.argument), MOST_LISTED, 0, asked.now)
        lines = [_learned(one) for one in answer.cells]
        nothing = f"Nothing was learned of {asked.argument[:80]} yet: nobody voted, and nothing was done."
        self._chat.whisper(asked.command.asker, lines or [nothing])

    def _silence(self, asked: _Asked) -> ActionResult:
        quiet = read_silence(asked.argument)
        return self._acts.silence(quiet.matchers, quiet.lasts, quiet.comment, asked.caller, asked.now)

    def _stop(self, asked: _Asked) -> ActionResult:
        self._switch(asked, enabled=False)
        how = "All automation is stopped. An admin enables it again with /cloudops on, or in the dashboard."
        return ActionResult("switch automation", "automation", asked.reason, "stopped", how)

    def _enable(self, asked: _Asked) -> ActionResult:
        state = self._switch(asked, enabled=True)
        answer = f"Automation is still stopped: {state.reason}" if state.stopped else "Automation is on."
        return ActionResult("switch automation", "automation", asked.reason, "enabled", answer)

    def _switch(self, asked: _Asked, *, enabled: bool) -> KillSwitchState:
        setting = Setting(enabled=enabled, by=asked.caller.name, at=asked.now, reason=asked.reason)
        return self._automation.switch(setting).kill_switch

    def _live(self, status: IncidentStatus) -> list[Incident]:
        """The gravest first."""
        found = self._browse.page(IncidentQuery(status=status, limit=100)).incidents
        return sorted(found, key=lambda one: (-one.severity.rank, -one.opened_at))


def _learned(known: CellConfidence) -> str:
    what = f"{ACTIONS[known.cell.action]} for {known.cell.symptom.replace('_', ' ')}"
    sure = known.confidence
    return f"{what}: {sure.mean:.0%} (10th percentile {sure.low:.0%}). {sure.explanation}"
