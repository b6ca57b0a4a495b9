"""Actions that people take from Slack: votes, transitions of incidents, silences, and decisions on plans."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec

from cloudops.chatops.commands import duration_ms
from cloudops.chatops.ports import ChatResponder
from cloudops.chatops.requests import Button, ButtonClick, DialogSubmission, Form, PlanRead
from cloudops.core.errors import BadInput, CloudOpsError, Conflict, NotFound
from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.core.time import EpochMillis
from cloudops.identity.access import Caller, Role
from cloudops.incidents.incident import Incident
from cloudops.incidents.lifecycle import Lifecycle, Verb
from cloudops.incidents.queries import IncidentQueries
from cloudops.learning.feedback import RecordFeedback, Vote
from cloudops.remediation.approvals import ApprovalService
from cloudops.remediation.permissions import Permissions, require
from cloudops.silences.service import SilenceService
from cloudops.silences.silence import Matcher, Operator, Silence

MAX_PATTERN: Final = 480
"""Characters of a pattern of names; the value of a matcher may have 500."""


def silence_matchers_for(incident: Incident) -> tuple[Matcher, ...]:
    """Returns matchers for the alerts of an incident: its services, or else the fingerprints of its samples.

    Raises:
        Conflict: The incident has neither a service nor an alert.
    """
    subject = _any("service", incident.services) or _any(
        "fingerprint", [one.fingerprint for one in incident.samples]
    )
    if subject is None:
        raise Conflict(f"incident {incident.id} has neither a service nor an alert to silence")
    environment = incident.scope.environment
    where = (Matcher("environment", Operator.EQUAL, environment),) if environment else ()
    return (subject, *where)


def _any(field: str, values: tuple[str, ...] | list[str]) -> Matcher | None:
    """Returns a matcher for as many of the values as fit into one pattern, in order; None without a value."""
    names = sorted(set(filter(None, values)), key=list(values).index)
    if len(names) == 1:
        return Matcher(field, Operator.EQUAL, names[0])
    pattern = ""
    for name in names:
        longer = f"{pattern}|{re.escape(name)}" if pattern else re.escape(name)
        if len(longer) > MAX_PATTERN:
            break
        pattern = longer
    return Matcher(field, Operator.MATCHES, pattern) if pattern else None


@dataclass(frozen=True, slots=True)
class ActionResult:
    """The audit entry of an action, and the reply to the person; empty if the message in Slack shows the
    result."""

    action: str
    target: str
    reason: str = ""
    result: str = ""
    reply: str = ""


TRANSITIONS: Final = {Button.ACKNOWLEDGE: Verb.ACKNOWLEDGE, Button.RESOLVE: Verb.RESOLVE}


class ChatActions:
    """Use cases of buttons and dialogs. The caller's role has been checked; whether it holds for what the
    caller acts on is checked here."""

    def __init__(
        self,
        *,
        responder: ChatResponder,
        incidents: IncidentQueries,
        lifecycle: Lifecycle,
        feedback: RecordFeedback,
        silences: SilenceService,
        approvals: ApprovalService,
        permissions: Permissions,
    ) -> None:
        self._responder = responder
        self._incidents = incidents
        self._lifecycle = lifecycle
        self._feedback = feedback
        self._silences = silences
        self._approvals = approvals
        self._permissions = permissions

    def click(self, click: ButtonClick, caller: Caller, now: EpochMillis) -> ActionResult:
        """Performs the action of a button.

        Raises:
            NotFound: There is no such incident or suggestion; names the id.
            Conflict: The incident does not allow the action now.
        """
        match click.button:
            case Button.HELPFUL:
                return self._vote(SuggestionId(click.value), 1, "", caller, now)
            case Button.SILENCE:
                duration, _, incident = click.value.partition(" ")
                return self._silence_incident(incident, duration_ms(duration) or 0, caller, now)
            case _:
                return self._move(TRANSITIONS[click.button], click.value, caller, now)

    def submit(self, submission: DialogSubmission, caller: Caller, now: EpochMillis) -> ActionResult | None:
        """Performs the action of a submitted dialog. Approvals write their audit entries themselves:
        then None.

        Raises:
            BadInput: The text or the dialog's metadata is not valid.
            Conflict: The plan has changed since the person read it, or a guardrail denies it.
        """
        match submission.form:
            case Form.UNHELPFUL:
                return self._vote(SuggestionId(submission.subject), -1, submission.text, caller, now)
            case Form.REJECT:
                suggestion_id = SuggestionId(submission.subject)
                require(caller, Role.OPERATOR, partial(self._permissions.suggestion, suggestion_id), "reject")
                self._approvals.reject(suggestion_id, submission.text, caller.name, now)
            case Form.APPROVE:
                self._approve(submission, caller, now)
        return None

    def read_plan(self, click: ButtonClick, now: EpochMillis) -> None:
        """Shows the plan of a suggestion in a dialog.

        The dialog opens at once and is filled later: Slack allows three seconds to open it, and a plan may
        take longer.
        """
        dialog = self._responder.open_loading(click)
        try:
            review = self._approvals.plan(SuggestionId(click.value), "", now)
        except CloudOpsError as error:
            self._responder.show_refusal(dialog, error.message if error.status < 500 else _UNREADABLE_TARGET)
            return
        if review.denial:
            self._responder.show_refusal(dialog, review.denial)
            return
        read = PlanRead(SuggestionId(click.value), review.plan_hash, review.required_approvals)
        self._responder.show_plan(click, dialog, review, read)

    def silence(
        self, matchers: Sequence[Matcher], duration: int, comment: str, caller: Caller, now: EpochMillis
    ) -> ActionResult:
        """Creates a silence of `duration` milliseconds from the time of the request.

        A repeated request creates the same silence again, with the same id.
        """
        require(caller, Role.OPERATOR, partial(self._permissions.matched, matchers), "silence")
        draft = Silence(
            id="",
            matchers=tuple(matchers),
            starts_at=now,
            ends_at=now + duration,
            comment=comment,
            author=caller.name,
            created_at=now,
        )
        silence = self._silences.add(draft)
        matched = " ".join(map(str, silence.matchers))
        reply = f"Silence created: {matched}. Matching alerts are still stored and counted."
        return ActionResult("silence", silence.id, comment, reply=reply)

    def _move(self, verb: Verb, incident_id: str, caller: Caller, now: EpochMillis) -> ActionResult:
        """Acknowledges or resolves an incident.

        A redelivered request, whose function ended after the transition, causes a Conflict; it is ignored if
        this person made the transition at the time of this request.
        """
        resources = partial(self._permissions.incident, IncidentId(incident_id))
        require(caller, Role.OPERATOR, resources, verb)
        try:
            self._lifecycle.move(verb, IncidentId(incident_id), caller, now)
        except Conflict:
            stored = self._incidents.standing([IncidentId(incident_id)])
            if not any(_is_made(verb, one, caller.subject, now) for one in stored):
                raise
        return ActionResult(verb, incident_id)

    def _silence_incident(
        self, incident_id: str, duration: int, caller: Caller, now: EpochMillis
    ) -> ActionResult:
        incident = next(iter(self._incidents.standing([IncidentId(incident_id)])), None)
        if incident is None:
            raise NotFound(f"incident {incident_id}: not found")
        comment = f"{incident.title[:200]}, from Slack"
        return self.silence(silence_matchers_for(incident), duration, comment, caller, now)

    def _vote(
        self, suggestion_id: SuggestionId, value: Vote, comment: str, caller: Caller, now: EpochMillis
    ) -> ActionResult:
        require(caller, Role.OPERATOR, partial(self._permissions.suggestion, suggestion_id), "vote")
        self._feedback.record(suggestion_id, value, comment, caller, now)
        reply = "Thank you. Your vote counts from the next recompute of the confidence, within 15 minutes."
        return ActionResult("vote", suggestion_id, comment, str(value), reply)

    def _approve(self, submission: DialogSubmission, caller: Caller, now: EpochMillis) -> None:
        """Approves or executes the plan that the person read, identified by its hash."""
        try:
            read = msgspec.json.decode(submission.subject, type=PlanRead)
        except msgspec.DecodeError as error:
            raise BadInput("the dialog does not name the plan that was read", field="plan") from error
        require(caller, Role.OPERATOR, partial(self._permissions.plan, read.suggestion, ""), "approve")
        if read.required_approvals:
            self._approvals.approve(read.suggestion, "", read.plan_hash, caller, now)
        else:
            self._approvals.execute(read.suggestion, "", read.plan_hash, caller.name, now)


def _is_made(verb: Verb, incident: Incident, subject: str, now: EpochMillis) -> bool:
    """Returns whether the person with this subject made the transition at `now`."""
    if verb is Verb.ACKNOWLEDGE:
        return (incident.acknowledged_by_id, incident.acknowledged_at) == (subject, now)
    return (incident.resolved_by_id, incident.resolved_at) == (subject, now)


_UNREADABLE_TARGET: Final = "The target could not be read just now. Try again in a moment."
