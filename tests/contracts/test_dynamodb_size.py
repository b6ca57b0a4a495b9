"""Data larger than one item, response or page of DynamoDB, and invalid keys."""

import pytest

from cloudops.adapters.dynamodb.incident_store import DynamoIncidentStore, browse
from cloudops.adapters.dynamodb.quarantine import MAX_PAYLOAD, DynamoQuarantine
from cloudops.adapters.dynamodb.row import Rows
from cloudops.alerts.alert import UnparsablePayload
from cloudops.core.errors import BadInput
from cloudops.core.pagination import encode_cursor
from cloudops.incidents.store import IncidentQuery
from cloudops.ingestion.quarantine import QuarantineItem
from tests.fakes.incident_factory import NOON, a_commit, an_alert, an_incident, noise


def test_alerts_larger_than_an_item_and_a_response_are_read_completely(rows: Rows) -> None:
    store, web = DynamoIncidentStore(rows), an_incident("web")
    alerts = [an_alert(f"a{number:02d}", NOON + number, message=noise(40, number)) for number in range(60)]
    for version in range(2):
        batch = tuple(alerts[version * 30 : version * 30 + 30])
        store.commit(a_commit(version, web, batch=str(version), alerts={web.id: batch}))

    assert store.detail(web.id).alerts == tuple(reversed(alerts))


def test_a_page_ends_with_a_cursor_after_the_examined_rows(rows: Rows) -> None:
    store = DynamoIncidentStore(rows)
    store.commit(a_commit(0, *(an_incident(f"n{number}", opened_at=NOON + number) for number in range(15))))

    first = browse(rows, IncidentQuery(service="n2"), examine=10)
    second = browse(rows, IncidentQuery(service="n2", cursor=first.cursor), examine=10)

    assert (first.incidents, first.cursor is None) == ((), False)
    assert [incident.services for incident in second.incidents] == [("n2",)]
    assert second.cursor is None


@pytest.mark.parametrize("name", ["", "inc_\n", "x" * 3000])
def test_a_cursor_whose_position_cannot_be_a_key_is_bad_input(rows: Rows, name: str) -> None:
    with pytest.raises(BadInput) as caught:
        browse(rows, IncidentQuery(cursor=encode_cursor((NOON, name))))

    assert caught.value.field == "cursor"


def test_a_payload_too_large_for_an_item_is_cut_with_a_note(rows: Rows) -> None:
    quarantine, payload = DynamoQuarantine(rows), noise(1_000)
    unreadable = UnparsablePayload(source="plain", reason="not JSON", payload=payload, received_at=NOON)

    quarantine.put([QuarantineItem(id="qua_a", unreadable=unreadable, expires_at=NOON)])

    stored = quarantine.get("qua_a").unreadable
    assert stored.payload == payload[:MAX_PAYLOAD]
    assert stored.reason == "not JSON (kept: 80000 of 1024000 characters)"


def test_a_page_of_large_payloads_is_read_in_several_responses(rows: Rows) -> None:
    quarantine = DynamoQuarantine(rows)
    for number in range(6):
        unreadable = UnparsablePayload(
            source="plain", reason="not JSON", payload=noise(300, number), received_at=NOON + number
        )
        quarantine.put([QuarantineItem(id=f"qua_{number}", unreadable=unreadable, expires_at=NOON)])

    items, cursor = quarantine.page(None, 5)

    assert [item.id for item in items] == ["qua_5", "qua_4", "qua_3", "qua_2", "qua_1"]
    assert cursor is not None
