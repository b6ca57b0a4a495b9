"""Changes the visibility timeout of messages in flight of an SQS queue."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from cloudops.adapters.aws.client import translate_aws_errors

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsMessageVisibility:
    """Visibility of the messages in flight of one queue."""

    permissions: ClassVar = ("sqs:ChangeMessageVisibility",)
    """IAM has no action for the batch request; this action allows it."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def change(self, delays: Mapping[str, int]) -> int:
        """Changes the visibility timeouts and returns how many were changed.

        A request succeeds although some of its entries fail, so that the entries are counted.

        Args:
            delays: Receipt handle -> seconds; at most ten entries, the limit of SQS for one request.

        Raises:
            CloudOpsError: The request fails.
        """
        entries = [
            {"Id": str(index), "ReceiptHandle": handle, "VisibilityTimeout": delay}
            for index, (handle, delay) in enumerate(delays.items())
        ]
        with translate_aws_errors(f"change visibility in {self._url.rpartition('/')[2]}"):
            response = self._client.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=entries,  # type: ignore[arg-type] # the stub wants its own TypedDict
            )
        return len(response.get("Successful", ()))
