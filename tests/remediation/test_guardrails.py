"""What stands between a plan and the act, each with its reason."""

from dataclasses import replace as with_
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cloudops.catalog.declaration import Limits
from cloudops.core.errors import BadInput
from cloudops.core.taxonomy import Action
from cloudops.core.time import HOUR, MINUTE
from cloudops.remediation.change_freeze import Freeze, parse_freezes
from cloudops.remediation.execution import Execution, ExecutionStatus, transition
from cloudops.remediation.guardrails import Guardrail, GuardrailInput, Ruling, evaluate
from cloudops.remediation.kill_switch import KillSwitchState
from cloudops.remediation.plan import TargetState
from tests.fakes.incident_factory import NOON
from tests.fakes.plan_factory import PLAN, TARGET, ready

ON = KillSwitchState(stopped=False, by="", at=0, reason="")
SEEN = TargetState(at=NOON, mark="m1", desired=4, healthy=4)
ASK = GuardrailInput(
    plan=PLAN,
    observed=SEEN,
    limits=Limits(),
    kill_switch=ON,
    confidence=0.8,
    confidence_low=0.7,
)
DEV = replace(PLAN, target=replace(TARGET, environment="dev"))


def verdict(ask: GuardrailInput, guardrail: Guardrail) -> tuple[Ruling, str]:
    (found,) = [one for one in evaluate(ask, NOON).verdicts if one.guardrail is guardrail]
    return found.ruling, found.reason


def drafted(**changes: object) -> GuardrailInput:
    return with_(ASK, plan=replace(PLAN, draft=replace(PLAN.draft, **changes)))


def acted(minutes_ago: int, attempt: int = 1) -> Execution:
    then = NOON - minutes_ago * MINUTE
    running = transition(
        ready(replace(PLAN, attempt=attempt), now=then), ExecutionStatus.RUNNING, "begun", then
    )
    return replace(transition(running, ExecutionStatus.ACTING, "acting", then), acted_at=then)


def test_a_plan_within_all_bounds_in_production_asks_for_one_person() -> None:
    judged = evaluate(ASK, NOON)
    assert (judged.denial, judged.required_approvals) == ("", 1)
    assert [one.guardrail for one in judged.verdicts] == list(Guardrail)


def test_outside_production_it_asks_for_nobody() -> None:
    judged = evaluate(with_(ASK, plan=DEV), NOON)
    assert (judged.denial, judged.required_approvals) == ("", 0)


DENIED = [
    (
        with_(ASK, kill_switch=KillSwitchState(stopped=True, by="Linus", at=NOON, reason="deploying")),
        Guardrail.KILL_SWITCH,
        "automation is stopped: deploying",
    ),
    (
        with_(ASK, limits=Limits(actions=(Action.ROLLBACK,))),
        Guardrail.ACTION,
        "the catalog does not allow scale_service here, only rollback",
    ),
    (drafted(count_before=2, count_after=20), Guardrail.STEP_SIZE, "from 2 to 20 is more than a step of 10"),
    (with_(ASK, limits=Limits(max_step=1)), Guardrail.STEP_SIZE, "from 2 to 4 is more than a step of 1"),
    (with_(ASK, limits=Limits(max_count=3)), Guardrail.STEP_SIZE, "4 is above the ceiling of 3"),
    (
        with_(drafted(count_before=3, count_after=1), limits=Limits(min_count=2)),
        Guardrail.STEP_SIZE,
        "1 is below the floor of 2",
    ),
    (drafted(disturbs=3), Guardrail.HEALTH, "it would leave 1 of 4, fewer than 2"),
    (
        with_(drafted(disturbs=1), limits=Limits(min_healthy_percent=100)),
        Guardrail.HEALTH,
        "it would leave 3 of 4, fewer than 4",
    ),
    (
        with_(ASK, history=(acted(5),)),
        Guardrail.COOLDOWN,
        "something was done to it lately; 10 of 15 minutes to wait",
    ),
    (
        with_(ASK, history=tuple(acted(minutes, minutes) for minutes in (20, 30, 40))),
        Guardrail.RATE_LIMIT,
        "3 executions on it in the last hour, 3 are allowed",
    ),
    (
        with_(ASK, holder="inc_1.x9"),
        Guardrail.CONCURRENT_EXECUTION,
        "execution inc_1.x9 is at work on checkout",
    ),
]


