"""Reads what the guardrails judge, and evaluates them: for a plan, before an action, and before a rollback.

Rejection, kill switch, silences and policies are read from the table by consistent reads, and nothing is
cached, so that a veto holds for the next call.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from cloudops.alerts.environments import canonical_environment
from cloudops.catalog.declaration import Limits, Target
from cloudops.catalog.inventory import ResolvedTarget, Service, ServiceInventory
from cloudops.confidence.posterior import Levels
from cloudops.core.errors import NotFound
from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.core.time import HOUR, EpochMillis
from cloudops.incidents.incident import Incident, IncidentAlert, IncidentStatus
from cloudops.incidents.queries import IncidentQueries
from cloudops.incidents.store import IncidentStore
from cloudops.incidents.suggestion import ActionSuggestion, incident_of_suggestion
from cloudops.remediation.alert_naming import is_named_by_alert
from cloudops.remediation.autonomy import (
    Autonomy,
    AutonomyLevel,
    Policy,
    PolicyKey,
    PolicyStore,
    autonomy_level,
    earned_confidence,
    granted_level,
)
from cloudops.remediation.change_freeze import ChangeFreezes
from cloudops.remediation.execution import (
    Execution,
    ExecutionOrigin,
    FreezeLift,
    approvers,
    execution_id,
    lock_key,
)
from cloudops.remediation.guardrails import (
    GuardrailInput,
    VetoInput,
    cooldown,
    evaluate,
    evaluate_vetoes,
)
from cloudops.remediation.incident_silence import covering_silence
from cloudops.remediation.kill_switch import KillSwitchState
from cloudops.remediation.plan import Plan, TargetState
from cloudops.remediation.store import ExecutionStore
from cloudops.silences.silence import Silence

ALL_ALERTS: Final = 1_000_000
"""More alerts than an incident can have: they are read as one page."""


class GuardrailReader:
    """Reads the input of the guardrails, as it is now."""

    def __init__(
        self,
        *,
        store: IncidentStore,
        inventory: Callable[[], ServiceInventory],
        executions: ExecutionStore,
        policies: PolicyStore,
        kill_switch: Callable[[EpochMillis], KillSwitchState],
        silences: Callable[[], Sequence[Silence]],
        freezes: ChangeFreezes,
        levels: Callable[[], Levels],
    ) -> None:
        self._store = store
        self._inventory = inventory
        self._executions = executions
        self._policies = policies
        self._kill_switch = kill_switch
        self._silences = silences
        self._freezes = freezes
        self._levels = levels

    def suggestion(self, suggestion_id: SuggestionId) -> tuple[ActionSuggestion, Incident]:
        """Returns the suggestion and its incident; raises NotFound, which names the suggestion."""
        name = incident_of_suggestion(suggestion_id)
        incident = self._store.incidents([name]).get(name) if name else None
        for suggestion in incident.suggestions if incident else ():
            if suggestion.id == suggestion_id and incident is not None:
                return suggestion, incident
        raise NotFound(f"suggestion {suggestion_id}: not found", field="suggestionId")

    def rejected_at(self, suggestion_id: SuggestionId) -> EpochMillis | None:
        """Returns when the suggestion was last rejected, or None."""
        rejection = self._executions.rejection(suggestion_id)
        return None if rejection is None else rejection.at

    def read(
        self, plan: Plan, observed: TargetState, now: EpochMillis, execution: Execution | None = None
    ) -> GuardrailInput:
        """Returns the input of all guardrails. `execution` is the execution of the plan, or None before it
        exists.

        Raises:
            NotFound: The suggestion is gone.
            Unavailable: Something could not be read: then nothing may act.
        """
        suggestion, incident = self.suggestion(plan.suggestion_id)
        inventory = self._inventory()
        service = inventory.services.get(plan.service)
        resolved = _resolved(service, plan.target)
        limits = resolved.limits if resolved else NO_ACTION
        alerts = self._alerts(plan.incident_id)
        vetoes = self._vetoes(plan, alerts, now, execution)
        environment = canonical_environment(plan.target.environment)
        earned = autonomy_level(
            self._policy(plan), earned_confidence(self._levels(), suggestion, environment)
        )
        limited = _limited(
            earned,
            incident,
            is_declared=resolved is not None and resolved.declared,
            is_named=is_named_by_alert(alerts, plan, inventory.canonical),
        )
        return GuardrailInput(
            plan=plan,
            execution=execution,
            kill_switch=vetoes.kill_switch,
            rejection=vetoes.rejection,
            freezes=vetoes.freezes,
            freeze_lift=vetoes.freeze_lift,
            silence=vetoes.silence,
            autonomy=limited,
            observed=observed,
            limits=limits,
            confidence=suggestion.confidence,
            confidence_low=suggestion.confidence_low,
            tier=service.tier if service else None,
            history=self._history(plan.target, limits, now),
            holder=self._executions.holder(lock_key(plan), now),
        )

    def read_vetoes(self, plan: Plan, now: EpochMillis, execution: Execution | None) -> VetoInput:
        """Returns the input of the guardrails that also stop a rollback.

        Its autonomy is what the policy grants, whatever evidence there is now: a rollback needs no new proof
        that the action helps.
        """
        return self._vetoes(plan, self._alerts(plan.incident_id), now, execution)

    def _vetoes(
        self, plan: Plan, alerts: Sequence[IncidentAlert], now: EpochMillis, execution: Execution | None
    ) -> VetoInput:
        return VetoInput(
            plan=plan,
            execution=execution,
            kill_switch=self._kill_switch(now),
            rejection=self._executions.rejection(plan.suggestion_id),
            freezes=self._freezes.holding(plan.service, plan.target.environment, now),
            freeze_lift=execution.freeze_lift if execution else self._stored_lift(plan),
            silence=covering_silence(alerts, self._silences(), now),
            autonomy=granted_level(self._policy(plan)),
        )

    def _stored_lift(self, plan: Plan) -> FreezeLift | None:
        """Returns the lift that an admin gave with the first of two approvals of the plan, or None."""
        with suppress(NotFound):
            return self._executions.get(execution_id(plan.suggestion_id, plan.hash)).freeze_lift
        return None

    def _policy(self, plan: Plan) -> Policy | None:
        return self._policies.policies().get(policy_key(plan))

    def _alerts(self, incident_id: IncidentId) -> Sequence[IncidentAlert]:
        """Returns the alerts of the incident; after a merge, those of the incident it was merged into."""
        return [
            alert
            for incident in IncidentQueries(self._store).standing([incident_id])
            for alert in self._store.detail(incident.id, None, ALL_ALERTS).alerts
        ]

    def _history(self, target: Target, limits: Limits, now: EpochMillis) -> tuple[Execution, ...]:
        """Returns the executions that acted on the target within its cooldown, and on any target within an
        hour."""
        on_target = self._executions.acted_since(now - max(cooldown(limits), HOUR), target.place)
        anywhere = self._executions.acted_since(now - HOUR)
        return tuple({one.id: one for one in (*on_target, *anywhere)}.values())


class ExecutionChecks:
    """Evaluates the guardrails of an execution immediately before a call that changes its target."""

    def __init__(self, reader: GuardrailReader) -> None:
        self._reader = reader

    def before_action(self, execution: Execution, observed: TargetState, now: EpochMillis) -> str:
        """Returns why the execution may not act, or ""."""
        decision = evaluate(self._reader.read(execution.plan, observed, now, execution), now)
        if decision.denial:
            return decision.denial
        approved_by = len(approvers(execution.approvals))
        approvals_given = 1 if execution.origin is ExecutionOrigin.AUTOMATIC else approved_by
        if decision.required_approvals > approvals_given:
            return f"approvals required now: {decision.required_approvals}, given: {approvals_given}"
        return ""

    def before_rollback(self, execution: Execution, now: EpochMillis) -> str:
        """Returns why the execution may not roll back, or "". A rollback needs no further approval."""
        return evaluate_vetoes(self._reader.read_vetoes(execution.plan, now, execution)).denial


def policy_key(plan: Plan) -> PolicyKey:
    """Returns the key of the autonomy policy that applies to the plan."""
    return PolicyKey(plan.service, plan.action, canonical_environment(plan.target.environment))


NO_ACTION: Final = Limits(max_step=0, max_count=0, actions=(Action.NOOP,))
"""The limits of a target that left the catalog since the plan was made: the strictest."""


def _resolved(service: Service | None, target: Target) -> ResolvedTarget | None:
    """Returns the target as the catalog has it now, or None if it left the catalog."""
    found = (one for one in service.targets if one.target.place == target.place) if service else ()
    return next(iter(found), None)


def _limited(
    earned: AutonomyLevel, incident: Incident, *, is_declared: bool, is_named: bool
) -> AutonomyLevel:
    """Returns the earned level, lowered to `APPROVE` if a person works on the incident, or if it is not
    certain that the target is the one that fails."""
    if earned.autonomy is not Autonomy.AUTOMATIC:
        return earned
    if incident.status is IncidentStatus.ACKNOWLEDGED:
        return AutonomyLevel(Autonomy.APPROVE, f"{incident.acknowledged_by} acknowledged the incident")
    if not is_declared:
        reason = "the target was found by its tags or its name; declare it in the catalog"
        return AutonomyLevel(Autonomy.APPROVE, reason)
    if not is_named:
        reason = "no firing alert itself names the service, the account and the environment of the target"
        return AutonomyLevel(Autonomy.APPROVE, reason)
    return earned
