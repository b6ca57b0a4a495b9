"""CloudWatch alerts by EventBridge event and by direct Lambda action."""

import json

import pytest

from cloudops.adapters.payloads.parser import read
from cloudops.alerts.alert import Alert, AlertStatus, Severity
from cloudops.core.ids import stable_id
from tests.adapters.event_payloads import ARRIVED, HAPPENED, alert_of, payload, raw, refusal_of

CHECKOUT_ARN = "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:checkout-5xx"


def test_a_metric_alarm_fills_every_field_of_the_alert() -> None:
    alert = alert_of(raw("cloudwatch_metric"))
    assert alert.source == "cloudwatch"
    assert alert.fingerprint == stable_id("cloudwatch", CHECKOUT_ARN)
    assert alert.status is AlertStatus.FIRING
    assert (alert.occurred_at, alert.received_at, alert.started_at) == (HAPPENED, ARRIVED, HAPPENED)
    assert alert.title == "checkout-5xx"
    assert alert.message == (
        "Runbook: https://runbooks.example.com/checkout-5xx\n"
        "Threshold Crossed: 3 out of the last 3 datapoints were greater than the threshold (25.0)."
    )
    assert (alert.account, alert.region) == ("111122223333", "eu-central-1")
    assert (alert.environment, alert.environment_reason) == ("prod", "tag env")
    assert (alert.service, alert.service_reason) == ("checkout", "tag service")
    assert alert.resources == ("alarm:checkout-5xx", "targetgroup:prod-checkout-tg")
    assert (alert.severity, alert.severity_reason) == (Severity.CRITICAL, "label severity")
    assert (alert.namespace, alert.metric, alert.unit) == (
        "AWS/ApplicationELB",
        "HTTPCode_Target_5XX_Count",
        "Count",
    )
    assert alert.kind == "metric"
    assert alert.labels["team"] == "payments"
    assert alert.url == (
        "https://eu-central-1.console.aws.amazon.com/cloudwatch/home"
        "?region=eu-central-1#alarmsV2:alarm/checkout-5xx"
    )
    assert (alert.muted, alert.informational) == ("", False)


def test_a_recovery_resolves_the_same_alert_and_has_the_start_of_its_episode() -> None:
    alert = alert_of(raw("cloudwatch_recovered"))
    assert alert.status is AlertStatus.RESOLVED
    assert alert.fingerprint == alert_of(raw("cloudwatch_metric")).fingerprint
    assert alert.occurred_at == 1_772_440_290_400
    assert alert.started_at == HAPPENED


def test_a_metric_math_alarm_has_its_expression_and_first_metric() -> None:
    alert = alert_of(raw("cloudwatch_math"))
    assert (alert.kind, alert.query) == ("math", "100 * errors / requests")
    assert (alert.namespace, alert.metric) == ("AWS/Lambda", "Errors")
    assert (alert.service, alert.service_reason) == ("orders", "dimension FunctionName")
    assert (alert.environment, alert.environment_reason) == ("staging", "dimension FunctionName")
    assert "function:orders-staging" in alert.resources


def test_an_anomaly_alarm_has_its_band_as_the_query() -> None:
    alert = alert_of(raw("cloudwatch_anomaly"))
    assert (alert.kind, alert.query) == ("anomaly", "ANOMALY_DETECTION_BAND(m1, 2)")
    assert (alert.service, alert.environment) == ("search", "prod")
    assert alert.started_at == HAPPENED


def test_a_composite_alarm_names_the_alarms_that_triggered_it() -> None:
    alert = alert_of(raw("cloudwatch_composite"))
    assert alert.kind == "composite"
    assert alert.query == 'ALARM("checkout-5xx") OR ALARM("cart-latency")'
    assert alert.resources == ("alarm:checkout-5xx", "alarm:prod-shop-health")
    assert (alert.service, alert.service_reason) == ("shop", "name part shop")
    assert (alert.environment, alert.environment_reason) == ("prod", "name prefix prod-")


