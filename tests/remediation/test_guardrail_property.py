"""Every rule of the guardrails, written out once more: a plan passes if, and only if, each rule passes it."""

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
from cloudops.remediation.guardrails import GuardrailInput, Ruling, evaluate, evaluate_vetoes
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
        execution = None
        if self.origin is not None:
            lift = None
            if self.lifted is not None:
                titles = tuple(one.title for one in self.lifted)
                lift = FreezeLift(person="Linus", reason="must", at=NOON, freezes=titles)
            status = ExecutionStatus.COMPENSATING if self.is_rolling_back else ExecutionStatus.ACTING
            execution = replace(ready(plan), origin=self.origin, status=status, freeze_lift=lift)
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

    def vetoes(self) -> list[bool]:
        unlifted = [one for one in self.freezes if not self.lifted or one not in self.lifted]
        return [
            self.stopped,
            self.origin is not None
            and self.rejected_at is not None
            and (self.is_automatic or self.rejected_at != self.known_rejection),
            bool(unlifted if self.origin else self.freezes),
            self.silenced and self.is_automatic,
            self.is_automatic and self.level is not Autonomy.AUTOMATIC,
            self.level is Autonomy.SUGGEST and not (self.origin and self.is_rolling_back),
        ]

    def denials(self) -> list[bool]:
        return [*self.vetoes(), self.is_changed, *self.beyond_limits(), *self.too_often(), self.is_busy()]

    def beyond_limits(self) -> list[bool]:
        rules = [bool(self.actions) and Action.SCALE_SERVICE not in self.actions]
        if self.before is not None and self.after is not None:
            rules += [
                abs(self.after - self.before) > (10 if self.max_step is None else self.max_step),
                self.max_count is not None and self.after > self.max_count,
                self.min_count is not None and self.after < self.min_count,
            ]
        if self.counts_health():
            healthy, desired, disturbs = self.healthy or 0, self.desired or 0, self.disturbs or 0
            rules.append(
                100 * healthy >= desired * self.least_percent()
                and 100 * (healthy - disturbs) < desired * self.least_percent()
            )
        return rules

    def too_often(self) -> list[bool]:
        here = [age for age, place in self.history if age is not None and place == "here"]
        everywhere = [age for age, _ in self.history if age is not None]
        cooldown = (15 if self.cooldown is None else self.cooldown) * MINUTE
        return [
            any(age < cooldown for age in here),
            sum(age < HOUR for age in here) >= 3,
            sum(age < HOUR for age in everywhere) >= 20,
        ]

    def is_busy(self) -> bool:
        return self.holder == "another" or (self.holder == "me" and self.origin is None)

    # ... and those that require approvals.

    def approvals(self) -> int:
        production = self.environment not in ENVIRONMENTS - {"prod"}
        probability = self.mean if self.low is None else self.low
        one = [
            self.rejected_at is not None and self.origin is None,
            self.silenced and not self.is_automatic,
            self.counts_health() and 100 * (self.healthy or 0) < (self.desired or 0) * self.least_percent(),
            probability < 0.5,
            production,
        ]
        disturbs_most = (
            self.desired is not None and self.disturbs is not None and self.disturbs > self.desired / 2
        )
        if production and ((self.tier == 1 and not self.reversible) or disturbs_most):
            return 2
        return int(any(one))

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


@given(drawn)
@settings(max_examples=400)
def test_a_plan_passes_if_and_only_if_every_rule_passes_it(choices: Drawn) -> None:
    decision = evaluate(choices.input(), NOON)
    assert bool(decision.denial) is any(choices.denials())
    assert decision.required_approvals == choices.approvals()


@given(drawn)
def test_a_rollback_passes_if_and_only_if_every_veto_passes_it(choices: Drawn) -> None:
    assert bool(evaluate_vetoes(choices.input()).denial) is any(choices.vetoes())


def test_each_rule_denies_a_plan_that_every_other_rule_passes() -> None:
    assert not evaluate(Drawn().input(), NOON).denial
    for choices in ONE_RULE:
        assert sum(choices.denials()) == 1, choices
        decision = evaluate(choices.input(), NOON)
        assert [one.ruling for one in decision.verdicts].count(Ruling.DENY) == 1, choices
