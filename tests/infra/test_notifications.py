"""What is stored is heard from the first change on, and told by functions that may do no more than that."""

import json

import pytest
from aws_cdk import App

from cloudops.notifications.pacing import LEASE_MS
from infra.notifications import DISPATCH_TIMEOUT, VISIBILITY
from infra.options import Options
from tests.infra.template import Template


def test_changes_of_incidents_alone_are_heard_and_none_is_given_up(template: Template) -> None:
    mapping = template.one("AWS::Lambda::EventSourceMapping", "NotificationsEnqueueNotifications")
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["BisectBatchOnFunctionError"] is True
    assert "MaximumRetryAttempts" not in mapping
    (pattern,) = mapping["FilterCriteria"]["Filters"]
    assert json.loads(pattern["Pattern"]) == {
        "eventName": ["INSERT", "MODIFY"],
        "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "INC#"}]}}},
    }


def test_who_dies_while_telling_is_known_to_be_dead_before_the_wake_up_comes_again(
    template: Template,
) -> None:
    assert DISPATCH_TIMEOUT.to_milliseconds() < LEASE_MS < VISIBILITY.to_milliseconds()
    function = template.one("AWS::Lambda::Function", "NotificationsDispatchNotificationsFunction")
    assert function["Timeout"] == DISPATCH_TIMEOUT.to_seconds()


def test_one_wake_up_is_one_turn(template: Template) -> None:
    mapping = template.one("AWS::Lambda::EventSourceMapping", "NotificationsDispatchNotifications")
    assert mapping["BatchSize"] == 1


@pytest.mark.parametrize(
    "role", ["NotificationsEnqueueNotificationsRole", "NotificationsDispatchNotificationsRole"]
)
def test_those_who_tell_may_read_slacks_secret_and_wake_each_other(template: Template, role: str) -> None:
    policy = json.dumps(template.one("AWS::IAM::Policy", f"{role}DefaultPolicy"))
    assert "secret:CloudOps/slack-??????" in policy
    assert "sqs:SendMessage" in policy
    assert "api-tokens" not in policy


def test_slack_itself_is_spoken_to_unless_a_stand_in_is_on_this_machine() -> None:
    app = App(context={"slackApiUrl": "https://slack.example.com/api/"})
    with pytest.raises(ValueError, match="slackApiUrl"):
        Options.from_context(app.node)


def test_a_mistake_in_the_routing_stops_the_deployment(tmp_path: pytest.TempPathFactory) -> None:
    file = f"{tmp_path}/routing.toml"
    with open(file, "w") as routing:
        routing.write('channel = "#alerts"')
    app = App(context={"slackRouting": file})
    with pytest.raises(ValueError, match=r"slackRouting, file .*channel"):
        Options.from_context(app.node)
