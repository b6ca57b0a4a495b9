"""Approvals: what denies an automatic start alone, and the last moment at which an approval counts."""

from typing import Any

import pytest
from msgspec.structs import replace

from cloudops.catalog.declaration import Catalog, Limits, ServiceDeclaration
from cloudops.catalog.inventory import ServiceInventory
from cloudops.core.errors import Conflict
from cloudops.remediation.autonomy import Autonomy
from cloudops.remediation.checks import policy_key
from cloudops.remediation.execution import (
    APPROVAL_LASTS,
    ExecutionOrigin,
    ExecutionStatus,
    approved,
    entry_of,
    new_execution,
)
from cloudops.remediation.kill_switch import KillSwitchState
from tests.fakes.incident_factory import NOON
from tests.fakes.people import signed_in
from tests.fakes.plan_factory import PLAN, asked
from tests.fakes.remediation import OPERATOR, SUGGESTION, Remediation


def an_automatic_world(**fields: Any) -> Remediation:
    world = Remediation(**fields)
    world.allow_automatic()
    return world


@pytest.mark.parametrize("environment", ["prod", "Production", "live"])
def test_a_policy_is_found_however_the_environment_of_the_target_is_spelled(environment: str) -> None:
    plan = replace(PLAN, target=replace(PLAN.target, environment=environment))
    assert policy_key(plan) == policy_key(PLAN)


def test_earned_autonomy_starts_a_plan_that_needs_one_approval() -> None:
    world = an_automatic_world()
    assert world.plan().required_approvals == 1
    assert world.approvals.automatic(SUGGESTION, world.now) is not None


def test_a_denial_alone_keeps_an_automatic_execution_from_starting() -> None:
    world = an_automatic_world(limits=Limits(max_step=1))
    review = world.plan()
    assert (review.autonomy.autonomy, review.required_approvals) == (Autonomy.AUTOMATIC, 1)
    assert world.approvals.automatic(SUGGESTION, world.now) is None
    assert world.workflows.begun == {}


def test_the_four_eyes_rule_alone_keeps_an_automatic_execution_from_starting() -> None:
    world = an_automatic_world(tier=1)
    world.executor.is_reversible = False
    review = world.plan()
    assert (review.autonomy.autonomy, review.denial, review.required_approvals) == (
        Autonomy.AUTOMATIC,
        "",
        2,
    )
    assert world.approvals.automatic(SUGGESTION, world.now) is None
    assert world.workflows.begun == {}


def test_a_denied_plan_cannot_be_approved() -> None:
    world = Remediation(limits=Limits(max_step=1))
    with pytest.raises(Conflict, match="more than a step of 1"):
        world.approve()
    assert world.workflows.begun == {}


def test_a_denied_plan_that_needs_no_approval_cannot_be_executed() -> None:
    world = Remediation(environment="dev")
    read = world.plan().plan_hash
    world.switch = KillSwitchState(stopped=True, by="Ada", at=world.now, reason="deploying")
    assert world.plan().required_approvals == 0
    with pytest.raises(Conflict, match="automation is stopped"):
        world.approvals.execute(SUGGESTION, "", read, "Ada", world.now)
    assert world.workflows.begun == {}


def test_an_execution_without_approvals_does_not_act_once_an_approval_is_required() -> None:
    world = Remediation(environment="dev")
    execution = world.approvals.execute(SUGGESTION, "", world.plan().plan_hash, "Ada", world.now)
    (suggestion,) = world.put_incident().suggestions
    world.put_incident(suggestions=(replace(suggestion, confidence_low=0.4),))
    ended = world.run(execution)
    assert (ended.status, ended.result) == (
        ExecutionStatus.DENIED,
        "approvals required now: 1, given: 0",
    )
    assert world.executor.service.changes == []


def test_one_approval_is_not_enough_if_two_are_required_by_the_time_of_the_action() -> None:
    world = Remediation(tier=2)
    world.executor.is_reversible = False
    execution = world.approve()
    (target,) = (one.target for one in world.inventory.services["checkout"].targets)
    declared = ServiceDeclaration(tier=1, targets=(target,))
    world.inventory = ServiceInventory(Catalog({"checkout": declared}))
    assert world.run(execution).result == "approvals required now: 2, given: 1"
    assert world.executor.service.changes == []


def test_two_approvals_of_one_person_count_as_one_before_the_action() -> None:
    world = Remediation(tier=1)
    world.executor.is_reversible = False
    execution = new_execution(world.plan().plan, ExecutionOrigin.APPROVED, "Ada", 1, world.now)
    once = approved(execution, OPERATOR, world.now)
    twice = replace(once, approvals=(*once.approvals, *once.approvals))
    world.executions.add(twice, entry_of(twice))
    assert world.run(twice).result == "approvals required now: 2, given: 1"


@pytest.mark.parametrize(("age", "counts"), [(APPROVAL_LASTS - 1, True), (APPROVAL_LASTS, False)])
def test_a_second_approval_counts_until_the_first_expires(age: int, counts: bool) -> None:
    first = approved(asked(required_approvals=2), OPERATOR, NOON)
    second = signed_in("Grace")
    if counts:
        both = approved(first, second, NOON + age)
        assert (both.status, both.expires_at) == (ExecutionStatus.APPROVED, NOON + age + APPROVAL_LASTS)
    else:
        with pytest.raises(Conflict, match="expired"):
            approved(first, second, NOON + age)
