"""Contract of quarantines."""

import pytest

from cloudops.alerts.alert import UnparsablePayload
from cloudops.core.errors import BadInput, NotFound
from cloudops.core.time import DAY, EpochMillis
from cloudops.ingestion.quarantine import Quarantine, QuarantineItem
from tests.fakes.incident_factory import NOON

MONTH = 30 * DAY


def an_item(name: str, at: EpochMillis = NOON, payload: str = "{") -> QuarantineItem:
    unreadable = UnparsablePayload(source="datadog", reason="not JSON", payload=payload, received_at=at)
    return QuarantineItem(id=f"qua_{name}", unreadable=unreadable, expires_at=at + MONTH)


def test_an_item_is_stored_as_put(quarantine: Quarantine) -> None:
    quarantine.put([an_item("a", payload='{"title": "Straße"')])

    assert quarantine.get("qua_a") == an_item("a", payload='{"title": "Straße"')


def test_items_are_listed_newest_first_and_paged(quarantine: Quarantine) -> None:
    quarantine.put([an_item(str(number), NOON + number) for number in range(5)])

    first, cursor = quarantine.page(None, 2)
    second, further = quarantine.page(cursor, 2)
    third, end = quarantine.page(further, 2)

    assert [[item.id for item in page] for page in (first, second, third)] == [
        ["qua_4", "qua_3"],
        ["qua_2", "qua_1"],
        ["qua_0"],
    ]
    assert end is None


def test_an_empty_quarantine_is_an_empty_page(quarantine: Quarantine) -> None:
    quarantine.put([])

    assert quarantine.page(None, 10) == ((), None)


def test_more_items_than_one_request_writes_are_all_stored(quarantine: Quarantine) -> None:
    quarantine.put([an_item(str(number), NOON + number) for number in range(60)])

    assert len(quarantine.page(None, 100)[0]) == 60


def test_an_item_put_again_overwrites_the_first_and_moves_to_its_time(quarantine: Quarantine) -> None:
    quarantine.put([an_item("a", NOON), an_item("b", NOON + 1)])
    quarantine.put([an_item("a", NOON + 2), an_item("a", NOON + 2)])

    assert [item.id for item in quarantine.page(None, 10)[0]] == ["qua_a", "qua_b"]


def test_an_item_is_removed_and_a_second_removal_has_no_effect(quarantine: Quarantine) -> None:
    quarantine.put([an_item("a")])

    quarantine.remove("qua_a")
    quarantine.remove("qua_a")

    assert quarantine.page(None, 10) == ((), None)
    with pytest.raises(NotFound, match="qua_a"):
        quarantine.get("qua_a")


def test_an_invalid_cursor_is_bad_input(quarantine: Quarantine) -> None:
    with pytest.raises(BadInput) as caught:
        quarantine.page("nonsense", 10)

    assert caught.value.field == "cursor"


@pytest.mark.parametrize("name", ["", "\ud800", "x" * 3000])
def test_an_unknown_id_of_any_form_is_not_found(quarantine: Quarantine, name: str) -> None:
    with pytest.raises(NotFound):
        quarantine.get(name)
