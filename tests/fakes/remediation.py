"""Remediation in memory: the real use cases, from plan to completion, over fakes; the test drives the
workflow."""

from collections.abc import Callable
from typing import Any

from cloudops.audit.trail import AuditTrail
from cloudops.catalog.declaration import Catalog, Limits, Platform, ServiceDeclaration, Target
from cloudops.catalog.inventory import ServiceInventory
from cloudops.confidence.observations import Cell, Counts, WeightedSums
from cloudops.confidence.posterior import Levels, aggregate
from cloudops.core.ids import stable_id
from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import MINUTE, SECOND
from cloudops.correlation.state import AlertState, IncidentState, Resolution, StateBasis, empty_state
from cloudops.identity.access import Caller
from cloudops.incidents.incident import Incident, IncidentAlert, IncidentStatus, TimelineEntry
from cloudops.incidents.lifecycle import resolve
from cloudops.incidents.queries import IncidentQueries
from cloudops.incidents.store import Commit
from cloudops.incidents.suggestion import ActionSuggestion, suggestion_id
from cloudops.learning.outcome_reporting import ReportOutcome
from cloudops.remediation.approvals import ApprovalService, Plans
from cloudops.remediation.autonomy import Autonomy, Policy
from cloudops.remediation.change_freeze import ChangeFreezes, Freeze
from cloudops.remediation.checks import ExecutionChecks, GuardrailReader, policy_key
from cloudops.remediation.completion import ExecutionCompletion
from cloudops.remediation.execution import Execution
from cloudops.remediation.kill_switch import KillSwitchState
from cloudops.remediation.planner import Planner, PlanReview
from cloudops.remediation.watchdog import ExecutionWatchdog
from cloudops.remediation.workflow import ExecutionWorkflow, WorkflowStep
from cloudops.silences.silence import Silence
from tests.fakes.audit_trail import MemoryAuditStore
from tests.fakes.execution import MemoryExecutionStore, MemoryPolicyStore, MemoryWorkflows
from tests.fakes.executor import FakeExecutor
from tests.fakes.incident_factory import NOON, SCOPE, an_alert, an_incident, incident_named
from tests.fakes.people import signed_in
from tests.fakes.store import MemoryIncidentStore

CHECKOUT = Target(
    platform=Platform.ECS,
    name="checkout",
    account=SCOPE.account,
    region=SCOPE.region,
    environment=SCOPE.environment,
    cluster="shop",
)
INCIDENT = incident_named("checkout")
SUGGESTION = suggestion_id(INCIDENT, Action.SCALE_SERVICE)
ALERTS = ("latency", "errors")
"""Names of the alerts that fire; their fingerprints are `stable_id` of them."""
OPERATOR = signed_in("Ada")


