"""Guardrails: what each one denies or leaves to people, with its reason."""

from dataclasses import replace as with_

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cloudops.catalog.declaration import Limits
from cloudops.core.errors import BadInput
from cloudops.core.taxonomy import Action
from cloudops.core.time import MINUTE
from cloudops.remediation.change_freeze import parse_freezes
from cloudops.remediation.execution import Execution, ExecutionStatus, transition
from cloudops.remediation.guardrails import Guardrail, GuardrailInput, Ruling, evaluate
from cloudops.remediation.kill_switch import KillSwitchState
from cloudops.remediation.plan import TargetState
from tests.fakes.incident_factory import NOON
from tests.fakes.plan_factory import PLAN, TARGET, ready

ON = KillSwitchState(stopped=False, by="", at=0, reason="")
OBSERVED = TargetState(at=NOON, mark="m1", desired=4, healthy=4)
CONTEXT = GuardrailInput(
    plan=PLAN,
    observed=OBSERVED,
    limits=Limits(),
    kill_switch=ON,
    confidence=0.8,
    confidence_low=0.7,
)
DEV = replace(PLAN, target=replace(TARGET, environment="dev"))


def verdict(context: GuardrailInput, guardrail: Guardrail) -> tuple[Ruling, str]:
    (decided,) = [one for one in evaluate(context, NOON).verdicts if one.guardrail is guardrail]
    return decided.ruling, decided.reason


def with_change(**changes: object) -> GuardrailInput:
    return with_(CONTEXT, plan=replace(PLAN, draft=replace(PLAN.draft, **changes)))


def acted(minutes_ago: int, attempt: int = 1) -> Execution:
    then = NOON - minutes_ago * MINUTE
    running = transition(
        ready(replace(PLAN, attempt=attempt), now=then), ExecutionStatus.RUNNING, "begun", then
    )
    return replace(transition(running, ExecutionStatus.ACTING, "acting", then), acted_at=then)


def test_a_plan_within_all_limits_needs_one_approval_in_production() -> None:
    decision = evaluate(CONTEXT, NOON)
    assert (decision.denial, decision.required_approvals) == ("", 1)
    assert [one.guardrail for one in decision.verdicts] == list(Guardrail)


def test_a_plan_within_all_limits_needs_no_approval_outside_production() -> None:
    decision = evaluate(with_(CONTEXT, plan=DEV), NOON)
    assert (decision.denial, decision.required_approvals) == ("", 0)


DENIED = [
    (
        with_(CONTEXT, kill_switch=KillSwitchState(stopped=True, by="Linus", at=NOON, reason="deploying")),
        Guardrail.KILL_SWITCH,
        "automation is stopped: deploying",
    ),
    (
        with_(CONTEXT, limits=Limits(actions=(Action.ROLLBACK,))),
        Guardrail.ACTION,
        "the catalog does not allow scale_service here, only rollback",
    ),
    (
        with_change(count_before=2, count_after=20),
        Guardrail.STEP_SIZE,
        "from 2 to 20 is more than a step of 10",
    ),
    (with_(CONTEXT, limits=Limits(max_step=1)), Guardrail.STEP_SIZE, "from 2 to 4 is more than a step of 1"),
    (with_(CONTEXT, limits=Limits(max_count=3)), Guardrail.STEP_SIZE, "4 is above the ceiling of 3"),
    (
        with_(with_change(count_before=3, count_after=1), limits=Limits(min_count=2)),
        Guardrail.STEP_SIZE,
        "1 is below the floor of 2",
    ),
    (with_change(disturbs=3), Guardrail.HEALTH, "the action would leave 1 of 4 healthy, fewer than 2"),
    (
        with_(with_change(disturbs=1), limits=Limits(min_healthy_percent=100)),
        Guardrail.HEALTH,
        "the action would leave 3 of 4 healthy, fewer than 4",
    ),
    (
        with_(CONTEXT, history=(acted(5),)),
        Guardrail.COOLDOWN,
        "the target was changed recently; 10 of 15 minutes of cooldown remain",
    ),
    (
        with_(CONTEXT, history=tuple(acted(minutes, minutes) for minutes in (20, 30, 40))),
        Guardrail.RATE_LIMIT,
        "3 executions on the target in the last hour, 3 are allowed",
    ),
    (
        with_(CONTEXT, holder="inc_1.x9"),
        Guardrail.CONCURRENT_EXECUTION,
        "execution inc_1.x9 is running on checkout",
    ),
]


