"""An admin lifts change freezes for one plan, with a reason; they hold for everyone else."""

from datetime import UTC, datetime, timedelta

import pytest

from cloudops.core.errors import BadInput, Conflict, Forbidden
from cloudops.core.time import SECOND
from cloudops.identity.access import Caller, Role
from cloudops.remediation.approvals import MAX_REASON
from cloudops.remediation.change_freeze import Freeze
from cloudops.remediation.execution import Execution, ExecutionStatus, FreezeLift
from cloudops.remediation.guardrails import Guardrail, Ruling, evaluate
from cloudops.remediation.workflow import WorkflowStep
from tests.fakes.incident_factory import NOON
from tests.fakes.people import signed_in, token_of
from tests.fakes.remediation import OPERATOR, SUGGESTION, Remediation

STARTS = datetime.fromtimestamp(NOON / SECOND, UTC)
SALE = Freeze(reason="sale", starts_at=STARTS, ends_at=STARTS + timedelta(days=1))
AUDIT = Freeze(reason="audit", starts_at=STARTS, ends_at=STARTS + timedelta(days=2))
ADMIN = signed_in("Linus", Role.ADMIN)
MACHINE = token_of("robot", Role.ADMIN)
REASON = "the outage costs more"
TITLE = "change freeze until 2025-11-24 12:00 UTC: sale"


def a_frozen_world(*, tier: int | None = None) -> Remediation:
    world = Remediation(tier=tier)
    world.freezes.append(SALE)
    return world


def approve(world: Remediation, who: Caller, lift_freeze: str = "", plan_hash: str = "") -> Execution:
    read = plan_hash or world.plan().plan_hash
    return world.approvals.approve(SUGGESTION, "", read, who, world.now, lift_freeze=lift_freeze)


@pytest.mark.parametrize("who", [OPERATOR, ADMIN])
def test_a_freeze_holds_for_the_approvals_of_people(who: Caller) -> None:
    world = a_frozen_world()
    assert (world.plan().denial, world.plan().freezes) == (TITLE, (TITLE,))
    with pytest.raises(Conflict, match="change freeze until"):
        approve(world, who)
    assert world.workflows.begun == {}


def test_an_admin_lifts_a_freeze_for_one_plan_and_the_execution_says_so() -> None:
    world = a_frozen_world()
    execution = approve(world, ADMIN, f" {REASON} ")
    assert execution.freeze_lift == FreezeLift(person="Linus", reason=REASON, at=world.now, freezes=(TITLE,))
    assert execution.steps[-1].text == f"approved; lifted the {TITLE}: {REASON}"
    assert world.timeline[-1].text == f"scale_service on checkout is approved: {execution.steps[-1].text}"
    assert world.entries(execution.id) == [("Linus", "approve"), ("Linus", "lift freeze")]
    assert [one.reason for one in world.audit_store.stored] == ["", REASON]
    assert world.run(execution).acted_at is not None


@pytest.mark.parametrize("who", [OPERATOR, MACHINE])
def test_only_a_person_with_the_role_admin_lifts_a_freeze(who: Caller) -> None:
    world = a_frozen_world()
    with pytest.raises(Forbidden) as refused:
        approve(world, who, REASON)
    assert (refused.value.field, world.workflows.begun) == ("liftFreeze", {})


