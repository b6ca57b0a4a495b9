"""AWS clients: timeouts, and the translation of errors."""

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from cloudops.adapters.aws.client import open_client, translate_aws_errors
from cloudops.core.errors import NotFound, Refused, Unavailable

DATADOG_TIMEOUT_SECONDS = 15


def test_two_calls_that_time_out_end_before_datadog_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    config = open_client("events", "eu-central-1").meta.config
    attempt_seconds = config.connect_timeout + config.read_timeout
    assert 2 * config.retries["total_max_attempts"] * attempt_seconds < DATADOG_TIMEOUT_SECONDS


def test_a_timeout_is_unavailable_with_its_cause() -> None:
    timeout = ConnectTimeoutError(endpoint_url="https://events")
    with pytest.raises(Unavailable, match="put: ConnectTimeoutError") as raised, translate_aws_errors("put"):
        raise timeout
    assert raised.value.__cause__ is timeout


def test_a_resource_that_does_not_exist_is_not_found() -> None:
    missing = ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "GetSecretValue")
    with (
        pytest.raises(NotFound, match="read x: ResourceNotFoundException"),
        translate_aws_errors("read x"),
    ):
        raise missing


def test_an_invalid_request_is_refused_with_the_message_of_aws() -> None:
    wrong = ClientError(
        {"Error": {"Code": "ValidationError", "Message": "NewSize is above the maximum"}},
        "SetDesiredCapacity",
    )
    with (
        pytest.raises(Refused, match="scale x: ValidationError: NewSize is above the maximum"),
        translate_aws_errors("scale x"),
    ):
        raise wrong
