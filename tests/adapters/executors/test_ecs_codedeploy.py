"""Rollback of an ECS service that CodeDeploy deploys, against both APIs on loopback."""

from collections.abc import Iterator

import pytest

from cloudops.adapters.executors.ecs_restart import EcsRestart
from cloudops.adapters.executors.ecs_rollback import EcsRollback
from cloudops.catalog.declaration import Limits, Platform, Target
from cloudops.core.errors import Conflict
from cloudops.core.ids import ExecutionId
from cloudops.core.taxonomy import Action
from cloudops.remediation.executor import Progress, RollbackOutcome
from cloudops.remediation.plan import Plan, PlanRejected, TargetState
from cloudops.remediation.versions import VersionHistory
from tests.adapters.aws_wire import aws_client
from tests.fakes.blue_green import NEW, OLD, BlueGreen
from tests.fakes.executor import Crash
from tests.fakes.http_server import Vendor, vendor
from tests.fakes.incident_factory import NOON
from tests.fakes.performed_action import plan_by
from tests.fakes.plan_factory import NO_HISTORY
from tests.fakes.recorded_calls import Wire

WEB = Target(platform=Platform.ECS, name="web", region="eu-central-1", cluster="shop")
KEY = "inc_1.x1"


class Deployed:
    """The executors, and a service whose deployment d-1 is in progress."""

    def __init__(self, aws: BlueGreen, server: Vendor) -> None:
        self.aws = aws
        self.wire = Wire()
        ecs = self.wire.watch(aws_client("ecs", server))
        code_deploy = self.wire.watch(aws_client("codedeploy", server))
        self.rollback = EcsRollback(lambda _: ecs, lambda _: code_deploy)
        self.restart = EcsRestart(lambda _: ecs)

    def plan(self) -> tuple[Plan, TargetState]:
        return plan_by(self.rollback, WEB, Action.ROLLBACK, NOON)


@pytest.fixture
def web() -> Iterator[Deployed]:
    aws = BlueGreen()
    with vendor(aws.respond) as server:
        yield Deployed(aws, server)


def test_a_deployment_in_progress_is_stopped_once_and_rolled_back(web: Deployed) -> None:
    plan, snapshot = web.plan()
    assert plan.draft.summary == (
        "stop deployment d-1, and return to web:6: previous by the platform's order"
    )
    assert (plan.draft.version_before, plan.draft.version_after) == (NEW, OLD)
    for _ in range(3):
        web.rollback.act(plan, snapshot, KEY)
    assert web.aws.stops == 1

    status = web.rollback.rollout_status(plan, snapshot, KEY, NOON)
    assert (status.progress, status.reason) == (
        Progress.MOVING,
        "deployment d-2, which rolls back, is InProgress",
    )
    web.aws.roll_back()
    assert web.rollback.rollout_status(plan, snapshot, KEY, NOON).progress is Progress.SETTLED
    assert web.rollback.roll_back(plan, snapshot, KEY).undoing is RollbackOutcome.IRREVERSIBLE


def test_another_version_that_serves_after_the_rollback_supersedes_it(web: Deployed) -> None:
    plan, snapshot = web.plan()
    web.rollback.act(plan, snapshot, KEY)
    web.aws.roll_back()
    web.aws.serving = NEW
    status = web.rollback.rollout_status(plan, snapshot, KEY, NOON)
    assert (status.progress, status.reason) == (Progress.SUPERSEDED, "web:7 serves, not web:6")


def test_a_deployment_that_succeeded_although_it_was_to_be_stopped_supersedes_the_rollback(
    web: Deployed,
) -> None:
    plan, snapshot = web.plan()
    web.aws.finish()
    status = web.rollback.rollout_status(plan, snapshot, KEY, NOON)
    assert (status.progress, status.reason) == (Progress.SUPERSEDED, "web:7 serves, not web:6")


def test_a_rollback_that_codedeploy_reports_as_failed_fails(web: Deployed) -> None:
    plan, snapshot = web.plan()
    web.rollback.act(plan, snapshot, KEY)
    web.aws.rollback = "Failed"
    assert web.rollback.rollout_status(plan, snapshot, KEY, NOON).progress is Progress.FAILED


def test_a_deployment_over_a_version_that_an_execution_left_is_not_stopped(web: Deployed) -> None:
    left = VersionHistory(abandoned={OLD: ExecutionId("inc_1.x1")}, good={})
    rejected = web.rollback.plan(WEB, web.rollback.observe(WEB, NOON), Limits(), left)
    assert rejected == PlanRejected(reason="no earlier version is left to return to: inc_1.x1 left web:6")


def test_an_ended_deployment_needs_the_pipeline(web: Deployed) -> None:
    web.aws.finish()
    rejected = web.rollback.plan(WEB, web.rollback.observe(WEB, NOON), Limits(), NO_HISTORY)
    assert isinstance(rejected, PlanRejected)
    assert rejected.reason.startswith("deployment d-1 has ended (Succeeded)")


def test_a_deployment_that_ended_after_the_plan_is_not_stopped(web: Deployed) -> None:
    plan, snapshot = web.plan()
    web.aws.finish()
    assert web.rollback.observe(WEB, NOON).mark != snapshot.mark
    with pytest.raises(Conflict, match="d-1 is Succeeded"):
        web.rollback.act(plan, snapshot, KEY)
    assert web.aws.stops == 0


def test_a_deployment_that_was_not_stopped_has_nothing_to_roll_back(web: Deployed) -> None:
    plan, snapshot = web.plan()
    assert web.rollback.roll_back(plan, snapshot, KEY).undoing is RollbackOutcome.NOTHING_TO_UNDO


@pytest.mark.parametrize("point", range(6))
def test_a_crash_before_or_after_any_call_stops_it_once(web: Deployed, point: int) -> None:
    plan, snapshot = web.plan()
    web.wire.clear(crash_at=point)
    try:
        web.rollback.act(plan, snapshot, KEY)
    except Crash:
        web.rollback.act(plan, snapshot, KEY)
    assert web.aws.stops == 1


def test_a_service_that_codedeploy_deploys_is_not_restarted(web: Deployed) -> None:
    rejected = web.restart.plan(WEB, web.restart.observe(WEB, NOON), Limits(), NO_HISTORY)
    assert isinstance(rejected, PlanRejected)
    assert rejected.reason.startswith("CodeDeploy deploys the service")
