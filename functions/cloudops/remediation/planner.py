"""Makes the plan of a suggestion: selects the target, observes it, and evaluates the guardrails."""

from collections.abc import Callable, Collection

import msgspec

from cloudops.alerts.alert import Scope
from cloudops.alerts.environments import canonical_environment
from cloudops.catalog.declaration import Platform, Target
from cloudops.catalog.inventory import ResolvedTarget, Service, ServiceInventory
from cloudops.core.errors import Conflict, NotFound
from cloudops.core.ids import SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.core.time import EpochMillis
from cloudops.incidents.suggestion import ActionSuggestion
from cloudops.remediation.autonomy import AutonomyLevel
from cloudops.remediation.checks import GuardrailReader
from cloudops.remediation.guardrails import Guardrail, GuardrailDecision, Verdict, autonomy_now, evaluate
from cloudops.remediation.plan import Plan, PlanRejected
from cloudops.remediation.store import ExecutionStore
from cloudops.remediation.version_history import remembered_since, version_history
from cloudops.remediation.versions import VersionHistory
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
        freezes: The titles of the change freezes that hold, which an admin may lift for this plan.
        autonomy: How far CloudOps may act without approval.
    """

    plan: Plan
    plan_hash: str
    verdicts: tuple[Verdict, ...]
    required_approvals: int
    denial: str
    autonomy: AutonomyLevel
    freezes: tuple[str, ...] = ()

    @property
    def denial_without_freeze(self) -> str:
        """Why the plan is denied, change freezes aside, or ""."""
        others = (one for one in self.verdicts if one.guardrail is not Guardrail.CHANGE_FREEZE)
        return GuardrailDecision(tuple(others)).denial


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
    """Makes plans."""

    def __init__(
        self,
        *,
        inventory: Callable[[], ServiceInventory],
        executors: Executors,
        executions: ExecutionStore,
        guardrails: GuardrailReader,
    ) -> None:
        self._inventory = inventory
        self._executors = executors
        self._executions = executions
        self._guardrails = guardrails

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
        suggestion, incident = self._guardrails.suggestion(suggestion_id)
        rejected_at = self._guardrails.rejected_at(suggestion_id)
        if suggestion.action is Action.NOOP:
            raise Conflict(
                f"noop performs nothing: acknowledge the incident, with the reason: {suggestion.rationale}"
            )
        service = self._service(suggestion)
        platforms = {platform for platform, action in self._executors if action is suggestion.action}
        resolved = select_target(service, incident.scope, platforms, wanted)
        executor = self._executors[resolved.target.platform, suggestion.action]
        observed = executor.observe(resolved.target, now)
        history = self._version_history(resolved, now)
        draft = executor.plan(resolved.target, observed, resolved.limits, history)
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
            rejected_at=rejected_at,
        )
        context = self._guardrails.read(plan, observed, now)
        decision = evaluate(context, now)
        return PlanReview(
            plan=plan,
            plan_hash=plan.hash,
            verdicts=decision.verdicts,
            required_approvals=decision.required_approvals,
            denial=decision.denial,
            autonomy=autonomy_now(context),
            freezes=tuple(one.title for one in context.freezes),
        )

    def _version_history(self, resolved: ResolvedTarget, now: EpochMillis) -> VersionHistory:
        """Returns what executions say about the versions of the target, for as long as the catalog wants."""
        since = remembered_since(resolved.limits, now)
        return version_history(self._executions.acted_since(since, resolved.target.place))

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
