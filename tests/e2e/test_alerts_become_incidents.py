"""Ingestion on the deployed stack: every alert source, from its entry point to the API."""

import json

import pytest

from infra.cli_errors import CommandFailure
from tests.e2e.payloads import alarm_event, alarm_notification, alertmanager_webhook, datadog_webhook
from tests.e2e.stack_under_test import StackUnderTest, eventually

pytestmark = pytest.mark.emulator


def test_an_alarm_event_on_the_default_bus_becomes_an_incident(stack_under_test: StackUnderTest) -> None:
    stack_under_test.put_event(alarm_event("bus-shop"))
    (incident,) = eventually(lambda: stack_under_test.incidents(service="bus-shop"))
    assert incident["status"] == "open"
    assert incident["alertCount"] == 1
    assert incident["suggestions"]
    detail = stack_under_test.call("GET", f"/api/incidents/{incident['id']}", role="viewer").body
    assert [alert["source"] for alert in detail["alerts"]] == ["cloudwatch"]
    assert detail["timeline"]


def test_an_alarm_event_on_our_own_bus_becomes_an_incident(stack_under_test: StackUnderTest) -> None:
    stack_under_test.put_event(alarm_event("own-bus-shop"), stack_under_test.outputs["EventBusName"])
    (incident,) = eventually(lambda: stack_under_test.incidents(service="own-bus-shop"))
    assert incident["alertCount"] == 1


def test_no_rule_of_the_default_bus_takes_an_alarm_event_that_cloudwatch_did_not_send(
    stack_under_test: StackUnderTest,
) -> None:
    forged = {**alarm_event("forged-shop"), "source": "custom.application"}
    with pytest.raises(CommandFailure, match="no rule of the bus default takes"):
        stack_under_test.put_event(forged)


def test_an_alarm_published_to_the_topic_becomes_an_incident(stack_under_test: StackUnderTest) -> None:
    stack_under_test.emulator.client("sns").publish(
        TopicArn=stack_under_test.outputs["AlarmTopicArn"],
        Message=json.dumps(alarm_notification("topic-shop")),
    )
    (incident,) = eventually(lambda: stack_under_test.incidents(service="topic-shop"))
    assert incident["alertCount"] == 1


def test_a_datadog_webhook_with_the_secret_becomes_an_incident(stack_under_test: StackUnderTest) -> None:
    answer = stack_under_test.webhook("/webhooks/datadog", datadog_webhook("datadog-shop"))
    assert answer.status == 202
    (incident,) = eventually(lambda: stack_under_test.incidents(service="datadog-shop"))
    assert incident["symptom"] == "latency"


def test_an_alertmanager_webhook_with_a_bearer_secret_becomes_an_incident(
    stack_under_test: StackUnderTest,
) -> None:
    bearer = {"authorization": f"Bearer {stack_under_test.webhook_secret}"}
    payload = alertmanager_webhook("alertmanager-shop")
    answer = stack_under_test.call("POST", "/webhooks/alertmanager", payload, headers=bearer)
    assert answer.status == 202
    (incident,) = eventually(lambda: stack_under_test.incidents(service="alertmanager-shop"))
    assert incident["severity"] == "critical"


@pytest.mark.parametrize("secret", [{}, {"x-cloudops-secret": "wrong"}])
def test_a_webhook_without_the_secret_is_refused_and_nothing_is_stored(
    stack_under_test: StackUnderTest, secret: dict[str, str]
) -> None:
    payload = datadog_webhook("refused-shop")
    answer = stack_under_test.call("POST", "/webhooks/datadog", payload, headers=secret)
    assert answer.status == 401
    assert answer.body["error"]["code"] == "unauthenticated"
    # A later webhook has passed the same queue, so the refused one is not on its way any more.
    stack_under_test.webhook("/webhooks/datadog", datadog_webhook("accepted-shop"))
    eventually(lambda: stack_under_test.incidents(service="accepted-shop"))
    assert stack_under_test.incidents(service="refused-shop") == []


def test_a_resolved_alert_resolves_its_incident(stack_under_test: StackUnderTest) -> None:
    stack_under_test.put_event(alarm_event("clearing-shop", minutes_ago=3))
    eventually(lambda: stack_under_test.incidents(service="clearing-shop"))
    stack_under_test.put_event(alarm_event("clearing-shop", state="OK", minutes_ago=1))
    (incident,) = eventually(lambda: stack_under_test.incidents(service="clearing-shop", status="resolved"))
    assert incident["resolvedAt"]
    assert incident["firingCount"] == 0


def test_an_unparsable_payload_is_in_quarantine(stack_under_test: StackUnderTest) -> None:
    stack_under_test.webhook("/webhooks/alertmanager", {"text": "a test from the wiki page"})

    def quarantined() -> list[str]:
        items = stack_under_test.call("GET", "/api/quarantine", role="operator").body["items"]
        return [item["id"] for item in items if "wiki page" in item["payload"]]

    (item,) = eventually(quarantined)
    removed = stack_under_test.call("DELETE", f"/api/quarantine/{item}", role="operator")
    assert removed.status == 204
    assert quarantined() == []
