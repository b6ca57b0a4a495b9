"""AWS clients against a server on loopback: configured as deployed, with short timeouts."""

from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.session import Session

from cloudops.adapters.aws.client import reject_partial_responses
from tests.fakes.http_server import Vendor


def aws_client(service: str, server: Vendor) -> Any:
    """Returns a client of the service with at most three attempts."""
    config = Config(
        connect_timeout=1, read_timeout=0.2, retries={"total_max_attempts": 3, "mode": "standard"}
    )
    client = _session().create_client(
        service,
        "eu-central-1",
        endpoint_url=server.url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=config,
    )
    reject_partial_responses(client)
    return client


@cache
def _session() -> Session:
    """Returns one session for all tests: it caches the service models, each of which takes 0.1 s to read."""
    return botocore.session.get_session()
