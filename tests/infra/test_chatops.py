"""Permissions, timeouts and queue of the two functions that serve Slack."""

import json

from cloudops.chatops.dispatcher import REPLAY_WINDOW_MS
from cloudops.chatops.requests import MAX_SKEW_SECONDS
from infra.chatops import TIMEOUT, TOO_OLD, VISIBILITY
from tests.infra.template import Template


def test_a_signature_is_stored_for_as_long_as_its_request_may_be_delivered(template: Template) -> None:
    assert MAX_SKEW_SECONDS * 1000 + TOO_OLD.to_milliseconds() <= REPLAY_WINDOW_MS
    queue = template.one("AWS::SQS::Queue", "ChatOpsRequests")
    assert queue["MessageRetentionPeriod"] == TOO_OLD.to_seconds()


def test_a_request_is_redelivered_only_after_the_timeout_of_the_worker(template: Template) -> None:
    assert TIMEOUT.to_seconds() < VISIBILITY.to_seconds()
    function = template.one("AWS::Lambda::Function", "ChatOpsSlackWorkerFunction")
    assert function["Timeout"] == TIMEOUT.to_seconds()


def test_the_worker_handles_one_request_at_a_time(template: Template) -> None:
    mapping = template.one("AWS::Lambda::EventSourceMapping", "ChatOpsSlackWorker")
    assert mapping["BatchSize"] == 1


def test_the_webhook_may_only_log_read_its_secret_and_enqueue(template: Template) -> None:
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


def test_the_worker_has_no_permission_on_services(template: Template) -> None:
    policy = json.dumps(template.one("AWS::IAM::Policy", "ChatOpsSlackWorkerRoleDefaultPolicy"))
    assert "sts:AssumeRole" not in policy
    assert "ecs:" not in policy
    assert "lambda:InvokeFunction" in policy
