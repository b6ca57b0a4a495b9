"""Evaluates the guardrails of a plan: each allows it, requires approvals or denies it, with a reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Final

import msgspec

from cloudops.alerts.environments import ENVIRONMENTS, canonical_environment, is_production
from cloudops.catalog.declaration import Limits
from cloudops.core.ids import ExecutionId
from cloudops.core.time import HOUR, MINUTE, EpochMillis
from cloudops.remediation.autonomy import OFF, Autonomy, AutonomyLevel
from cloudops.remediation.change_freeze import Freeze
from cloudops.remediation.execution import Execution, ExecutionOrigin, ExecutionStatus, FreezeLift, Rejection
from cloudops.remediation.kill_switch import KillSwitchState
from cloudops.remediation.plan import Plan, TargetState


class Guardrail(StrEnum):
    """The guardrails, in the order of evaluation."""

    KILL_SWITCH = "kill_switch"
    REJECTION = "rejection"
    CHANGE_FREEZE = "change_freeze"
    SILENCE = "silence"
    AUTONOMY = "autonomy"
    TARGET_UNCHANGED = "target_unchanged"
    ACTION = "action"
    STEP_SIZE = "step_size"
    HEALTH = "health"
    COOLDOWN = "cooldown"
    RATE_LIMIT = "rate_limit"
    CONCURRENT_EXECUTION = "concurrent_execution"
    CONFIDENCE = "confidence"
    ENVIRONMENT = "environment"
    RISK = "risk"


class Ruling(StrEnum):
    """What a guardrail decides."""

    ALLOW = "allow"
    NEEDS_APPROVAL = "needs_approval"
    DENY = "deny"


class Verdict(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The decision of one guardrail. `required_approvals` is the number of people who must approve."""

    guardrail: Guardrail
    ruling: Ruling
    reason: str
    required_approvals: int = 0


class GuardrailDecision(msgspec.Struct, frozen=True):
    """The decision of all guardrails: one denial denies, and the highest number of approvals is required."""

    verdicts: tuple[Verdict, ...]

    @property
    def denial(self) -> str:
        """The reasons of all denials, or "" if no guardrail denies."""
        return "; ".join(one.reason for one in self.verdicts if one.ruling is Ruling.DENY)

    @property
    def required_approvals(self) -> int:
        """The number of people who must approve; 0 if none."""
        return max((one.required_approvals for one in self.verdicts), default=0)


def allow(guardrail: Guardrail, reason: str) -> Verdict:
    """Returns a verdict that allows the plan."""
    return Verdict(guardrail=guardrail, ruling=Ruling.ALLOW, reason=reason)


def require_approvals(guardrail: Guardrail, reason: str, required_approvals: int = 1) -> Verdict:
    """Returns a verdict that requires approvals."""
    return Verdict(
        guardrail=guardrail,
        ruling=Ruling.NEEDS_APPROVAL,
        reason=reason,
        required_approvals=required_approvals,
    )


def deny(guardrail: Guardrail, reason: str) -> Verdict:
    """Returns a verdict that denies the plan."""
    return Verdict(guardrail=guardrail, ruling=Ruling.DENY, reason=reason)


