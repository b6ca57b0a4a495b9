"""Ingestion: all rules and topics deliver to one queue, which loses nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from moto.events.models import EventPattern

from cloudops.bootstrap import api as bootstrap_api
from cloudops.bootstrap import source_sync as bootstrap_source_sync
from cloudops.handlers.ingest import RESERVE_SECONDS
from cloudops.ingestion.redelivery import redelivery_delay
from tests.infra.template import Resource, Template

EVENTS = Path(__file__).parents[1] / "events"
AWS_EVENTS = [
    "cloudformation_change",
    "cloudwatch_anomaly",
    "cloudwatch_composite",
    "cloudwatch_configuration_change",
    "cloudwatch_contributor",
    "cloudwatch_insufficient_data",
    "cloudwatch_metric",
    "cloudwatch_recovered",
    "codedeploy_change",
    "ecs_deployment_change",
    "lambda_version_change",
]
"""Recorded events that AWS services put on the default bus."""


def test_the_visibility_timeout_exceeds_the_time_of_a_batch(template: Template) -> None:
    timeout = template.one("AWS::Lambda::Function", "IngestIngestFunction")["Timeout"]
    assert template.one("AWS::SQS::Queue", "IngestQueue")["VisibilityTimeout"] >= 6 * timeout


def test_the_function_may_return_messages_early_only_to_its_own_queue(template: Template) -> None:
    function = template.one("AWS::Lambda::Function", "IngestIngestFunction")
    assert function["Environment"]["Variables"]["ALERT_QUEUE"]["Ref"].startswith("IngestQueue")
    policy = template.one("AWS::IAM::Policy", "IngestIngestRoleDefaultPolicy")
    statements = [
        one for one in policy["PolicyDocument"]["Statement"] if "sqs:ChangeMessageVisibility" in one["Action"]
    ]
    assert statements
    for one in statements:
        assert (one["Effect"], one["Resource"]["Fn::GetAtt"][1]) == ("Allow", "Arn")
        assert one["Resource"]["Fn::GetAtt"][0].startswith("IngestQueue")


def test_an_early_return_is_earlier_than_the_visibility_timeout(template: Template) -> None:
    visibility = template.one("AWS::SQS::Queue", "IngestQueue")["VisibilityTimeout"]
    assert redelivery_delay(100, 1.0) < visibility


def test_at_most_two_functions_read_the_queue(template: Template) -> None:
    mapping = template.one("AWS::Lambda::EventSourceMapping", "Ingest")
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_the_time_for_attempts_leaves_time_to_respond(template: Template) -> None:
    api = template.one("AWS::Lambda::Function", "ApiApiFunction")["Timeout"]
    pull = template.one("AWS::Lambda::Function", "SourceSyncSyncSourcesFunction")["Timeout"]
    ingest = template.one("AWS::Lambda::Function", "IngestIngestFunction")["Timeout"]
    assert ingest - RESERVE_SECONDS == 40
    assert api / 2 >= bootstrap_api.REQUEST_INGEST_SECONDS
    assert pull / 2 >= 2 * bootstrap_source_sync.SYNC_INGEST_SECONDS


def test_a_message_that_fails_five_times_is_kept_for_two_weeks(template: Template) -> None:
    redrive = template.one("AWS::SQS::Queue", "IngestQueue")["RedrivePolicy"]
    assert redrive["maxReceiveCount"] == 5
    assert redrive["deadLetterTargetArn"]["Fn::GetAtt"][0].startswith("IngestDeadLetters")
    assert template.one("AWS::SQS::Queue", "IngestDeadLetters")["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_queues_are_encrypted_and_deny_plain_http(template: Template) -> None:
    queues = template.of_type("AWS::SQS::Queue")
    assert all(queue["SqsManagedSseEnabled"] for queue in queues.values())
    denying = set()
    for policy in template.of_type("AWS::SQS::QueuePolicy").values():
        if any(_denies_plain_http(statement) for statement in policy["PolicyDocument"]["Statement"]):
            denying |= {queue["Ref"] for queue in policy["Queues"]}
    assert denying == set(queues)


def test_the_function_reads_batches_and_reports_single_failures(template: Template) -> None:
    mapping = template.one("AWS::Lambda::EventSourceMapping", "Ingest")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BatchSize"] == 1000
    assert mapping["MaximumBatchingWindowInSeconds"] == 2


def test_alarm_events_of_the_default_bus_go_to_the_queue(template: Template) -> None:
    rule = template.one("AWS::Events::Rule", "AlarmEvents")
    assert "EventBusName" not in rule
    assert rule["EventPattern"] == {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change", "CloudWatch Alarm Contributor State Change"],
    }


def test_change_events_of_aws_go_to_the_queue(template: Template) -> None:
    assert template.one("AWS::Events::Rule", "ChangeEventsRule")["EventPattern"] == {
        "source": ["aws.cloudformation", "aws.cloudwatch", "aws.codedeploy", "aws.ecs"],
        "detail-type": [
            "CodeDeploy Deployment State-change Notification",
            "ECS Deployment State Change",
            "CloudFormation Stack Status Change",
            "CloudWatch Alarm Configuration Change",
        ],
    }


def test_of_cloudtrail_only_changes_of_functions_go_to_the_queue(template: Template) -> None:
    detail = template.one("AWS::Events::Rule", "ChangeEventsLambdaRule")["EventPattern"]["detail"]
    assert detail["eventSource"] == ["lambda.amazonaws.com"]
    assert {one["prefix"] for one in detail["eventName"]} == {
        "PublishVersion",
        "UpdateAlias",
        "UpdateFunctionCode",
        "UpdateFunctionConfiguration",
    }


@pytest.mark.parametrize("name", AWS_EVENTS)
def test_the_default_bus_delivers_an_event_only_from_the_aws_service_that_sends_it(
    template: Template, name: str
) -> None:
    event = json.loads((EVENTS / f"{name}.json").read_text())
    assert _is_delivered(template, event)
    assert not _is_delivered(template, {**event, "source": "e2e.test"})
    assert not _is_delivered(template, {key: value for key, value in event.items() if key != "source"})


def _is_delivered(template: Template, event: Any) -> bool:
    """Returns whether a rule of the default bus matches the event, by moto's matcher (Any: moto's type of an
    event is private)."""
    rules = template.of_type("AWS::Events::Rule").values()
    patterns = [rule["EventPattern"] for rule in rules if "EventBusName" not in rule]
    return any(EventPattern.load(json.dumps(pattern)).matches_event(event) for pattern in patterns)


def test_all_events_of_the_alert_bus_go_to_the_queue(template: Template) -> None:
    rule = template.one("AWS::Events::Rule", "AlertBusRule")
    assert rule["EventBusName"]["Ref"].startswith("AlertBus")
    assert rule["EventPattern"] == {"source": [{"prefix": ""}]}


def test_every_rule_delivers_to_the_queue_and_has_a_dead_letter_queue(chosen_template: Template) -> None:
    rules = chosen_template.of_type("AWS::Events::Rule")
    assert len(rules) == 5
    for rule in rules.values():
        (target,) = rule["Targets"]
        assert target["Arn"]["Fn::GetAtt"][0].startswith("IngestQueue")
        assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0].startswith("IngestDeadLetters")
        assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}


def test_the_alarm_topic_delivers_whole_notifications_to_the_queue(template: Template) -> None:
    (subscription,) = template.of_type("AWS::SNS::Subscription").values()
    assert subscription["Protocol"] == "sqs"
    assert subscription["Endpoint"]["Fn::GetAtt"][0].startswith("IngestQueue")
    assert not subscription.get("RawMessageDelivery", False)


@pytest.mark.parametrize("topic", ["AlarmTopic", "AlarmsOperations"])
def test_only_cloudwatch_may_publish_to_a_topic(chosen_template: Template, topic: str) -> None:
    policy = chosen_template.one("AWS::SNS::TopicPolicy", topic)
    (allowed,) = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Action"] == "sns:Publish"


def test_the_alarm_topic_accepts_only_this_account_by_default(template: Template) -> None:
    policy = template.one("AWS::SNS::TopicPolicy", "AlarmTopic")
    (allowed,) = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": [{"Ref": "AWS::AccountId"}]}}


def test_named_accounts_may_send_alarms(chosen_template: Template) -> None:
    topic = chosen_template.one("AWS::SNS::TopicPolicy", "AlarmTopic")
    assert "111122223333" in json.dumps(topic)
    bus = chosen_template.one("AWS::Events::EventBusPolicy", "AlertBus")["Statement"]
    assert bus["Effect"] == "Allow"
    assert bus["Action"] == "events:PutEvents"
    assert ":iam::111122223333:root" in json.dumps(bus["Principal"])


def test_the_datadog_partner_bus_is_associated_if_its_source_is_named(chosen_template: Template) -> None:
    bus = chosen_template.one("AWS::Events::EventBus", "Datadog")
    assert bus["EventSourceName"] == "aws.partner/datadog.com/prod"
    rule = chosen_template.one("AWS::Events::Rule", "Datadog")
    assert rule["EventPattern"] == {"source": ["aws.partner/datadog.com/prod"]}


def _denies_plain_http(statement: Resource) -> bool:
    return statement["Effect"] == "Deny" and statement.get("Condition") == {
        "Bool": {"aws:SecureTransport": "false"}
    }
