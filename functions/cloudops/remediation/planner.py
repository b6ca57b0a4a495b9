"""Makes the plan of a suggestion: selects the target, observes it, and evaluates the guardrails."""

from collections.abc import Callable, Collection, Sequence

import msgspec

from cloudops.alerts.alert import Scope
from cloudops.alerts.environments import canonical_environment
from cloudops.catalog.declaration import Limits, Platform, Target
from cloudops.catalog.inventory import ResolvedTarget, Service, ServiceInventory
from cloudops.core.errors import Conflict, NotFound
from cloudops.core.ids import ExecutionId, SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.core.time import HOUR, EpochMillis
from cloudops.incidents.incident import Incident
from cloudops.incidents.store import IncidentStore
from cloudops.incidents.suggestion import ActionSuggestion, incident_of_suggestion
from cloudops.remediation.autonomy import AutonomyLevel, PolicyKey, PolicyStore, autonomy_level
from cloudops.remediation.change_freeze import Freeze
from cloudops.remediation.execution import Execution, ExecutionOrigin, lock_key
from cloudops.remediation.guardrails import GuardrailDecision, GuardrailInput, Verdict, cooldown, evaluate
from cloudops.remediation.kill_switch import KillSwitchState
from cloudops.remediation.plan import Plan, PlanRejected, TargetState
from cloudops.remediation.store import ExecutionStore
from cloudops.remediation.workflow import Executors


def select_target(
    service: Service, scope: Scope, platforms: Collection[Platform], wanted: str = ""
) -> ResolvedTarget:
    """Selects the service's target in the incident's scope.

    Args:
        service: The service to act on.
        scope: Account, environment and region of the incident. Empty fields match every target.
        platforms: Platforms that support the action.
        wanted: The target's text if there are several, else "".

    Raises:
        NotFound: No target is in the scope, supports the action, or has the text `wanted`.
        Conflict: Several targets match, and `wanted` is empty.
    """
    in_scope = [one for one in service.targets if _is_in(one.target, scope)]
    if not in_scope:
        raise NotFound(f"service {service.name} has no target in {scope}; declare it in the catalog")
    supported = [one for one in in_scope if one.target.platform in platforms]
    if not supported:
        names = ", ".join(sorted({one.target.platform for one in in_scope}))
        raise NotFound(f"service {service.name} runs on {names}, where this action is not supported")
    if wanted:
        supported = [one for one in supported if str(one.target) == wanted]
        if not supported:
            raise NotFound(f"target {wanted!r}: not one of {service.name}", field="target")
    if len(supported) > 1:
        choices = "; ".join(sorted(str(one.target) for one in supported))
        raise Conflict(f"service {service.name} has several targets, choose one: {choices}", field="target")
    return supported[0]


def _is_in(target: Target, scope: Scope) -> bool:
    """Returns whether the target is in the scope. An empty field of the scope matches every target."""
    environment = canonical_environment(scope.environment) if scope.environment else ""
    pairs = (
        (scope.account, target.account),
        (scope.region, target.region),
        (environment, target.environment),
    )
    return all(not scoped or scoped == own for scoped, own in pairs)


