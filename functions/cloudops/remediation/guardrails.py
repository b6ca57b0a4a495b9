"""Decides whether a plan may be carried out: every guardrail gives its verdict, with its reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Final

import msgspec

from cloudops.catalog.declaration import Limits
from cloudops.core.ids import ExecutionId
from cloudops.core.time import HOUR, MINUTE, EpochMillis
from cloudops.remediation.change_freeze import Freeze, freeze_of
from cloudops.remediation.execution import Execution
from cloudops.remediation.kill_switch import KillSwitchState
from cloudops.remediation.plan import Plan, TargetState


class Guardrail(StrEnum):
    KILL_SWITCH = "kill_switch"
    ACTION = "action"
    STEP_SIZE = "step_size"
    HEALTH = "health"
    COOLDOWN = "cooldown"
    RATE_LIMIT = "rate_limit"
    CONCURRENT_EXECUTION = "concurrent_execution"
    CHANGE_FREEZE = "change_freeze"
    CONFIDENCE = "confidence"
    ENVIRONMENT = "environment"
    RISK = "risk"


class Ruling(StrEnum):
    ALLOW = "allow"
    NEEDS_APPROVAL = "needs_approval"
    DENY = "deny"


class Verdict(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What one guardrail says. `people` is how many have to approve."""

    guardrail: Guardrail
    ruling: Ruling
    reason: str
    required_approvals: int = 0


class GuardrailDecision(msgspec.Struct, frozen=True):
    """All verdicts together: one denial denies, and the most people that one asks for have to approve."""

    verdicts: tuple[Verdict, ...]

    @property
    def denial(self) -> str:
        """Why it may not be done, or ""."""
        return "; ".join(one.reason for one in self.verdicts if one.ruling is Ruling.DENY)

    @property
    def required_approvals(self) -> int:
        return max((one.required_approvals for one in self.verdicts), default=0)


def allow(guardrail: Guardrail, reason: str) -> Verdict:
    return Verdict(guardrail=guardrail, ruling=Ruling.ALLOW, reason=reason)


def ask_people(guardrail: Guardrail, reason: str, required_approvals: int = 1) -> Verdict:
    return Verdict(
        guardrail=guardrail,
        ruling=Ruling.NEEDS_APPROVAL,
        reason=reason,
        required_approvals=required_approvals,
    )


def deny(guardrail: Guardrail, reason: str) -> Verdict:
    return Verdict(guardrail=guardrail, ruling=Ruling.DENY, reason=reason)


COOLDOWN_MINUTES: Final = 15
"""Minutes between two executions on one target, where the catalog says no other: alarms need five to
fifteen to show what the first one did."""
MAX_STEP: Final = 10
"""Members that one execution adds or takes away, where the catalog says no other."""
MIN_HEALTHY: Final = 50
"""Percent of the members that stay healthy, where the catalog says no other: Kubernetes and ECS keep 75 and
100 by themselves, so a plan that goes lower was made on purpose."""
TARGET_AN_HOUR: Final = 3
"""Executions: what three have not mended the fourth does not."""
ALL_AN_HOUR: Final = 20
"""Executions in the whole deployment: more is a storm of our own making."""
CONFIDENCE_FLOOR: Final = 0.5
"""Of the 10th percentile, or of the mean where nothing was learned: below it, somebody looks first."""
PRODUCTION: Final = frozenset({"prod", "production"})


@dataclass(frozen=True, slots=True)
class GuardrailInput:
    """All that the guardrails look at. `history` are the executions of the last hour and cooldown, `holder`
    the execution that is at work on the service, `execution_id` the one that asks, so that it does not
    stand in its own way. `tier` 1 matters most; `confidence` is the mean, `confidence_low` the 10th
    percentile."""

    plan: Plan
    observed: TargetState
    limits: Limits
    kill_switch: KillSwitchState
    confidence: float
    confidence_low: float | None = None
    tier: int | None = None
    history: Sequence[Execution] = ()
    holder: str = ""
    freezes: Sequence[Freeze] = ()
    execution_id: ExecutionId | None = None


def evaluate(ask: GuardrailInput, now: EpochMillis) -> GuardrailDecision:
    """The verdict of each guardrail, in the order of Guard."""
    return GuardrailDecision(
        (
            _kill_switch(ask),
            _action(ask),
            _step(ask),
            _health(ask),
            _cooldown(ask, now),
            _rate(ask, now),
            _concurrent_execution(ask),
            _freeze(ask, now),
            _confidence(ask),
            _environment(ask),
            _risk(ask),
        )
    )


def _kill_switch(ask: GuardrailInput) -> Verdict:
    switch = ask.kill_switch
    if switch.stopped:
        return deny(Guardrail.KILL_SWITCH, f"automation is stopped: {switch.reason or 'no reason given'}")
    return allow(Guardrail.KILL_SWITCH, "automation is on")


def _action(ask: GuardrailInput) -> Verdict:
    allowed, action = ask.limits.actions, ask.plan.action
    if allowed and action not in allowed:
        return deny(Guardrail.ACTION, f"the catalog does not allow {action} here, only {', '.join(allowed)}")
    return allow(Guardrail.ACTION, f"the catalog allows {action}")


def _step(ask: GuardrailInput) -> Verdict:
    before, after, limits = ask.plan.draft.count_before, ask.plan.draft.count_after, ask.limits
    if before is None or after is None:
        return allow(Guardrail.STEP_SIZE, "nothing is added or taken away")
    most = MAX_STEP if limits.max_step is None else limits.max_step
    if abs(after - before) > most:
        return deny(Guardrail.STEP_SIZE, f"from {before} to {after} is more than a step of {most}")
    if limits.max_count is not None and after > limits.max_count:
        return deny(Guardrail.STEP_SIZE, f"{after} is above the ceiling of {limits.max_count}")
    if limits.min_count is not None and after < limits.min_count:
        return deny(Guardrail.STEP_SIZE, f"{after} is below the floor of {limits.min_count}")
    return allow(Guardrail.STEP_SIZE, f"from {before} to {after} is within a step of {most}")


