"""Guardrails at their limits: the last value that passes, and the first that does not.

Every other guardrail is far from its limit, so that only the one under test decides.
"""

from dataclasses import replace as with_

import pytest
from msgspec.structs import replace

from cloudops.catalog.declaration import Limits
from cloudops.core.taxonomy import Action
from cloudops.core.time import HOUR, MINUTE
from cloudops.remediation.execution import Execution, ExecutionStatus, transition
from cloudops.remediation.guardrails import (
    ALL_AN_HOUR,
    CONFIDENCE_FLOOR,
    COOLDOWN_MINUTES,
    MAX_STEP,
    TARGET_AN_HOUR,
    Guardrail,
    GuardrailInput,
    Ruling,
    evaluate,
)
from cloudops.remediation.kill_switch import KillSwitchState
from cloudops.remediation.plan import TargetState
from tests.fakes.incident_factory import NOON
from tests.fakes.plan_factory import PLAN, TARGET, ready

ALLOW, NEEDS_APPROVAL, DENY = Ruling.ALLOW, Ruling.NEEDS_APPROVAL, Ruling.DENY
INPUT = GuardrailInput(
    plan=PLAN,
    observed=TargetState(at=NOON, mark="m1", desired=4, healthy=4),
    limits=Limits(),
    kill_switch=KillSwitchState(stopped=False, by="", at=0, reason=""),
    confidence=0.8,
    confidence_low=0.7,
)
NO_COOLDOWN = Limits(cooldown_minutes=0)


def ruling(context: GuardrailInput, guardrail: Guardrail) -> Ruling:
    (decided,) = [one.ruling for one in evaluate(context, NOON).verdicts if one.guardrail is guardrail]
    return decided


def with_change(**changes: object) -> GuardrailInput:
    return with_(INPUT, plan=replace(PLAN, draft=replace(PLAN.draft, **changes)))


def with_health(
    desired: int | None, healthy: int | None, disturbs: int | None, min_healthy_percent: int | None = None
) -> GuardrailInput:
    observed = replace(INPUT.observed, desired=desired, healthy=healthy)
    limits = Limits(min_healthy_percent=min_healthy_percent)
    return with_(with_change(disturbs=disturbs), observed=observed, limits=limits)


def acted(ago: int, number: int, target: str = "checkout") -> Execution:
    """An execution that acted `ago` milliseconds before now."""
    at = NOON - ago
    plan = replace(PLAN, attempt=number, target=replace(TARGET, name=target))
    running = transition(ready(plan, now=at), ExecutionStatus.RUNNING, "begun", at)
    return replace(transition(running, ExecutionStatus.ACTING, "acting", at), acted_at=at)


@pytest.mark.parametrize(
    ("before", "after", "limits", "expected"),
    [
        (2, 2 + MAX_STEP, Limits(), ALLOW),
        (2, 3 + MAX_STEP, Limits(), DENY),
        (20, 20 - MAX_STEP, Limits(), ALLOW),
        (20, 19 - MAX_STEP, Limits(), DENY),
        (2, 2, Limits(max_step=0), ALLOW),
        (2, 3, Limits(max_step=0), DENY),
        (2, 4, Limits(max_count=4), ALLOW),
        (2, 5, Limits(max_count=4), DENY),
        (4, 2, Limits(min_count=2), ALLOW),
        (4, 1, Limits(min_count=2), DENY),
        (None, 500, Limits(), ALLOW),
        (500, None, Limits(), ALLOW),
    ],
)
def test_a_step_may_reach_its_limit_but_not_exceed_it(
    before: int | None, after: int | None, limits: Limits, expected: Ruling
) -> None:
    context = with_(with_change(count_before=before, count_after=after), limits=limits)
    assert ruling(context, Guardrail.STEP_SIZE) is expected


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (with_health(4, 4, 2), ALLOW),
        (with_health(4, 4, 3), DENY),
        (with_health(4, 2, 0), ALLOW),
        (with_health(4, 1, 0), NEEDS_APPROVAL),
        (with_health(5, 3, 0), ALLOW),
        (with_health(5, 3, 1), DENY),
        (with_health(5, 2, 0), NEEDS_APPROVAL),
        (with_health(4, 4, 1, min_healthy_percent=75), ALLOW),
        (with_health(4, 4, 2, min_healthy_percent=75), DENY),
        (with_health(4, 0, 0, min_healthy_percent=0), ALLOW),
        (with_health(None, 0, 9), ALLOW),
        (with_health(4, None, 9), ALLOW),
        (with_health(4, 0, None), ALLOW),
    ],
)
def test_the_healthy_floor_is_rounded_up_and_may_be_reached(
    context: GuardrailInput, expected: Ruling
) -> None:
    assert ruling(context, Guardrail.HEALTH) is expected