@pytest.mark.parametrize(("ask", "guardrail", "reason"), DENIED, ids=[one[2] for one in DENIED])
def test_what_a_guardrail_denies_is_denied_with_its_reason(
    ask: GuardrailInput, guardrail: Guardrail, reason: str
) -> None:
    assert verdict(ask, guardrail) == (Ruling.DENY, reason)
    assert evaluate(ask, NOON).denial == reason


APPROVED = [
    (
        with_(ASK, observed=replace(SEEN, healthy=1)),
        Guardrail.HEALTH,
        "1 of 4 are healthy, fewer than 2 already",
        1,
    ),
    (
        with_(ASK, confidence_low=0.4),
        Guardrail.CONFIDENCE,
        "the 10th percentile of its confidence is 0.40, below 0.50",
        1,
    ),
    (
        with_(ASK, confidence_low=None, confidence=0.3),
        Guardrail.CONFIDENCE,
        "its confidence, of which nothing was learned yet, is 0.30, below 0.50",
        1,
    ),
    (
        with_(drafted(reversible=False), tier=1),
        Guardrail.RISK,
        "a tier 1 service, and it cannot be taken back",
        2,
    ),
    (
        with_(
            ASK,
            plan=replace(
                PLAN,
                target=replace(PLAN.target, environment=""),
                draft=replace(PLAN.draft, reversible=False),
            ),
            tier=1,
        ),
        Guardrail.RISK,
        "a tier 1 service, and it cannot be taken back",
        2,
    ),
    (
        with_(drafted(disturbs=3), limits=Limits(min_healthy_percent=0)),
        Guardrail.RISK,
        "it disturbs 3 of 4 at once",
        2,
    ),
]


@pytest.mark.parametrize(
    ("ask", "guardrail", "reason", "required_approvals"),
    APPROVED,
    ids=[f"{number} {one[2]}" for number, one in enumerate(APPROVED)],
)
def test_what_a_guardrail_leaves_to_people_says_to_how_many(
    ask: GuardrailInput, guardrail: Guardrail, reason: str, required_approvals: int
) -> None:
    assert verdict(ask, guardrail) == (Ruling.NEEDS_APPROVAL, reason)
    assert (evaluate(ask, NOON).denial, evaluate(ask, NOON).required_approvals) == ("", required_approvals)


def test_an_execution_does_not_stand_in_its_own_way() -> None:
    mine = acted(1)
    ask = with_(ASK, history=(mine,), holder=mine.id, execution_id=mine.id)
    assert evaluate(ask, NOON).denial == ""


def test_the_cooldown_of_the_catalog_counts() -> None:
    assert verdict(
        with_(ASK, history=(acted(5),), limits=Limits(cooldown_minutes=5)), Guardrail.COOLDOWN
    ) == (
        Ruling.ALLOW,
        "nothing was done to it in the last 5 minutes",
    )


def test_a_freeze_denies_while_it_holds_and_where_it_is_for() -> None:
    freezes = parse_freezes(
        '[{"reason": "Black Friday", "environments": ["prod"],'
        ' "startsAt": "2025-11-23T00:00:00Z", "endsAt": "2025-11-24T01:00:00+01:00"}]'
    )
    assert verdict(with_(ASK, freezes=freezes), Guardrail.CHANGE_FREEZE) == (
        Ruling.DENY,
        "change freeze until 2025-11-24 01:00 UTC+01:00: Black Friday",
    )
    assert verdict(with_(ASK, plan=DEV, freezes=freezes), Guardrail.CHANGE_FREEZE)[0] is Ruling.ALLOW
    (freeze,) = freezes
    assert freeze.holds("any", "prod", NOON)
    assert not freeze.holds("any", "prod", NOON + 24 * HOUR)


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
def test_a_freeze_that_cannot_be_is_refused_by_name(text: str, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_freezes(text)
    assert refused.value.field == field


@given(st.lists(st.integers(0, 90), max_size=6), st.integers(0, 90))
def test_more_history_never_loosens(before: list[int], more: int) -> None:
    history = tuple(acted(minutes, attempt) for attempt, minutes in enumerate(before, start=1))
    less = evaluate(with_(ASK, history=history), NOON)
    after = evaluate(with_(ASK, history=(*history, acted(more, 99))), NOON)
    assert not less.denial or after.denial
    assert after.required_approvals >= less.required_approvals


def test_freezes_have_an_end_that_is_outside() -> None:
    moment = datetime.fromtimestamp(NOON / 1000, UTC)
    freeze = Freeze(reason="x", starts_at=moment, ends_at=moment)
    assert not freeze.holds("a", "prod", NOON)
