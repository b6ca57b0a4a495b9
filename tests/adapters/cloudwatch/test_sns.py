"""CloudWatch alerts by SNS, as a queue message and as records of a Lambda event."""

import json

import pytest

from cloudops.adapters.payloads.parser import read
from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.core.ids import stable_id
from tests.adapters.event_payloads import ARRIVED, HAPPENED, alert_of, payload, raw, refusal_of


def test_an_alarm_by_sns_is_the_same_alert_as_by_eventbridge() -> None:
    by_sns, by_event = alert_of(raw("cloudwatch_sns_notification")), alert_of(raw("cloudwatch_metric"))
    for field in ("fingerprint", "occurred_at", "status", "scope", "title", "message", "metric", "resources"):
        assert getattr(by_sns, field) == getattr(by_event, field), field
    assert (by_sns.service, by_sns.service_reason) == ("checkout", "dimension TargetGroup")
    assert by_sns.occurred_at == HAPPENED


def test_each_record_of_a_batch_is_read() -> None:
    readings = read(raw("cloudwatch_sns_records"), ARRIVED)
    assert [(r.title, r.status) for r in readings if isinstance(r, Alert)] == [
        ("checkout-5xx", AlertStatus.FIRING),
        ("orders-lag", AlertStatus.RESOLVED),
    ]


def test_a_message_without_an_arn_has_the_fingerprint_of_the_built_arn() -> None:
    orders = read(raw("cloudwatch_sns_records"), ARRIVED)[1]
    assert isinstance(orders, Alert)
    assert orders.region == "eu-central-1"
    assert orders.fingerprint == stable_id(
        "cloudwatch", "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:orders-lag"
    )


def test_a_region_with_an_unknown_display_name_is_that_of_the_topic() -> None:
    value = payload("cloudwatch_sns_records")["Records"][1]
    value["Sns"]["Message"] = value["Sns"]["Message"].replace("EU (Frankfurt)", "Moon (Tycho)")
    assert alert_of(value).region == "eu-central-1"


def test_a_metric_math_alarm_by_sns_has_its_expression_and_first_metric() -> None:
    alert = alert_of(raw("cloudwatch_sns_math"))
    assert (alert.kind, alert.query, alert.unit) == ("math", "visible / rate", "Count")
    assert (alert.namespace, alert.metric) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    assert (alert.service, alert.environment) == ("billing", "prod")


def test_a_composite_alarm_by_sns_names_the_alarms_that_triggered_it() -> None:
    alert = alert_of(raw("cloudwatch_sns_composite"))
    assert alert.kind == "composite"
    assert alert.resources == ("alarm:checkout-5xx", "alarm:prod-shop-health")
    assert alert.fingerprint == alert_of(raw("cloudwatch_composite")).fingerprint


def test_a_bare_message_is_read() -> None:
    bare = {"AlarmName": "disk", "AWSAccountId": "1", "NewStateValue": "OK", "Region": "US East (Ohio)"}
    alert = alert_of(bare)
    assert (alert.title, alert.status, alert.region) == ("disk", AlertStatus.RESOLVED, "us-east-2")


def test_the_confirmation_of_a_subscription_has_no_alert() -> None:
    assert read(raw("sns_subscription_confirmation"), ARRIVED) == []


def test_a_message_that_is_not_json_is_quarantined() -> None:
    value = payload("cloudwatch_sns_notification") | {"Message": "hello"}
    assert refusal_of(value).reason.startswith("Message is not JSON")
    assert refusal_of(value | {"Message": None}).reason.startswith("Message is missing or not a string")


def test_a_message_with_an_unknown_state_is_quarantined() -> None:
    value = payload("cloudwatch_sns_notification")
    value["Message"] = value["Message"].replace('"ALARM"', '"FINE"')
    assert refusal_of(value).reason == "NewStateValue is 'FINE', not one of ALARM, OK, INSUFFICIENT_DATA"


def test_an_eventbridge_event_inside_a_notification_is_read() -> None:
    value = {"Type": "Notification", "Message": raw("cloudwatch_metric").decode()}
    assert alert_of(value) == alert_of(raw("cloudwatch_metric"))


@pytest.mark.parametrize(
    "tags",
    [
        {"service": "billing", "env": "staging"},
        [{"Key": "service", "Value": "billing"}, {"Key": "env", "Value": "staging"}],
    ],
)
def test_tags_of_the_alarm_are_read_as_a_map_and_as_a_list(tags: object) -> None:
    alert = alert_of(json.loads(payload("cloudwatch_sns_notification")["Message"]) | {"AlarmTags": tags})
    assert (alert.service, alert.service_reason) == ("billing", "tag service")
    assert alert.environment == "staging"
