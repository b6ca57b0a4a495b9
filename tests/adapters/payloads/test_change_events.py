"""Changes in AWS events."""

import json
from typing import Any

import pytest

from cloudops.adapters.payloads.change_events import read_changes
from cloudops.adapters.payloads.parser import read
from cloudops.changes.change import Change, ChangeKind, ChangeState
from cloudops.core.time import MINUTE
from tests.adapters.event_payloads import ARRIVED, NAMES, alert_of, payload, raw

TEN_PAST_EIGHT = 1_772_439_000_000
"""2026-03-02T08:10:00Z"""


def change_of(value: object) -> Change:
    (change,) = read_changes(json.dumps(value), ARRIVED)
    return change


def with_detail(name: str, **changed: Any) -> Any:
    event = payload(name)
    return {**event, "detail": {**event["detail"], **changed}}


def test_an_ecs_deployment_is_attributed_by_the_service_arn() -> None:
    change = change_of(payload("ecs_deployment_change"))

    assert (change.kind, change.state, change.at) == (
        ChangeKind.DEPLOYMENT,
        ChangeState.SUCCEEDED,
        TEN_PAST_EIGHT,
    )
    assert (change.service, change.environment) == ("checkout", "prod")
    assert (change.account, change.region, change.source) == ("111122223333", "eu-central-1", "ecs")
    assert change.title == "ECS deployment of prod/checkout"
    assert "ecsservice:checkout" in change.resources


def test_a_codedeploy_deployment_is_attributed_by_its_application() -> None:
    change = change_of(payload("codedeploy_change"))

    assert (change.kind, change.state, change.at) == (
        ChangeKind.DEPLOYMENT,
        ChangeState.SUCCEEDED,
        TEN_PAST_EIGHT + MINUTE,
    )
    assert (change.service, change.environment, change.version) == ("checkout", "prod", "d-8CKU3T0XF")


def test_a_stack_event_is_attributed_by_the_name_of_the_stack() -> None:
    change = change_of(payload("cloudformation_change"))

    assert (change.kind, change.state, change.at) == (
        ChangeKind.INFRASTRUCTURE,
        ChangeState.SUCCEEDED,
        TEN_PAST_EIGHT + 2 * MINUTE,
    )
    assert (change.service, change.environment) == ("checkout", "prod")
    assert change.resources == ("stack:checkout-prod",)


def test_a_published_version_is_a_deployment_with_its_actor() -> None:
    change = change_of(payload("lambda_version_change"))

    assert (change.kind, change.version, change.actor) == (ChangeKind.DEPLOYMENT, "42", "ada")
    assert (change.service, change.environment) == ("orders", "staging")
    assert change.at == TEN_PAST_EIGHT + 3 * MINUTE


def test_a_changed_alarm_has_the_fingerprint_of_its_alerts_and_the_difference() -> None:
    event = payload("cloudwatch_configuration_change")

    change = change_of(event)

    assert change.kind is ChangeKind.ALARM
    assert change.fingerprint == alert_of(raw("cloudwatch_metric")).fingerprint
    assert (change.title, change.detail) == ("Alarm checkout-5xx updated", "threshold 25.0 to 50.0")


@pytest.mark.parametrize(
    ("name", "changed", "state"),
    [
        ("codedeploy_change", {"state": "START"}, ChangeState.STARTED),
        ("codedeploy_change", {"state": "FAILURE"}, ChangeState.FAILED),
        ("codedeploy_change", {"state": "STOP"}, ChangeState.FAILED),
        ("ecs_deployment_change", {"eventName": "SERVICE_DEPLOYMENT_IN_PROGRESS"}, ChangeState.STARTED),
        ("ecs_deployment_change", {"eventName": "SERVICE_DEPLOYMENT_FAILED"}, ChangeState.FAILED),
        ("cloudformation_change", {"status-details": {"status": "UPDATE_IN_PROGRESS"}}, ChangeState.STARTED),
        (
            "cloudformation_change",
            {"status-details": {"status": "UPDATE_ROLLBACK_COMPLETE"}},
            ChangeState.ROLLED_BACK,
        ),
        ("cloudformation_change", {"status-details": {"status": "UPDATE_FAILED"}}, ChangeState.FAILED),
    ],
)
def test_every_state_of_a_change_has_the_id_of_the_change(
    name: str, changed: dict[str, Any], state: ChangeState
) -> None:
    change = change_of(with_detail(name, **changed))

    assert (change.state, change.id) == (state, change_of(payload(name)).id)


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("codedeploy_change", {"state": "READY"}),
        ("ecs_deployment_change", {"eventName": "SERVICE_STEADY_STATE"}),
        ("cloudformation_change", {"status-details": {"status": "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}}),
        ("lambda_version_change", {"errorCode": "AccessDenied"}),
        ("lambda_version_change", {"eventName": "Invoke"}),
        ("lambda_version_change", {"eventSource": "ec2.amazonaws.com"}),
        ("cloudwatch_configuration_change", {"operation": "delete"}),
    ],
)
def test_an_event_that_changes_nothing_is_not_a_change(name: str, changed: dict[str, Any]) -> None:
    assert read_changes(json.dumps(with_detail(name, **changed)), ARRIVED) == []


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("_change")])
def test_a_change_is_not_an_alert(name: str) -> None:
    assert read(raw(name), ARRIVED) == []


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith("_change")])
def test_an_alert_is_not_a_change(name: str) -> None:
    assert read_changes(raw(name), ARRIVED) == []


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("_change")])
@pytest.mark.parametrize("broken", [None, 3, "x", [], {}, {"resources": 1}])
def test_a_malformed_event_is_not_a_change(name: str, broken: object) -> None:
    event = {**payload(name), "detail": broken, "resources": [3], "time": 5}

    assert read_changes(json.dumps(event), ARRIVED) == []


def test_a_change_in_a_queue_record_is_read() -> None:
    record = {"Records": [{"eventSource": "aws:sqs", "body": raw("codedeploy_change").decode()}]}

    assert change_of(record).version == "d-8CKU3T0XF"


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", '{"detail-type": 3}'])
def test_a_payload_that_is_not_an_event_is_not_a_change(text: str) -> None:
    assert read_changes(text, ARRIVED) == []
