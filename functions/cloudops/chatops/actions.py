"""What people change from a chat: votes, an incident's life, silences, and what is carried out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from cloudops.chatops.commands import span_of
from cloudops.chatops.ports import ChatResponder
from cloudops.chatops.requests import Button, ButtonClick, DialogSubmission, Form, PlanRead
from cloudops.core.errors import BadInput, CloudOpsError, Conflict, NotFound
from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.core.time import EpochMillis
from cloudops.identity.access import Caller
from cloudops.incidents.incident import Incident
from cloudops.incidents.lifecycle import Lifecycle, Verb
from cloudops.incidents.queries import IncidentQueries
from cloudops.learning.feedback import RecordFeedback, Vote
from cloudops.remediation.approvals import ApprovalService
from cloudops.silences.service import SilenceService
from cloudops.silences.silence import Matcher, Operator, Silence

MAX_PATTERN = 480
"""Characters: a matcher's value takes 500."""


def silence_matchers_for(incident: Incident) -> tuple[Matcher, ...]:
    """Conflict where nothing names its alerts."""
    what = _any("service", incident.services) or _any(
        "fingerprint", [one.fingerprint for one in incident.samples]
    )
    if what is None:
        raise Conflict(f"incident {incident.id} has neither a service nor an alert to silence")
    environment = incident.scope.environment
    where = (Matcher("environment", Operator.EQUAL, environment),) if environment else ()
    return (what, *where)


def _any(field: str, values: tuple[str, ...] | list[str]) -> Matcher | None:
    """The first values that fit into one matcher."""
    named = sorted(set(filter(None, values)), key=list(values).index)
    if len(named) == 1:
        return Matcher(field, Operator.EQUAL, named[0])
    pattern = ""
    for name in named:
        longer = f"{pattern}|{re.escape(name)}" if pattern else re.escape(name)
        if len(longer) > MAX_PATTERN:
            break
        pattern = longer
    return Matcher(field, Operator.MATCHES, pattern) if pattern else None


@dataclass(frozen=True, slots=True)
class ActionResult:
    """An act as the audit trail writes it down, and what the person is `told` of it, where Slack shows
    nothing by itself."""

    action: str
    target: str
    reason: str = ""
    result: str = ""
    told: str = ""


MOVES: Final = {Button.ACKNOWLEDGE: Verb.ACKNOWLEDGE, Button.RESOLVE: Verb.RESOLVE}


class ChatActions:
    def __init__(
        self,
        *,
        chat: ChatResponder,
        browse: IncidentQueries,
        lifecycle: Lifecycle,
        feedback: RecordFeedback,
        silences: SilenceService,
        approvals: ApprovalService,
    ) -> None:
        self._chat = chat
        self._browse = browse
        self._lifecycle = lifecycle
        self._feedback = feedback
        self._silences = silences
        self._approvals = approvals

    def click(self, click: ButtonClick, caller: Caller, now: EpochMillis) -> ActionResult:
        """NotFound and Conflict say why it could not be done."""
        match click.button:
            case Button.HELPFUL:
                return self._vote(SuggestionId(click.value), 1, "", caller, now)
            case Button.SILENCE:
                span, _, incident = click.value.partition(" ")
                return self._silence_incident(incident, span_of(span) or 0, caller, now)
            case _:
                return self._move(MOVES[click.button], click.value, caller, now)

    def send(self, sent: DialogSubmission, caller: Caller, now: EpochMillis) -> ActionResult | None:
        """What was written into a dialog. What approvals do they write into the trail themselves."""
        match sent.form:
            case Form.UNHELPFUL:
                return self._vote(SuggestionId(sent.about), -1, sent.words, caller, now)
            case Form.REJECT:
                self._approvals.reject(SuggestionId(sent.about), sent.words, caller.name, now)
            case Form.APPROVE:
                self._approve(sent, caller, now)
        return None

    def read_plan(self, click: ButtonClick, now: EpochMillis) -> None:
        """The dialog opens at once and is filled when the plan is there: a plan may take longer than Slack
        waits for a dialog."""
        dialog = self._chat.wait(click)
        try:
            proposed = self._approvals.plan(SuggestionId(click.value), "", now)
        except CloudOpsError as error:
            self._chat.say_no(dialog, error.message if error.status < 500 else _NOT_NOW)
            return
        if proposed.denial:
            self._chat.say_no(dialog, proposed.denial)
            return
        read = PlanRead(SuggestionId(click.value), proposed.plan_hash, proposed.required_approvals)
        self._chat.show_plan(click, dialog, proposed, read)

    def silence(
        self, matchers: Sequence[Matcher], lasts: int, comment: str, caller: Caller, now: EpochMillis
    ) -> ActionResult:
        """From the time of the request on, so that the same request makes the same silence."""
        draft = Silence(
            id="",
            matchers=tuple(matchers),
            starts_at=now,
            ends_at=now + lasts,
            comment=comment,
            author=caller.name,
            created_at=now,
        )
        made = self._silences.add(draft)
        quiet = " ".join(map(str, made.matchers))
        return ActionResult(
            "silence", made.id, comment, told=f"Silenced: {quiet}. Its alerts are kept and counted."
        )

    def _move(self, verb: Verb, name: str, caller: Caller, now: EpochMillis) -> ActionResult:
        """A request that is delivered again, because the function died after the move, finds the move made by
        this person at the time of this request."""
        try:
            self._lifecycle.move(verb, IncidentId(name), caller.name, now)
        except Conflict:
            if not any(
                _made(verb, one, caller.name, now) for one in self._browse.standing([IncidentId(name)])
            ):
                raise
        return ActionResult(verb, name)

    def _silence_incident(self, name: str, lasts: int, caller: Caller, now: EpochMillis) -> ActionResult:
        incident = next(iter(self._browse.standing([IncidentId(name)])), None)
        if incident is None:
            raise NotFound(f"incident {name}: not found")
        comment = f"{incident.title[:200]}, from Slack"
        return self.silence(silence_matchers_for(incident), lasts, comment, caller, now)

    def _vote(
        self, suggestion_id: SuggestionId, value: Vote, comment: str, caller: Caller, now: EpochMillis
    ) -> ActionResult:
        self._feedback.record(suggestion_id, value, comment, caller.name, now)
        thanks = "Thank you: your vote counts from the next look on."
        return ActionResult("vote", suggestion_id, comment, str(value), thanks)

    def _approve(self, sent: DialogSubmission, caller: Caller, now: EpochMillis) -> None:
        """By the hash of the plan that was read: if it is another by now, nothing is done."""
        try:
            read = msgspec.json.decode(sent.about, type=PlanRead)
        except msgspec.DecodeError as error:
            raise BadInput("the dialog does not say which plan was read", field="plan") from error
        if read.required_approvals:
            self._approvals.approve(read.suggestion, "", read.plan_hash, caller, now)
        else:
            self._approvals.execute(read.suggestion, "", read.plan_hash, caller.name, now)


def _made(verb: Verb, incident: Incident, person: str, now: EpochMillis) -> bool:
    if verb is Verb.ACKNOWLEDGE:
        return (incident.acknowledged_by, incident.acknowledged_at) == (person, now)
    return (incident.resolved_by, incident.resolved_at) == (person, now)


_NOT_NOW: Final = "The target could not be read just now. Try again in a moment."