@pytest.mark.parametrize("reason", [" ", "x" * (MAX_REASON + 1)])
def test_a_lift_needs_a_reason_of_bounded_length(reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        approve(a_frozen_world(), ADMIN, reason)
    assert refused.value.field == "liftFreeze.reason"
    assert approve(a_frozen_world(), ADMIN, "x" * MAX_REASON).freeze_lift is not None


def test_without_a_freeze_there_is_nothing_to_lift() -> None:
    with pytest.raises(Conflict) as refused:
        approve(Remediation(), ADMIN, REASON)
    assert refused.value.field == "liftFreeze"


def test_a_lift_lifts_no_other_guardrail() -> None:
    world = a_frozen_world()
    world.executor.service.healthy = 0
    world.switch = type(world.switch)(stopped=True, by="Ada", at=world.now, reason="deploying")
    with pytest.raises(Conflict, match=r"automation is stopped: deploying$"):
        approve(world, ADMIN, REASON)


def test_a_lift_holds_for_its_plan_alone() -> None:
    world = a_frozen_world()
    ended = world.run(approve(world, ADMIN, REASON))
    assert ended.acted_at is not None
    world.put_incident()
    assert TITLE in world.plan().denial


def test_a_lift_does_not_hold_for_a_freeze_that_starts_later() -> None:
    world = a_frozen_world()
    execution = approve(world, ADMIN, REASON)
    world.freezes.append(AUDIT)
    ended = world.run(execution)
    assert (ended.status, ended.result) == (ExecutionStatus.DENIED, AUDIT.title)
    assert world.executor.service.changes == []


def test_a_lift_holds_for_every_freeze_that_the_admin_saw() -> None:
    world = a_frozen_world()
    world.freezes.append(AUDIT)
    assert world.run(approve(world, ADMIN, REASON)).acted_at is not None


def test_a_lift_holds_for_the_rollback_of_its_plan() -> None:
    world = a_frozen_world()

    def fail_rollout(step: WorkflowStep) -> None:
        world.executor.service.fails_rollout = step is WorkflowStep.VERIFY

    ended = world.run(approve(world, ADMIN, REASON), fail_rollout)
    assert ended.status is ExecutionStatus.COMPENSATED


def test_a_lift_counts_as_one_approval_of_two() -> None:
    world = a_frozen_world(tier=1)
    world.executor.is_reversible = False
    read = world.plan().plan_hash
    first = approve(world, ADMIN, REASON, read)
    assert first.status is ExecutionStatus.AWAITING_APPROVAL
    assert world.plan().denial == "", "the second person may approve"
    second = approve(world, OPERATOR, "", read)
    assert second.status is ExecutionStatus.APPROVED
    assert world.run(second).acted_at is not None


def test_the_second_approval_is_refused_if_another_freeze_started_after_the_lift() -> None:
    world = a_frozen_world(tier=1)
    world.executor.is_reversible = False
    read = world.plan().plan_hash
    approve(world, ADMIN, REASON, read)
    world.freezes.append(AUDIT)
    with pytest.raises(Conflict, match="audit"):
        approve(world, OPERATOR, "", read)


def test_an_admin_who_has_approved_may_lift_a_freeze_that_starts_before_the_second_approval() -> None:
    world = Remediation(tier=1)
    world.executor.is_reversible = False
    read = world.plan().plan_hash
    approve(world, ADMIN, "", read)
    world.freezes.append(SALE)
    with pytest.raises(Conflict, match="sale"):
        approve(world, OPERATOR, "", read)
    lifted = approve(world, ADMIN, REASON, read)
    assert (len(lifted.approvals), lifted.status) == (1, ExecutionStatus.AWAITING_APPROVAL)
    assert world.entries(lifted.id) == [("Linus", "approve"), ("Linus", "lift freeze")]
    assert approve(world, OPERATOR, "", read).status is ExecutionStatus.APPROVED


def test_a_verdict_of_a_lifted_freeze_names_the_person_and_the_reason() -> None:
    world = a_frozen_world()
    execution = approve(world, ADMIN, REASON)
    observed = world.executor.observe(execution.plan.target, world.now)
    context = world.guardrails.read(execution.plan, observed, world.now, execution)
    verdicts = {one.guardrail: one for one in evaluate(context, world.now).verdicts}
    verdict = verdicts[Guardrail.CHANGE_FREEZE]
    assert (verdict.ruling, verdict.reason) == (
        Ruling.ALLOW,
        f"Linus lifted the {TITLE} for this plan: {REASON}",
    )
