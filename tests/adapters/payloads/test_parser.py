"""The parser: formats, envelopes, payloads without alerts, and reasons for the quarantine."""

import base64
import json

import pytest

from cloudops.adapters.payloads.parser import read, read_parsed
from cloudops.alerts.alert import Alert, UnparsablePayload
from tests.adapters.event_payloads import ARRIVED, NAMES, alert_of, payload, raw, refusal_of


@pytest.mark.parametrize("name", NAMES)
def test_bytes_text_and_parsed_payload_are_read_alike(name: str) -> None:
    readings = read(raw(name), ARRIVED)
    assert read(raw(name).decode(), ARRIVED) == readings
    assert read_parsed(payload(name), ARRIVED) == readings


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_keys_and_whitespace_do_not_matter(name: str) -> None:
    tight = json.dumps(payload(name), separators=(",", ":"), sort_keys=True)
    assert read(tight, ARRIVED) == read(raw(name), ARRIVED)


@pytest.mark.parametrize("name", NAMES)
def test_each_payload_is_read_inside_a_list_a_queue_s_record_and_a_notification(name: str) -> None:
    readings = read(raw(name), ARRIVED)
    text = raw(name).decode()
    assert read(json.dumps([payload(name)]), ARRIVED) == readings
    record = {"messageId": "1", "receiptHandle": "r", "body": text, "eventSource": "aws:sqs"}
    assert read(json.dumps({"Records": [record]}), ARRIVED) == readings
    assert read(json.dumps({"source": "cloudops.webhook", "detail": {"body": text}}), ARRIVED) == readings


def test_a_list_of_alerts_is_read_one_by_one() -> None:
    one, two, three = read(
        json.dumps({"alerts": [{"title": "a"}, {"status": "firing"}, payload("datadog_webhook")]}), ARRIVED
    )
    assert isinstance(one, Alert)
    assert isinstance(two, UnparsablePayload)
    assert isinstance(three, Alert)
    assert (one.title, two.reason, three.source) == ("a", "title is missing", "datadog")
    assert two.payload == '{"status":"firing"}'


NO_FORMAT = "title is missing, and no known format matches: title and status make a plain alert"


@pytest.mark.parametrize(
    ("source", "detail_type"),
    [
        ("aws.health", "AWS Health Event"), ("aws.guardduty", "GuardDuty Finding"),
        ("aws.states", "Step Functions Execution Status Change"), ("aws.ecs", "ECS Task State Change"),
        ("aws.rds", "RDS DB Instance Event"), ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    ],
)  # fmt: skip
def test_an_event_of_aws_that_is_not_read_is_quarantined(source: str, detail_type: str) -> None:
    event = {"detail-type": detail_type, "source": source, "detail": {}}
    for value in (event, {"Type": "Notification", "TopicArn": "t", "Message": json.dumps(event)}):
        refusal = refusal_of(value)
        assert refusal.source == "aws"
        assert refusal.reason == (
            f"CloudOps reads neither an alert nor a change in events of the detail-type {detail_type!r}"
        )


@pytest.mark.parametrize("message", ["Multi-AZ failover completed", '{"Event Message": "failover"}'])
def test_the_subject_of_a_notification_stands_in_the_reason(message: str) -> None:
    value = {"Type": "Notification", "TopicArn": "t", "Subject": "RDS Notification", "Message": message}
    assert refusal_of(value).reason.endswith("; the notification's subject is 'RDS Notification'")


@pytest.mark.parametrize(
    "value",
    [
        {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"},
        {"Event": "autoscaling:TEST_NOTIFICATION", "AutoScalingGroupName": "web"},
        {"Type": "UnsubscribeConfirmation", "TopicArn": "arn:aws:sns:eu-west-1:1:t"},
        {"Records": []},
        [],
    ],
)
def test_a_payload_without_alerts_by_design_is_read_as_none(value: object) -> None:
    assert read(json.dumps(value), ARRIVED) == []


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b"title=slow", "not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b"null", "the payload is not a JSON object"),
        (b'"ALARM"', "the payload is not a JSON object"),
        (b"{}", NO_FORMAT),
        (b'{"data": {"detail": {"alarmName": "x"}}}', NO_FORMAT),
        (
            b'{"detail-type": "Order Placed", "source": "shop"}',
            "detail-type is 'Order Placed', which is unknown",
        ),
        (b'{"alerts": "none", "receiver": "x"}', "alerts is not a list"),
        (b'{"Records": [5]}', "Records[0] is not a JSON object"),
        (b'{"source": "cloudops.webhook", "detail": 5}', "detail.body is missing or not a string"),
        (
            b'{"eventSource": "aws:sqs", "body": "x"}',
            "body is not JSON: Expecting value: line 1 column 1 (char 0)",
        ),
    ],
)
def test_the_reason_for_the_quarantine_names_the_field(value: bytes, reason: str) -> None:
    assert refusal_of(value).reason == reason


