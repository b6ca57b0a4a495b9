"""Actions on a Lambda function: compared with the plan, followed by their progress, limited by size."""

from typing import Any

import pytest

from cloudops.adapters.executors.lambda_rollback import LambdaRollback
from cloudops.adapters.executors.lambda_scale import LambdaScale
from cloudops.catalog.declaration import Limits, Platform, Target
from cloudops.core.taxonomy import Action
from cloudops.core.time import MINUTE
from cloudops.remediation.executor import Executor, Progress
from cloudops.remediation.plan import PlannedChange
from tests.fakes.incident_factory import NOON
from tests.fakes.lambda_function import LambdaFunction
from tests.fakes.performed_action import PerformedAction
from tests.fakes.plan_factory import NO_HISTORY

PAY = Target(platform=Platform.LAMBDA, name="pay", region="eu-central-1")


def perform(function: LambdaFunction, action: Action) -> PerformedAction:
    client: Any = function
    executors: dict[Action, Executor] = {
        Action.ROLLBACK: LambdaRollback(lambda _: client),
        Action.SCALE_SERVICE: LambdaScale(lambda _: client),
    }
    return PerformedAction(executors[action], PAY, action)


@pytest.fixture
def pay() -> LambdaFunction:
    return LambdaFunction()


def test_a_rollback_is_in_place_while_the_alias_has_its_version(pay: LambdaFunction) -> None:
    status = perform(pay, Action.ROLLBACK).status()
    assert (status.progress, status.reason) == (Progress.SETTLED, "callers get version 2")


def test_an_alias_that_is_pointed_back_supersedes_a_rollback(pay: LambdaFunction) -> None:
    performed = perform(pay, Action.ROLLBACK)
    pay.point("live", "3")
    status = performed.status()
    assert (status.progress, status.reason) == (
        Progress.SUPERSEDED,
        "callers get version 3, not version 2 alone",
    )


def test_an_alias_that_codedeploy_shifts_again_supersedes_a_rollback(pay: LambdaFunction) -> None:
    pay.point("live", "2", {"3": 0.1})
    performed = perform(pay, Action.ROLLBACK)
    assert performed.status().progress is Progress.SETTLED
    pay.point("live", "2", {"3": 0.2})
    status = performed.status()
    assert (status.progress, status.reason) == (
        Progress.SUPERSEDED,
        "callers get version 2 and 3=0.2, not version 2 alone",
    )


def test_an_alias_that_lambda_does_not_show_yet_is_moving(pay: LambdaFunction) -> None:
    before = pay.aliases["live"]
    performed = perform(pay, Action.ROLLBACK)
    pay.shown = before
    status = performed.status()
    assert (status.progress, status.reason) == (Progress.MOVING, "Lambda does not show the change yet")


def test_another_alias_beside_does_not_hide_that_of_the_plan(pay: LambdaFunction) -> None:
    performed = perform(pay, Action.ROLLBACK)
    pay.point("blue", "3")
    assert performed.status().progress is Progress.SETTLED


def test_provisioned_concurrency_that_follows_the_alias_is_progress(pay: LambdaFunction) -> None:
    pay.provision(4, 4, "READY")
    performed = perform(pay, Action.ROLLBACK)
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
    performed = perform(pay, Action.SCALE_SERVICE)
    pay.provision(6, 5, status)
    assert performed.status().progress is progress


def test_another_concurrency_supersedes_a_scaling(pay: LambdaFunction) -> None:
    pay.reserved = 20
    performed = perform(pay, Action.SCALE_SERVICE)
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
    performed = perform(pay, Action.SCALE_SERVICE)
    pay.reserved = 20
    assert performed.status(MINUTE - 1).progress is Progress.MOVING
    assert performed.status(MINUTE).progress is Progress.SUPERSEDED


def test_another_version_behind_the_alias_supersedes_a_scaling(pay: LambdaFunction) -> None:
    pay.reserved = 20
    performed = perform(pay, Action.SCALE_SERVICE)
    pay.point("live", "2")
    status = performed.status()
    assert (status.progress, status.reason) == (Progress.SUPERSEDED, "the alias has version 2 now")


@pytest.mark.parametrize(("count", "minutes"), [(None, 0), (4, 1), (500, 1), (501, 2), (2000, 4)])
def test_the_limits_of_a_rollback_grow_with_what_is_provisioned(
    pay: LambdaFunction, count: int | None, minutes: int
) -> None:
    if count is not None:
        pay.provision(count, count, "READY")
    limits = perform(pay, Action.ROLLBACK).limits()
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
    assert perform(pay, Action.SCALE_SERVICE).limits().max_seconds == 660
