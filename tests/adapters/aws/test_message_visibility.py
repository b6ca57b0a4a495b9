"""Visibility timeouts of messages in flight."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from mypy_boto3_sqs import SQSClient

from cloudops.adapters.aws.message_visibility import SqsMessageVisibility
from cloudops.core.errors import Refused, Unavailable

URL = "https://queue.example/111122223333/alerts"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[SQSClient]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield boto3.client("sqs", region_name="eu-central-1")


def received(client: SQSClient, url: str) -> list[str]:
    messages = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [message["ReceiptHandle"] for message in messages]


def test_only_changed_messages_become_visible(client: SQSClient) -> None:
    url = client.create_queue(QueueName="alerts", Attributes={"VisibilityTimeout": "360"})["QueueUrl"]
    for body in ("first", "second"):
        client.send_message(QueueUrl=url, MessageBody=body)
    first, second = received(client, url)
    assert received(client, url) == []
    assert SqsMessageVisibility(client, url).change({first: 0, second: 30}) == 1 + 1
    assert len(received(client, url)) == 1


def test_a_rejected_entry_is_not_counted(client: SQSClient) -> None:
    refused = {"Id": "1", "SenderFault": True, "Code": "ReceiptHandleIsInvalid"}
    with Stubber(client) as stub:
        stub.add_response(
            "change_message_visibility_batch", {"Successful": [{"Id": "0"}], "Failed": [refused]}
        )
        assert SqsMessageVisibility(client, URL).change({"good": 3, "stale": 4}) == 1


@pytest.mark.parametrize(("code", "error"), [("AccessDenied", Refused), ("InternalError", Unavailable)])
def test_the_error_of_a_failed_request_names_the_queue(
    client: SQSClient, code: str, error: type[Exception]
) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("change_message_visibility_batch", code)
        with pytest.raises(error, match="change visibility in alerts"):
            SqsMessageVisibility(client, URL).change({"one": 3})
