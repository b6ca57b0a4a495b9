"""To which version a rollback returns, and what executions say about the versions of a target."""

import pytest
from msgspec.structs import replace

from cloudops.catalog.declaration import Limits, Target
from cloudops.core.ids import ExecutionId
from cloudops.core.taxonomy import Action
from cloudops.core.time import DAY
from cloudops.remediation.execution import Execution, ExecutionStatus, entry_of
from cloudops.remediation.executor import RollbackOutcome
from cloudops.remediation.plan import PlanRejected, TargetState, Version
from cloudops.remediation.version_history import (
    ABANDONED_VERSION_DAYS,
    remembered_since,
    version_history,
)
from cloudops.remediation.versions import VersionChoice, VersionHistory, choose_version
from tests.fakes.incident_factory import NOON
from tests.fakes.plan_factory import NO_HISTORY, PLAN, TARGET, in_status, ready
from tests.fakes.remediation import CHECKOUT, Remediation

V1, V2, V3, V4 = (Version(id=f"v{number}", name=f"web:{number}") for number in range(1, 5))
X1, X2 = ExecutionId("inc_1.x1"), ExecutionId("inc_1.x2")


def running(version: Version | None, *earlier: Version) -> TargetState:
    return TargetState(at=NOON, mark="m", version=version, earlier=earlier)


def left(**versions: ExecutionId) -> VersionHistory:
    return VersionHistory(abandoned=versions, good={})


def test_without_a_record_the_previous_version_by_the_platforms_order_is_chosen() -> None:
    chosen = choose_version(running(V3, V2, V1), NO_HISTORY)
    assert chosen == VersionChoice(V3, V2, "previous by the platform's order")


def test_a_version_that_an_execution_left_is_skipped_and_named() -> None:
    chosen = choose_version(running(V3, V2, V1), left(v2=X1))
    assert chosen == VersionChoice(V3, V1, "previous by the platform's order; inc_1.x1 left web:2")


def test_if_executions_left_every_earlier_version_there_is_none_to_return_to() -> None:
    rejected = choose_version(running(V3, V2, V1), left(v2=X1, v1=X2))
    assert rejected == PlanRejected(
        reason="no earlier version is left to return to: inc_1.x1 left web:2, inc_1.x2 left web:1"
    )


def test_a_reason_names_three_abandoned_versions_and_counts_the_others() -> None:
    earlier = [Version(id=f"v{number}", name=f"web:{number}") for number in (9, 8, 7, 6, 5)]
    rejected = choose_version(running(V3, *earlier), left(v9=X1, v8=X1, v7=X1, v6=X1, v5=X1))
    assert isinstance(rejected, PlanRejected)
    assert rejected.reason.endswith("inc_1.x1 left web:7, and 2 more are abandoned")


def test_a_version_known_to_be_good_precedes_the_platforms_order() -> None:
    history = VersionHistory(abandoned={}, good={"v1": X1})
    chosen = choose_version(running(V3, V2, V1), history)
    assert chosen == VersionChoice(V3, V1, "good by our record: inc_1.x1 succeeded while it ran")


def test_of_two_good_versions_the_one_that_succeeded_last_is_chosen() -> None:
    history = VersionHistory(abandoned={}, good={"v2": X2, "v3": X1})
    chosen = choose_version(running(V4, V3, V2), history)
    assert isinstance(chosen, VersionChoice)
    assert chosen.previous == V2


@pytest.mark.parametrize("good", ["v4", "v9"])
def test_a_good_version_that_runs_or_that_the_platform_lost_is_not_chosen(good: str) -> None:
    history = VersionHistory(abandoned={}, good={good: X1})
    chosen = choose_version(running(V4, V3), history)
    assert chosen == VersionChoice(V4, V3, "previous by the platform's order")


def test_a_good_version_that_an_execution_left_is_not_chosen() -> None:
    history = VersionHistory(abandoned={"v1": X2}, good={"v1": X1})
    chosen = choose_version(running(V3, V2, V1), history)
    assert isinstance(chosen, VersionChoice)
    assert chosen.previous == V2


def test_if_the_running_version_is_unknown_there_is_none_before_it() -> None:
    rejected = choose_version(running(None, V2), NO_HISTORY)
    assert rejected == PlanRejected(reason="it is not known which version runs")


def test_the_running_version_is_not_before_itself() -> None:
    rejected = choose_version(running(V3, V3), NO_HISTORY)
    assert rejected == PlanRejected(reason="the platform stores no version before web:3")


def rollback(
    before: Version = V3,
    after: Version = V2,
    *,
    name: str = X1,
    status: ExecutionStatus = ExecutionStatus.FAILED,
    undoing: RollbackOutcome | None = None,
    at: int = NOON,
    target: Target = TARGET,
) -> Execution:
    """Returns an execution of a rollback that has acted."""
    draft = replace(PLAN.draft, version_before=before.id, version_after=after.id)
    plan = replace(PLAN, action=Action.ROLLBACK, draft=draft, target=target)
    snapshot = TargetState(at=at, mark="m1", version=before)
    return replace(
        in_status(ready(plan, now=at), status, at),
        id=ExecutionId(name),
        snapshot=snapshot,
        undoing=undoing,
        updated_at=at,
    )


