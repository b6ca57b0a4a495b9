"""Error responses: one format, without internal details."""

import pytest

from cloudops import __version__
from cloudops.api.app import Api
from cloudops.api.application import Application
from cloudops.api.http_response import SECURITY_HEADERS
from cloudops.core.errors import CloudOpsError, Unavailable
from tests.fakes.gateway import Client


def failing(error: Exception) -> Client:
    def services() -> Application:
        raise error

    return Client(Api(services))


def test_health_returns_the_version_without_other_systems() -> None:
    healthy = failing(RuntimeError("unreachable"))("GET", "/health")
    assert (healthy.status, healthy.json) == (200, {"status": "ok", "version": __version__})


def test_an_unexpected_error_reveals_no_details(caplog: pytest.LogCaptureFixture) -> None:
    answer = failing(RuntimeError("password=hunter2 at /var/task/x.py"))("GET", "/api/incidents")
    assert answer.status == 500
    assert answer.error == {"code": "internal", "message": "Something went wrong on our side."}
    (record,) = caplog.records
    assert record.exc_info is not None
    assert "hunter2" in str(record.exc_info[1])


def test_an_unavailable_system_is_a_503_with_retry_after() -> None:
    answer = failing(Unavailable("read incident inc_1: ProvisionedThroughputExceeded"))(
        "GET", "/api/incidents"
    )
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert "Throughput" not in answer.text


def test_an_error_without_a_status_of_its_own_is_internal() -> None:
    assert failing(CloudOpsError("stored Incident: format 02 is not known"))(
        "GET", "/api/incidents"
    ).error == {
        "code": "internal",
        "message": "Something went wrong on our side.",
    }


def test_only_a_successful_get_may_be_cached() -> None:
    assert failing(Unavailable("x"))("GET", "/api/incidents").headers["cache-control"] == "no-store"
    assert failing(Unavailable("x"))("GET", "/health").headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200),
        ("GET", "/api/incidents", 503),
        ("POST", "/health", 405),
        ("GET", "/nowhere", 404),
    ],
)
def test_every_response_has_the_security_headers(method: str, path: str, status: int) -> None:
    answer = failing(Unavailable("x"))(method, path)
    assert answer.status == status
    assert answer.headers.items() >= SECURITY_HEADERS.items()


def test_an_unchanged_response_has_the_security_headers() -> None:
    client = failing(Unavailable("x"))
    tag = client("GET", "/health").headers["etag"]
    unchanged = client("GET", "/health", headers={"if-none-match": tag})
    assert unchanged.status == 304
    assert unchanged.headers.items() >= SECURITY_HEADERS.items()