@pytest.mark.parametrize(("context", "guardrail", "reason"), DENIED, ids=[one[2] for one in DENIED])
def test_a_denial_of_one_guardrail_denies_with_its_reason(
    context: GuardrailInput, guardrail: Guardrail, reason: str
) -> None:
    assert verdict(context, guardrail) == (Ruling.DENY, reason)
    assert evaluate(context, NOON).denial == reason


APPROVED = [
    (
        with_(CONTEXT, observed=replace(OBSERVED, healthy=1)),
        Guardrail.HEALTH,
        "1 of 4 are healthy, fewer than 2 already",
        1,
    ),
    (
        with_(CONTEXT, confidence_low=0.4),
        Guardrail.CONFIDENCE,
        "the 10th percentile of the confidence is 0.40, below 0.50",
        1,
    ),
    (
        with_(CONTEXT, confidence_low=None, confidence=0.3),
        Guardrail.CONFIDENCE,
        "the confidence (without feedback) is 0.30, below 0.50",
        1,
    ),
    (
        with_(with_change(reversible=False), tier=1),
        Guardrail.RISK,
        "the service is tier 1, and the action cannot be rolled back",
        2,
    ),
    (
        with_(
            CONTEXT,
            plan=replace(
                PLAN,
                target=replace(PLAN.target, environment=""),
                draft=replace(PLAN.draft, reversible=False),
            ),
            tier=1,
        ),
        Guardrail.RISK,
        "the service is tier 1, and the action cannot be rolled back",
        2,
    ),
    (
        with_(with_change(disturbs=3), limits=Limits(min_healthy_percent=0)),
        Guardrail.RISK,
        "the action disturbs 3 of 4 at once",
        2,
    ),
]


@pytest.mark.parametrize(
    ("context", "guardrail", "reason", "required_approvals"),
    APPROVED,
    ids=[f"{number} {one[2]}" for number, one in enumerate(APPROVED)],
)
def test_a_guardrail_states_how_many_approvals_it_requires(
    context: GuardrailInput, guardrail: Guardrail, reason: str, required_approvals: int
) -> None:
    assert verdict(context, guardrail) == (Ruling.NEEDS_APPROVAL, reason)
    assert (evaluate(context, NOON).denial, evaluate(context, NOON).required_approvals) == (
        "",
        required_approvals,
    )


def test_an_execution_does_not_block_itself() -> None:
    mine = acted(1)
    context = with_(CONTEXT, history=(mine,), holder=mine.id, execution=mine)
    assert evaluate(context, NOON).denial == ""


def test_the_catalog_can_shorten_the_cooldown() -> None:
    assert verdict(
        with_(CONTEXT, history=(acted(5),), limits=Limits(cooldown_minutes=5)), Guardrail.COOLDOWN
    ) == (
        Ruling.ALLOW,
        "no execution on the target in the last 5 minutes",
    )


def test_a_freeze_denies_until_its_end() -> None:
    (freeze,) = parse_freezes(
        '[{"reason": "Black Friday", "startsAt": "2025-11-23T00:00:00Z",'
        ' "endsAt": "2025-11-24T01:00:00+01:00"}]'
    )
    assert verdict(with_(CONTEXT, freezes=(freeze,)), Guardrail.CHANGE_FREEZE) == (
        Ruling.DENY,
        "change freeze until 2025-11-24 01:00 UTC+01:00: Black Friday",
    )
    assert verdict(CONTEXT, Guardrail.CHANGE_FREEZE)[0] is Ruling.ALLOW


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("{}", "freezes"),
        ('[{"reason": "", "startsAt": "2025-01-01T00:00:00Z", "endsAt": "2025-01-02T00:00:00Z"}]', "freezes"),
        ('[{"reason": "x", "startsAt": "2025-01-01T00:00:00", "endsAt": "2025-01-02T00:00:00Z"}]', "freezes"),
        (
            '[{"reason": "x", "startsAt": "2025-01-02T00:00:00Z", "endsAt": "2025-01-01T00:00:00Z"}]',
            "freezes[0].endsAt",
        ),
    ],
)
def test_an_invalid_freeze_is_refused_with_its_field(text: str, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_freezes(text)
    assert refused.value.field == field


@given(st.lists(st.integers(0, 90), max_size=6), st.integers(0, 90))
def test_more_history_never_makes_a_guardrail_more_lenient(before: list[int], more: int) -> None:
    history = tuple(acted(minutes, attempt) for attempt, minutes in enumerate(before, start=1))
    less = evaluate(with_(CONTEXT, history=history), NOON)
    after = evaluate(with_(CONTEXT, history=(*history, acted(more, 99))), NOON)
    assert not less.denial or after.denial
    assert after.required_approvals >= less.required_approvals
