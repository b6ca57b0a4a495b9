"""Plans and rollbacks of the Lambda executors, by alias and concurrency, on the emulator's Lambda."""

from typing import Final, NoReturn

import boto3
import pytest
from botocore.stub import Stubber

from cloudops.adapters.executors.lambda_rollback import LambdaRollback
from cloudops.adapters.executors.lambda_scale import LambdaScale
from cloudops.catalog.declaration import Limits, Platform, Target
from cloudops.core.errors import NotFound
from cloudops.core.ids import ExecutionId, IncidentId, SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.remediation.executor import Progress, RollbackOutcome
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState
from cloudops.remediation.versions import VersionHistory
from local.emulator import Emulator
from tests.contracts.executors.benches import LambdaPlace
from tests.fakes.incident_factory import NOON
from tests.fakes.plan_factory import NO_HISTORY

pytestmark = pytest.mark.emulator

_OBSERVED: Final = TargetState(at=NOON, mark="m", facts={})


@pytest.fixture
def pay(emulator: Emulator) -> LambdaPlace:
    return LambdaPlace(emulator)


def rollback_of(
    place: LambdaPlace, target: Target | None = None
) -> tuple[PlannedChange | PlanRejected, TargetState]:
    rollback = LambdaRollback(lambda _: place.client)
    observed = rollback.observe(target or place.target, NOON)
    return rollback.plan(target or place.target, observed, Limits(), NO_HISTORY), observed


def test_a_rollout_in_progress_is_stopped_and_not_rolled_back_further(pay: LambdaPlace) -> None:
    pay.point("2", v3=0.1)
    draft, observed = rollback_of(pay)
    assert isinstance(draft, PlannedChange)
    assert draft.summary == (
        "all calls to version 2, none to version 3 (stop the deployment that shifts the alias as well, "
        "or it shifts it again): previous by the platform's order"
    )
    assert (draft.version_before, draft.version_after) == ("3", "2")
    assert draft.before == {"alias": "live", "version": "2", "weights": "3=0.1"}
    assert draft.after == {"alias": "live", "version": "2"}

    rollback = LambdaRollback(lambda _: pay.client)
    plan = _plan_of(pay.target, draft, observed)
    rollback.act(plan, observed, "inc_1.x1")
    alias = pay.client.get_alias(FunctionName=pay.name, Name="live")
    assert (alias["FunctionVersion"], alias.get("RoutingConfig") or {}) in (
        ("2", {}),
        ("2", {"AdditionalVersionWeights": {}}),
    )
    assert rollback.roll_back(plan, observed, "inc_1.x1").undoing is RollbackOutcome.UNDONE
    alias = pay.client.get_alias(FunctionName=pay.name, Name="live")
    assert alias["RoutingConfig"]["AdditionalVersionWeights"] == {"3": 0.1}


def _plan_of(target: Target, draft: PlannedChange, observed: TargetState) -> Plan:
    return Plan(
        suggestion_id=SuggestionId("inc_1.rollback"),
        incident_id=IncidentId("inc_1"),
        action=Action.ROLLBACK,
        service="pay",
        target=target,
        draft=draft,
        observed_mark=observed.mark,
    )


def test_deleted_versions_are_skipped(pay: LambdaPlace) -> None:
    pay.client.delete_function(FunctionName=pay.name, Qualifier="2")
    draft, _ = rollback_of(pay)
    assert isinstance(draft, PlannedChange)
    assert draft.after == {"alias": "live", "version": "1"}


def test_the_oldest_version_has_no_rollback(pay: LambdaPlace) -> None:
    pay.point("1")
    rejected = PlanRejected(reason="the platform stores no version before version 1")
    assert rollback_of(pay)[0] == rejected


def test_a_rollback_skips_a_version_that_an_execution_left(pay: LambdaPlace) -> None:
    rollback = LambdaRollback(lambda _: pay.client)
    left = VersionHistory(abandoned={"2": ExecutionId("inc_1.x1")}, good={})
    draft = rollback.plan(pay.target, rollback.observe(pay.target, NOON), Limits(), left)
    assert isinstance(draft, PlannedChange)
    assert draft.after == {"alias": "live", "version": "1"}
    assert draft.summary == (
        "alias live from version 3 back to version 1: previous by the platform's order; "
        "inc_1.x1 left version 2"
    )


def test_a_rollout_in_progress_over_an_abandoned_version_is_not_stopped(pay: LambdaPlace) -> None:
    pay.point("2", v3=0.1)
    rollback = LambdaRollback(lambda _: pay.client)
    left = VersionHistory(abandoned={"2": ExecutionId("inc_1.x1")}, good={})
    rejected = rollback.plan(pay.target, rollback.observe(pay.target, NOON), Limits(), left)
    assert rejected == PlanRejected(reason="no earlier version is left to return to: inc_1.x1 left version 2")


def test_an_alias_of_the_latest_upload_has_no_rollback(pay: LambdaPlace) -> None:
    pay.point("$LATEST")
    rejected = PlanRejected(reason="the alias live is $LATEST, which has no version before it")
    assert rollback_of(pay)[0] == rejected


def test_one_of_several_aliases_is_named_in_the_catalog(pay: LambdaPlace) -> None:
    pay.client.create_alias(FunctionName=pay.name, Name="blue", FunctionVersion="2")
    rejected, _ = rollback_of(pay)
    assert rejected == PlanRejected(
        reason="the function has several aliases (blue, live): name one in the target of the catalog"
    )
    named = Target(platform=pay.target.platform, name=pay.name, region=pay.target.region, alias="blue")
    draft, _ = rollback_of(pay, named)
    assert isinstance(draft, PlannedChange)
    assert draft.after == {"alias": "blue", "version": "1"}


