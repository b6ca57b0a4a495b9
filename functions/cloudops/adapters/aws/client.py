"""Opens AWS clients with time limits, reads their answers page by page, and translates what they raise."""

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
"""Codes after which the same credentials will not do better."""

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
"""Codes of a request that will be wrong the next time too; AWS's words say what is wrong with it."""

Page = Mapping[str, Any]
"""One answer of AWS (Any: its shape is the service model's)."""


class ClientTimeouts(NamedTuple):
    """Seconds to connect and to read, and tries in all."""

    connect: float
    read: float
    tries: int

    @property
    def longest(self) -> float:
        """Seconds that a call takes at most, without the pauses between tries."""
        return self.tries * (self.connect + self.read)


IN_A_REQUEST: Final = ClientTimeouts(1, 2, 2)
"""Two tries of at most 3 s each, for the secret and for the bus, stay below the 15 s that Datadog waits."""
IN_THE_BACKGROUND: Final = ClientTimeouts(3, 20, 5)
"""Where nobody waits: a listing of thousands may be throttled, and is worth waiting for."""

READS: Final = 3
"""Times that a page is asked for whose answer breaks off."""


def open_client(service: str, region: str, patience: ClientTimeouts = IN_A_REQUEST) -> Any:
    """A botocore client (Any: its methods exist only at run time; adapters narrow it by a stub)."""
    config = Config(
        connect_timeout=patience.connect,
        read_timeout=patience.read,
        retries={"total_max_attempts": patience.tries, "mode": "standard"},
    )
    with translate_aws_errors(f"open {service}"):
        session = botocore.session.get_session()
        client = session.create_client(service, region_name=region or None, config=config)
    whole_answers_only(client)
    return client


def whole_answers_only(client: Any) -> None:
    """Have the client (Any, as above) raise where an answer breaks off: botocore does not compare its length
    and reads half a JSON as an empty answer, which in a listing says that nothing is there."""
    client.meta.events.register("before-parse", _refuse_half)


def _refuse_half(response_dict: Mapping[str, Any], **_: object) -> None:
    headers, body = response_dict["headers"], response_dict["body"]
    told = headers.get("content-length", "")
    if not isinstance(body, bytes) or not told.isdigit() or headers.get("content-encoding"):
        return
    if len(body) < int(told):
        raise IncompleteReadError(actual_bytes=len(body), expected_bytes=int(told))


@contextmanager
def translate_aws_errors(doing: str) -> Iterator[None]:
    """Raises NotFound, Refused, KeyMissing or Unavailable for what AWS or the way to it raises; `doing`
    opens the message."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        if code in _MISSING:
            raise NotFound(f"{doing}: {code}") from error
        if code in _REFUSED:
            raise Refused(f"{doing}: {code}") from error
        if code in _INVALID:
            said = str(error.response["Error"].get("Message") or "no reason given")[:300]
            raise Refused(f"{doing}: {code}: {said}") from error
        raise Unavailable(f"{doing}: {code}") from error
    except (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError) as error:
        raise KeyMissing(f"{doing}: {type(error).__name__}") from error
    except BotoCoreError as error:
        raise Unavailable(f"{doing}: {type(error).__name__}") from error


def paginate(
    doing: str,
    call: Callable[..., Page],
    request: Page,
    *,
    token: str = "NextToken",  # noqa: S107 the name of a parameter
    following: str = "",
) -> Iterator[Page]:
    """Every page of an answer: `token` is the parameter that asks for the next, `following` the field that
    names it, where that is not the same. Unavailable where the pages go round in a circle."""
    seen: set[str] = set()
    position = ""
    while True:
        with translate_aws_errors(doing):
            page = _whole(call, {**request, **({token: position} if position else {})})
        yield page
        position = page.get(following or token) or ""
        if not position:
            return
        if position in seen:
            raise Unavailable(f"{doing}: the same page comes again and again")
        seen.add(position)


def _whole(call: Callable[..., Page], request: Page) -> Page:
    """Asked again where the answer broke off, which botocore's own retries do not see."""
    for _ in range(READS - 1):
        try:
            return call(**request)
        except IncompleteReadError:
            continue
    return call(**request)
