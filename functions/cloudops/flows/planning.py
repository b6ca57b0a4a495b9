"""Makes the plan of a suggestion: what exactly would be done to what, and what the guardrails say of it."""

from collections.abc import Callable, Sequence
from typing import Final

from cloudops.domain.alert import Instant
from cloudops.domain.automation import KillSwitch
from cloudops.domain.autonomy import PolicyKey, level
from cloudops.domain.catalogue import Limits, Target
from cloudops.domain.errors import Conflict, NotFound
from cloudops.domain.estate import Estate, Service
from cloudops.domain.execution import lock_of
from cloudops.domain.freeze import Freeze
from cloudops.domain.guardrails import HOUR, Ask, judge
from cloudops.domain.incident import Incident
from cloudops.domain.ports import IncidentStore
from cloudops.domain.proposed import Proposed
from cloudops.domain.remediation import Observed, Plan, Refusal
from cloudops.domain.remediation_ports import ExecutionStore, PolicyStore
from cloudops.domain.suggestion import Action, ActionSuggestion, incident_of_suggestion
from cloudops.domain.targets import target_of
from cloudops.domain.verdicts import Judged
from cloudops.flows.remediate import Executors

LOOK_BACK: Final = 24 * HOUR
"""Milliseconds of history that guardrails see: longer than any cooldown that helps."""


class Planning:
    def __init__(
        self,
        *,
        store: IncidentStore,
        estate: Callable[[], Estate],
        executors: Executors,
        executions: ExecutionStore,
        policies: PolicyStore,
        kill_switch: Callable[[Instant], KillSwitch],
        freezes: Sequence[Freeze] = (),
    ) -> None:
        self._store = store
        self._estate = estate
        self._executors = executors
        self._executions = executions
        self._policies = policies
        self._kill_switch = kill_switch
        self._freezes = freezes

    def __call__(self, suggestion: str, wanted: str, now: Instant) -> Proposed:
        """NotFound names the suggestion, the service or the target; Conflict says why there is no plan."""
        offer, incident = self._offer(suggestion)
        if offer.action is Action.NOOP:
            raise Conflict(
                f"nothing would be done: acknowledge the incident, with the reason: {offer.rationale}"
            )
        service = self._service(offer)
        able = {platform for platform, action in self._executors if action is offer.action}
        placed = target_of(service, incident.scope, able, wanted)
        executor = self._executors[placed.target.platform, offer.action]
        observed = executor.observe(placed.target, now)
        draft = executor.plan(placed.target, observed, placed.limits)
        if isinstance(draft, Refusal):
            raise Conflict(f"{offer.action} on {placed.target}: {draft.reason}")
        plan = Plan(
            suggestion_id=suggestion,
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
        return Proposed(
            plan=plan,
            plan_hash=plan.hash,
            verdicts=judged.verdicts,
            people=judged.people,
            denial=judged.denial,
            autonomy=level(policy, offer),
        )

    def judged(self, plan: Plan, observed: Observed, now: Instant, execution_id: str = "") -> Judged:
        """What the guardrails say now; `execution_id` is the execution that asks, once there is one."""
        offer, _ = self._offer(plan.suggestion_id)
        service = self._estate().services.get(plan.service)
        ask = Ask(
            plan=plan,
            observed=observed,
            limits=_limits(service, plan.target),
            kill_switch=self._kill_switch(now),
            confidence=offer.confidence,
            confidence_low=offer.confidence_low,
            tier=service.tier if service else None,
            history=self._executions.since(now - LOOK_BACK),
            holder=self._executions.holder(lock_of(plan), now),
            freezes=self._freezes,
            execution_id=execution_id,
        )
        return judge(ask, now)

    def _carried_out(self, offer: ActionSuggestion) -> int:
        """How often this suggestion came to an end."""
        before = self._executions.of_incident(offer.incident_id)
        return sum(one.suggestion_id == offer.id and one.status.is_over for one in before)

    def _service(self, offer: ActionSuggestion) -> Service:
        if not offer.service:
            raise NotFound(f"suggestion {offer.id} is for no service that is known")
        estate = self._estate()
        service = estate.services.get(estate.canonical(offer.service))
        if service is None:
            raise NotFound(f"service {offer.service}: not in the catalogue, and not discovered")
        return service

    def _offer(self, suggestion: str) -> tuple[ActionSuggestion, Incident]:
        """The suggestion, and the incident that stands for its own now."""
        name = incident_of_suggestion(suggestion)
        incident = self._store.incidents([name]).get(name) if name else None
        for offer in incident.suggestions if incident else ():
            if offer.id == suggestion and incident is not None:
                return offer, incident
        raise NotFound(f"suggestion {suggestion}: not found", field="suggestionId")


def policy_key(plan: Plan) -> PolicyKey:
    return PolicyKey(plan.service, plan.action, plan.target.environment)


def _limits(service: Service | None, target: Target) -> Limits:
    """As they are now: the catalogue may have changed since the plan was made. A target that left the
    catalogue keeps the strictest: nothing."""
    for one in service.targets if service else ():
        if one.target.place == target.place:
            return one.limits
    return Limits(max_step=0, max_count=0, actions=(Action.NOOP,))
