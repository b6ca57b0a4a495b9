"""What tests against a vendor on loopback share: AWS clients that ask it, and waiting that takes no time."""

from typing import Any

import botocore.session
import pytest
from botocore.config import Config

from cloudops.adapters.aws import whole_answers_only
from tests.fakes.vendor import Vendor


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@pytest.fixture
def aws_waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that botocore waits between two tries, which pass at once."""
    waited: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", waited.append)
    return waited


def aws_client(service: str, server: Vendor) -> Any:
    """A client as open_client makes it, of the server on loopback, with little patience."""
    config = Config(
        connect_timeout=1, read_timeout=0.2, retries={"total_max_attempts": 3, "mode": "standard"}
    )
    session = botocore.session.get_session()
    client = session.create_client(service, "eu-central-1", endpoint_url=server.url, config=config)
    whole_answers_only(client)
    return client