def test_suppressed_actions_mute_an_alert_with_the_reason() -> None:
    muted = alert_of(raw("cloudwatch_composite")).muted
    assert muted == "actions suppressed by Alarm: Actions suppressed by planned-maintenance"


def test_a_mute_rule_mutes_an_alert_with_the_rule_and_its_end() -> None:
    alert = alert_of(raw("cloudwatch_muted"))
    assert alert.muted == (
        "muted by arn:aws:cloudwatch:eu-central-1:111122223333:alarm-mute-rule:weekly-patching"
        " until 2026-03-02T09:00:00.000+0000"
    )
    assert alert.is_firing


def test_each_contributor_of_an_alarm_is_an_alert_of_its_own() -> None:
    event = payload("cloudwatch_contributor")
    first = alert_of(event)
    event["detail"]["alarmContributor"] = {"id": "other", "attributes": {"TableName": "prod-carts"}}
    second = alert_of(event)
    assert first.kind == second.kind == "contributor"
    assert (first.service, second.service) == ("sessions", "carts")
    assert first.fingerprint != second.fingerprint


def test_insufficient_data_is_no_data() -> None:
    alert = alert_of(raw("cloudwatch_insufficient_data"))
    assert alert.status is AlertStatus.NO_DATA
    assert (alert.service, alert.environment) == ("sessions", "prod")
    assert alert.started_at is None


def test_a_lambda_action_is_the_same_alert_as_the_event() -> None:
    action, event = alert_of(raw("cloudwatch_action")), alert_of(raw("cloudwatch_metric"))
    assert (action.fingerprint, action.occurred_at) == (event.fingerprint, event.occurred_at)
    assert action.scope == event.scope
    assert action.service == event.service


@pytest.mark.parametrize("name", ["cloudwatch_configuration_change", "ecs_deployment_change"])
def test_an_event_that_reports_a_change_has_no_alert(name: str) -> None:
    assert read(raw(name), ARRIVED) == []


def test_the_time_of_the_event_is_used_only_without_the_time_of_the_state() -> None:
    event = payload("cloudwatch_metric")
    event["detail"]["state"]["timestamp"] = "date"
    assert alert_of(event).occurred_at == 1_772_439_331_000
    event["time"] = None
    assert alert_of(event).occurred_at == ARRIVED


def test_an_alarm_without_its_arn_keeps_its_fingerprint() -> None:
    event = payload("cloudwatch_metric")
    event["resources"] = []
    assert alert_of(event).fingerprint == stable_id("cloudwatch", CHECKOUT_ARN)


def test_an_alarm_without_its_name_is_named_by_its_arn() -> None:
    event = payload("cloudwatch_metric")
    del event["detail"]["alarmName"]
    assert alert_of(event).title == "checkout-5xx"


def test_the_severity_follows_from_the_name_without_a_tag() -> None:
    event = payload("cloudwatch_math")
    event["detail"]["alarmName"] = "staging-orders-error-rate-Critical"
    alert = alert_of(event)
    assert (alert.severity, alert.severity_reason) == (Severity.CRITICAL, "name suffix Critical")


def test_a_console_link_escapes_the_alarm_s_name() -> None:
    event = payload("cloudwatch_math")
    event["detail"]["alarmName"] = "orders / errors #1"
    assert alert_of(event).url.endswith("#alarmsV2:alarm/orders%20%2F%20errors%20%231")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": None}, "state is missing or not an object"),
        ({"state": {"value": "BROKEN"}}, "state.value is 'BROKEN', not one of ALARM, OK, INSUFFICIENT_DATA"),
        ({"state": {}}, "state.value is '', not one of ALARM, OK, INSUFFICIENT_DATA"),
    ],
)
def test_an_alarm_without_a_known_state_is_quarantined(change: dict[str, object], reason: str) -> None:
    event = payload("cloudwatch_metric")
    event["detail"] |= change
    assert refusal_of(event).reason == reason


