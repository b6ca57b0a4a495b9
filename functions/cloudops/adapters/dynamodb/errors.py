"""Converts DynamoDB's errors to those of `core.errors`, by error code."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError
from pynamodb.exceptions import PynamoDBException, TransactWriteError

from cloudops.core.errors import CloudOpsError, Unavailable, WriteConflict

_CONFLICT = frozenset(
    {
        "ConditionalCheckFailed",
        "ConditionalCheckFailedException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
        "DuplicateItem",
    }
)
_RETRYABLE = frozenset(
    {
        "500",
        "502",
        "503",
        "504",
        "InternalServerError",
        "InternalFailure",
        "ItemCollectionSizeLimitExceededException",
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
    }
)


@contextmanager
def store_errors(what: str) -> Iterator[None]:
    """Converts an error of PynamoDB inside `with`; `what` names the operation in the message.

    Raises:
        WriteConflict: Another write came first.
        Unavailable: DynamoDB did not answer, is throttling or failed; a retry can help.
        CloudOpsError: Any other error.
    """
    try:
        yield
    except PynamoDBException as error:
        codes = _codes(error)
        reason = ", ".join(sorted(codes)) or "no answer"
        if not codes or codes & _RETRYABLE:
            raise Unavailable(f"{what}: {reason}") from error
        if codes <= _CONFLICT:
            raise WriteConflict(f"{what}: {reason}") from error
        raise CloudOpsError(f"{what}: {reason}") from error


def _codes(error: PynamoDBException) -> set[str]:
    """Returns the reasons of a canceled transaction, else the error code; empty without an answer."""
    if isinstance(error, TransactWriteError):
        reasons = {reason.code for reason in error.cancellation_reasons if reason is not None}
        if reasons:
            return reasons
    if isinstance(error.cause, ClientError):  # PynamoDB's own accessor fails on a timeout
        return {error.cause.response["Error"]["Code"]}
    return set()
