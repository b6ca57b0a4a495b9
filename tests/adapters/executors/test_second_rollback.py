"""Rollbacks of one workload, one after the other: plans, approvals and executions on a Kubernetes API."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from msgspec.structs import replace

from cloudops.adapters.executors.eks_rollback import EksRollback
from cloudops.catalog.declaration import Catalog, Limits, Platform, ServiceDeclaration
from cloudops.catalog.inventory import ServiceInventory
from cloudops.core.errors import Conflict
from cloudops.core.taxonomy import Action, Symptom
from cloudops.core.time import DAY, HOUR
from cloudops.incidents.queries import IncidentQueries
from cloudops.incidents.suggestion import ActionSuggestion, suggestion_id
from cloudops.remediation.checks import ExecutionChecks
from cloudops.remediation.execution import Execution, ExecutionStatus
from cloudops.remediation.planner import Planner
from cloudops.remediation.workflow import ExecutionWorkflow
from tests.contracts.executors.eks_benches import DEPLOYMENT, STATEFUL_SET, Place
from tests.fakes.remediation import INCIDENT, OPERATOR, Remediation

ROLLBACK = suggestion_id(INCIDENT, Action.ROLLBACK)


class Shop:
    """The workload of checkout on its third version, and its incident with alerts that stay firing."""

    def __init__(self, open_: ExitStack, kind: str) -> None:
        self.place = Place(open_, kind)
        self.place.deploy_another()
        self.world = Remediation()
        target = replace(
            self.place.target,
            account=self.world.scope.account,
            region=self.world.scope.region,
            environment=self.world.scope.environment,
        )
        limits = Limits(cooldown_minutes=0, abandoned_version_days=2)
        declared = ServiceDeclaration(limits=limits, targets=(target,))
        self.world.inventory = ServiceInventory(Catalog({"checkout": declared}))
        suggestion = ActionSuggestion(
            id=ROLLBACK,
            incident_id=INCIDENT,
            action=Action.ROLLBACK,
            symptom=Symptom.ERROR_RATE,
            confidence=0.8,
            service="checkout",
        )
        self.world.put_incident(suggestions=(suggestion,))
        executors = {(Platform.EKS, Action.ROLLBACK): EksRollback(lambda _: self.place.api)}
        self.planner = Planner(
            inventory=lambda: self.world.inventory,
            executors=executors,
            executions=self.world.executions,
            guardrails=self.world.guardrails,
        )
        self.world.workflow = ExecutionWorkflow(
            self.world.executions,
            IncidentQueries(self.world.incidents),
            executors,
            ExecutionChecks(self.world.guardrails),
            self.world.completion,
        )

    def roll_back(self) -> Execution:
        """Plans, approves and carries out a rollback, an hour after the one before."""
        self.world.now += HOUR
        review = self.planner.plan(ROLLBACK, "", self.world.now)
        approvals = self.world.approvals_by(self.planner)
        execution = approvals.approve(ROLLBACK, "", review.plan_hash, OPERATOR, self.world.now)
        return self.world.run(execution)


@pytest.fixture(params=[DEPLOYMENT, STATEFUL_SET])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    with ExitStack() as open_:
        yield Shop(open_, request.param)


def test_rollbacks_that_do_not_help_never_return_to_a_version_that_one_of_them_left(shop: Shop) -> None:
    first = shop.roll_back()
    assert (first.status, shop.place.image()) == (ExecutionStatus.FAILED, "web:2")
    shop.roll_back()
    assert shop.place.image() == "web:1"
    with pytest.raises(Conflict, match="the platform stores no version before web-1"):
        shop.roll_back()

    # The next deployment of a person is bad as well. Of the versions before it, one was not left.
    shop.place.cluster.deploy(shop.place.kind, "web", "web:4")
    third = shop.roll_back()
    assert shop.place.image() == "web:1"
    assert third.plan.draft.summary == "from web-6 back to web-1: previous by the platform's order"
    shop.place.cluster.deploy(shop.place.kind, "web", "web:3")
    shop.place.cluster.deploy(shop.place.kind, "web", "web:5")
    fourth = shop.roll_back()
    assert shop.place.image() == "web:1"
    assert fourth.plan.draft.summary == (
        f"from web-9 back to web-1: previous by the platform's order; {first.id} left web-3"
    )


def test_a_version_that_was_left_is_forgotten_after_the_configured_time(shop: Shop) -> None:
    left = shop.roll_back()
    shop.place.cluster.deploy(shop.place.kind, "web", "web:3")
    shop.place.cluster.deploy(shop.place.kind, "web", "web:4")
    shop.world.now = (left.changed_at or 0) + 2 * DAY - HOUR
    review = shop.planner.plan(ROLLBACK, "", shop.world.now)
    assert review.plan.draft.after["images"] == "web:2"
    review = shop.planner.plan(ROLLBACK, "", shop.world.now + HOUR + 1)
    assert review.plan.draft.after["images"] == "web:3"
