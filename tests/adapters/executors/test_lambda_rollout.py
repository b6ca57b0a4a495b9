"""Actions on a Lambda function: compared with the plan, followed by their progress, limited by size."""

from typing import Any

import pytest

from cloudops.adapters.executors.lambda_rollback import LambdaRollback
from cloudops.adapters.executors.lambda_scale import LambdaScale
from cloudops.catalog.declaration import Limits, Platform, Target
from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.core.time import MINUTE
from cloudops.remediation.executor import Executor, Progress, RolloutLimits, RolloutStatus
from cloudops.remediation.plan import Plan, PlannedChange
from tests.fakes.incident_factory import NOON
from tests.fakes.lambda_function import LambdaFunction
from tests.fakes.plan_factory import NO_HISTORY

PAY = Target(platform=Platform.LAMBDA, name="pay", region="eu-central-1")
KEY = "inc_1.x1"


class Performed:
    """An action on the function, after `act`."""

    def __init__(self, function: LambdaFunction, action: Action) -> None:
        client: Any = function
        executors: dict[Action, Executor] = {
            Action.ROLLBACK: LambdaRollback(lambda _: client),
            Action.SCALE_SERVICE: LambdaScale(lambda _: client),
        }
        self.executor = executors[action]
        self.snapshot = self.executor.observe(PAY, NOON)
        draft = self.executor.plan(PAY, self.snapshot, Limits(), NO_HISTORY)
        assert isinstance(draft, PlannedChange), draft
        self.plan = Plan(
            suggestion_id=SuggestionId(f"inc_1.{action}"),
            incident_id=IncidentId("inc_1"),
            action=action,
            service="pay",
            target=PAY,
            draft=draft,
            observed_mark=self.snapshot.mark,
        )
        self.executor.act(self.plan, self.snapshot, KEY)

    def status(self, later: int = 5 * MINUTE) -> RolloutStatus:
        return self.executor.rollout_status(self.plan, self.snapshot, KEY, NOON + later)

    def limits(self) -> RolloutLimits:
        return self.executor.rollout_limits(self.plan, self.snapshot)


@pytest.fixture
def pay() -> LambdaFunction:
    return LambdaFunction()


def test_a_rollback_is_in_place_while_the_alias_has_its_version(pay: LambdaFunction) -> None:
    status = Performed(pay, Action.ROLLBACK).status()
    assert (status.progress, status.reason) == (Progress.SETTLED, "callers get version 2")


def test_an_alias_that_is_pointed_back_supersedes_a_rollback(pay: LambdaFunction) -> None:
    performed = Performed(pay, Action.ROLLBACK)
    pay.point("live", "3")
    status = performed.status()
    assert (status.progress, status.reason) == (
        Progress.SUPERSEDED,
        "callers get version 3, not version 2 alone",
    )


def test_an_alias_that_codedeploy_shifts_again_supersedes_a_rollback(pay: LambdaFunction) -> None:
    pay.point("live", "2", {"3": 0.1})
    performed = Performed(pay, Action.ROLLBACK)
    assert performed.status().progress is Progress.SETTLED
    pay.point("live", "2", {"3": 0.2})
    status = performed.status()
    assert (status.progress, status.reason) == (
        Progress.SUPERSEDED,
        "callers get version 2 and 3=0.2, not version 2 alone",
    )


def test_an_alias_that_lambda_does_not_show_yet_is_moving(pay: LambdaFunction) -> None:
    before = pay.aliases["live"]
    performed = Performed(pay, Action.ROLLBACK)
    pay.shown = before
    status = performed.status()
    assert (status.progress, status.reason) == (Progress.MOVING, "Lambda does not show the change yet")


def test_another_alias_beside_does_not_hide_that_of_the_plan(pay: LambdaFunction) -> None:
    performed = Performed(pay, Action.ROLLBACK)
    pay.point("blue", "3")
    assert performed.status().progress is Progress.SETTLED


def test_provisioned_concurrency_that_follows_the_alias_is_progress(pay: LambdaFunction) -> None:
    pay.provision(4, 4, "READY")
    performed = Performed(pay, Action.ROLLBACK)
    marks = set()
    for ready in (0, 2, 2, 3):
        pay.provision(4, ready)
        marks.add(performed.status().progress_mark)
        assert performed.status().progress is Progress.MOVING
    assert len(marks) == 3
    pay.provision(4, 4, "READY")
    assert performed.status().progress is Progress.SETTLED


@pytest.mark.parametrize(
    ("status", "progress"),
    [("IN_PROGRESS", Progress.MOVING), ("READY", Progress.SETTLED), ("FAILED", Progress.FAILED)],
)
def test_a_scaling_has_the_progress_of_its_provisioned_concurrency(
    pay: LambdaFunction, status: str, progress: Progress
) -> None:
    pay.provision(4, 4, "READY")
    performed = Performed(pay, Action.SCALE_SERVICE)
    pay.provision(6, 5, status)
    assert performed.status().progress is progress


def test_another_concurrency_supersedes_a_scaling(pay: LambdaFunction) -> None:
    pay.reserved = 20
    performed = Performed(pay, Action.SCALE_SERVICE)
    assert performed.status().progress is Progress.SETTLED
    pay.reserved = 25
    status = performed.status(1)
    assert (status.progress, status.reason) == (
        Progress.SUPERSEDED,
        "it has reserved concurrency of 25, not reserved concurrency of 30",
    )
    pay.reserved = None
    assert performed.status().reason == "it has no concurrency of 0, not reserved concurrency of 30"


def test_a_concurrency_that_lambda_does_not_show_for_a_minute_was_set_back(pay: LambdaFunction) -> None:
    pay.reserved = 20
    performed = Performed(pay, Action.SCALE_SERVICE)
    pay.reserved = 20
    assert performed.status(MINUTE - 1).progress is Progress.MOVING
    assert performed.status(MINUTE).progress is Progress.SUPERSEDED


def test_another_version_behind_the_alias_supersedes_a_scaling(pay: LambdaFunction) -> None:
    pay.reserved = 20
    performed = Performed(pay, Action.SCALE_SERVICE)
    pay.point("live", "2")
    status = performed.status()
    assert (status.progress, status.reason) == (Progress.SUPERSEDED, "the alias has version 2 now")


@pytest.mark.parametrize(("count", "minutes"), [(None, 0), (4, 1), (500, 1), (501, 2), (2000, 4)])
def test_the_limits_of_a_rollback_grow_with_what_is_provisioned(
    pay: LambdaFunction, count: int | None, minutes: int
) -> None:
    if count is not None:
        pay.provision(count, count, "READY")
    limits = Performed(pay, Action.ROLLBACK).limits()
    assert (limits.stall_seconds, limits.max_seconds) == (600, 600 + minutes * 60)


def test_the_limits_of_a_scaling_grow_with_its_new_count(pay: LambdaFunction) -> None:
    pay.provision(1000, 1000, "READY")
    client: Any = pay
    scale = LambdaScale(lambda _: client)
    observed = scale.observe(PAY, NOON)
    draft = scale.plan(PAY, observed, Limits(max_step=501), NO_HISTORY)
    assert isinstance(draft, PlannedChange)
    assert draft.count_after == 1500
    pay.provision(4, 4, "READY")
    assert Performed(pay, Action.SCALE_SERVICE).limits().max_seconds == 660