def test_the_quarantine_gets_the_payload_for_a_replay() -> None:
    value = payload("cloudwatch_metric")
    value["detail"]["state"]["value"] = "BROKEN"
    refusal = refusal_of(value)
    assert json.loads(refusal.payload) == value
    assert refusal.received_at == ARRIVED


def test_a_replayed_part_is_read_like_the_part_of_its_payload() -> None:
    part = payload("cloudwatch_sns_records")
    part["Records"][0]["Sns"]["Message"] = part["Records"][0]["Sns"]["Message"].replace('"ALARM"', '"X"')
    refusal = read(json.dumps(part), ARRIVED)[0]
    assert isinstance(refusal, UnparsablePayload)
    mended = alert_of(refusal.payload.replace('"X"', '"ALARM"'))
    assert mended == alert_of(raw("cloudwatch_sns_notification"))


def test_a_quarantined_payload_is_cut_with_its_size_in_the_reason() -> None:
    refusal = refusal_of(b'"' + b"x" * 300_000 + b'"')
    assert len(refusal.payload) == 200_000
    assert refusal.reason == "the payload is not a JSON object (payload cut, 300000 bytes)"
    wide = refusal_of('"' + "\u00e9" * 150_000 + '"')
    assert len(wide.payload) == 100_000


def test_endless_envelopes_are_quarantined() -> None:
    value: object = payload("plain")
    for _ in range(20):
        value = [value]
    assert "is wrapped more than 8 times" in refusal_of(value).reason


def test_a_list_is_read_up_to_the_limit() -> None:
    readings = read(json.dumps({"alerts": [{"title": "a"}] * 10_003}), ARRIVED)
    assert len(readings) == 10_001
    last = readings[-1]
    assert isinstance(last, UnparsablePayload)
    assert last.reason == "alerts has 10003 entries, of which 10000 were read"
    assert last.payload == '[{"title":"a"},{"title":"a"},{"title":"a"}]'


def test_a_marker_inside_another_format_does_not_mislead() -> None:
    labels = {"note": 'mentions "alert_transition": "Triggered"', "alert_type": "error"}
    alert = alert_of({"title": "[Triggered] CloudWatch Alarm State Change", "labels": labels})
    assert alert.source == "plain"


def test_long_texts_are_cut_and_end_with_their_length() -> None:
    alert = alert_of({"title": "t" * 1_000_000, "message": "m" * 1_000_000})
    assert len(alert.title) == 256
    assert alert.title.endswith("t [cut, 1000000 characters]")
    assert len(alert.message) == 4_000
    assert alert.message.endswith("m [cut, 1000000 characters]")


def test_surplus_labels_are_dropped_and_counted() -> None:
    alert = alert_of({"title": "t", "labels": {f"k{i}": "v" * 1_000 for i in range(100)}})
    assert len(alert.labels) == 65
    assert alert.labels["labels_dropped"] == "36"
    assert alert.labels["k0"] == "v" * (256 - len(" [cut, 1000 characters]")) + " [cut, 1000 characters]"


@pytest.mark.parametrize("name", ["cloudwatch_metric", "datadog_webhook", "datadog_partner", "alertmanager"])
def test_an_alert_of_megabytes_fits_a_stored_item(name: str) -> None:
    huge = json.dumps(payload(name)).replace("cart", "c" * 100_000).replace("checkout", "c" * 100_000)
    huge = huge.replace("basket", "b" * 100_000)
    for reading in read(huge, ARRIVED):
        assert isinstance(reading, Alert)
        assert len(repr(reading)) < 60_000


def test_deep_nesting_in_an_unused_field_is_ignored() -> None:
    deep = '{"title": "Slow", "extra": ' + '{"a": [' * 50_000 + "]}" * 50_000 + ', "service": "cart"}'
    assert alert_of(deep).service == "cart"


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 2_000 + '\\"' * 300_000,
        "[" * 2_000 + '"' * 300_001,
        '{"title": ' + "9" * 1_000_000 + "}",
        '{"title": "t", "alert_transition": "Triggered", "alert_query": "' + ".by(" * 200_000 + '"}',
        '{"title": "' + "[Triggered on {" * 60_000 + '", "alert_type": "error"}',
        '{"title": "t", "alert_type": "error", "tags": "' + "a:b," * 200_000 + '"}',
        '{"AlarmName": "' + "prod-" * 200_000 + '", "NewStateValue": "OK"}',
    ],
)
def test_the_time_to_read_is_linear_in_the_length(hostile: str) -> None:
    """With quadratic time this test would not end."""
    assert len(read(hostile, ARRIVED)) == 1


def test_a_body_that_is_not_text_is_quarantined() -> None:
    gzipped = base64.b64decode("H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA==")
    assert refusal_of(gzipped).reason.startswith("not JSON")
