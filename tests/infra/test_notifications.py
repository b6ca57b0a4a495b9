"""Notifications: the stream, the queue, timeouts and permissions."""

import json

import pytest
from aws_cdk import App

from cloudops.notifications.pacing import LEASE_MS
from infra.notifications import DISPATCH_TIMEOUT, VISIBILITY
from infra.options import Options
from tests.infra.template import Template


def test_the_stream_delivers_only_changes_of_incidents_and_drops_none(template: Template) -> None:
    mapping = template.one("AWS::Lambda::EventSourceMapping", "NotificationsEnqueueNotifications")
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["BisectBatchOnFunctionError"] is True
    assert "MaximumRetryAttempts" not in mapping
    (pattern,) = mapping["FilterCriteria"]["Filters"]
    assert json.loads(pattern["Pattern"]) == {
        "eventName": ["INSERT", "MODIFY"],
        "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "INC#"}]}}},
    }


def test_the_lease_of_a_crashed_dispatcher_expires_before_the_redelivery(
    template: Template,
) -> None:
    assert DISPATCH_TIMEOUT.to_milliseconds() < LEASE_MS < VISIBILITY.to_milliseconds()
    function = template.one("AWS::Lambda::Function", "NotificationsDispatchNotificationsFunction")
    assert function["Timeout"] == DISPATCH_TIMEOUT.to_seconds()


def test_the_dispatcher_handles_one_message_at_a_time(template: Template) -> None:
    mapping = template.one("AWS::Lambda::EventSourceMapping", "NotificationsDispatchNotifications")
    assert mapping["BatchSize"] == 1


@pytest.mark.parametrize(
    "role", ["NotificationsEnqueueNotificationsRole", "NotificationsDispatchNotificationsRole"]
)
def test_notification_functions_may_read_slacks_secret_and_enqueue(template: Template, role: str) -> None:
    policy = json.dumps(template.one("AWS::IAM::Policy", f"{role}DefaultPolicy"))
    assert "secret:CloudOps/slack-??????" in policy
    assert "sqs:SendMessage" in policy
    assert "api-tokens" not in policy


def test_the_address_of_slack_may_only_be_changed_to_loopback() -> None:
    app = App(context={"slackApiUrl": "https://slack.example.com/api/"})
    with pytest.raises(ValueError, match="slackApiUrl"):
        Options.from_context(app.node)


def test_a_mistake_in_the_routing_stops_the_synthesis(tmp_path: pytest.TempPathFactory) -> None:
    file = f"{tmp_path}/routing.toml"
    with open(file, "w") as routing:
        routing.write('channel = "#alerts"')
    app = App(context={"slackRouting": file})
    with pytest.raises(ValueError, match=r"slackRouting, file .*channel"):
        Options.from_context(app.node)
