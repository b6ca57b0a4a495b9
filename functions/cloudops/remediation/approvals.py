"""Takes people's decisions on a plan: approve, reject, run, cancel; each counts once, however often made."""

from contextlib import suppress
from typing import Final, Protocol

from cloudops.core.errors import BadInput, CloudOpsError, Conflict, Forbidden, NotFound, Unavailable
from cloudops.core.ids import ExecutionId, IncidentId, SuggestionId, stable_id
from cloudops.core.retry import MAX_ATTEMPTS, Pause, retry_on_conflict
from cloudops.core.time import EpochMillis
from cloudops.identity.access import Caller, CallerKind, Role
from cloudops.incidents.incident import TimelineEntry, TimelineKind
from cloudops.incidents.store import IncidentStore
from cloudops.incidents.suggestion import incident_of_suggestion
from cloudops.remediation.audit_entries import Trail, append_decision, decisions
from cloudops.remediation.autonomy import Autonomy
from cloudops.remediation.execution import (
    Execution,
    ExecutionOrigin,
    ExecutionStatus,
    Rejection,
    approved,
    entry_of,
    execution_id,
    is_approved_by,
    new_execution,
    transition,
)
from cloudops.remediation.planner import PlanReview
from cloudops.remediation.store import ExecutionStore, Workflows

MAX_REASON: Final = 1_000


class Plans(Protocol):
    def plan(self, suggestion_id: SuggestionId, wanted: str, now: EpochMillis) -> PlanReview:
        """What would be done for a suggestion; `wanted` names one of several targets, or is empty."""
        ...


"""The plan of a suggestion on a target ("" where there is one), as of now."""


