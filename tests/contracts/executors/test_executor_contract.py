"""What every executor promises, on the platform's own API."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TypeAlias

import pytest

from cloudops.catalog.declaration import Limits
from cloudops.core.errors import Conflict
from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.remediation.executor import Progress, RollbackOutcome
from cloudops.remediation.plan import Plan, PlannedChange, TargetState
from local.emulator import Emulator
from tests.contracts.executors.benches import AWS_BENCHES, Bench
from tests.contracts.executors.eks_benches import EKS_BENCHES
from tests.fakes.executor import Crash
from tests.fakes.incident_factory import NOON

pytestmark = pytest.mark.emulator

KEY = "inc_1.x1"
BENCHES = AWS_BENCHES | EKS_BENCHES
Make: TypeAlias = Callable[[str], Bench]


@pytest.fixture
def made(emulator: Emulator) -> Iterator[Callable[[str], Bench]]:
    """As many as a test needs."""
    with ExitStack() as open_:
        yield lambda name: BENCHES[name](emulator, open_)


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest, made: Callable[[str], Bench]) -> Bench:
    return made(request.param)


def planned(bench: Bench) -> tuple[Plan, TargetState]:
    observed = bench.executor.observe(bench.target, NOON)
    draft = bench.executor.plan(bench.target, observed, Limits())
    assert isinstance(draft, PlannedChange)
    plan = Plan(
        suggestion_id=SuggestionId(f"inc_1.{bench.action}"),
        incident_id=IncidentId("inc_1"),
        action=bench.action,
        service="shop",
        target=bench.target,
        draft=draft,
        observed_mark=observed.mark,
    )
    bench.wire.clear()
    return plan, observed


def test_looking_twice_sees_the_same_and_changes_nothing(bench: Bench) -> None:
    before = bench.state()
    first, second = (bench.executor.observe(bench.target, NOON) for _ in range(2))
    assert first == second
    planned(bench)
    assert bench.state() == before


def test_the_act_sends_the_calls_of_the_plan_once_however_often_it_is_asked(bench: Bench) -> None:
    plan, snapshot = planned(bench)
    for _ in range(3):
        bench.executor.act(plan, snapshot, KEY)
    assert bench.state() == bench.expected
    assert bench.written() == [one.operation for one in plan.draft.calls]


def test_after_the_act_the_target_is_on_its_way(bench: Bench) -> None:
    plan, snapshot = planned(bench)
    bench.executor.act(plan, snapshot, KEY)
    look = bench.executor.look(plan, snapshot, KEY, NOON + 1)
    assert look.progress in (Progress.MOVING, Progress.SETTLED)
    assert look.reason
    assert look.observed.at == NOON + 1


def test_it_is_taken_back_once_or_said_that_it_cannot_be(bench: Bench) -> None:
    before = bench.state()
    plan, snapshot = planned(bench)
    bench.executor.act(plan, snapshot, KEY)
    found = [bench.executor.undo(plan, snapshot, KEY).undoing for _ in range(2)]
    if plan.draft.reversible:
        assert found == [RollbackOutcome.UNDONE, RollbackOutcome.NOTHING_TO_UNDO]
        assert bench.state() == before
    else:
        assert found == [RollbackOutcome.IRREVERSIBLE, RollbackOutcome.IRREVERSIBLE]


def test_what_was_not_done_is_not_taken_back(bench: Bench) -> None:
    plan, snapshot = planned(bench)
    assert bench.executor.undo(plan, snapshot, KEY).undoing is RollbackOutcome.NOTHING_TO_UNDO
    assert bench.written() == []


def test_what_somebody_else_changed_is_left_alone(bench: Bench) -> None:
    plan, snapshot = planned(bench)
    bench.meddle()
    theirs = bench.state()
    assert bench.executor.observe(bench.target, NOON).mark != snapshot.mark
    with pytest.raises(Conflict):
        bench.executor.act(plan, snapshot, KEY)
    assert bench.state() == theirs
    assert bench.written() == []


@pytest.mark.parametrize("name", [name for name in BENCHES if not name.endswith("restart")])
def test_what_somebody_else_changed_after_the_act_is_not_taken_back(name: str, made: Make) -> None:
    bench = made(name)
    plan, snapshot = planned(bench)
    assert plan.draft.reversible
    bench.executor.act(plan, snapshot, KEY)
    bench.meddle()
    theirs = bench.state()
    assert bench.executor.undo(plan, snapshot, KEY).undoing is RollbackOutcome.CHANGED_BY_OTHERS
    assert bench.state() == theirs


def points_of(bench: Bench) -> int:
    """Before and after each call that it has sent."""
    return 2 * len(bench.wire.calls)


@pytest.mark.parametrize("name", BENCHES)
def test_a_crash_before_or_after_any_call_leads_to_no_second_act(name: str, made: Make) -> None:
    bench = made(name)
    plan, snapshot = planned(bench)
    bench.executor.act(plan, snapshot, KEY)
    for point in range(points_of(bench)):
        bench = made(name)
        plan, snapshot = planned(bench)
        bench.wire.clear(crash_at=point)
        with pytest.raises(Crash):
            bench.executor.act(plan, snapshot, KEY)
        bench.wire.crash_at = -1
        bench.executor.act(plan, snapshot, KEY)
        assert bench.state() == bench.expected
        assert len(bench.written()) == len(plan.draft.calls)


def test_it_sends_what_it_declares_and_nothing_else(bench: Bench) -> None:
    bench.wire.clear()
    observed = bench.executor.observe(bench.target, NOON)
    sent = set(bench.wire.calls)
    plan, snapshot = planned(bench)
    assert snapshot == observed
    bench.executor.act(plan, snapshot, KEY)
    bench.executor.look(plan, snapshot, KEY, NOON)
    bench.executor.undo(plan, snapshot, KEY)
    sent |= set(bench.wire.calls)
    assert sent <= set(bench.executor.permissions)