def history_of(*executions: Execution) -> VersionHistory:
    return version_history(executions)


ACTED = [one for one in ExecutionStatus if one.has_acted]


@pytest.mark.parametrize("status", ACTED)
def test_an_execution_that_may_have_acted_left_its_version_whatever_came_next(
    status: ExecutionStatus,
) -> None:
    assert history_of(rollback(status=status)).abandoned == {"v3": X1}


@pytest.mark.parametrize("status", [one for one in ExecutionStatus if one not in ACTED])
def test_an_execution_that_never_acted_left_nothing(status: ExecutionStatus) -> None:
    assert history_of(rollback(status=status)) == NO_HISTORY


def test_an_execution_that_needs_a_person_before_it_acted_left_nothing() -> None:
    stuck = replace(rollback(status=ExecutionStatus.NEEDS_HUMAN), snapshot=None)
    assert history_of(stuck) == NO_HISTORY


@pytest.mark.parametrize(
    ("status", "undoing"),
    [
        (ExecutionStatus.COMPENSATED, RollbackOutcome.UNDONE),
        (ExecutionStatus.FAILED, RollbackOutcome.NOTHING_TO_UNDO),
    ],
)
def test_a_rollback_after_which_the_version_before_runs_again_left_both_versions(
    status: ExecutionStatus, undoing: RollbackOutcome
) -> None:
    undone = rollback(status=status, undoing=undoing)
    assert history_of(undone).abandoned == {"v3": X1, "v2": X1}


def test_a_version_that_was_left_twice_names_the_latest_execution() -> None:
    earlier, later = rollback(name=X1, at=NOON - 1), rollback(name=X2, at=NOON)
    assert history_of(later, earlier).abandoned == {"v3": X2}
    assert history_of(earlier, later).abandoned == {"v3": X2}


def test_the_version_that_a_successful_rollback_went_to_is_good() -> None:
    assert history_of(rollback(status=ExecutionStatus.SUCCEEDED)).good == {"v2": X1}


def test_the_version_that_ran_in_a_successful_restart_is_good_and_not_left() -> None:
    restart = replace(
        in_status(ready(replace(PLAN, action=Action.RESTART_PODS), now=NOON), ExecutionStatus.SUCCEEDED),
        id=X1,
        snapshot=running(V3),
    )
    assert history_of(restart) == VersionHistory(abandoned={}, good={"v3": X1})


@pytest.mark.parametrize("status", [one for one in ACTED if one is not ExecutionStatus.SUCCEEDED])
def test_a_version_is_not_good_because_it_ran(status: ExecutionStatus) -> None:
    assert history_of(rollback(status=status)).good == {}


def test_good_versions_are_in_the_order_of_their_success_the_latest_first() -> None:
    older = rollback(V3, V1, name=X1, status=ExecutionStatus.SUCCEEDED, at=NOON - 1)
    newer = rollback(V4, V2, name=X2, status=ExecutionStatus.SUCCEEDED, at=NOON)
    assert list(history_of(newer, older).good) == ["v2", "v1"]
    assert list(history_of(older, newer).good) == ["v2", "v1"]


def test_versions_are_remembered_for_seven_days_or_as_long_as_the_catalog_says() -> None:
    assert ABANDONED_VERSION_DAYS == 7
    assert remembered_since(Limits(), NOON) == NOON - 7 * DAY
    assert remembered_since(Limits(abandoned_version_days=30), NOON) == NOON - 30 * DAY
    assert remembered_since(Limits(abandoned_version_days=0), NOON) == NOON


def carried_out(world: Remediation, at: int, target: Target = CHECKOUT) -> None:
    """Stores an execution that rolled `target` back at that time."""
    acting = rollback(status=ExecutionStatus.ACTING, at=at, target=target)
    before = replace(acting, status=ExecutionStatus.RUNNING, version=acting.version - 1)
    world.executions.add(before, entry_of(before))
    world.executions.move(before, acting, entry_of(acting))


@pytest.mark.parametrize(("ago", "abandoned"), [(2 * DAY, {"v3": X1}), (2 * DAY + 1, {})])
def test_a_plan_is_made_with_the_versions_that_executions_left_in_the_configured_time(
    ago: int, abandoned: dict[str, ExecutionId]
) -> None:
    world = Remediation(limits=Limits(abandoned_version_days=2))
    carried_out(world, world.now - ago)
    world.plan()
    assert world.executor.history == VersionHistory(abandoned=abandoned, good={})


def test_executions_on_another_target_say_nothing() -> None:
    world = Remediation()
    carried_out(world, world.now, replace(CHECKOUT, name="other"))
    world.plan()
    assert world.executor.history == NO_HISTORY
