"""Webhooks: a body is stored before the response, and only with the secret."""

import json

import pytest

from cloudops.core.errors import BadInput, TooLarge, Unauthenticated, Unavailable
from cloudops.ingestion.webhook import MAX_DETAIL_BYTES, ReceiveWebhook, Webhook
from tests.fakes.documents import MemoryDocument, NoDocument

SECRET = "s3cret-of-today"
BODY = '{"id": "1", "title": "disk \\"full\\" on über-1"}'


class MemoryBus:
    def __init__(self) -> None:
        self.events: list[tuple[str, str, str]] = []

    def put(self, source: str, detail_type: str, detail: str) -> None:
        self.events.append((source, detail_type, detail))


class BusDown:
    def put(self, source: str, detail_type: str, detail: str) -> None:
        raise Unavailable(f"put {detail_type}: ThrottlingException")


def document(current: str = SECRET, previous: str = "") -> MemoryDocument:
    return MemoryDocument({"current": current, "previous": previous})


def test_a_body_with_the_secret_is_put_on_the_bus_unchanged() -> None:
    bus = MemoryBus()
    ReceiveWebhook(document(), bus).receive(Webhook.DATADOG, SECRET, BODY)
    ((source, detail_type, detail),) = bus.events
    assert (source, detail_type) == ("cloudops.webhook", "Datadog Webhook")
    assert json.loads(detail) == {"body": BODY}


def test_each_webhook_has_its_own_detail_type() -> None:
    bus = MemoryBus()
    ReceiveWebhook(document(), bus).receive(Webhook.ALERTMANAGER, SECRET, BODY)
    assert bus.events[0][1] == "Alertmanager Webhook"


@pytest.mark.parametrize("presented", ["", " ", "wrong", SECRET[:-1], SECRET + "x", "é\ud800"])
def test_without_the_secret_nothing_is_stored(presented: str) -> None:
    bus = MemoryBus()
    with pytest.raises(Unauthenticated):
        ReceiveWebhook(document(), bus).receive(Webhook.DATADOG, presented, BODY)
    assert bus.events == []


def test_while_rotating_the_previous_secret_is_accepted_too() -> None:
    bus = MemoryBus()
    ReceiveWebhook(document("new", SECRET), bus).receive(Webhook.DATADOG, SECRET, BODY)
    assert len(bus.events) == 1


@pytest.mark.parametrize("secret", [{}, {"current": ""}, {"current": None}, {"current": "", "previous": ""}])
def test_without_a_configured_secret_every_body_is_rejected(secret: dict[str, object]) -> None:
    with pytest.raises(Unauthenticated):
        ReceiveWebhook(MemoryDocument(secret), MemoryBus()).receive(Webhook.DATADOG, "", BODY)


def test_a_changed_secret_is_accepted_at_once() -> None:
    secret, bus = document(), MemoryBus()
    receive = ReceiveWebhook(secret, bus)
    secret.changed_elsewhere({"current": "new", "previous": SECRET})
    receive.receive(Webhook.DATADOG, "new", BODY)
    assert len(bus.events) == 1


def test_a_failing_bus_is_an_error_so_that_the_sender_repeats() -> None:
    with pytest.raises(Unavailable):
        ReceiveWebhook(document(), BusDown()).receive(Webhook.DATADOG, SECRET, BODY)


def test_an_unreadable_secret_is_a_temporary_error() -> None:
    with pytest.raises(Unavailable):
        ReceiveWebhook(NoDocument(), MemoryBus()).receive(Webhook.DATADOG, SECRET, BODY)


@pytest.mark.parametrize("body", ["", "  \n"])
def test_an_empty_body_is_rejected(body: str) -> None:
    with pytest.raises(BadInput):
        ReceiveWebhook(document(), MemoryBus()).receive(Webhook.DATADOG, SECRET, body)


@pytest.mark.parametrize("character", ["x", "ü", '"'])
def test_the_limit_of_a_body_is_in_encoded_bytes(character: str) -> None:
    bus, envelope = MemoryBus(), len('{"body": ""}')
    width = len(json.dumps(character, ensure_ascii=False).encode()) - 2
    limit = (MAX_DETAIL_BYTES - envelope) // width
    ReceiveWebhook(document(), bus).receive(Webhook.DATADOG, SECRET, character * limit)
    with pytest.raises(TooLarge):
        ReceiveWebhook(document(), bus).receive(Webhook.DATADOG, SECRET, character * (limit + 1))
    assert len(bus.events) == 1
