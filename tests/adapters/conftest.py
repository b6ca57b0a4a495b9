"""What tests against AWS on loopback share: credentials, and waiting that takes no time."""

import pytest


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
