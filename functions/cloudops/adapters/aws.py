"""Opens AWS clients with time limits that fit inside a request, and translates what they raise."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from cloudops.domain.errors import NotFound, Unavailable

_MISSING = "ResourceNotFoundException"


def open_client(service: str, region: str) -> Any:
    """A botocore client (Any: its methods exist only at run time; adapters narrow it by a stub).

    Two tries of at most 3 s each, for the secret and for the bus, stay below the 15 s that Datadog waits.
    """
    config = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 2, "mode": "standard"})
    with aws_errors(f"open {service}"):
        session = botocore.session.get_session()
        return session.create_client(service, region_name=region or None, config=config)


@contextmanager
def aws_errors(doing: str) -> Iterator[None]:
    """Raises NotFound or Unavailable for what AWS or the way to it raises; `doing` opens the message."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        if code == _MISSING:
            raise NotFound(f"{doing}: {code}") from error
        raise Unavailable(f"{doing}: {code}") from error
    except BotoCoreError as error:
        raise Unavailable(f"{doing}: {type(error).__name__}") from error
