"""The one boundary at which DynamoDB's errors become ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError
from pynamodb.exceptions import PynamoDBException, TransactWriteError

from cloudops.core.errors import CloudOpsError, Unavailable, WriteConflict

_LOST_RACE = frozenset(
    {
        "ConditionalCheckFailed",
        "ConditionalCheckFailedException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
        "DuplicateItem",
    }
)
_BUSY = frozenset(
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
    """WriteConflict for a lost race, Unavailable where a retry helps, else CloudOpsError, with the cause."""
    try:
        yield
    except PynamoDBException as error:
        codes = _codes(error)
        reason = ", ".join(sorted(codes)) or "no answer"
        if not codes or codes & _BUSY:
            raise Unavailable(f"{what}: {reason}") from error
        if codes <= _LOST_RACE:
            raise WriteConflict(f"{what}: {reason}") from error
        raise CloudOpsError(f"{what}: {reason}") from error


def _codes(error: PynamoDBException) -> set[str]:
    """What DynamoDB answered: a canceled transaction's reasons, else the code; none without an answer."""
    if isinstance(error, TransactWriteError):
        reasons = {reason.code for reason in error.cancellation_reasons if reason is not None}
        if reasons:
            return reasons
    if isinstance(error.cause, ClientError):  # PynamoDB's own accessor fails on a timeout
        return {error.cause.response["Error"]["Code"]}
    return set()
