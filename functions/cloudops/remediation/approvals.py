"""Approvals: people approve, reject, execute or cancel a plan. Every decision is idempotent."""

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
from cloudops.remediation.audit_entries import ExecutionDecision, Trail, append_decision, decisions
from cloudops.remediation.autonomy import Autonomy
from cloudops.remediation.execution import (
    Execution,
    ExecutionOrigin,
    ExecutionStatus,
    FreezeLift,
    Rejection,
    approved,
    entry_of,
    execution_id,
    is_approved_by,
    new_execution,
    require_person,
    transition,
)
from cloudops.remediation.plan import Plan
from cloudops.remediation.planner import PlanReview
from cloudops.remediation.store import ExecutionStore, Workflows

MAX_REASON: Final = 1_000
"""Characters of the reason of a rejection, and of a lift of a change freeze."""


class Plans(Protocol):
    """Port: makes the plan of a suggestion."""

    def plan(self, suggestion_id: SuggestionId, wanted: str, now: EpochMillis) -> PlanReview:
        """Makes the plan of a suggestion now; `wanted` is the text of one of several targets, or ""."""
        ...


class ApprovalService:
    """Use cases for decisions on plans.

    A decision takes effect when it is stored. The audit entry and the start of the workflow follow, and may
    fail: the caller gets the stored execution all the same. The watchdog starts a missing workflow, and
    completion writes missing audit entries.
    """

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
        """Makes the plan of a suggestion on a target, or on its only target if `target` is ""."""
        return self._plans.plan(suggestion_id, target, now)

    def approve(
        self,
        suggestion_id: SuggestionId,
        target: str,
        plan_hash: str,
        who: Caller,
        now: EpochMillis,
        *,
        lift_freeze: str = "",
    ) -> Execution:
        """Stores the person's approval and returns the execution; the last approval required starts it.

        Args:
            suggestion_id: The suggestion.
            target: The target's text if the service has several, else "".
            plan_hash: The hash of the plan that the person has read.
            who: The person, or a machine with a token.
            now: The time of the request.
            lift_freeze: Why the change freezes that hold now shall not hold for this plan, or "".

        Raises:
            BadInput: `lift_freeze` is too long.
            Conflict: The plan has changed since the person read it, or a guardrail denies it.
            Forbidden: The four-eyes rule applies, and the caller is a machine; or a caller who is not an
                admin lifts a freeze.
            Unavailable: The plan could not be made, and the person's approval is not stored.
        """
        if lift_freeze:
            _check_may_lift(who, lift_freeze)
        elif stored := self._approved_by(who.subject, suggestion_id, plan_hash):
            return self._with_workflow(stored)
        try:
            review = self._current_plan(suggestion_id, target, plan_hash, now)
            lift = _freeze_lift(review, who.name, lift_freeze, now) if lift_freeze else None
            if lift is None:
                _refuse_denied(review, review.denial)
        except CloudOpsError:
            # A concurrent request of the same person may have stored the approval in the meantime.
            if stored := self._approved_by(who.subject, suggestion_id, plan_hash):
                return self._with_workflow(stored)
            raise
        require_person(who, suggestion_id, review.required_approvals)
        requested = new_execution(
            review.plan, ExecutionOrigin.APPROVED, who.name, max(review.required_approvals, 1), now
        )
        return self._with_workflow(self._add_approval(requested, who, now, lift))

    def execute(
        self, suggestion_id: SuggestionId, target: str, plan_hash: str, person: str, now: EpochMillis
    ) -> Execution:
        """Starts the execution of a plan that needs no approval, and returns it.

        Raises:
            Conflict: The plan has changed, a guardrail denies it, or it needs approval.
        """
        if stored := self._find(suggestion_id, plan_hash):
            return self._with_workflow(stored)
        try:
            review = self._current_plan(suggestion_id, target, plan_hash, now)
            _refuse_denied(review, review.denial)
        except CloudOpsError:
            if stored := self._find(suggestion_id, plan_hash):
                return self._with_workflow(stored)
            raise
        if review.required_approvals:
            raise Conflict(
                f"suggestion {suggestion_id} needs approval by {review.required_approvals}: approve it"
            )
        return self._with_workflow(self._add_execution(review, ExecutionOrigin.DIRECT, person, now))

    def automatic(self, suggestion_id: SuggestionId, now: EpochMillis) -> Execution | None:
        """Starts an execution by earned autonomy, and returns it.

        Returns None if the policy does not allow it, a guardrail denies it, the four-eyes rule applies, or a
        person rejected the suggestion, even while the plan is made or the execution is stored.
        """
        if self._executions.rejection(suggestion_id):
            return None
        review = self._plans.plan(suggestion_id, "", now)
        if (
            review.autonomy.autonomy is not Autonomy.AUTOMATIC
            or review.denial
            or review.required_approvals > 1
        ):
            return None
        try:
            execution = self._add_execution(review, ExecutionOrigin.AUTOMATIC, "", now)
        except Conflict:
            if self._executions.rejection(suggestion_id):
                return None
            raise
        return self._with_workflow(execution)

    def reject(self, suggestion_id: SuggestionId, reason: str, person: str, now: EpochMillis) -> Rejection:
        """Rejects a suggestion, and ends its executions that have not acted.

        The rejection is stored first, so that it also stops an execution that starts at the same time, and
        one that is about to act.

        Raises:
            BadInput: `reason` is empty or too long.
            NotFound: There is no such suggestion; names the id.
        """
        if not reason.strip() or len(reason) > MAX_REASON:
            raise BadInput(f"reason must be 1 to {MAX_REASON} characters", field="reason")
        incident = incident_of_suggestion(suggestion_id)
        self._check_suggested(suggestion_id, incident)
        rejection = Rejection(suggestion_id=suggestion_id, person=person, reason=reason, at=now)
        self._executions.reject(rejection, _rejection_entry(rejection, incident))
        for execution in self._executions.of_incident(incident):
            if execution.suggestion_id == suggestion_id:
                self._end_rejected(execution.id, rejection)
        self._trail.append(person, "reject", suggestion_id, now, reason=reason)
        return rejection

    def cancel(self, execution_id: ExecutionId, person: str, now: EpochMillis) -> Execution:
        """Cancels an execution that has not acted, and returns it; a canceled one is returned unchanged.

        Raises:
            Conflict: It has acted: it is verified, and rolled back if it made things worse.
            NotFound: There is no such execution; names the id.
        """
        execution = self._executions.get(execution_id)
        if execution.status is ExecutionStatus.CANCELED:
            return execution
        if not execution.status.may_be_cancelled:
            raise Conflict(
                f"execution {execution_id} is {execution.status}: it can be canceled until it acts"
            )
        return self._end(execution, ExecutionStatus.CANCELED, f"by {person}", person, now)

    def _current_plan(
        self, suggestion_id: SuggestionId, target: str, plan_hash: str, now: EpochMillis
    ) -> PlanReview:
        """Returns the current plan. Raises Conflict if its hash differs from `plan_hash`."""
        review = self._plans.plan(suggestion_id, target, now)
        if review.plan_hash != plan_hash:
            raise Conflict(
                f"suggestion {suggestion_id}: the plan has changed, read it again", field="planHash"
            )
        return review

    def _add_approval(
        self, requested: Execution, who: Caller, now: EpochMillis, lift: FreezeLift | None
    ) -> Execution:
        """Stores the approval of the caller, once, and returns the stored execution."""

        def attempt() -> Execution:
            self._refuse_if_rejected(requested.plan)
            before = self._find(requested.suggestion_id, requested.plan.hash)
            after = approved(before or requested, who, now, lift)
            if after == before:
                return before
            try:
                if before is None:
                    self._executions.add(after, entry_of(after))
                else:
                    self._executions.move(before, after, entry_of(after))
            except Unavailable:
                # The write may be stored although its response was lost.
                if stored := self._approved_by(who.subject, requested.suggestion_id, requested.plan.hash):
                    return stored
                raise
            known = decisions(before) if before else ()
            for decision in decisions(after):
                if decision not in known:
                    self._audit(after, decision)
            return after

        return retry_on_conflict(attempt, self._pause, what=f"execution {requested.id}")

    def _refuse_if_rejected(self, plan: Plan) -> None:
        """Raises Conflict if the suggestion was rejected after the plan was made."""
        rejection = self._executions.rejection(plan.suggestion_id)
        if rejection is not None and rejection.at != plan.rejected_at:
            raise Conflict(
                f"suggestion {plan.suggestion_id}: {rejection.person} rejected it; read the plan again",
                field="planHash",
            )

    def _end_rejected(self, execution_id: ExecutionId, rejection: Rejection) -> None:
        """Ends the execution, unless it acts already: then the guardrails read the rejection."""

        def attempt() -> None:
            execution = self._executions.get(execution_id)
            if execution.status.may_be_cancelled:
                status = ExecutionStatus.REJECTED
                self._end(execution, status, rejection.reason, rejection.person, rejection.at)

        retry_on_conflict(attempt, self._pause, what=f"execution {execution_id}")

    def _add_execution(
        self, review: PlanReview, origin: ExecutionOrigin, person: str, now: EpochMillis
    ) -> Execution:
        execution = new_execution(review.plan, origin, person, 0, now)
        try:
            self._executions.add(execution, entry_of(execution))
        except (Conflict, Unavailable):
            stored = self._find(execution.suggestion_id, execution.plan.hash)
            if stored is None:
                raise
            return stored
        (decision,) = decisions(execution)
        if origin is ExecutionOrigin.AUTOMATIC:
            decision = decision._replace(reason=review.autonomy.reason)
        self._audit(execution, decision)
        return execution

    def _with_workflow(self, execution: Execution) -> Execution:
        """Starts the workflow of an approved execution. A failed start is left to the watchdog, because the
        decision is stored."""
        if execution.status is ExecutionStatus.APPROVED:
            with suppress(CloudOpsError):
                self._workflows.start(execution.workflow, execution.id)
        return execution

    def _audit(self, execution: Execution, decision: ExecutionDecision) -> None:
        """Writes a decision to the audit trail. An entry that cannot be written within the time of a request
        is left to completion."""
        with suppress(CloudOpsError):
            append_decision(self._trail, execution, decision, attempts=MAX_ATTEMPTS)

    def _approved_by(self, subject: str, suggestion_id: SuggestionId, plan_hash: str) -> Execution | None:
        """Returns the execution of the plan if the person has approved it, or None."""
        stored = self._find(suggestion_id, plan_hash)
        return stored if stored and is_approved_by(stored, subject) else None

    def _find(self, suggestion_id: SuggestionId, plan_hash: str) -> Execution | None:
        try:
            return self._executions.get(execution_id(suggestion_id, plan_hash))
        except NotFound:
            return None

    def _end(
        self, execution: Execution, status: ExecutionStatus, reason: str, person: str, now: EpochMillis
    ) -> Execution:
        after = transition(execution, status, reason, now, actor=person)
        self._executions.move(execution, after, entry_of(after), lock=False)
        self._audit(after, decisions(after)[-1])
        return after

    def _check_suggested(self, suggestion_id: SuggestionId, incident_id: IncidentId) -> None:
        stored = self._incidents.incidents([incident_id]).get(incident_id) if incident_id else None
        if stored is None or all(one.id != suggestion_id for one in stored.suggestions):
            raise NotFound(f"suggestion {suggestion_id}: not found", field="suggestionId")


