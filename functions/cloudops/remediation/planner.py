"""Makes the plan of a suggestion: what exactly would be done to what, and what the guardrails say of it."""

from collections.abc import Callable, Collection, Sequence
from typing import Final

import msgspec

from cloudops.alerts.alert import Scope
from cloudops.alerts.environments import canonical_environment
from cloudops.catalog.declaration import Limits, Platform, Target
from cloudops.catalog.inventory import ResolvedTarget, Service, ServiceInventory
from cloudops.core.errors import Conflict, NotFound
from cloudops.core.ids import ExecutionId, SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.core.time import DAY, EpochMillis
from cloudops.incidents.incident import Incident
from cloudops.incidents.store import IncidentStore
from cloudops.incidents.suggestion import ActionSuggestion, incident_of_suggestion
from cloudops.remediation.autonomy import AutonomyLevel, PolicyKey, PolicyStore, level
from cloudops.remediation.change_freeze import Freeze
from cloudops.remediation.execution import Execution, ExecutionOrigin, lock_key
from cloudops.remediation.guardrails import GuardrailDecision, GuardrailInput, Verdict, evaluate
from cloudops.remediation.kill_switch import KillSwitchState
from cloudops.remediation.plan import Plan, PlanRejected, TargetState
from cloudops.remediation.store import ExecutionStore
from cloudops.remediation.workflow import Executors


def select_target(
    service: Service, scope: Scope, able: Collection[Platform], wanted: str = ""
) -> ResolvedTarget:
    """The service's one target where the incident is, on a platform that has the action; `wanted` is its text
    where there are several. NotFound where there is none, Conflict where somebody has to choose."""
    here = [one for one in service.targets if _is_in(one.target, scope)]
    if not here:
        raise NotFound(f"service {service.name} has no target in {scope}; declare it in the catalog")
    apt = [one for one in here if one.target.platform in able]
    if not apt:
        platforms = ", ".join(sorted({one.target.platform for one in here}))
        raise NotFound(f"service {service.name} runs on {platforms}, where this action is not known")
    if wanted:
        apt = [one for one in apt if str(one.target) == wanted]
        if not apt:
            raise NotFound(f"target {wanted!r}: not one of {service.name}", field="target")
    if len(apt) > 1:
        choices = "; ".join(sorted(str(one.target) for one in apt))
        raise Conflict(f"service {service.name} has several targets, choose one: {choices}", field="target")
    return apt[0]


def _is_in(target: Target, scope: Scope) -> bool:
    """What the alert did not tell restricts nothing."""
    environment = canonical_environment(scope.environment) if scope.environment else ""
    pairs = (
        (scope.account, target.account),
        (scope.region, target.region),
        (environment, target.environment),
    )
    return all(not told or told == known for told, known in pairs)


