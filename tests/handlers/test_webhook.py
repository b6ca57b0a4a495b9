"""POST /webhooks/*: authentication, the stored event, and the response."""

import json

import pytest

from cloudops.api.http_response import SECURITY_HEADERS
from cloudops.core.errors import Unavailable
from cloudops.handlers.webhook import respond
from cloudops.ingestion.webhook import MAX_DETAIL_BYTES, ReceiveWebhook
from tests.fakes.documents import MemoryDocument
from tests.fakes.gateway import Reply, reply, request

SECRET = {"x-cloudops-secret": "today"}
BODY = '{"id": "1", "alert_transition": "Triggered", "title": "p95 latency of checkout"}'


class MemoryBus:
    def __init__(self) -> None:
        self.events: list[tuple[str, str, str]] = []

    def put(self, source: str, detail_type: str, detail: str) -> None:
        self.events.append((source, detail_type, detail))


class BusDown(MemoryBus):
    def put(self, source: str, detail_type: str, detail: str) -> None:
        raise Unavailable("put 'Datadog Webhook' on bus cloudops: ThrottlingException")


def post(
    bus: MemoryBus,
    path: str = "/webhooks/datadog",
    *,
    body: str | bytes | None = BODY,
    headers: dict[str, str] = SECRET,
    method: str = "POST",
) -> Reply:
    take = ReceiveWebhook(MemoryDocument({"current": "today", "previous": "yesterday"}), bus)
    return reply(respond(request(method, path, body=body, headers=headers), take))


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus()


def test_a_webhook_is_accepted_once_the_bus_has_it(bus: MemoryBus) -> None:
    answer = post(bus)
    assert (answer.status, answer.json) == (202, {"ok": True})
    assert bus.events == [("cloudops.webhook", "Datadog Webhook", json.dumps({"body": BODY}))]


def test_alertmanager_may_send_the_secret_as_a_bearer_token(bus: MemoryBus) -> None:
    answer = post(bus, "/webhooks/alertmanager", headers={"authorization": "Bearer today"})
    assert (answer.status, bus.events[0][1]) == (202, "Alertmanager Webhook")
    assert answer.headers.items() >= SECURITY_HEADERS.items()


def test_the_previous_secret_is_valid_after_a_rotation(bus: MemoryBus) -> None:
    assert post(bus, headers={"x-cloudops-secret": "yesterday"}).status == 202


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-cloudops-secret": ""},
        {"x-cloudops-secret": "tomorrow"},
        {"authorization": "Basic dG9kYXk6dG9kYXk="},
        {"authorization": "today"},
    ],
)
def test_without_the_secret_it_is_401_and_nothing_is_stored(bus: MemoryBus, headers: dict[str, str]) -> None:
    answer = post(bus, headers=headers)
    assert (answer.status, answer.error["code"], bus.events) == (401, "unauthenticated", [])


def test_a_failing_bus_is_answered_so_that_datadog_repeats() -> None:
    answer = post(BusDown())
    assert (answer.status, answer.error["code"]) == (503, "unavailable")
    assert "Throttling" not in answer.text


def test_a_body_above_the_limit_of_the_bus_is_too_large(bus: MemoryBus) -> None:
    answer = post(bus, body="x" * MAX_DETAIL_BYTES)
    assert (answer.status, bus.events) == (413, [])


def test_an_empty_body_is_a_bad_request(bus: MemoryBus) -> None:
    assert post(bus, body=None).status == 400


def test_a_body_that_is_not_text_is_stored(bus: MemoryBus) -> None:
    assert post(bus, body=b'{"title": "caf\xe9"}').status == 202
    assert json.loads(bus.events[0][2]) == {"body": '{"title": "caf\ufffd"}'}


def test_a_lone_surrogate_is_replaced(bus: MemoryBus) -> None:
    assert post(bus, body='{"title": "\ud800"}').status == 202
    assert json.loads(bus.events[0][2].encode()) == {"body": '{"title": "\ufffd\ufffd\ufffd"}'}


@pytest.mark.parametrize("path", ["/webhooks/slack", "/webhooks", "/webhooks/datadog/", "/"])
def test_another_path_is_not_found(bus: MemoryBus, path: str) -> None:
    assert post(bus, path).status == 404


def test_another_method_is_not_allowed(bus: MemoryBus) -> None:
    answer = post(bus, method="GET")
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


def test_neither_the_secret_nor_the_body_is_logged(bus: MemoryBus, caplog: pytest.LogCaptureFixture) -> None:
    post(bus, headers={"x-cloudops-secret": "almost-today"})
    logged = " ".join(str(record.__dict__) for record in caplog.records)
    assert caplog.records
    assert "almost-today" not in logged
    assert "latency" not in logged
