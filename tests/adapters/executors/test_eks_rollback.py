"""To which version a Deployment or StatefulSet is rolled back, on a Kubernetes API on loopback."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from cloudops.adapters.executors.eks_restart import EksRestart
from cloudops.adapters.executors.eks_rollback import EksRollback
from cloudops.catalog.declaration import Limits
from cloudops.core.ids import ExecutionId, IncidentId, SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.remediation.executor import Executor
from cloudops.remediation.plan import Plan, PlannedChange, PlanRejected, TargetState
from cloudops.remediation.versions import VersionHistory
from tests.contracts.executors.eks_benches import DEPLOYMENT, STATEFUL_SET, Place
from tests.fakes.incident_factory import NOON
from tests.fakes.plan_factory import NO_HISTORY

KEY = "inc_1.x1"


@pytest.fixture(params=[DEPLOYMENT, STATEFUL_SET])
def web(request: pytest.FixtureRequest) -> Iterator[Place]:
    """A workload on its third version."""
    with ExitStack() as open_:
        place = Place(open_, request.param)
        place.deploy_another()
        yield place


def rollback_of(
    place: Place, history: VersionHistory = NO_HISTORY
) -> tuple[PlannedChange | PlanRejected, TargetState]:
    executor = EksRollback(lambda _: place.api)
    observed = executor.observe(place.target, NOON)
    return executor.plan(place.target, observed, Limits(), history), observed


def perform(
    executor: Executor, action: Action, place: Place, draft: PlannedChange, observed: TargetState
) -> None:
    plan = Plan(
        suggestion_id=SuggestionId(f"inc_1.{action}"),
        incident_id=IncidentId("inc_1"),
        action=action,
        service="web",
        target=place.target,
        draft=draft,
        observed_mark=observed.mark,
    )
    executor.act(plan, observed, KEY)


def roll_back(place: Place, history: VersionHistory = NO_HISTORY) -> PlannedChange:
    """Rolls the workload back, and returns the change."""
    draft, observed = rollback_of(place, history)
    assert isinstance(draft, PlannedChange), draft
    perform(EksRollback(lambda _: place.api), Action.ROLLBACK, place, draft, observed)
    return draft


def restart(place: Place) -> None:
    executor = EksRestart(lambda _: place.api)
    observed = executor.observe(place.target, NOON)
    draft = executor.plan(place.target, observed, Limits(), NO_HISTORY)
    assert isinstance(draft, PlannedChange)
    perform(executor, Action.RESTART_PODS, place, draft, observed)


def test_a_second_rollback_goes_one_version_further_and_a_third_is_rejected(web: Place) -> None:
    first = roll_back(web)
    assert web.image() == "web:2"
    second = roll_back(web, VersionHistory(abandoned={first.version_before: ExecutionId(KEY)}, good={}))
    assert web.image() == "web:1"
    assert (first.after["images"], second.after["images"]) == ("web:2", "web:1")
    rejected, _ = rollback_of(web)
    assert rejected == PlanRejected(reason="the platform stores no version before web-1")


def test_after_a_rollback_by_other_means_the_version_that_was_left_is_not_the_previous_one(
    web: Place,
) -> None:
    web.cluster.deploy(web.kind, "web", "web:2")
    draft, observed = rollback_of(web)
    assert isinstance(draft, PlannedChange)
    assert draft.after["images"] == "web:1"
    assert [one.images for one in observed.earlier] == ["web:1"]


def test_an_older_version_that_was_deployed_again_is_the_previous_one(web: Place) -> None:
    web.cluster.deploy(web.kind, "web", "web:1")
    web.cluster.deploy(web.kind, "web", "web:4")
    draft, observed = rollback_of(web)
    assert isinstance(draft, PlannedChange)
    assert draft.after["images"] == "web:1"
    assert [one.images for one in observed.earlier] == ["web:1", "web:3", "web:2"]


def test_a_version_that_an_execution_left_is_skipped_after_the_next_deployment(web: Place) -> None:
    left = roll_back(web)
    roll_back(web)
    web.cluster.deploy(web.kind, "web", "web:3")
    web.cluster.deploy(web.kind, "web", "web:4")
    history = VersionHistory(abandoned={left.version_before: ExecutionId(KEY)}, good={})
    draft, _ = rollback_of(web, history)
    assert isinstance(draft, PlannedChange)
    assert draft.after["images"] == "web:1"
    assert draft.summary.endswith(": previous by the platform's order; inc_1.x1 left web-3")


def test_a_rollback_after_a_restart_does_not_return_to_the_same_version(web: Place) -> None:
    before = rollback_of(web)[1].version
    restart(web)
    draft, observed = rollback_of(web)
    assert isinstance(draft, PlannedChange)
    assert draft.after["images"] == "web:2"
    assert before is not None
    assert observed.version is not None
    assert observed.version.id == before.id
    assert observed.version.name != before.name


def test_a_restart_does_not_make_an_abandoned_version_new(web: Place) -> None:
    web.cluster.deploy(web.kind, "web", "web:4")
    left = roll_back(web)
    web.cluster.deploy(web.kind, "web", "web:4")
    restart(web)
    web.cluster.deploy(web.kind, "web", "web:5")
    history = VersionHistory(abandoned={left.version_before: ExecutionId(KEY)}, good={})
    draft, _ = rollback_of(web, history)
    assert isinstance(draft, PlannedChange)
    assert draft.after["images"] == "web:3"


def test_a_version_that_the_controller_has_not_stored_yet_is_not_rolled_back(web: Place) -> None:
    for path in [path for path in web.cluster.objects if path.endswith("/web-3")]:
        del web.cluster.objects[path]
    rejected, _ = rollback_of(web)
    assert rejected == PlanRejected(reason="the cluster has not stored the running version yet")