class PlanReview(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A plan as people decide on it. `people` have to approve; `denial` is why it may not be done at all, or
    empty; `autonomy` is how far the agent may go by itself."""

    plan: Plan
    plan_hash: str
    verdicts: tuple[Verdict, ...]
    required_approvals: int
    denial: str
    autonomy: AutonomyLevel


class Failure(msgspec.Struct, frozen=True):
    """An error of ours on its way between functions."""

    code: str
    message: str
    field: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """The plan, or why there is none."""

    proposed: PlanReview | None = None
    failure: Failure | None = None


LOOK_BACK: Final = DAY
"""Milliseconds of history that guardrails see: longer than any cooldown that helps."""


class Planner:
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
        self._estate = inventory
        self._executors = executors
        self._executions = executions
        self._policies = policies
        self._kill_switch = kill_switch
        self._freezes = freezes

    def plan(self, suggestion_id: SuggestionId, wanted: str, now: EpochMillis) -> PlanReview:
        """NotFound names the suggestion, the service or the target; Conflict says why there is no plan."""
        offer, incident = self._offer(suggestion_id)
        if offer.action is Action.NOOP:
            raise Conflict(
                f"nothing would be done: acknowledge the incident, with the reason: {offer.rationale}"
            )
        service = self._service(offer)
        able = {platform for platform, action in self._executors if action is offer.action}
        placed = select_target(service, incident.scope, able, wanted)
        executor = self._executors[placed.target.platform, offer.action]
        observed = executor.observe(placed.target, now)
        draft = executor.plan(placed.target, observed, placed.limits)
        if isinstance(draft, PlanRejected):
            raise Conflict(f"{offer.action} on {placed.target}: {draft.reason}")
        plan = Plan(
            suggestion_id=suggestion_id,
            incident_id=incident.id,
            action=offer.action,
            service=service.name,
            target=placed.target,
            draft=draft,
            observed_mark=observed.mark,
            attempt=1 + self._carried_out(offer),
        )
        judged = self.judged(plan, observed, now)
        policy = self._policies.policies().get(policy_key(plan))
        return PlanReview(
            plan=plan,
            plan_hash=plan.hash,
            verdicts=judged.verdicts,
            required_approvals=judged.required_approvals,
            denial=judged.denial,
            autonomy=level(policy, offer),
        )

    def judged(
        self, plan: Plan, observed: TargetState, now: EpochMillis, execution_id: ExecutionId | None = None
    ) -> GuardrailDecision:
        """What the guardrails say now; `execution_id` is the execution that asks, once there is one."""
        offer, _ = self._offer(plan.suggestion_id)
        service = self._estate().services.get(plan.service)
        ask = GuardrailInput(
            plan=plan,
            observed=observed,
            limits=_limits(service, plan.target),
            kill_switch=self._kill_switch(now),
            confidence=offer.confidence,
            confidence_low=offer.confidence_low,
            tier=service.tier if service else None,
            history=self._executions.since(now - LOOK_BACK),
            holder=self._executions.holder(lock_key(plan), now),
            freezes=self._freezes,
            execution_id=execution_id,
        )
        return evaluate(ask, now)

    def _carried_out(self, offer: ActionSuggestion) -> int:
        """How often this suggestion came to an end."""
        before = self._executions.of_incident(offer.incident_id)
        return sum(one.suggestion_id == offer.id and one.status.is_over for one in before)

    def _service(self, offer: ActionSuggestion) -> Service:
        if not offer.service:
            raise NotFound(f"suggestion {offer.id} is for no service that is known")
        inventory = self._estate()
        service = inventory.services.get(inventory.canonical(offer.service))
        if service is None:
            raise NotFound(f"service {offer.service}: not in the catalog, and not discovered")
        return service

    def _offer(self, suggestion_id: SuggestionId) -> tuple[ActionSuggestion, Incident]:
        """The suggestion, and the incident that stands for its own now."""
        name = incident_of_suggestion(suggestion_id)
        incident = self._store.incidents([name]).get(name) if name else None
        for offer in incident.suggestions if incident else ():
            if offer.id == suggestion_id and incident is not None:
                return offer, incident
        raise NotFound(f"suggestion {suggestion_id}: not found", field="suggestionId")


def policy_key(plan: Plan) -> PolicyKey:
    return PolicyKey(plan.service, plan.action, plan.target.environment)


def _limits(service: Service | None, target: Target) -> Limits:
    """As they are now: the catalog may have changed since the plan was made. A target that left the
    catalog keeps the strictest: nothing."""
    for one in service.targets if service else ():
        if one.target.place == target.place:
            return one.limits
    return Limits(max_step=0, max_count=0, actions=(Action.NOOP,))


class PreExecutionCheck:
    def __init__(self, planning: Planner) -> None:
        self._planning = planning

    def check(self, execution: Execution, observed: TargetState, now: EpochMillis) -> str:
        """Why it may not go on, or ""."""
        judged = self._planning.judged(execution.plan, observed, now, execution.id)
        if judged.denial:
            return judged.denial
        given = 1 if execution.origin is ExecutionOrigin.AUTOMATIC else len(execution.approvals)
        if judged.required_approvals > given:
            return f"{judged.required_approvals} people have to approve it now, {given} did"
        return ""