@pytest.mark.parametrize(
    ("ago", "limits", "expected"),
    [
        (COOLDOWN_MINUTES * MINUTE, Limits(), ALLOW),
        (COOLDOWN_MINUTES * MINUTE - 1, Limits(), DENY),
        (5 * MINUTE, Limits(cooldown_minutes=5), ALLOW),
        (5 * MINUTE - 1, Limits(cooldown_minutes=5), DENY),
        (0, Limits(cooldown_minutes=0), ALLOW),
    ],
)
def test_the_cooldown_ends_with_its_last_minute(ago: int, limits: Limits, expected: Ruling) -> None:
    assert ruling(with_(INPUT, history=(acted(ago, 1),), limits=limits), Guardrail.COOLDOWN) is expected


def test_the_cooldown_starts_with_the_latest_action_on_this_target_alone() -> None:
    other = acted(1, 1, "cart")
    earlier, later = acted(HOUR, 2), acted(MINUTE, 3)
    assert ruling(with_(INPUT, history=(other,)), Guardrail.COOLDOWN) is ALLOW
    assert ruling(with_(INPUT, history=(later, earlier)), Guardrail.COOLDOWN) is DENY


def test_an_execution_that_is_acting_counts_before_its_time_is_stored() -> None:
    acting = replace(acted(MINUTE, 1), acted_at=None)
    assert ruling(with_(INPUT, history=(acting,)), Guardrail.COOLDOWN) is DENY
    assert ruling(with_(INPUT, history=(ready(),)), Guardrail.COOLDOWN) is ALLOW


def test_an_execution_that_ended_counts_by_the_time_of_its_action() -> None:
    acting = acted(COOLDOWN_MINUTES * MINUTE, 1)
    ended = transition(acting, ExecutionStatus.VERIFYING, "acted", NOON)
    assert ruling(with_(INPUT, history=(ended,)), Guardrail.COOLDOWN) is ALLOW


@pytest.mark.parametrize(("ago", "expected"), [(COOLDOWN_MINUTES * MINUTE, ALLOW), (1, DENY)])
def test_a_rollback_starts_the_cooldown_again(ago: int, expected: Ruling) -> None:
    acting = acted(HOUR, 1)
    undoing = transition(acting, ExecutionStatus.COMPENSATING, "worse", NOON - HOUR)
    over = transition(undoing, ExecutionStatus.COMPENSATED, "restored", NOON)
    undone = replace(over, undone_at=NOON - ago)
    assert ruling(with_(INPUT, history=(undone,)), Guardrail.COOLDOWN) is expected


@pytest.mark.parametrize(
    ("number", "ago", "expected"),
    [
        (TARGET_AN_HOUR - 1, HOUR - 1, ALLOW),
        (TARGET_AN_HOUR, HOUR - 1, DENY),
        (TARGET_AN_HOUR, HOUR, ALLOW),
    ],
)
def test_executions_on_one_target_are_limited_per_hour(number: int, ago: int, expected: Ruling) -> None:
    history = tuple(acted(ago, attempt) for attempt in range(number))
    assert ruling(with_(INPUT, history=history, limits=NO_COOLDOWN), Guardrail.RATE_LIMIT) is expected


@pytest.mark.parametrize(
    ("number", "ago", "expected"),
    [(ALL_AN_HOUR - 1, 0, ALLOW), (ALL_AN_HOUR, HOUR - 1, DENY), (ALL_AN_HOUR, HOUR, ALLOW)],
)
def test_executions_on_all_targets_are_limited_per_hour(number: int, ago: int, expected: Ruling) -> None:
    history = tuple(acted(ago, attempt, f"service-{attempt}") for attempt in range(number))
    assert ruling(with_(INPUT, history=history), Guardrail.RATE_LIMIT) is expected