class Remediation:
    """An open incident of checkout with two firing alerts and a suggestion to scale."""

    def __init__(
        self, *, limits: Limits | None = None, tier: int | None = None, environment: str = "prod"
    ) -> None:
        self.now = NOON + MINUTE
        self.incidents = MemoryIncidentStore()
        self.timeline: list[TimelineEntry] = []
        self.executions = MemoryExecutionStore(self.timeline.append)
        self.policies = MemoryPolicyStore()
        self.workflows = MemoryWorkflows()
        self.audit_store = MemoryAuditStore()
        self.trail = AuditTrail(self.audit_store, lambda _: None)
        self.executor = FakeExecutor()
        self.alerts = {stable_id(name): AlertState(True, NOON, NOON, "checkout") for name in ALERTS}
        self.unrecorded = 0
        self.levels = _levels_in(environment)
        self.switch = KillSwitchState(stopped=False, by="", at=0, reason="")
        self.scope = type(SCOPE)(SCOPE.account, environment, SCOPE.region)
        target = _in(CHECKOUT, environment)
        declared = ServiceDeclaration(tier=tier, limits=limits or Limits(), targets=(target,))
        self.inventory = ServiceInventory(Catalog({"checkout": declared}))
        executors = {(Platform.ECS, Action.SCALE_SERVICE): self.executor}
        self.silences: list[Silence] = []
        self.freezes: list[Freeze] = []
        self.guardrails = GuardrailReader(
            store=self.incidents,
            inventory=lambda: self.inventory,
            executions=self.executions,
            policies=self.policies,
            kill_switch=lambda _: self.switch,
            silences=lambda: self.silences,
            freezes=ChangeFreezes(self.freezes, lambda: self.inventory),
            levels=lambda: self.levels,
        )
        self.planner = Planner(
            inventory=lambda: self.inventory,
            executors=executors,
            executions=self.executions,
            guardrails=self.guardrails,
        )
        self.approvals = self.approvals_by(self.planner)
        outcome = ReportOutcome(self.incidents, self.incidents.learning)
        self.completion = ExecutionCompletion(
            outcome, self.policies, self.trail, lambda _: None, self._count_unrecorded
        )
        incidents = IncidentQueries(self.incidents)
        self.workflow = ExecutionWorkflow(
            self.executions,
            incidents,
            executors,
            ExecutionChecks(self.guardrails),
            self.completion,
        )
        self.watchdog = ExecutionWatchdog(
            self.incidents, self.executions, self.policies, self.workflows, self.approvals
        )
        self.put_incident()

    def _count_unrecorded(self) -> None:
        self.unrecorded += 1

    def automatic_policy(self) -> Policy:
        """Returns a policy that lets the suggested action start by itself; it is not stored."""
        return Policy(
            key=policy_key(self.plan().plan),
            ceiling=Autonomy.AUTOMATIC,
            min_confidence=0.7,
            min_outcomes=10,
            updated_by="Linus",
            updated_at=self.now,
        )

    def allow_automatic(self) -> Policy:
        """Stores and returns the automatic policy."""
        policy = self.automatic_policy()
        self.policies.keep_policy(policy)
        return policy

    def approvals_by(self, plans: Plans) -> ApprovalService:
        return ApprovalService(
            plans=plans,
            incidents=self.incidents,
            executions=self.executions,
            workflows=self.workflows,
            trail=self.trail,
            pause=lambda _: None,
        )

    def named(self, title: str, **fields: Any) -> IncidentAlert:
        """Returns a firing alert that names the service, the account and the environment itself."""
        known: dict[str, Any] = {
            "service": "checkout",
            "service_reason": "tag service",
            "account": CHECKOUT.account,
            "environment": self.scope.environment,
        }
        return an_alert(title, **known | fields)

    def put_incident(self, alerts: tuple[IncidentAlert, ...] | None = None, **fields: object) -> Incident:
        """Stores the incident with the state of its alerts, and with `alerts`; without them, with two that
        name their place."""
        if alerts is None:
            alerts = tuple(self.named(name) for name in ALERTS)
        suggestion = ActionSuggestion(
            id=SUGGESTION,
            incident_id=INCIDENT,
            action=Action.SCALE_SERVICE,
            symptom=Symptom.LATENCY,
            confidence=0.8,
            confidence_low=0.7,
            outcomes=12,
            service="checkout",
        )
        incident = an_incident(
            "checkout",
            **{
                "scope": self.scope,
                "suggestions": (suggestion,),
                "firing_count": sum(one.firing for one in self.alerts.values()),
                **fields,
            },
        )
        state = empty_state(self.scope)
        state.incidents.append(
            IncidentState(incident.id, NOON, self.now, alerts=dict(self.alerts), firing=incident.firing_count)
        )
        version = self.incidents.load_scope(self.scope).version
        commit = Commit(
            scope=self.scope,
            expected_version=version,
            state=state,
            batch_id=f"b{version}",
            incidents=(incident,),
            alerts={incident.id: alerts},
        )
        self.incidents.commit(commit)
        return incident

    def change_alert(self, name: str, *, firing: bool = False, basis: StateBasis = StateBasis.SOURCE) -> None:
        """Changes the state of an alert now; the incident stays as it is."""
        self.alerts[stable_id(name)] = AlertState(firing, self.now, NOON, "checkout", basis=basis)
        self.put_incident()

    def resolve_alerts(self) -> None:
        """Resolves the alerts of the incident by their source's word, once."""
        if not any(one.firing for one in self.alerts.values()):
            return
        self.alerts = dict.fromkeys(self.alerts, AlertState(False, self.now, NOON, "checkout"))
        self.put_incident(
            status=IncidentStatus.RESOLVED, resolved_at=self.now, resolution=Resolution.BY_SOURCE
        )

    def resolve_by_person(self, person: Caller = OPERATOR) -> None:
        """Resolves the incident as `POST /api/incidents/{id}/resolve` does, once."""
        incident = self.incidents.incidents([INCIDENT])[INCIDENT]
        if not incident.status.is_live:
            return
        stored = self.incidents.load_scope(self.scope)
        state, resolved, entry = resolve(stored.state, incident, person, self.now)
        self.alerts = dict(state.incidents[0].alerts)
        self.incidents.commit(
            Commit(
                scope=self.scope,
                expected_version=stored.version,
                state=state,
                batch_id=f"b{stored.version}",
                incidents=(resolved,),
                timeline=(entry,),
            )
        )

    def plan(self) -> PlanReview:
        return self.planner.plan(SUGGESTION, "", self.now)

    def approve(self, who: Caller = OPERATOR) -> Execution:
        return self.approvals.approve(SUGGESTION, "", self.plan().plan_hash, who, self.now)

    def entries(self, target: str) -> list[tuple[str, str]]:
        """Returns actor and action of a target's entries in the audit trail, in order."""
        return [(one.actor, one.action) for one in self.audit_store.stored if one.target == target]

    def run(
        self,
        execution: Execution,
        before_step: Callable[[WorkflowStep], None] = lambda _: None,
        first: WorkflowStep = WorkflowStep.BEGIN,
    ) -> Execution:
        """Runs the workflow from a step to its end; calls `before_step` before each step."""
        step = first
        while step is not WorkflowStep.END:
            before_step(step)
            next_step = self.workflow.advance(execution.id, step, self.now)
            self.now += next_step.seconds * SECOND
            step = next_step.step
        return self.executions.get(execution.id)


def _levels_in(environment: str) -> Levels:
    """Returns levels by which the suggestion has earned its confidence and outcomes in the environment."""
    helpful = Counts(
        votes=WeightedSums(40, 40, 40.0, 40.0, 40.0, 20.0),
        outcomes=WeightedSums(12, 12, 12.0, 12.0, 12.0, 6.0),
    )
    cell = Cell(
        symptom=Symptom.LATENCY,
        action=Action.SCALE_SERVICE,
        service="checkout",
        environment=environment,
        tally=helpful,
    )
    return aggregate([cell])


def _in(target: Target, environment: str) -> Target:
    return Target(
        platform=target.platform,
        name=target.name,
        account=target.account,
        region=target.region,
        environment=environment,
        cluster=target.cluster,
    )