def _check_may_lift(who: Caller, reason: str) -> None:
    if who.role is not Role.ADMIN or who.kind is not CallerKind.PERSON:
        raise Forbidden("a change freeze is lifted by a person with the role admin", field="liftFreeze")
    if not reason.strip() or len(reason) > MAX_REASON:
        raise BadInput(f"reason must be 1 to {MAX_REASON} characters", field="liftFreeze.reason")


def _freeze_lift(review: PlanReview, person: str, reason: str, now: EpochMillis) -> FreezeLift:
    """Returns the lift of the freezes that hold. Raises Conflict if there is none, or if another guardrail
    denies the plan."""
    _refuse_denied(review, review.denial_without_freeze)
    if not review.freezes:
        suggestion = review.plan.suggestion_id
        raise Conflict(f"suggestion {suggestion}: no change freeze holds", field="liftFreeze")
    return FreezeLift(person=person, reason=reason.strip(), at=now, freezes=review.freezes)


def _refuse_denied(review: PlanReview, denial: str) -> None:
    if denial:
        raise Conflict(f"suggestion {review.plan.suggestion_id}: {denial}")


def _rejection_entry(rejection: Rejection, incident_id: IncidentId) -> TimelineEntry:
    action = rejection.suggestion_id.partition(".")[2]
    return TimelineEntry(
        id="tl_" + stable_id(rejection.suggestion_id, "reject", str(rejection.at)),
        incident_id=incident_id,
        at=rejection.at,
        kind=TimelineKind.EXECUTION,
        text=f"{action} was rejected: {rejection.reason}",
        actor=rejection.person,
    )