def _health(ask: GuardrailInput) -> Verdict:
    desired, healthy, disturbs = ask.observed.desired, ask.observed.healthy, ask.plan.draft.disturbs
    if desired is None or healthy is None or disturbs is None:
        return allow(Guardrail.HEALTH, "the platform keeps enough of it healthy")
    percent = MIN_HEALTHY if ask.limits.min_healthy_percent is None else ask.limits.min_healthy_percent
    floor = ceil(desired * percent / 100)
    if healthy < floor:
        return ask_people(Guardrail.HEALTH, f"{healthy} of {desired} are healthy, fewer than {floor} already")
    if healthy - disturbs < floor:
        return deny(Guardrail.HEALTH, f"it would leave {healthy - disturbs} of {desired}, fewer than {floor}")
    return allow(Guardrail.HEALTH, f"{healthy - disturbs} of {desired} stay healthy, {floor} have to")


def _others(ask: GuardrailInput) -> Iterator[Execution]:
    """The executions that did something to some target, without the one that asks."""
    return (
        one
        for one in ask.history
        if one.id != ask.execution_id and (one.acted_at is not None or one.status.has_acted)
    )


def _when(execution: Execution) -> EpochMillis:
    return execution.acted_at or execution.updated_at


def _on_target(ask: GuardrailInput) -> Iterator[Execution]:
    place = ask.plan.target.place
    return (one for one in _others(ask) if one.plan.target.place == place)


def _cooldown(ask: GuardrailInput, now: EpochMillis) -> Verdict:
    minutes = COOLDOWN_MINUTES if ask.limits.cooldown_minutes is None else ask.limits.cooldown_minutes
    last = max((_when(one) for one in _on_target(ask)), default=None)
    if last is not None and now - last < minutes * MINUTE:
        left = ceil((last + minutes * MINUTE - now) / MINUTE)
        return deny(
            Guardrail.COOLDOWN, f"something was done to it lately; {left} of {minutes} minutes to wait"
        )
    return allow(Guardrail.COOLDOWN, f"nothing was done to it in the last {minutes} minutes")


def _rate(ask: GuardrailInput, now: EpochMillis) -> Verdict:
    here = sum(now - _when(one) < HOUR for one in _on_target(ask))
    everywhere = sum(now - _when(one) < HOUR for one in _others(ask))
    if here >= TARGET_AN_HOUR:
        return deny(
            Guardrail.RATE_LIMIT, f"{here} executions on it in the last hour, {TARGET_AN_HOUR} are allowed"
        )
    if everywhere >= ALL_AN_HOUR:
        return deny(
            Guardrail.RATE_LIMIT, f"{everywhere} executions in the last hour, {ALL_AN_HOUR} are allowed"
        )
    return allow(Guardrail.RATE_LIMIT, f"{here} executions on it and {everywhere} in all in the last hour")


def _concurrent_execution(ask: GuardrailInput) -> Verdict:
    if ask.holder not in ("", ask.execution_id):
        return deny(
            Guardrail.CONCURRENT_EXECUTION, f"execution {ask.holder} is at work on {ask.plan.service}"
        )
    return allow(Guardrail.CONCURRENT_EXECUTION, "nothing else is at work on the service")


def _freeze(ask: GuardrailInput, now: EpochMillis) -> Verdict:
    freeze = freeze_of(ask.freezes, ask.plan.service, ask.plan.target.environment, now)
    if freeze is not None:
        return deny(
            Guardrail.CHANGE_FREEZE,
            f"change freeze until {freeze.ends_at:%Y-%m-%d %H:%M %Z}: {freeze.reason}",
        )
    return allow(Guardrail.CHANGE_FREEZE, "no change freeze")


def _confidence(ask: GuardrailInput) -> Verdict:
    if ask.confidence_low is not None:
        sure, name = ask.confidence_low, "the 10th percentile of its confidence"
    else:
        sure, name = ask.confidence, "its confidence, of which nothing was learned yet,"
    if sure < CONFIDENCE_FLOOR:
        return ask_people(Guardrail.CONFIDENCE, f"{name} is {sure:.2f}, below {CONFIDENCE_FLOOR:.2f}")
    return allow(Guardrail.CONFIDENCE, f"{name} is {sure:.2f}")


def _environment(ask: GuardrailInput) -> Verdict:
    environment = ask.plan.target.environment
    if environment in PRODUCTION or not environment:
        return ask_people(Guardrail.ENVIRONMENT, f"{environment or 'an unknown environment'} needs approval")
    return allow(Guardrail.ENVIRONMENT, f"{environment} needs no approval")


def _risk(ask: GuardrailInput) -> Verdict:
    """Two different people where a mistake is dear and cannot be taken back: nobody approves alone what they
    asked for."""
    plan, observed, environment = ask.plan.draft, ask.observed, ask.plan.target.environment
    if environment and environment not in PRODUCTION:
        return allow(Guardrail.RISK, "not in production")
    if ask.tier == 1 and not plan.reversible:
        return ask_people(
            Guardrail.RISK, "a tier 1 service, and it cannot be taken back", required_approvals=2
        )
    half = observed.desired is not None and plan.disturbs is not None and plan.disturbs * 2 > observed.desired
    if half:
        return ask_people(
            Guardrail.RISK, f"it disturbs {plan.disturbs} of {observed.desired} at once", required_approvals=2
        )
    return allow(Guardrail.RISK, "it can be taken back, or the service can do without")
