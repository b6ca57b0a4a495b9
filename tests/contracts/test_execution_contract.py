"""Contract of the stores of executions and policies."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from cloudops.core.errors import BadInput, CloudOpsError, NotFound, WriteConflict
from cloudops.core.ids import ExecutionId, IncidentId
from cloudops.core.taxonomy import Action
from cloudops.incidents.incident import TimelineEntry, TimelineKind
from cloudops.remediation.autonomy import Autonomy, Policy, PolicyKey, PolicyStore, demote
from cloudops.remediation.execution import (
    LOCK_LASTS,
    Execution,
    ExecutionStatus,
    Rejection,
    approved,
    transition,
)
from cloudops.remediation.store import ExecutionStore
from tests.fakes.incident_factory import NOON
from tests.fakes.people import signed_in
from tests.fakes.plan_factory import PLAN, asked, ready

RUNNING = ExecutionStatus.RUNNING


def entry(of: Execution) -> TimelineEntry:
    return TimelineEntry(
        id=f"tl_{of.version}", incident_id=of.incident_id, at=NOON, kind=TimelineKind.EXECUTION, text="moved"
    )


def keep(store: ExecutionStore, *kept: Execution) -> None:
    for one in kept:
        store.add(one, entry(one))


def test_an_execution_is_stored_as_added(executions: ExecutionStore) -> None:
    keep(executions, ready())
    assert executions.get(ready().id) == ready()
    assert executions.of_incident(IncidentId("inc_1")) == (ready(),)
    assert executions.of_incident(IncidentId("inc_2")) == ()


def test_an_execution_is_added_once(executions: ExecutionStore) -> None:
    keep(executions, asked())
    with pytest.raises(WriteConflict):
        keep(executions, replace(asked(), requested_by="Grace"))
    assert executions.get(asked().id).requested_by == "Ada"


@pytest.mark.parametrize("name", ["inc_1.x9", "inc_1", "", "\ud800", "x" * 3000])
def test_an_unknown_id_of_any_form_is_not_found(executions: ExecutionStore, name: str) -> None:
    with pytest.raises(NotFound):
        executions.get(ExecutionId(name))


def test_of_concurrent_transitions_one_succeeds(executions: ExecutionStore) -> None:
    keep(executions, asked(required_approvals=2))
    here = executions.get(asked().id)

    def approve(person: str) -> str:
        try:
            after = approved(here, signed_in(person), NOON)
            executions.move(here, after, entry(after))
        except CloudOpsError:
            return ""
        return person

    with ThreadPoolExecutor(8) as pool:
        won = [name for name in pool.map(approve, "ABCDEFGH") if name]
    assert [one.person for one in executions.get(here.id).approvals] == won
    assert len(won) == 1


def test_the_same_transition_again_has_no_effect(executions: ExecutionStore) -> None:
    keep(executions, ready())
    after = transition(ready(), RUNNING, "claimed", NOON + 1)
    executions.move(ready(), after, entry(after), lock=True)
    executions.move(ready(), after, entry(after), lock=True)
    assert executions.get(after.id) == after


def test_a_lock_is_held_by_one_execution_until_its_release(executions: ExecutionStore) -> None:
    one = ready()
    other = ready(replace(PLAN, attempt=2))
    keep(executions, one, other)
    running = transition(one, RUNNING, "claimed", NOON + 1)
    executions.move(one, running, None, lock=True)
    waiting = transition(other, RUNNING, "claimed", NOON + 2)
    with pytest.raises(WriteConflict):
        executions.move(other, waiting, None, lock=True)
    assert executions.get(other.id) == other
    assert executions.holder(one.lock, NOON + 2) == one.id

    over = transition(running, ExecutionStatus.CANCELED, "canceled", NOON + 3)
    executions.move(running, over, None, lock=False)
    assert executions.holder(one.lock, NOON + 4) == ""
    executions.move(other, waiting, None, lock=True)
    assert executions.holder(one.lock, NOON + 4) == other.id


def test_a_lock_that_is_not_released_expires(executions: ExecutionStore) -> None:
    one, other = ready(), ready(replace(PLAN, attempt=2))
    keep(executions, one, other)
    running = transition(one, RUNNING, "claimed", NOON)
    executions.move(one, running, None, lock=True)
    later = NOON + LOCK_LASTS + 1000
    second = transition(other, RUNNING, "claimed", later)
    executions.move(other, second, None, lock=True)
    assert executions.holder(one.lock, later) == other.id

    over = transition(running, ExecutionStatus.NEEDS_HUMAN, "lost", later)
    executions.move(running, over, None, lock=False)
    assert executions.holder(one.lock, later) == other.id


def test_a_page_is_newest_first_and_its_cursor_leads_on(executions: ExecutionStore) -> None:
    made = [ready(replace(PLAN, attempt=n), now=NOON + n) for n in range(1, 6)]
    keep(executions, *made)
    first, cursor = executions.page(None, 2)
    second, following = executions.page(cursor, 3)
    assert [one.id for one in (*first, *second)] == [one.id for one in reversed(made)]
    assert following is None
    with pytest.raises(BadInput) as refused:
        executions.page("nonsense", 2)
    assert refused.value.field == "cursor"


def keep_acted(store: ExecutionStore, at: int, **fields: object) -> Execution:
    """Stores an execution that was requested at noon and acted later."""
    execution = ready(replace(PLAN, **fields), now=NOON)
    keep(store, execution)
    running = transition(execution, RUNNING, "claimed", at)
    store.move(execution, running, None, lock=True)
    moved = transition(running, ExecutionStatus.ACTING, "acting", at)
    store.move(running, moved, None)
    verifying = transition(moved, ExecutionStatus.VERIFYING, "acted", at + 1)
    acted = replace(verifying, acted_at=at + 1)
    store.move(moved, acted, None, lock=False)
    return acted


def ids(found: tuple[Execution, ...]) -> set[str]:
    return {one.id for one in found}


def test_an_execution_is_found_by_the_time_at_which_it_acted(executions: ExecutionStore) -> None:
    keep(executions, ready())
    acted = keep_acted(executions, NOON + 1_000, attempt=2)
    assert executions.acted_since(NOON) == (acted,)
    assert executions.acted_since(NOON + 1_001) == (acted,)
    assert executions.acted_since(NOON + 1_002) == ()


def test_an_execution_is_found_by_the_place_of_its_target(executions: ExecutionStore) -> None:
    elsewhere = replace(PLAN.target, name="cart")
    here, other = keep_acted(executions, NOON, attempt=1), keep_acted(executions, NOON, target=elsewhere)
    assert executions.acted_since(NOON, PLAN.target.place) == (here,)
    assert executions.acted_since(NOON, elsewhere.place) == (other,)
    assert ids(executions.acted_since(NOON)) == {here.id, other.id}


def test_an_execution_is_found_while_its_call_may_be_on_its_way(executions: ExecutionStore) -> None:
    keep(executions, ready())
    running = transition(ready(), RUNNING, "claimed", NOON)
    executions.move(ready(), running, None)
    assert executions.acted_since(NOON) == ()
    moved = transition(running, ExecutionStatus.ACTING, "acting", NOON + 5)
    executions.move(running, moved, None)
    assert executions.acted_since(NOON + 5) == (moved,)


def test_a_rollback_is_a_change_of_the_target(executions: ExecutionStore) -> None:
    acted = keep_acted(executions, NOON)
    undoing = transition(acted, ExecutionStatus.COMPENSATING, "worse", NOON + 100)
    executions.move(acted, undoing, None)
    assert ids(executions.acted_since(NOON + 100)) == {acted.id}
    over = transition(undoing, ExecutionStatus.COMPENSATED, "restored", NOON + 200)
    undone = replace(over, undone_at=NOON + 200)
    executions.move(undoing, undone, None)
    assert executions.acted_since(NOON + 200) == (undone,)
    assert executions.acted_since(NOON + 201) == ()


def test_an_execution_that_ended_without_a_change_is_not_found(executions: ExecutionStore) -> None:
    keep(executions, ready())
    running = transition(ready(), RUNNING, "claimed", NOON)
    executions.move(ready(), running, None)
    acting = transition(running, ExecutionStatus.ACTING, "acting", NOON)
    executions.move(running, acting, None)
    undoing = transition(acting, ExecutionStatus.COMPENSATING, "not performed", NOON)
    executions.move(acting, undoing, None)
    over = transition(undoing, ExecutionStatus.DENIED, "nothing was done", NOON)
    executions.move(undoing, over, None)
    assert executions.acted_since(NOON) == ()


def test_unfinished_are_those_that_are_not_over_and_recorded(executions: ExecutionStore) -> None:
    first, second = ready(), ready(replace(PLAN, attempt=2), now=NOON + 1)
    keep(executions, first, second)
    over = transition(first, ExecutionStatus.CANCELED, "canceled", NOON + 2)
    executions.move(first, over, None)
    assert executions.unfinished() == (over, second)
    recorded = replace(over, recorded=True, version=over.version + 1)
    executions.move(over, recorded, None)
    assert executions.unfinished() == (second,)


def test_the_latest_rejection_of_a_suggestion_is_stored(executions: ExecutionStore) -> None:
    first = Rejection(suggestion_id=PLAN.suggestion_id, person="Ada", reason="not now", at=NOON)
    later = Rejection(suggestion_id=PLAN.suggestion_id, person="Grace", reason="never", at=NOON + 1)
    assert executions.rejection(PLAN.suggestion_id) is None
    executions.reject(first, entry(asked()))
    executions.reject(later, entry(asked()))
    assert executions.rejection(PLAN.suggestion_id) == later


def reject(store: ExecutionStore, at: int) -> None:
    rejection = Rejection(suggestion_id=PLAN.suggestion_id, person="Grace", reason="no", at=at)
    store.reject(rejection, entry(asked()))


def test_no_execution_is_added_whose_suggestion_was_rejected_since_its_plan(
    executions: ExecutionStore,
) -> None:
    reject(executions, NOON)
    overruled = ready(replace(PLAN, rejected_at=NOON))
    with pytest.raises(WriteConflict):
        keep(executions, ready())
    keep(executions, overruled)
    reject(executions, NOON + 1)
    with pytest.raises(WriteConflict):
        keep(executions, ready(replace(PLAN, rejected_at=NOON, attempt=2)))
    assert executions.of_incident(PLAN.incident_id) == (overruled,)


KEY = PolicyKey("checkout", Action.SCALE_SERVICE, "prod")
POLICY = Policy(
    key=KEY,
    ceiling=Autonomy.AUTOMATIC,
    min_confidence=0.8,
    min_outcomes=10,
    updated_by="Ada",
    updated_at=NOON,
)


def test_a_policy_changes_only_at_its_current_version(policies: PolicyStore) -> None:
    assert policies.policies() == {}
    policies.keep_policy(POLICY)
    fallen = demote(POLICY, "did not help", NOON + 1)
    policies.keep_policy(fallen)
    assert policies.policies() == {KEY: fallen}
    with pytest.raises(WriteConflict):
        policies.keep_policy(fallen)
