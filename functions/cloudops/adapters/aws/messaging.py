"""Sends events, workflow starts and queue messages: EventBridge, Step Functions and SQS."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from botocore.exceptions import ClientError

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.core.errors import Unavailable
from cloudops.core.ids import ExecutionId
from cloudops.core.time import SECOND

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient


class EventBus:
    """One EventBridge bus."""

    permissions: ClassVar = ("events:PutEvents",)

    def __init__(self, client: "EventBridgeClient", name: str) -> None:
        self._client = client
        self._name = name

    def put(self, source: str, detail_type: str, detail: str) -> None:
        """Puts an event on the bus. `detail` is JSON.

        PutEvents returns 200 for an entry that it rejects, so that the result of the entry is checked.

        Raises:
            CloudOpsError: The bus did not accept the event.
        """
        entry = {"Source": source, "DetailType": detail_type, "Detail": detail, "EventBusName": self._name}
        with translate_aws_errors(f"put {detail_type!r} on bus {self._name}"):
            response = self._client.put_events(Entries=[entry])  # type: ignore[list-item]
        if response["FailedEntryCount"]:
            code = response["Entries"][0].get("ErrorCode", "unknown")
            raise Unavailable(f"put {detail_type!r} on bus {self._name}: {code}")


class StepFunctions:
    """One state machine of AWS Step Functions."""

    permissions: ClassVar = ("states:StartExecution",)

    def __init__(self, client: "SFNClient", state_machine: str) -> None:
        self._client = client
        self._state_machine = state_machine

    def start(self, name: str, execution_id: ExecutionId) -> None:
        """Starts the workflow of an execution. Idempotent by `name`."""
        with translate_aws_errors(f"start workflow {name}"):
            try:
                self._client.start_execution(
                    stateMachineArn=self._state_machine,
                    name=name,
                    input=json.dumps({"execution": execution_id, "step": "begin", "seconds": 1}),
                )
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") != "ExecutionAlreadyExists":
                    raise


MAX_QUEUE_DELAY_SECONDS: Final = 900
"""The longest delay of SQS."""


class Queue:
    """One SQS queue."""

    permissions: ClassVar = ("sqs:SendMessage",)

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, body: Mapping[str, Any], after: int = 0) -> None:
        """Sends `body` as JSON (Any: the consumer parses it).

        Args:
            after: Delay in milliseconds, rounded up to seconds; at most 15 minutes.

        Raises:
            CloudOpsError: The request fails.
        """
        delay = min(-(-max(after, 0) // SECOND), MAX_QUEUE_DELAY_SECONDS)
        with translate_aws_errors(f"send to {self._url.rpartition('/')[2]}"):
            self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(body), DelaySeconds=delay)
