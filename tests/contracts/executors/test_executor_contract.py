"""Contract of the executors, on the API of each platform."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TypeAlias

import pytest

from cloudops.core.errors import Conflict
from cloudops.core.time import MINUTE
from cloudops.remediation.executor import Progress, RollbackOutcome
from cloudops.remediation.plan import Plan, TargetState
from local.emulator import Emulator
from tests.contracts.executors.benches import AWS_BENCHES, Bench
from tests.contracts.executors.eks_benches import EKS_BENCHES
from tests.fakes.executor import Crash
from tests.fakes.incident_factory import NOON
from tests.fakes.performed_action import plan_by

pytestmark = pytest.mark.emulator

KEY = "inc_1.x1"
BENCHES = AWS_BENCHES | EKS_BENCHES
MakeBench: TypeAlias = Callable[[str], Bench]


@pytest.fixture
def make_bench(emulator: Emulator) -> Iterator[Callable[[str], Bench]]:
    """Returns a function that makes benches by name."""
    with ExitStack() as open_:
        yield lambda name: BENCHES[name](emulator, open_)


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest, make_bench: Callable[[str], Bench]) -> Bench:
    return make_bench(request.param)


def plan_for(bench: Bench) -> tuple[Plan, TargetState]:
    plan, observed = plan_by(bench.executor, bench.target, bench.action)
    bench.wire.clear()
    return plan, observed


def test_observing_is_repeatable_and_changes_nothing(bench: Bench) -> None:
    before = bench.state()
    first, second = (bench.executor.observe(bench.target, NOON) for _ in range(2))
    assert first == second
    plan_for(bench)
    assert bench.state() == before


def test_a_repeated_action_sends_the_calls_of_the_plan_once(bench: Bench) -> None:
    plan, snapshot = plan_for(bench)
    for _ in range(3):
        bench.executor.act(plan, snapshot, KEY)
    assert bench.state() == bench.expected
    assert bench.written() == [one.operation for one in plan.draft.calls]


def test_after_the_action_the_rollout_is_moving_or_settled(bench: Bench) -> None:
    plan, snapshot = plan_for(bench)
    bench.executor.act(plan, snapshot, KEY)
    status = bench.executor.rollout_status(plan, snapshot, KEY, NOON + 1)
    assert status.progress in (Progress.MOVING, Progress.SETTLED)
    assert status.reason
    assert status.observed.at == NOON + 1


def test_a_repeated_rollback_rolls_back_once_or_reports_that_it_cannot(bench: Bench) -> None:
    before = bench.state()
    plan, snapshot = plan_for(bench)
    bench.executor.act(plan, snapshot, KEY)
    outcomes = [bench.executor.roll_back(plan, snapshot, KEY).undoing for _ in range(2)]
    if plan.draft.reversible:
        assert outcomes == [RollbackOutcome.UNDONE, RollbackOutcome.NOTHING_TO_UNDO]
        assert bench.state() == before
    else:
        assert outcomes == [RollbackOutcome.IRREVERSIBLE, RollbackOutcome.IRREVERSIBLE]


def test_an_action_that_was_not_performed_has_nothing_to_roll_back(bench: Bench) -> None:
    plan, snapshot = plan_for(bench)
    assert bench.executor.roll_back(plan, snapshot, KEY).undoing is RollbackOutcome.NOTHING_TO_UNDO
    assert bench.written() == []


def test_a_target_changed_by_others_before_the_action_is_left_alone(bench: Bench) -> None:
    plan, snapshot = plan_for(bench)
    bench.change_by_others()
    changed_state = bench.state()
    assert bench.executor.observe(bench.target, NOON).mark != snapshot.mark
    with pytest.raises(Conflict):
        bench.executor.act(plan, snapshot, KEY)
    assert bench.state() == changed_state
    assert bench.written() == []


@pytest.mark.parametrize("name", [name for name in BENCHES if not name.endswith("restart")])
def test_a_target_changed_by_others_after_the_action_is_not_rolled_back(
    name: str, make_bench: MakeBench
) -> None:
    bench = make_bench(name)
    plan, snapshot = plan_for(bench)
    assert plan.draft.reversible
    bench.executor.act(plan, snapshot, KEY)
    bench.change_by_others()
    changed_state = bench.state()
    assert bench.executor.roll_back(plan, snapshot, KEY).undoing is RollbackOutcome.CHANGED_BY_OTHERS
    assert bench.state() == changed_state


def points_of(bench: Bench) -> int:
    """Returns the number of points before and after the calls that the bench has sent."""
    return 2 * len(bench.wire.calls)


@pytest.mark.parametrize("name", BENCHES)
def test_a_crash_before_or_after_any_call_causes_no_second_action(name: str, make_bench: MakeBench) -> None:
    bench = make_bench(name)
    plan, snapshot = plan_for(bench)
    bench.executor.act(plan, snapshot, KEY)
    for point in range(points_of(bench)):
        bench = make_bench(name)
        plan, snapshot = plan_for(bench)
        bench.wire.clear(crash_at=point)
        with pytest.raises(Crash):
            bench.executor.act(plan, snapshot, KEY)
        bench.wire.crash_at = -1
        bench.executor.act(plan, snapshot, KEY)
        assert bench.state() == bench.expected
        assert len(bench.written()) == len(plan.draft.calls)


REVERSIBLE = [name for name in BENCHES if not name.endswith("restart")]


def acted(make_bench: MakeBench, name: str) -> tuple[Bench, Plan, TargetState]:
    """Returns a bench whose action was performed, with none of its calls recorded."""
    bench = make_bench(name)
    plan, snapshot = plan_for(bench)
    bench.executor.act(plan, snapshot, KEY)
    bench.wire.clear()
    return bench, plan, snapshot


def rollback_that_crashes(make_bench: MakeBench, name: str, point: int) -> tuple[Bench, Plan, TargetState]:
    """Returns a bench whose rollback ended before or after one of its calls."""
    bench, plan, snapshot = acted(make_bench, name)
    bench.wire.clear(crash_at=point)
    with pytest.raises(Crash):
        bench.executor.roll_back(plan, snapshot, KEY)
    bench.wire.crash_at = -1
    return bench, plan, snapshot


@pytest.mark.parametrize("name", REVERSIBLE)
def test_a_crash_before_or_after_any_call_of_a_rollback_causes_no_second_one(
    name: str, make_bench: MakeBench
) -> None:
    bench = make_bench(name)
    before = comparable(bench.state())
    bench, plan, snapshot = acted(make_bench, name)
    bench.executor.roll_back(plan, snapshot, KEY)
    writes, points = len(bench.written()), points_of(bench)
    assert writes
    for point in range(points):
        bench, plan, snapshot = rollback_that_crashes(make_bench, name, point)
        outcome = bench.executor.roll_back(plan, snapshot, KEY).undoing
        assert outcome in (RollbackOutcome.UNDONE, RollbackOutcome.NOTHING_TO_UNDO)
        assert comparable(bench.state()) == before
        assert len(bench.written()) == writes


@pytest.mark.parametrize("name", REVERSIBLE)
def test_a_change_by_others_after_a_crash_of_a_rollback_is_recognized_and_left_alone(
    name: str, make_bench: MakeBench
) -> None:
    bench, plan, snapshot = acted(make_bench, name)
    bench.executor.roll_back(plan, snapshot, KEY)
    for point in range(points_of(bench)):
        bench, plan, snapshot = rollback_that_crashes(make_bench, name, point)
        bench.change_by_others()
        changed_state, writes = bench.state(), len(bench.written())
        assert bench.executor.roll_back(plan, snapshot, KEY).undoing is RollbackOutcome.CHANGED_BY_OTHERS
        assert bench.state() == changed_state
        assert len(bench.written()) == writes


@pytest.mark.parametrize("name", REVERSIBLE)
def test_a_change_by_others_after_the_action_supersedes_it(name: str, make_bench: MakeBench) -> None:
    bench, plan, snapshot = acted(make_bench, name)
    bench.change_by_others()
    later = NOON + 5 * MINUTE
    status = bench.executor.rollout_status(plan, snapshot, KEY, later)
    assert status.progress is Progress.SUPERSEDED
    assert status.reason


def comparable(state: object) -> object:
    """Returns a state without what differs between two benches: the random part of the family's name."""
    return str(state).rpartition(":")[2] if str(state).startswith("arn:") else state


def test_an_executor_calls_only_what_its_permissions_declare(bench: Bench) -> None:
    bench.wire.clear()
    observed = bench.executor.observe(bench.target, NOON)
    sent = set(bench.wire.calls)
    plan, snapshot = plan_for(bench)
    assert snapshot == observed
    bench.executor.act(plan, snapshot, KEY)
    bench.executor.rollout_status(plan, snapshot, KEY, NOON)
    bench.executor.roll_back(plan, snapshot, KEY)
    sent |= set(bench.wire.calls)
    assert sent <= set(bench.executor.permissions)
