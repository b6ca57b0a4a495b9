"""EventBus: an event is on the bus, or the call raises."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from cloudops.adapters.aws.messaging import EventBus
from cloudops.core.errors import Unavailable


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@pytest.fixture
def queue() -> Iterator[tuple[EventBus, Any]]:
    """Returns a bus with a queue as its target, and a function that reads the queue."""
    with mock_aws():
        events = boto3.client("events", region_name="eu-central-1")
        sqs = boto3.client("sqs", region_name="eu-central-1")
        url = sqs.create_queue(QueueName="alerts")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.create_event_bus(Name="webhooks")
        pattern = json.dumps({"source": ["cloudops.webhook"]})
        events.put_rule(Name="all", EventBusName="webhooks", EventPattern=pattern)
        events.put_targets(Rule="all", EventBusName="webhooks", Targets=[{"Id": "q", "Arn": arn}])
        yield EventBus(events, "webhooks"), lambda: sqs.receive_message(QueueUrl=url)["Messages"]


def test_an_event_reaches_the_targets_of_the_bus(queue: tuple[EventBus, Any]) -> None:
    bus, messages = queue
    bus.put("cloudops.webhook", "Datadog Webhook", '{"body": "x"}')
    (message,) = messages()
    event = json.loads(message["Body"])
    assert (event["source"], event["detail-type"]) == ("cloudops.webhook", "Datadog Webhook")
    assert event["detail"] == {"body": "x"}


def stubbed() -> tuple[EventBus, Stubber]:
    client = boto3.client("events", region_name="eu-central-1")
    return EventBus(client, "webhooks"), Stubber(client)


def test_a_rejected_entry_of_a_successful_call_is_unavailable() -> None:
    bus, stub = stubbed()
    refused = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}
    stub.add_response("put_events", refused)
    with stub, pytest.raises(Unavailable, match="ThrottlingException"):
        bus.put("cloudops.webhook", "Datadog Webhook", "{}")


def test_a_failed_call_is_unavailable() -> None:
    bus, stub = stubbed()
    stub.add_client_error("put_events", "InternalFailure")
    with stub, pytest.raises(Unavailable, match="webhooks: InternalFailure"):
        bus.put("cloudops.webhook", "Datadog Webhook", "{}")