COOLDOWN_MINUTES: Final = 15
"""Minutes after our last change of a target, rollback included, unless the catalog sets another value:
alarms need five to fifteen minutes to show the effect of a change."""
MAX_STEP: Final = 10
"""Tasks, pods or instances that one execution adds or removes at most, unless the catalog sets another
value."""
MIN_HEALTHY_PERCENT: Final = 50
"""Percent of the desired members that must stay healthy, unless the catalog sets another value. The defaults
of Kubernetes and ECS are 75 and 100, so this allows what a team configured on purpose."""
TARGET_AN_HOUR: Final = 3
"""Executions on one target in an hour: if three did not help, a fourth does not either."""
ALL_AN_HOUR: Final = 20
"""Executions in the whole deployment in an hour: more would be a failure of CloudOps itself."""
CONFIDENCE_FLOOR: Final = 0.5
"""Lowest 10th percentile of the confidence (or mean, without feedback) that needs no approval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoInput:
    """The input of the guardrails that are asked before every call that changes a target, rollback included.

    Attributes:
        execution: The execution under evaluation, or None before it exists.
        rejection: The latest rejection of the suggestion, or None.
        freezes: The change freezes that cover the target now, the one that ends last first.
        freeze_lift: The lift of change freezes for this plan, or None.
        silence: The reason of the silence that covers the incident, or "".
        autonomy: How far CloudOps may act without a person, as far as policy and evidence decide it.
    """

    plan: Plan
    kill_switch: KillSwitchState
    execution: Execution | None = None
    rejection: Rejection | None = None
    freezes: Sequence[Freeze] = ()
    freeze_lift: FreezeLift | None = None
    silence: str = ""
    autonomy: AutonomyLevel = OFF

    @property
    def execution_id(self) -> ExecutionId | None:
        """The id of the execution under evaluation, which does not block itself, or None before it
        exists."""
        return self.execution.id if self.execution else None

    @property
    def is_automatic(self) -> bool:
        """Whether CloudOps started the execution by itself."""
        return self.execution is not None and self.execution.origin is ExecutionOrigin.AUTOMATIC

    @property
    def is_rollback(self) -> bool:
        """Whether the call under evaluation undoes the action."""
        return self.execution is not None and self.execution.status is ExecutionStatus.COMPENSATING


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardrailInput(VetoInput):
    """The input of all guardrails.

    Attributes:
        observed: The target as it is now.
        limits: The limits that the catalog sets for the target.
        confidence: Mean of the estimated probability that the action helps.
        confidence_low: Its 10th percentile, or None without feedback.
        tier: Tier of the service, 1 for the most important, or None if it is not declared.
        history: Executions that acted on the target within its cooldown, and on any target within an hour,
            in any order.
        holder: Id of the execution that holds the lock of the service, or "".
    """

    observed: TargetState
    limits: Limits
    confidence: float
    confidence_low: float | None = None
    tier: int | None = None
    history: Sequence[Execution] = ()
    holder: str = ""


def evaluate(context: GuardrailInput, now: EpochMillis) -> GuardrailDecision:
    """Returns the verdict of every guardrail, in the order of `Guardrail`."""
    return GuardrailDecision(
        (
            *evaluate_vetoes(context).verdicts,
            _target_unchanged(context),
            _action(context),
            _step(context),
            _health(context),
            _cooldown(context, now),
            _rate(context, now),
            _concurrent_execution(context),
            _confidence(context),
            _environment(context),
            _risk(context),
        )
    )


def evaluate_vetoes(context: VetoInput) -> GuardrailDecision:
    """Returns the verdicts of the guardrails that are asked before a rollback too, in the order of
    `Guardrail`. Executors themselves ask whether the target was changed by others after the action."""
    return GuardrailDecision(
        (
            _kill_switch(context),
            _rejection(context),
            _freeze(context),
            _silence(context),
            _autonomy(context),
        )
    )


def autonomy_now(context: VetoInput) -> AutonomyLevel:
    """Returns how far CloudOps may act on a plan without a person, with the reason: as far as was earned,
    unless a rejection or a silence leaves it to people."""
    if context.autonomy.autonomy is Autonomy.AUTOMATIC:
        for verdict in (_rejection(context), _silence(context)):
            if verdict.ruling is not Ruling.ALLOW:
                return AutonomyLevel(Autonomy.APPROVE, verdict.reason)
    return context.autonomy


def _kill_switch(context: VetoInput) -> Verdict:
    switch = context.kill_switch
    if switch.stopped:
        return deny(Guardrail.KILL_SWITCH, f"automation is stopped: {switch.reason or 'no reason given'}")
    return allow(Guardrail.KILL_SWITCH, "automation is on")


def _rejection(context: VetoInput) -> Verdict:
    """A rejection that an approval of the plan did not overrule stops the execution. Before there is one, a
    person may still approve the plan."""
    rejection = context.rejection
    if rejection is None:
        return allow(Guardrail.REJECTION, "no person rejected the suggestion")
    reason = f"{rejection.person} rejected the suggestion: {rejection.reason}"
    if context.execution is None:
        return require_approvals(Guardrail.REJECTION, reason)
    if context.is_automatic or rejection.at != context.plan.rejected_at:
        return deny(Guardrail.REJECTION, reason)
    return allow(Guardrail.REJECTION, f"approved although {reason}")


def _silence(context: VetoInput) -> Verdict:
    """A silence says that people know of the alert: CloudOps does not act on it by itself."""
    if not context.silence:
        return allow(Guardrail.SILENCE, "no silence covers the incident")
    reason = f"an alert of the incident is silenced: {context.silence}"
    if context.is_automatic:
        return deny(Guardrail.SILENCE, reason)
    return require_approvals(Guardrail.SILENCE, reason)


def _autonomy(context: VetoInput) -> Verdict:
    """The ceiling `suggest` denies every execution, approved or not. It does not stop the rollback of one
    that people approved before."""
    level = context.autonomy
    if level.autonomy is Autonomy.SUGGEST and not context.is_rollback:
        return deny(Guardrail.AUTONOMY, f"suggestions only: {level.reason}")
    if context.is_automatic and level.autonomy is not Autonomy.AUTOMATIC:
        return deny(Guardrail.AUTONOMY, f"no longer automatic: {level.reason}")
    return allow(Guardrail.AUTONOMY, level.reason)


def _target_unchanged(context: GuardrailInput) -> Verdict:
    if context.observed.mark != context.plan.observed_mark:
        return deny(Guardrail.TARGET_UNCHANGED, "the target was changed after the plan was made")
    return allow(Guardrail.TARGET_UNCHANGED, "the target is as it was when the plan was made")


def _action(context: GuardrailInput) -> Verdict:
    allowed, action = context.limits.actions, context.plan.action
    if allowed and action not in allowed:
        return deny(Guardrail.ACTION, f"the catalog does not allow {action} here, only {', '.join(allowed)}")
    return allow(Guardrail.ACTION, f"the catalog allows {action}")


def _step(context: GuardrailInput) -> Verdict:
    before, after, limits = context.plan.draft.count_before, context.plan.draft.count_after, context.limits
    if before is None or after is None:
        return allow(Guardrail.STEP_SIZE, "the action adds and removes nothing")
    max_step = MAX_STEP if limits.max_step is None else limits.max_step
    if abs(after - before) > max_step:
        return deny(Guardrail.STEP_SIZE, f"from {before} to {after} is more than a step of {max_step}")
    if limits.max_count is not None and after > limits.max_count:
        return deny(Guardrail.STEP_SIZE, f"{after} is above the ceiling of {limits.max_count}")
    if limits.min_count is not None and after < limits.min_count:
        return deny(Guardrail.STEP_SIZE, f"{after} is below the floor of {limits.min_count}")
    return allow(Guardrail.STEP_SIZE, f"from {before} to {after} is within a step of {max_step}")


def _health(context: GuardrailInput) -> Verdict:
    desired, healthy, disturbs = (
        context.observed.desired,
        context.observed.healthy,
        context.plan.draft.disturbs,
    )
    if desired is None or healthy is None or disturbs is None:
        return allow(Guardrail.HEALTH, "the platform keeps enough members healthy")
    percent = (
        MIN_HEALTHY_PERCENT
        if context.limits.min_healthy_percent is None
        else context.limits.min_healthy_percent
    )
    floor = ceil(desired * percent / 100)
    if healthy < floor:
        return require_approvals(
            Guardrail.HEALTH, f"{healthy} of {desired} are healthy, fewer than {floor} already"
        )
    if healthy - disturbs < floor:
        return deny(
            Guardrail.HEALTH,
            f"the action would leave {healthy - disturbs} of {desired} healthy, fewer than {floor}",
        )
    return allow(Guardrail.HEALTH, f"{healthy - disturbs} of {desired} stay healthy, {floor} are required")


def _changes(context: GuardrailInput, place: tuple[str, ...] = ()) -> Iterator[EpochMillis]:
    """Yields when other executions last changed a target: the one of this place, or any if it is ()."""
    for one in context.history:
        at, is_other = one.changed_at, one.id != context.execution_id
        if at is not None and is_other and place in ((), one.plan.target.place):
            yield at


def cooldown(limits: Limits) -> EpochMillis:
    """Returns the milliseconds between two changes of a target of ours."""
    minutes = COOLDOWN_MINUTES if limits.cooldown_minutes is None else limits.cooldown_minutes
    return minutes * MINUTE


def _cooldown(context: GuardrailInput, now: EpochMillis) -> Verdict:
    period = cooldown(context.limits)
    minutes = period // MINUTE
    last = max(_changes(context, context.plan.target.place), default=None)
    if last is not None and now - last < period:
        left = ceil((last + period - now) / MINUTE)
        return deny(
            Guardrail.COOLDOWN,
            f"the target was changed recently; {left} of {minutes} minutes of cooldown remain",
        )
    return allow(Guardrail.COOLDOWN, f"no execution on the target in the last {minutes} minutes")


def _rate(context: GuardrailInput, now: EpochMillis) -> Verdict:
    here = sum(now - at < HOUR for at in _changes(context, context.plan.target.place))
    everywhere = sum(now - at < HOUR for at in _changes(context))
    if here >= TARGET_AN_HOUR:
        return deny(
            Guardrail.RATE_LIMIT,
            f"{here} executions on the target in the last hour, {TARGET_AN_HOUR} are allowed",
        )
    if everywhere >= ALL_AN_HOUR:
        return deny(
            Guardrail.RATE_LIMIT, f"{everywhere} executions in the last hour, {ALL_AN_HOUR} are allowed"
        )
    return allow(
        Guardrail.RATE_LIMIT, f"{here} executions on the target and {everywhere} in total in the last hour"
    )


def _concurrent_execution(context: GuardrailInput) -> Verdict:
    if context.holder not in ("", context.execution_id):
        return deny(
            Guardrail.CONCURRENT_EXECUTION, f"execution {context.holder} is running on {context.plan.service}"
        )
    return allow(Guardrail.CONCURRENT_EXECUTION, "no other execution is running on the service")


def _freeze(context: VetoInput) -> Verdict:
    """A lift holds for the freezes that its admin saw: one that starts later denies again."""
    lift = context.freeze_lift
    holding = [one for one in context.freezes if lift is None or one.title not in lift.freezes]
    if holding:
        return deny(Guardrail.CHANGE_FREEZE, holding[0].title)
    if context.freezes and lift is not None:
        reason = f"{lift.person} lifted the {context.freezes[0].title} for this plan: {lift.reason}"
        return allow(Guardrail.CHANGE_FREEZE, reason)
    return allow(Guardrail.CHANGE_FREEZE, "no change freeze")


def _confidence(context: GuardrailInput) -> Verdict:
    if context.confidence_low is not None:
        probability, name = context.confidence_low, "the 10th percentile of the confidence"
    else:
        probability, name = context.confidence, "the confidence (without feedback)"
    if probability < CONFIDENCE_FLOOR:
        return require_approvals(
            Guardrail.CONFIDENCE, f"{name} is {probability:.2f}, below {CONFIDENCE_FLOOR:.2f}"
        )
    return allow(Guardrail.CONFIDENCE, f"{name} is {probability:.2f}")


def _environment(context: GuardrailInput) -> Verdict:
    environment = context.plan.target.environment
    if is_production(environment):
        known = canonical_environment(environment) in ENVIRONMENTS
        name = environment if known else f"the unknown environment {environment!r}"
        return require_approvals(Guardrail.ENVIRONMENT, f"{name} needs approval")
    return allow(Guardrail.ENVIRONMENT, f"{environment} needs no approval")


def _risk(context: GuardrailInput) -> Verdict:
    """The four-eyes rule: in production, an irreversible action on a tier 1 service and an action that
    disturbs more than half of the target need two different people."""
    plan, observed, environment = context.plan.draft, context.observed, context.plan.target.environment
    if not is_production(environment):
        return allow(Guardrail.RISK, "not in production")
    if context.tier == 1 and not plan.reversible:
        return require_approvals(
            Guardrail.RISK,
            "the service is tier 1, and the action cannot be rolled back",
            required_approvals=2,
        )
    disturbs_most = (
        observed.desired is not None and plan.disturbs is not None and plan.disturbs * 2 > observed.desired
    )
    if disturbs_most:
        return require_approvals(
            Guardrail.RISK,
            f"the action disturbs {plan.disturbs} of {observed.desired} at once",
            required_approvals=2,
        )
    return allow(Guardrail.RISK, "the four-eyes rule does not apply")
