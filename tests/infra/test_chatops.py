"""Requests from Slack are checked by a function that may do nothing else, and wait for minutes at most."""

import json

from cloudops.chatops.dispatcher import KEPT
from cloudops.chatops.requests import MAX_SKEW_SECONDS
from infra.chatops import TIMEOUT, TOO_OLD, VISIBILITY
from tests.infra.template import Template


def test_a_request_is_remembered_for_as_long_as_it_may_still_come(template: Template) -> None:
    assert MAX_SKEW_SECONDS * 1000 + TOO_OLD.to_milliseconds() <= KEPT
    queue = template.one("AWS::SQS::Queue", "ChatOpsRequests")
    assert queue["MessageRetentionPeriod"] == TOO_OLD.to_seconds()


def test_a_request_comes_again_only_after_who_worked_on_it_has_ended(template: Template) -> None:
    assert TIMEOUT.to_seconds() < VISIBILITY.to_seconds()
    function = template.one("AWS::Lambda::Function", "ChatOpsSlackWorkerFunction")
    assert function["Timeout"] == TIMEOUT.to_seconds()


def test_who_waits_for_an_answer_waits_for_nobody_else(template: Template) -> None:
    mapping = template.one("AWS::Lambda::EventSourceMapping", "ChatOpsSlackWorker")
    assert mapping["BatchSize"] == 1


def test_the_door_may_log_read_its_secret_and_ask_and_nothing_else(template: Template) -> None:
    statements = template.one("AWS::IAM::Policy", "ApiSlackWebhookRoleDefaultPolicy")["PolicyDocument"][
        "Statement"
    ]
    actions: set[str] = set()
    for one in statements:
        actions |= {one["Action"]} if isinstance(one["Action"], str) else set(one["Action"])
    assert actions == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "secretsmanager:GetSecretValue",
        "sqs:SendMessage",
    }
    assert "secret:CloudOps/slack-??????" in json.dumps(statements)


def test_who_serves_people_touches_no_service_by_itself(template: Template) -> None:
    policy = json.dumps(template.one("AWS::IAM::Policy", "ChatOpsSlackWorkerRoleDefaultPolicy"))
    assert "sts:AssumeRole" not in policy
    assert "ecs:" not in policy
    assert "lambda:InvokeFunction" in policy
