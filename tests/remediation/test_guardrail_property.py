"""The rules of the guardrails, written out once more: each guardrail denies where its rule says so."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cloudops.alerts.environments import ENVIRONMENTS
from cloudops.catalog.declaration import Limits
from cloudops.core.ids import ExecutionId
from cloudops.core.taxonomy import Action
from cloudops.core.time import HOUR, MINUTE
from cloudops.remediation.autonomy import Autonomy, AutonomyLevel
from cloudops.remediation.change_freeze import Freeze
from cloudops.remediation.execution import Execution, ExecutionOrigin, ExecutionStatus, FreezeLift, Rejection
from cloudops.remediation.guardrails import (
    Guardrail,
    GuardrailDecision,
    GuardrailInput,
    Ruling,
    evaluate,
    evaluate_vetoes,
)
from cloudops.remediation.kill_switch import KillSwitchState
from cloudops.remediation.plan import Plan, TargetState
from tests.fakes.incident_factory import NOON
from tests.fakes.plan_factory import PLAN, TARGET, ready

OTHER_PLACE = replace(TARGET, name="cart")
MOMENT = datetime.fromtimestamp(NOON / 1000, UTC)
FREEZES = [Freeze(reason=reason, starts_at=MOMENT, ends_at=MOMENT) for reason in ("sale", "audit")]
AGES = (0, 1, 5 * MINUTE - 1, 5 * MINUTE, 15 * MINUTE - 1, 15 * MINUTE, HOUR - 1, HOUR, 7 * 24 * HOUR)
"""Milliseconds since a change, at and beside the bounds of cooldown and rate limit."""

small = st.integers(0, 25)
maybe_small = st.none() | small


def changed(at: int | None, place: str, number: int) -> Execution:
    """An execution that last changed its target at a time, or never."""
    plan = replace(PLAN, attempt=number + 2, target=TARGET if place == "here" else OTHER_PLACE)
    status = ExecutionStatus.VERIFYING if at is not None else ExecutionStatus.DENIED
    return replace(ready(plan), status=status, acted_at=at)


@dataclass
class Drawn:
    """The choices from which an input is built; its rules read these and nothing of the code under test."""

    stopped: bool = False
    rejected_at: int | None = None
    known_rejection: int | None = None
    freezes: list[Freeze] = field(default_factory=list)
    lifted: list[Freeze] | None = None
    silenced: bool = False
    level: Autonomy = Autonomy.APPROVE
    origin: ExecutionOrigin | None = None
    is_rolling_back: bool = False
    is_changed: bool = False
    actions: tuple[Action, ...] = ()
    before: int | None = 2
    after: int | None = 4
    max_step: int | None = None
    max_count: int | None = None
    min_count: int | None = None
    desired: int | None = 4
    healthy: int | None = 4
    disturbs: int | None = 0
    min_healthy: int | None = None
    cooldown: int | None = None
    history: list[tuple[int | None, str]] = field(default_factory=list)
    holder: str = ""
    low: float | None = 0.7
    mean: float = 0.8
    environment: str = "prod"
    tier: int | None = None
    reversible: bool = True

    @property
    def is_automatic(self) -> bool:
        return self.origin is ExecutionOrigin.AUTOMATIC

    def plan(self) -> Plan:
        draft = replace(
            PLAN.draft,
            count_before=self.before,
            count_after=self.after,
            disturbs=self.disturbs,
            reversible=self.reversible,
        )
        target = replace(TARGET, environment=self.environment)
        return replace(PLAN, draft=draft, target=target, rejected_at=self.known_rejection)

    def input(self) -> GuardrailInput:
        plan = self.plan()
        execution = lift = None
        if self.lifted is not None:
            titles = tuple(one.title for one in self.lifted)
            lift = FreezeLift(person="Linus", reason="must", at=NOON, freezes=titles)
        if self.origin is not None:
            status = ExecutionStatus.COMPENSATING if self.is_rolling_back else ExecutionStatus.ACTING
            execution = replace(ready(plan), origin=self.origin, status=status)
        rejection = None
        if self.rejected_at is not None:
            rejection = Rejection(
                suggestion_id=PLAN.suggestion_id, person="Grace", reason="no", at=self.rejected_at
            )
        history = [
            changed(None if age is None else NOON - age, place, number)
            for number, (age, place) in enumerate(self.history)
        ]
        return GuardrailInput(
            plan=plan,
            execution=execution,
            kill_switch=KillSwitchState(stopped=self.stopped, by="", at=0, reason=""),
            rejection=rejection,
            freezes=self.freezes,
            freeze_lift=lift,
            silence="known" if self.silenced else "",
            autonomy=AutonomyLevel(self.level, "as drawn"),
            observed=TargetState(
                at=NOON,
                mark="m2" if self.is_changed else "m1",
                desired=self.desired,
                healthy=self.healthy,
            ),
            limits=Limits(
                actions=self.actions,
                max_step=self.max_step,
                max_count=self.max_count,
                min_count=self.min_count,
                min_healthy_percent=self.min_healthy,
                cooldown_minutes=self.cooldown,
            ),
            confidence=self.mean,
            confidence_low=self.low,
            tier=self.tier,
            history=[*history, *([execution] if execution else [])],
            holder=ready(plan).id if self.holder == "me" else ExecutionId(self.holder),
        )

    # The rules: those that deny ...

    def vetoes(self) -> dict[Guardrail, bool]:
        unlifted = [one for one in self.freezes if not self.lifted or one not in self.lifted]
        is_rejected = self.rejected_at is not None and self.origin is not None
        may_only_suggest = self.level is Autonomy.SUGGEST and not (self.origin and self.is_rolling_back)
        may_not_act_alone = self.is_automatic and self.level is not Autonomy.AUTOMATIC
        return {
            Guardrail.KILL_SWITCH: self.stopped,
            Guardrail.REJECTION: is_rejected
            and (self.is_automatic or self.rejected_at != self.known_rejection),
            Guardrail.CHANGE_FREEZE: bool(unlifted),
            Guardrail.SILENCE: self.silenced and self.is_automatic,
            Guardrail.AUTONOMY: may_only_suggest or may_not_act_alone,
        }

    def denials(self) -> dict[Guardrail, bool]:
        return self.vetoes() | {
            Guardrail.TARGET_UNCHANGED: self.is_changed,
            Guardrail.ACTION: bool(self.actions) and Action.SCALE_SERVICE not in self.actions,
            Guardrail.STEP_SIZE: self.is_beyond_limits(),
            Guardrail.HEALTH: self.leaves_too_few(),
            Guardrail.COOLDOWN: self.is_cooling_down(),
            Guardrail.RATE_LIMIT: self.is_too_often(),
            Guardrail.CONCURRENT_EXECUTION: self.is_busy(),
        }

    def is_beyond_limits(self) -> bool:
        if self.before is None or self.after is None:
            return False
        return (
            abs(self.after - self.before) > (10 if self.max_step is None else self.max_step)
            or (self.max_count is not None and self.after > self.max_count)
            or (self.min_count is not None and self.after < self.min_count)
        )

    def leaves_too_few(self) -> bool:
        if not self.counts_health():
            return False
        healthy, desired, disturbs = self.healthy or 0, self.desired or 0, self.disturbs or 0
        least = desired * self.least_percent()
        return 100 * healthy >= least > 100 * (healthy - disturbs)

    def is_cooling_down(self) -> bool:
        cooldown = (15 if self.cooldown is None else self.cooldown) * MINUTE
        return any(age < cooldown for age, place in self.history if age is not None and place == "here")

    def is_too_often(self) -> bool:
        recent = [place for age, place in self.history if age is not None and age < HOUR]
        return recent.count("here") >= 3 or len(recent) >= 20

    def is_busy(self) -> bool:
        return self.holder == "another" or (self.holder == "me" and self.origin is None)

    # ... and those that require approvals.

    def approvals(self) -> dict[Guardrail, int]:
        production = self.environment not in ENVIRONMENTS - {"prod"}
        probability = self.mean if self.low is None else self.low
        too_few = (self.desired or 0) * self.least_percent() > 100 * (self.healthy or 0)
        disturbs_most = (
            self.desired is not None and self.disturbs is not None and self.disturbs > self.desired / 2
        )
        is_risky = (self.tier == 1 and not self.reversible) or disturbs_most
        return {
            Guardrail.REJECTION: int(self.rejected_at is not None and self.origin is None),
            Guardrail.SILENCE: int(self.silenced and not self.is_automatic),
            Guardrail.HEALTH: int(self.counts_health() and too_few),
            Guardrail.CONFIDENCE: int(probability < 0.5),
            Guardrail.ENVIRONMENT: int(production),
            Guardrail.RISK: 2 if production and is_risky else 0,
        }

    def counts_health(self) -> bool:
        return None not in (self.desired, self.healthy, self.disturbs)

    def least_percent(self) -> int:
        return 50 if self.min_healthy is None else self.min_healthy


drawn = st.builds(
    Drawn,
    stopped=st.booleans(),
    rejected_at=st.sampled_from([None, NOON, NOON + 1]),
    known_rejection=st.sampled_from([None, NOON]),
    freezes=st.lists(st.sampled_from(FREEZES), unique=True),
    lifted=st.none() | st.lists(st.sampled_from(FREEZES), min_size=1, unique=True),
    silenced=st.booleans(),
    level=st.sampled_from(list(Autonomy)),
    origin=st.sampled_from([None, *ExecutionOrigin]),
    is_rolling_back=st.booleans(),
    is_changed=st.booleans(),
    actions=st.sampled_from([(), (Action.SCALE_SERVICE,), (Action.ROLLBACK,)]),
    before=maybe_small,
    after=maybe_small,
    max_step=maybe_small,
    max_count=maybe_small,
    min_count=maybe_small,
    desired=st.none() | st.integers(0, 6),
    healthy=st.none() | st.integers(0, 6),
    disturbs=st.none() | st.integers(0, 6),
    min_healthy=st.sampled_from([None, 0, 34, 50, 75, 100]),
    cooldown=st.sampled_from([None, 0, 5, 10_000]),
    history=st.lists(
        st.tuples(st.none() | st.sampled_from(AGES), st.sampled_from(["here", "elsewhere"])), max_size=22
    ),
    holder=st.sampled_from(["", "me", "another"]),
    low=st.none() | st.sampled_from([0.0, 0.499, 0.5, 0.9]),
    mean=st.sampled_from([0.0, 0.499, 0.5, 0.9]),
    environment=st.sampled_from(["prod", "", "blue", "staging", "dev"]),
    tier=st.sampled_from([None, 1, 2]),
    reversible=st.booleans(),
)
ONE_RULE = [
    Drawn(stopped=True),
    Drawn(origin=ExecutionOrigin.APPROVED, rejected_at=NOON),
    Drawn(freezes=FREEZES[:1]),
    Drawn(origin=ExecutionOrigin.APPROVED, freezes=FREEZES, lifted=FREEZES[:1]),
    Drawn(origin=ExecutionOrigin.AUTOMATIC, level=Autonomy.AUTOMATIC, silenced=True),
    Drawn(origin=ExecutionOrigin.AUTOMATIC, level=Autonomy.APPROVE),
    Drawn(level=Autonomy.SUGGEST),
    Drawn(is_changed=True),
    Drawn(actions=(Action.ROLLBACK,)),
    Drawn(before=2, after=13),
    Drawn(max_count=3),
    Drawn(min_count=5),
    Drawn(disturbs=3),
    Drawn(history=[(15 * MINUTE - 1, "here")]),
    Drawn(history=[(HOUR - 1, "here")] * 3, cooldown=0),
    Drawn(history=[(HOUR - 1, "elsewhere")] * 20),
    Drawn(holder="another"),
]
"""In each, one rule alone denies the plan."""


def denied(decision: GuardrailDecision) -> set[Guardrail]:
    return {one.guardrail for one in decision.verdicts if one.ruling is Ruling.DENY}


def where_true(rules: dict[Guardrail, bool]) -> set[Guardrail]:
    return {guardrail for guardrail, holds in rules.items() if holds}


@given(drawn)
@settings(max_examples=400)
def test_each_guardrail_decides_as_its_rule_says(choices: Drawn) -> None:
    decision = evaluate(choices.input(), NOON)
    assert denied(decision) == where_true(choices.denials())
    assert bool(decision.denial) is any(choices.denials().values())
    required = {one.guardrail: one.required_approvals for one in decision.verdicts if one.required_approvals}
    assert required == {guardrail: people for guardrail, people in choices.approvals().items() if people}
    assert decision.required_approvals == max(choices.approvals().values())


@given(drawn)
@settings(max_examples=200)
def test_a_rollback_passes_if_and_only_if_every_veto_passes_it(choices: Drawn) -> None:
    assert denied(evaluate_vetoes(choices.input())) == where_true(choices.vetoes())


def test_each_rule_denies_a_plan_that_every_other_rule_passes() -> None:
    assert not evaluate(Drawn().input(), NOON).denial
    for choices in ONE_RULE:
        assert len(where_true(choices.denials())) == 1, choices
        assert denied(evaluate(choices.input(), NOON)) == where_true(choices.denials()), choices
