"""Puts one event on our own EventBridge bus."""

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
    permissions: ClassVar = ("events:PutEvents",)

    def __init__(self, client: "EventBridgeClient", name: str) -> None:
        self._client = client
        self._name = name

    def put(self, source: str, detail_type: str, detail: str) -> None:
        """Returns when the bus has it; Unavailable otherwise. PutEvents answers 200 for an entry that it
        did not take, so the entry's own answer is read too."""
        entry = {"Source": source, "DetailType": detail_type, "Detail": detail, "EventBusName": self._name}
        with translate_aws_errors(f"put {detail_type!r} on bus {self._name}"):
            answer = self._client.put_events(Entries=[entry])  # type: ignore[list-item]
        if answer["FailedEntryCount"]:
            code = answer["Entries"][0].get("ErrorCode", "unknown")
            raise Unavailable(f"put {detail_type!r} on bus {self._name}: {code}")


class StepFunctions:
    permissions: ClassVar = ("states:StartExecution",)

    def __init__(self, client: "SFNClient", state_machine: str) -> None:
        self._client = client
        self._state_machine = state_machine

    def start(self, name: str, execution_id: ExecutionId) -> None:
        with translate_aws_errors(f"begin workflow {name}"):
            try:
                self._client.start_execution(
                    stateMachineArn=self._state_machine,
                    name=name,
                    input=json.dumps({"execution": execution_id, "step": "begin", "seconds": 1}),
                )
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") != "ExecutionAlreadyExists":
                    raise


MAX_DELAY_SECONDS: Final = 900
"""Seconds: what SQS takes."""


class Queue:
    permissions: ClassVar = ("sqs:SendMessage",)

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, body: Mapping[str, Any], after: int = 0) -> None:
        """`body` as JSON (Any: its taker parses it), `after` that many milliseconds, 15 minutes at most."""
        delay = min(-(-max(after, 0) // SECOND), MAX_DELAY_SECONDS)
        with translate_aws_errors(f"send to {self._url.rpartition('/')[2]}"):
            self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(body), DelaySeconds=delay)