class ApprovalService:
    """A decision counts once it is stored. What follows the store (the audit entry, the workflow) may fail or
    be cut off: the caller gets the stored execution all the same, the watchdog starts a workflow that did
    not start, and completion writes the audit entries that are missing."""

    def __init__(
        self,
        *,
        plans: Plans,
        incidents: IncidentStore,
        executions: ExecutionStore,
        workflows: Workflows,
        trail: Trail,
        pause: Pause,
    ) -> None:
        self._plans = plans
        self._incidents = incidents
        self._executions = executions
        self._workflows = workflows
        self._trail = trail
        self._pause = pause

    def plan(self, suggestion_id: SuggestionId, target: str, now: EpochMillis) -> PlanReview:
        return self._plans.plan(suggestion_id, target, now)

    def approve(
        self, suggestion_id: SuggestionId, target: str, plan_hash: str, who: Caller, now: EpochMillis
    ) -> Execution:
        """Returns the execution with this person's approval; it starts with the last one needed.

        Raises:
            Conflict: The plan is no longer the one that was read, or a guardrail denies it.
            Unavailable: The plan could not be made, and no approval of this person is stored.
        """
        if held := self._approved_by(who.name, suggestion_id, plan_hash):
            return self._started(held)
        try:
            proposed = self._read(suggestion_id, target, plan_hash, now)
        except CloudOpsError:
            # Another click of the same person may be stored by now, whatever kept this one from a plan.
            if held := self._approved_by(who.name, suggestion_id, plan_hash):
                return self._started(held)
            raise
        if proposed.required_approvals > 1 and who.kind is not CallerKind.PERSON:
            needed = proposed.required_approvals
            raise Forbidden(f"suggestion {suggestion_id}: {needed} people must approve, not a machine")
        asked = new_execution(
            proposed.plan, ExecutionOrigin.APPROVED, who.name, max(proposed.required_approvals, 1), now
        )
        return self._started(self._approved(asked, who.name, who.role, now))

    def execute(
        self, suggestion_id: SuggestionId, target: str, plan_hash: str, person: str, now: EpochMillis
    ) -> Execution:
        """The execution, started by one person where the guardrails ask for no approval; else Conflict."""
        if held := self._held(suggestion_id, plan_hash):
            return self._started(held)
        try:
            proposed = self._read(suggestion_id, target, plan_hash, now)
        except CloudOpsError:
            if held := self._held(suggestion_id, plan_hash):
                return self._started(held)
            raise
        if proposed.required_approvals:
            raise Conflict(
                f"suggestion {suggestion_id} needs approval by {proposed.required_approvals}: approve it"
            )
        return self._started(self._begun(proposed, ExecutionOrigin.DIRECT, person, now))

    def automatic(self, suggestion_id: SuggestionId, now: EpochMillis) -> Execution | None:
        """The execution that earned autonomy starts, or None where it does not reach or a person said no."""
        if self._executions.rejection(suggestion_id):
            return None
        proposed = self._plans.plan(suggestion_id, "", now)
        if (
            proposed.autonomy.autonomy is not Autonomy.AUTOMATIC
            or proposed.denial
            or proposed.required_approvals > 1
        ):
            return None
        return self._started(self._begun(proposed, ExecutionOrigin.AUTOMATIC, "", now))

    def reject(self, suggestion_id: SuggestionId, reason: str, person: str, now: EpochMillis) -> Rejection:
        """Stops what waits for approval or has not begun. NotFound names the suggestion."""
        if not reason.strip() or len(reason) > MAX_REASON:
            raise BadInput(f"reason must be 1 to {MAX_REASON} characters", field="reason")
        incident = incident_of_suggestion(suggestion_id)
        self._check_offered(suggestion_id, incident)
        for execution in self._executions.of_incident(incident):
            if execution.suggestion_id == suggestion_id and execution.status in _NOT_BEGUN:
                self._end(execution, ExecutionStatus.REJECTED, reason, person, now)
        rejection = Rejection(suggestion_id=suggestion_id, person=person, reason=reason, at=now)
        self._executions.reject(rejection, _rejected(rejection, incident))
        self._trail.append(person, "reject", suggestion_id, now, reason=reason)
        return rejection

    def cancel(self, execution_id: ExecutionId, person: str, now: EpochMillis) -> Execution:
        """Conflict once it has acted: then it is verified, and taken back where it harms."""
        held = self._executions.get(execution_id)
        if held.status is ExecutionStatus.CANCELED:
            return held
        if not held.status.may_be_cancelled:
            raise Conflict(f"execution {execution_id} is {held.status}: it can be canceled until it acts")
        return self._end(held, ExecutionStatus.CANCELED, f"by {person}", person, now)

    def _read(self, suggestion_id: SuggestionId, target: str, plan_hash: str, now: EpochMillis) -> PlanReview:
        """The plan as it is now, if it is the one that was read, or was begun already by its hash."""
        proposed = self._plans.plan(suggestion_id, target, now)
        if proposed.plan_hash != plan_hash:
            raise Conflict(
                f"suggestion {suggestion_id}: the plan has changed, read it again", field="planHash"
            )
        if proposed.denial:
            raise Conflict(f"suggestion {suggestion_id}: {proposed.denial}")
        return proposed

    def _approved(self, asked: Execution, person: str, role: Role, now: EpochMillis) -> Execution:
        """With the approval stored, once a person."""

        def attempt() -> Execution:
            held = self._held(asked.suggestion_id, asked.plan.hash)
            after = approved(held or asked, person, role, now)
            if after == held:
                return held
            try:
                if held is None:
                    self._executions.add(after, entry_of(after))
                else:
                    self._executions.move(held, after, entry_of(after))
            except Unavailable:
                # The answer of a write that was stored may be lost.
                if stored := self._approved_by(person, asked.suggestion_id, asked.plan.hash):
                    return stored
                raise
            self._audit(after)
            return after

        return retry_on_conflict(attempt, self._pause, what=f"execution {asked.id}")

    def _begun(
        self, proposed: PlanReview, origin: ExecutionOrigin, person: str, now: EpochMillis
    ) -> Execution:
        execution = new_execution(proposed.plan, origin, person, 0, now)
        try:
            self._executions.add(execution, entry_of(execution))
        except (Conflict, Unavailable):
            held = self._held(execution.suggestion_id, execution.plan.hash)
            if held is None:
                raise
            return held
        automatic = origin is ExecutionOrigin.AUTOMATIC
        self._audit(execution, reason=proposed.autonomy.reason if automatic else "")
        return execution

    def _started(self, execution: Execution) -> Execution:
        """With its workflow started. A start that fails is left to the watchdog: the decision is stored."""
        if execution.status is ExecutionStatus.APPROVED:
            with suppress(CloudOpsError):
                self._workflows.start(execution.workflow, execution.id)
        return execution

    def _audit(self, execution: Execution, *, reason: str = "") -> None:
        """Writes the latest decision into the audit trail. An entry that cannot be written within the time of
        a request is left to completion. `reason` says more than the execution does."""
        latest = decisions(execution)[-1]
        with suppress(CloudOpsError):
            append_decision(
                self._trail,
                execution,
                latest._replace(reason=reason or latest.reason),
                attempts=MAX_ATTEMPTS,
            )

    def _approved_by(self, person: str, suggestion_id: SuggestionId, plan_hash: str) -> Execution | None:
        """The execution of this plan, where the person has approved it already."""
        held = self._held(suggestion_id, plan_hash)
        return held if held and is_approved_by(held, person) else None

    def _held(self, suggestion_id: SuggestionId, plan_hash: str) -> Execution | None:
        try:
            return self._executions.get(execution_id(suggestion_id, plan_hash))
        except NotFound:
            return None

    def _end(
        self, execution: Execution, status: ExecutionStatus, reason: str, person: str, now: EpochMillis
    ) -> Execution:
        after = transition(execution, status, reason, now, actor=person)
        self._executions.move(execution, after, entry_of(after), lock=False)
        self._audit(after)
        return after

    def _check_offered(self, suggestion_id: SuggestionId, incident_id: IncidentId) -> None:
        found = self._incidents.incidents([incident_id]).get(incident_id) if incident_id else None
        if found is None or all(offer.id != suggestion_id for offer in found.suggestions):
            raise NotFound(f"suggestion {suggestion_id}: not found", field="suggestionId")


_NOT_BEGUN: Final = (ExecutionStatus.AWAITING_APPROVAL, ExecutionStatus.APPROVED)


def _rejected(rejection: Rejection, incident_id: IncidentId) -> TimelineEntry:
    action = rejection.suggestion_id.partition(".")[2]
    return TimelineEntry(
        id="tl_" + stable_id(rejection.suggestion_id, "reject", str(rejection.at)),
        incident_id=incident_id,
        at=rejection.at,
        kind=TimelineKind.EXECUTION,
        text=f"{action} was rejected: {rejection.reason}",
        actor=rejection.person,
    )
