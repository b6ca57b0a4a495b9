"""AWS clients that ask a server on loopback, made as the deployed ones are but with little patience."""

from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.session import Session

from cloudops.adapters.aws.client import whole_answers_only
from tests.fakes.http_server import Vendor


def aws_client(service: str, server: Vendor) -> Any:
    """A client of the service; it tries three times."""
    config = Config(
        connect_timeout=1, read_timeout=0.2, retries={"total_max_attempts": 3, "mode": "standard"}
    )
    client = _session().create_client(
        service,
        "eu-central-1",
        endpoint_url=server.url,
        aws_access_key_id="nobody",
        aws_secret_access_key="none",
        config=config,
    )
    whole_answers_only(client)
    return client


@cache
def _session() -> Session:
    """One for all tests: it keeps the service models, each of which takes 0.1 s to read."""
    return botocore.session.get_session()