class PlanReview(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A plan with everything people need to decide on it.

    Attributes:
        plan_hash: The hash that an approval names.
        verdicts: The verdict of every guardrail.
        required_approvals: The number of people who must approve; 0 if none.
        denial: Why the plan is denied, or "".
        autonomy: How far CloudOps may act without approval.
    """

    plan: Plan
    plan_hash: str
    verdicts: tuple[Verdict, ...]
    required_approvals: int
    denial: str
    autonomy: AutonomyLevel


class Failure(msgspec.Struct, frozen=True):
    """A CloudOps error, as one Lambda function returns it to another."""

    code: str
    message: str
    field: str | None = None


class PlanResponse(msgspec.Struct, frozen=True):
    """The response of the planning function: the plan, or the error."""

    proposed: PlanReview | None = None
    failure: Failure | None = None


class Planner:
    """Makes plans, and evaluates their guardrails again before execution."""

    def __init__(
        self,
        *,
        store: IncidentStore,
        inventory: Callable[[], ServiceInventory],
        executors: Executors,
        executions: ExecutionStore,
        policies: PolicyStore,
        kill_switch: Callable[[EpochMillis], KillSwitchState],
        freezes: Sequence[Freeze] = (),
    ) -> None:
        self._store = store
        self._inventory = inventory
        self._executors = executors
        self._executions = executions
        self._policies = policies
        self._kill_switch = kill_switch
        self._freezes = freezes

    def plan(self, suggestion_id: SuggestionId, wanted: str, now: EpochMillis) -> PlanReview:
        """Makes the plan of a suggestion and evaluates its guardrails.

        Args:
            suggestion_id: The suggestion.
            wanted: The target's text if the service has several, else "".
            now: The time of the request.

        Raises:
            NotFound: The suggestion, the service or the target is not known; names it.
            Conflict: No plan is possible; says why.
        """
        suggestion, incident = self._suggestion(suggestion_id)
        if suggestion.action is Action.NOOP:
            raise Conflict(
                f"noop performs nothing: acknowledge the incident, with the reason: {suggestion.rationale}"
            )
        service = self._service(suggestion)
        platforms = {platform for platform, action in self._executors if action is suggestion.action}
        resolved = select_target(service, incident.scope, platforms, wanted)
        executor = self._executors[resolved.target.platform, suggestion.action]
        observed = executor.observe(resolved.target, now)
        draft = executor.plan(resolved.target, observed, resolved.limits)
        if isinstance(draft, PlanRejected):
            raise Conflict(f"{suggestion.action} on {resolved.target}: {draft.reason}")
        plan = Plan(
            suggestion_id=suggestion_id,
            incident_id=incident.id,
            action=suggestion.action,
            service=service.name,
            target=resolved.target,
            draft=draft,
            observed_mark=observed.mark,
            attempt=1 + self._ended_executions(suggestion),
        )
        decision = self.evaluate(plan, observed, now)
        policy = self._policies.policies().get(policy_key(plan))
        return PlanReview(
            plan=plan,
            plan_hash=plan.hash,
            verdicts=decision.verdicts,
            required_approvals=decision.required_approvals,
            denial=decision.denial,
            autonomy=autonomy_level(policy, suggestion),
        )

    def evaluate(
        self, plan: Plan, observed: TargetState, now: EpochMillis, execution_id: ExecutionId | None = None
    ) -> GuardrailDecision:
        """Evaluates the guardrails now. `execution_id` is the execution of the plan, or None before it
        exists."""
        suggestion, _ = self._suggestion(plan.suggestion_id)
        service = self._inventory().services.get(plan.service)
        limits = _limits(service, plan.target)
        ask = GuardrailInput(
            plan=plan,
            observed=observed,
            limits=limits,
            kill_switch=self._kill_switch(now),
            confidence=suggestion.confidence,
            confidence_low=suggestion.confidence_low,
            tier=service.tier if service else None,
            history=self._history(plan.target, limits, now),
            holder=self._executions.holder(lock_key(plan), now),
            freezes=self._freezes,
            execution_id=execution_id,
        )
        return evaluate(ask, now)

    def _history(self, target: Target, limits: Limits, now: EpochMillis) -> tuple[Execution, ...]:
        """Returns the executions that acted on the target within its cooldown, and on any target within an
        hour."""
        on_target = self._executions.acted_since(now - max(cooldown(limits), HOUR), target.place)
        anywhere = self._executions.acted_since(now - HOUR)
        return tuple({one.id: one for one in (*on_target, *anywhere)}.values())

    def _ended_executions(self, suggestion: ActionSuggestion) -> int:
        """Returns how many executions of the suggestion have ended."""
        executions = self._executions.of_incident(suggestion.incident_id)
        return sum(one.suggestion_id == suggestion.id and one.status.is_over for one in executions)

    def _service(self, suggestion: ActionSuggestion) -> Service:
        if not suggestion.service:
            raise NotFound(f"suggestion {suggestion.id} names no known service")
        inventory = self._inventory()
        service = inventory.services.get(inventory.canonical(suggestion.service))
        if service is None:
            raise NotFound(f"service {suggestion.service}: neither declared in the catalog nor discovered")
        return service

    def _suggestion(self, suggestion_id: SuggestionId) -> tuple[ActionSuggestion, Incident]:
        """Returns the suggestion and its incident; after a merge, the incident that it was merged into."""
        name = incident_of_suggestion(suggestion_id)
        incident = self._store.incidents([name]).get(name) if name else None
        for suggestion in incident.suggestions if incident else ():
            if suggestion.id == suggestion_id and incident is not None:
                return suggestion, incident
        raise NotFound(f"suggestion {suggestion_id}: not found", field="suggestionId")


def policy_key(plan: Plan) -> PolicyKey:
    """Returns the key of the autonomy policy that applies to the plan."""
    return PolicyKey(plan.service, plan.action, plan.target.environment)


def _limits(service: Service | None, target: Target) -> Limits:
    """Returns the current limits, because the catalog may have changed since the plan was made. A target that
    left the catalog gets the strictest: no action."""
    for one in service.targets if service else ():
        if one.target.place == target.place:
            return one.limits
    return Limits(max_step=0, max_count=0, actions=(Action.NOOP,))


class PreExecutionCheck:
    """Evaluates the guardrails again, immediately before an execution acts."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner

    def check(self, execution: Execution, observed: TargetState, now: EpochMillis) -> str:
        """Returns why the execution may not act, or ""."""
        decision = self._planner.evaluate(execution.plan, observed, now, execution.id)
        if decision.denial:
            return decision.denial
        approvals_given = 1 if execution.origin is ExecutionOrigin.AUTOMATIC else len(execution.approvals)
        if decision.required_approvals > approvals_given:
            return f"{decision.required_approvals} approvals are required now, {approvals_given} given"
        return ""
