"""Fixtures for tests against AWS on loopback: credentials, and waits that take no time."""

import pytest


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@pytest.fixture
def aws_waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Returns the recorded waits of botocore between two attempts, in seconds; none takes time."""
    waited: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", waited.append)
    return waited