def test_an_alarm_without_name_and_arn_is_quarantined() -> None:
    event = payload("cloudwatch_metric")
    event["resources"], event["detail"]["alarmName"] = [], ""
    refusal = refusal_of(event)
    assert refusal.reason == "alarmName is missing, and no alarm ARN names the alarm"
    assert refusal.source == "cloudwatch"


@pytest.mark.parametrize("detail", [None, "text", 5, []])
def test_an_alarm_without_a_detail_is_quarantined(detail: object) -> None:
    event = payload("cloudwatch_metric") | {"detail": detail}
    assert refusal_of(event).reason == "detail is missing or not an object"


def stat(id_: str, metric: str, **dimensions: str) -> dict[str, object]:
    """Returns an entry with a metric of a load balancer."""
    named = {"namespace": "AWS/ApplicationELB", "name": metric, "dimensions": dimensions}
    return {"id": id_, "returnData": False, "metricStat": {"metric": named, "period": 60, "stat": "Sum"}}


REQUESTS, FAILURES = (
    stat("all", "RequestCount"),
    stat("bad", "HTTPCode_Target_5XX_Count", TargetGroup="billing"),
)


def math_alarm(*entries: dict[str, object]) -> Alert:
    event = payload("cloudwatch_math")
    event["detail"]["configuration"]["metrics"] = list(entries)
    return alert_of(event)


@pytest.mark.parametrize(
    "expression",
    [
        "bad/all", "bad / all * 100", "100 * bad / all", "100 * (bad / all)", "IF(all > 50, bad / all, 0)",
        "SUM([bad]) / SUM([all])", "FILL(bad, 0) / FILL(all, 1)", "(bad + 0) / (all + 1)", "1 / all * bad",
    ],
)  # fmt: skip
def test_the_metric_in_the_numerator_decides_whatever_the_order_of_the_list(expression: str) -> None:
    result = {"id": "ratio", "expression": expression, "label": "share of failures", "returnData": True}
    for entries in ((result, REQUESTS, FAILURES), (FAILURES, REQUESTS, result), (REQUESTS, result, FAILURES)):
        alert = math_alarm(*entries)
        assert (alert.metric, alert.service) == ("HTTPCode_Target_5XX_Count", "billing")
        assert alert.query == expression


def test_the_returned_expression_is_followed_through_others() -> None:
    alert = math_alarm(
        REQUESTS,
        {"id": "other", "expression": "all * 2", "returnData": False},
        {"id": "rate", "expression": "bad / all", "returnData": False},
        {"id": "top", "expression": "100 * rate", "label": "top", "returnData": True},
        FAILURES,
    )
    assert (alert.metric, alert.query) == ("HTTPCode_Target_5XX_Count", "100 * rate")


def test_expressions_that_refer_to_one_another_in_a_circle_are_read() -> None:
    alert = math_alarm(
        {"id": "a", "expression": "b / a", "returnData": True}, {"id": "b", "expression": "a + b"}, REQUESTS
    )
    assert (alert.kind, alert.metric) == ("math", "RequestCount")


def test_an_alarm_that_is_deleted_is_gone() -> None:
    event = payload("cloudwatch_metric")
    event["detail-type"] = "CloudWatch Alarm Configuration Change"
    event["detail"]["operation"] = "delete"
    gone = alert_of(event)
    assert gone.status is AlertStatus.GONE
    assert gone.fingerprint == alert_of(raw("cloudwatch_metric")).fingerprint
    assert gone.message.endswith("The alarm was deleted.")
    event["detail"]["operation"] = "update"
    assert read(json.dumps(event), ARRIVED) == []


def test_the_detail_of_an_event_is_read_by_itself() -> None:
    event = payload("cloudwatch_metric")
    alert = alert_of(event["detail"])
    assert (alert.title, alert.status, alert.occurred_at) == ("checkout-5xx", AlertStatus.FIRING, HAPPENED)
    assert alert.service == alert_of(event).service