@pytest.mark.parametrize(
    ("holder", "mine", "expected"),
    [
        ("", ready(), ALLOW),
        (ready().id, ready(), ALLOW),
        ("inc_1.x2", ready(), DENY),
        ("inc_1.x2", None, DENY),
        ("", None, ALLOW),
    ],
)
def test_only_another_execution_on_the_service_blocks(
    holder: str, mine: Execution | None, expected: Ruling
) -> None:
    context = with_(INPUT, holder=holder, execution=mine)
    assert ruling(context, Guardrail.CONCURRENT_EXECUTION) is expected


@pytest.mark.parametrize(
    ("low", "mean", "expected"),
    [
        (CONFIDENCE_FLOOR, 0.0, ALLOW),
        (CONFIDENCE_FLOOR - 0.001, 1.0, NEEDS_APPROVAL),
        (None, CONFIDENCE_FLOOR, ALLOW),
        (None, CONFIDENCE_FLOOR - 0.001, NEEDS_APPROVAL),
    ],
)
def test_the_percentile_counts_if_known_and_otherwise_the_mean(
    low: float | None, mean: float, expected: Ruling
) -> None:
    assert ruling(with_(INPUT, confidence_low=low, confidence=mean), Guardrail.CONFIDENCE) is expected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ("prod", NEEDS_APPROVAL),
        ("production", NEEDS_APPROVAL),
        ("", NEEDS_APPROVAL),
        ("blue", NEEDS_APPROVAL),
        ("staging", ALLOW),
        ("preprod", ALLOW),
    ],
)
def test_an_unknown_environment_counts_as_production(environment: str, expected: Ruling) -> None:
    target = replace(TARGET, environment=environment)
    context = with_(INPUT, plan=replace(PLAN, target=target))
    assert ruling(context, Guardrail.ENVIRONMENT) is expected


@pytest.mark.parametrize(
    ("desired", "disturbs", "required_approvals"),
    [(4, 2, 0), (4, 3, 2), (5, 2, 0), (5, 3, 2), (None, 9, 0), (4, None, 0)],
)
def test_an_action_that_disturbs_more_than_half_needs_two_approvals(
    desired: int | None, disturbs: int | None, required_approvals: int
) -> None:
    context = with_health(desired, 4, disturbs, min_healthy_percent=0)
    (risk,) = [one for one in evaluate(context, NOON).verdicts if one.guardrail is Guardrail.RISK]
    assert risk.required_approvals == required_approvals


@pytest.mark.parametrize(
    ("tier", "reversible", "environment", "required_approvals"),
    [
        (1, False, "prod", 2),
        (1, False, "", 2),
        (1, False, "blue", 2),
        (1, False, "Production", 2),
        (1, True, "prod", 0),
        (2, False, "prod", 0),
        (None, False, "prod", 0),
        (1, False, "dev", 0),
    ],
)
def test_an_irreversible_action_on_a_tier_1_service_in_production_needs_two_approvals(
    tier: int | None, reversible: bool, environment: str, required_approvals: int
) -> None:
    plan = replace(
        PLAN,
        target=replace(TARGET, environment=environment),
        draft=replace(PLAN.draft, reversible=reversible),
    )
    context = with_(INPUT, plan=plan, tier=tier)
    (risk,) = [one for one in evaluate(context, NOON).verdicts if one.guardrail is Guardrail.RISK]
    assert risk.required_approvals == required_approvals


def test_an_empty_list_of_actions_allows_every_action() -> None:
    assert ruling(with_(INPUT, limits=Limits(actions=())), Guardrail.ACTION) is ALLOW
    assert ruling(with_(INPUT, limits=Limits(actions=(PLAN.action,))), Guardrail.ACTION) is ALLOW
    assert ruling(with_(INPUT, limits=Limits(actions=(Action.ROLLBACK,))), Guardrail.ACTION) is DENY
