"""Puts messages into an SQS queue, to be taken at once or later."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from cloudops.adapters.aws import aws_errors

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LONGEST_DELAY: Final = 900
"""Seconds: what SQS takes."""


class Queue:
    permissions: ClassVar = ("sqs:SendMessage",)

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, body: Mapping[str, Any], after: int = 0) -> None:
        """`body` as JSON (Any: its taker parses it), `after` that many milliseconds, 15 minutes at most."""
        delay = min(-(-max(after, 0) // 1000), LONGEST_DELAY)
        with aws_errors(f"send to {self._url.rpartition('/')[2]}"):
            self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(body), DelaySeconds=delay)
