"""Opens AWS clients with timeouts, reads paginated responses, and translates errors of AWS."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
)

from cloudops.core.errors import KeyMissing, NotFound, Refused, Unavailable

_MISSING: Final = frozenset(
    {"ResourceNotFoundException", "ClusterNotFoundException", "ServiceNotFoundException"}
)
_REFUSED: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "NotAuthorized",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnauthorizedOperation",
        "UnrecognizedClientException",
    }
)
"""Error codes that the same credentials will get again."""

_INVALID: Final = frozenset(
    {
        "ClientException",
        "InvalidParameterException",
        "InvalidParameterValueException",
        "InvalidRequestException",
        "UnsupportedFeatureException",
        "ValidationError",
        "ValidationException",
    }
)
"""Error codes of a request that a retry cannot help. The message of AWS says what is wrong."""

Page = Mapping[str, Any]
"""One response of AWS (Any: the service model defines its structure)."""


class ClientTimeouts(NamedTuple):
    """Timeouts of one client: seconds to connect and to read, and attempts in total."""

    connect: float
    read: float
    attempts: int

    @property
    def longest(self) -> float:
        """Returns the longest duration of a call in seconds, without the pauses between attempts."""
        return self.attempts * (self.connect + self.read)


REQUEST_TIMEOUTS: Final = ClientTimeouts(1, 2, 2)
"""Two attempts of at most 3 s, for the secret and for the bus, stay below the 15 s that Datadog waits."""
BACKGROUND_TIMEOUTS: Final = ClientTimeouts(3, 20, 5)
"""For functions without a waiting caller: a listing of thousands may be throttled."""

MAX_PAGE_READS: Final = 3
"""Requests for a page whose response breaks off."""


def open_client(service: str, region: str, timeouts: ClientTimeouts = REQUEST_TIMEOUTS) -> Any:
    """Returns a botocore client (Any: its methods exist only at run time; adapters narrow it by stubs).

    Raises:
        KeyMissing, Refused, Unavailable: The client cannot be opened.
    """
    config = Config(
        connect_timeout=timeouts.connect,
        read_timeout=timeouts.read,
        retries={"total_max_attempts": timeouts.attempts, "mode": "standard"},
    )
    with translate_aws_errors(f"open {service}"):
        session = botocore.session.get_session()
        client = session.create_client(service, region_name=region or None, config=config)
    reject_partial_responses(client)
    return client


def reject_partial_responses(client: Any) -> None:
    """Makes the client (Any, as above) raise IncompleteReadError for a response that breaks off.

    botocore does not compare the length, and parses half a JSON document as an empty response. In a listing
    that would mean that nothing exists.
    """
    client.meta.events.register("before-parse", _reject_partial)


def _reject_partial(response_dict: Mapping[str, Any], **_: object) -> None:
    headers, body = response_dict["headers"], response_dict["body"]
    content_length = headers.get("content-length", "")
    if not isinstance(body, bytes) or not content_length.isdigit() or headers.get("content-encoding"):
        return
    if len(body) < int(content_length):
        raise IncompleteReadError(actual_bytes=len(body), expected_bytes=int(content_length))


@contextmanager
def translate_aws_errors(operation: str) -> Iterator[None]:
    """Translates errors of botocore; `operation` starts the message.

    Raises:
        NotFound: The resource does not exist.
        Refused: AWS denies access or rejects the request.
        KeyMissing: There are no credentials.
        Unavailable: Any other error of AWS or of the connection.
    """
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        if code in _MISSING:
            raise NotFound(f"{operation}: {code}") from error
        if code in _REFUSED:
            raise Refused(f"{operation}: {code}") from error
        if code in _INVALID:
            message = str(error.response["Error"].get("Message") or "no message")[:300]
            raise Refused(f"{operation}: {code}: {message}") from error
        raise Unavailable(f"{operation}: {code}") from error
    except (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError) as error:
        raise KeyMissing(f"{operation}: {type(error).__name__}") from error
    except BotoCoreError as error:
        raise Unavailable(f"{operation}: {type(error).__name__}") from error


def paginate(
    operation: str,
    call: Callable[..., Page],
    request: Page,
    *,
    token: str = "NextToken",  # noqa: S107 the name of a parameter
    next_field: str = "",
) -> Iterator[Page]:
    """Yields every page of a listing.

    Args:
        operation: Starts the message of an error.
        call: Requests one page.
        request: Parameters of every request.
        token: The parameter that names the page.
        next_field: The field that names the next page, if it is not `token`.

    Raises:
        CloudOpsError: As `translate_aws_errors`; Unavailable if a page names an earlier page as the next.
    """
    seen: set[str] = set()
    position = ""
    while True:
        with translate_aws_errors(operation):
            page = _call_until_whole(call, {**request, **({token: position} if position else {})})
        yield page
        position = page.get(next_field or token) or ""
        if not position:
            return
        if position in seen:
            raise Unavailable(f"{operation}: the pages form a circle")
        seen.add(position)


def _call_until_whole(call: Callable[..., Page], request: Page) -> Page:
    """Returns a page; repeats a request whose response breaks off, which botocore does not retry."""
    for _ in range(MAX_PAGE_READS - 1):
        try:
            return call(**request)
        except IncompleteReadError:
            continue
    return call(**request)
