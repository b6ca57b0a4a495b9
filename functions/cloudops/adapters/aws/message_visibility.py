"""Changes the visibility timeout of messages that one consumer of an SQS queue holds."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from cloudops.adapters.aws.client import translate_aws_errors

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsMessageVisibility:
    permissions: ClassVar = ("sqs:ChangeMessageVisibility",)
    """IAM knows no action for the batch request; this one allows it."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def change(self, delays: Mapping[str, int]) -> int:
        """At most ten messages, which is what SQS takes in one request. The request succeeds though some of
        its entries fail, so the entries are counted."""
        entries = [
            {"Id": str(index), "ReceiptHandle": handle, "VisibilityTimeout": delay}
            for index, (handle, delay) in enumerate(delays.items())
        ]
        with translate_aws_errors(f"change visibility in {self._url.rpartition('/')[2]}"):
            answer = self._client.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=entries,  # type: ignore[arg-type] # the stub wants its own TypedDict
            )
        return len(answer.get("Successful", ()))
