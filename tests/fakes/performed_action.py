"""An action that an executor performed on a target, as tests ask about its rollout."""

from cloudops.catalog.declaration import Limits, Target
from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.core.time import MINUTE
from cloudops.remediation.executor import Executor, RollbackOutcome, RolloutLimits, RolloutStatus
from cloudops.remediation.plan import Plan, PlannedChange, TargetState
from tests.fakes.incident_factory import NOON
from tests.fakes.plan_factory import NO_HISTORY

KEY = "inc_1.x1"


def plan_by(executor: Executor, target: Target, action: Action, at: int = NOON) -> tuple[Plan, TargetState]:
    """Returns the plan that the executor makes, and the state of the target that it was made for."""
    observed = executor.observe(target, at)
    draft = executor.plan(target, observed, Limits(), NO_HISTORY)
    assert isinstance(draft, PlannedChange), draft
    plan = Plan(
        suggestion_id=SuggestionId(f"inc_1.{action}"),
        incident_id=IncidentId("inc_1"),
        action=action,
        service=target.name,
        target=target,
        draft=draft,
        observed_mark=observed.mark,
    )
    return plan, observed


class PerformedAction:
    """An action on a target, after `act`. `at` is when the target was observed."""

    def __init__(self, executor: Executor, target: Target, action: Action, at: int = NOON) -> None:
        self.executor = executor
        self.plan, self.snapshot = plan_by(executor, target, action, at)
        executor.act(self.plan, self.snapshot, KEY)

    def status(self, later: int = 5 * MINUTE) -> RolloutStatus:
        at = self.snapshot.at + later
        return self.executor.rollout_status(self.plan, self.snapshot, KEY, at)

    def limits(self) -> RolloutLimits:
        return self.executor.rollout_limits(self.plan, self.snapshot)

    def undone(self) -> RollbackOutcome:
        return self.executor.roll_back(self.plan, self.snapshot, KEY).undoing
