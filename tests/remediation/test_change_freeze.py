"""Change freezes: when and where one applies, and how the list is parsed."""

import json
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from cloudops.core.errors import BadInput
from cloudops.remediation.change_freeze import MAX_FREEZES, Freeze, freeze_of, parse_freezes

FREEZE = Freeze(
    reason="sale", starts_at=datetime(2026, 11, 27, tzinfo=UTC), ends_at=datetime(2026, 11, 28, tzinfo=UTC)
)
START, END = (round(moment.timestamp() * 1000) for moment in (FREEZE.starts_at, FREEZE.ends_at))
FREEZE_JSON = {"reason": "sale", "startsAt": "2026-11-27T00:00:00Z", "endsAt": "2026-11-28T00:00:00Z"}


@pytest.mark.parametrize(("now", "holds"), [(START - 1, False), (START, True), (END - 1, True), (END, False)])
def test_a_freeze_applies_from_its_start_until_before_its_end(now: int, holds: bool) -> None:
    assert FREEZE.holds("cart", "prod", now) is holds


@pytest.mark.parametrize(
    ("freeze", "holds"),
    [
        (replace(FREEZE, environments=("prod",), services=("cart",)), True),
        (replace(FREEZE, environments=("dev",), services=("cart",)), False),
        (replace(FREEZE, environments=("prod",), services=("checkout",)), False),
        (replace(FREEZE, services=("cart", "checkout")), True),
    ],
)
def test_a_freeze_applies_if_both_environment_and_service_match(freeze: Freeze, holds: bool) -> None:
    assert freeze.holds("cart", "prod", START) is holds


def test_of_several_freezes_the_one_that_ends_last_is_returned() -> None:
    longer = replace(FREEZE, reason="audit", ends_at=datetime(2026, 11, 30, tzinfo=UTC))
    elsewhere = replace(FREEZE, environments=("dev",), ends_at=datetime(2026, 12, 31, tzinfo=UTC))
    assert freeze_of((FREEZE, longer, elsewhere), "cart", "prod", START) == longer
    assert freeze_of((elsewhere,), "cart", "prod", START) is None


def test_an_empty_text_is_no_freeze() -> None:
    assert parse_freezes("") == ()
    assert parse_freezes(json.dumps([FREEZE_JSON])) == (FREEZE,)


def test_the_number_of_freezes_is_bounded() -> None:
    assert len(parse_freezes(json.dumps([FREEZE_JSON] * MAX_FREEZES))) == MAX_FREEZES
    with pytest.raises(BadInput, match=f"{MAX_FREEZES + 1} of at most {MAX_FREEZES}"):
        parse_freezes(json.dumps([FREEZE_JSON] * (MAX_FREEZES + 1)))


def test_the_freeze_that_ends_at_its_start_is_named_by_its_index() -> None:
    empty = {**FREEZE_JSON, "endsAt": FREEZE_JSON["startsAt"]}
    with pytest.raises(BadInput) as refused:
        parse_freezes(json.dumps([FREEZE_JSON, empty]))
    assert refused.value.field == "freezes[1].endsAt"
    assert refused.value.message == "freezes[1]: ends before it starts"
