"""The one tree of errors; each leaf knows its HTTP status, its code, and whether a retry helps.

CloudOpsError
|-- BadInput            400  the input is wrong; names the field
|   |-- TooLarge        413  larger than the next system accepts
|   `-- Unprocessable   422  well formed, but no alert in it could be read
|-- Unauthenticated     401
|-- Forbidden           403
|-- NotFound            404
|-- MethodNotAllowed    405
|-- Conflict            409  the present state forbids the request
|   |-- WriteConflict   409  another writer changed the row first; reading and deciding again may succeed
|   `-- RetriesExhausted 409 another writer was first at every attempt
|-- PreconditionFailed  412  If-Match names another version than the stored one
|-- PreconditionRequired 428 the request must name the version that it replaces
`-- Unavailable         503  an outside system failed; a retry helps
    |-- Throttled       503  it limits the rate of calls, and did nothing; says when to try again
    `-- Refused         503  an outside system refuses our credentials; a retry does not help
        `-- KeyMissing  503  no credentials are configured
"""

from typing import ClassVar


class CloudOpsError(Exception):
    """The base of all errors that the product raises on purpose.

    `message` names the object and what is wrong with it; `field` is the path of the wrong input, or None.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class BadInput(CloudOpsError):
    status = 400
    code = "bad_input"


class TooLarge(BadInput):
    status = 413
    code = "too_large"


class Unprocessable(BadInput):
    status = 422
    code = "unprocessable"


class Unauthenticated(CloudOpsError):
    status = 401
    code = "unauthenticated"


class Forbidden(CloudOpsError):
    status = 403
    code = "forbidden"


class NotFound(CloudOpsError):
    status = 404
    code = "not_found"


class MethodNotAllowed(CloudOpsError):
    status = 405
    code = "method_not_allowed"

    def __init__(self, message: str, *, allowed: str) -> None:
        """`allowed` lists the methods of this path, in the format of the header Allow."""
        super().__init__(message)
        self.allowed = allowed


class Conflict(CloudOpsError):
    status = 409
    code = "conflict"
    retryable = True


class WriteConflict(Conflict):
    """A conditional write was refused because another writer changed the row after it was read."""


class RetriesExhausted(Conflict):
    """Every attempt of `retry_on_conflict` ended in a WriteConflict."""


class PreconditionFailed(CloudOpsError):
    status = 412
    code = "precondition_failed"


class PreconditionRequired(CloudOpsError):
    status = 428
    code = "precondition_required"


class Unavailable(CloudOpsError):
    status = 503
    code = "unavailable"
    retryable = True


class Throttled(Unavailable):
    code = "throttled"

    def __init__(self, message: str, *, retry_after: float) -> None:
        """`retry_after` is in seconds."""
        super().__init__(message)
        self.retry_after = retry_after


class Refused(Unavailable):
    code = "access_denied"
    retryable = False


class KeyMissing(Refused):
    code = "credentials_missing"