def test_a_function_without_an_alias_cannot_be_rolled_back(pay: LambdaPlace) -> None:
    pay.client.delete_alias(FunctionName=pay.name, Name="live")
    rejected, _ = rollback_of(pay)
    assert isinstance(rejected, PlanRejected)
    assert rejected.reason.startswith("the function has no alias")


def test_a_missing_function_is_not_found(pay: LambdaPlace) -> None:
    missing = Target(platform=pay.target.platform, name="example", region=pay.target.region, alias="live")
    with pytest.raises(NotFound):
        rollback_of(pay, missing)


@pytest.mark.parametrize(
    ("status", "details", "progress"),
    [
        ("IN_PROGRESS", {"AvailableProvisionedConcurrentExecutions": 1}, Progress.MOVING),
        ("READY", {"AvailableProvisionedConcurrentExecutions": 4}, Progress.SETTLED),
        ("FAILED", {"StatusReason": "FUNCTION_ERROR_INIT_FAILURE"}, Progress.SETTLED),
    ],
)
def test_a_rollback_settles_when_provisioned_concurrency_has_followed(
    status: str, details: dict[str, object], progress: Progress
) -> None:
    client = boto3.client(
        "lambda", region_name="eu-central-1", aws_access_key_id="example", aws_secret_access_key="example"
    )
    alias = {"Name": "live", "FunctionVersion": "2", "RevisionId": "r"}
    provisioned = {"RequestedProvisionedConcurrentExecutions": 4, "Status": status, **details}
    with Stubber(client) as stub:
        stub.add_response("get_alias", alias, {"FunctionName": "pay", "Name": "live"})
        request = {"FunctionName": "pay", "Qualifier": "live"}
        stub.add_response("get_provisioned_concurrency_config", provisioned, request)
        target = Target(platform=Platform.LAMBDA, name="pay", alias="live")
        rollout = LambdaRollback(lambda _: client).rollout_status(_plan(target), _OBSERVED, "inc_1.x1", NOON)
        stub.assert_no_pending_responses()
    assert rollout.progress is progress
    ready = details.get("AvailableProvisionedConcurrentExecutions", 0)
    cause = f": {details['StatusReason']}" if "StatusReason" in details else ""
    assert rollout.reason == f"callers get version 2, {ready} of 4 provisioned executions ready{cause}"


def test_without_permission_to_read_provisioned_concurrency_only_the_alias_counts() -> None:
    client = boto3.client(
        "lambda", region_name="eu-central-1", aws_access_key_id="example", aws_secret_access_key="example"
    )
    target = Target(platform=Platform.LAMBDA, name="pay", alias="live")
    with Stubber(client) as stub:
        stub.add_response("get_alias", {"Name": "live", "FunctionVersion": "2", "RevisionId": "r"})
        stub.add_client_error("get_provisioned_concurrency_config", "AccessDeniedException")
        rollout = LambdaRollback(lambda _: client).rollout_status(_plan(target), _OBSERVED, "inc_1.x1", NOON)
    assert rollout.progress is Progress.SETTLED
    assert rollout.reason == "callers get version 2, and the role may not read the provisioned concurrency"


def _plan(target: Target) -> Plan:
    draft = PlannedChange(
        summary="alias live from version 3 back to 2",
        calls=(Call(operation="lambda:UpdateAlias", parameters={}),),
        before={"alias": "live", "version": "3"},
        after={"alias": "live", "version": "2"},
        disturbs=0,
    )
    return _plan_of(target, draft, _OBSERVED)


def scaling_of(place: LambdaPlace, limits: Limits | None = None) -> PlannedChange | PlanRejected:
    scale = LambdaScale(lambda _: place.client)
    return scale.plan(place.target, scale.observe(place.target, NOON), limits or Limits(), NO_HISTORY)


def test_a_function_without_a_concurrency_setting_is_not_scaled(pay: LambdaPlace) -> None:
    rejected = scaling_of(pay)
    assert isinstance(rejected, PlanRejected)
    assert "by itself" in rejected.reason


def test_provisioned_concurrency_is_raised_before_reserved(pay: LambdaPlace) -> None:
    pay.reserve(20)
    pay.provision(4)
    draft = scaling_of(pay)
    assert isinstance(draft, PlannedChange)
    assert draft.summary == "provisioned concurrency from 4 to 6"
    assert draft.calls[0].parameters["Qualifier"] == "live"


def test_scaling_stops_at_the_maximum_of_the_catalog(pay: LambdaPlace) -> None:
    pay.reserve(20)
    draft = scaling_of(pay, Limits(max_count=22))
    assert isinstance(draft, PlannedChange)
    assert draft.count_after == 22


def test_the_unreserved_concurrency_of_the_account_is_not_used_up() -> None:
    scale = LambdaScale(_no_client)
    facts: Facts = {"kind": "reserved", "count": 20, "alias": "", "unreserved": 105}
    observed = TargetState(at=NOON, mark="m", desired=20, facts=facts)
    target = Target(platform=Platform.LAMBDA, name="pay")
    assert scale.plan(target, observed, Limits(), NO_HISTORY) == PlanRejected(
        reason="105 executions of the account are unreserved, and 100 must stay so"
    )


def _no_client(_: Target) -> NoReturn:
    raise AssertionError("planning calls no API")
