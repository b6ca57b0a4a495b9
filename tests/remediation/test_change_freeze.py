"""Change freezes: when and where one applies, and how the list is parsed."""

import json
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from cloudops.catalog.declaration import Catalog, Platform, ServiceDeclaration, Target
from cloudops.catalog.inventory import ServiceInventory
from cloudops.catalog.names import CatalogNames
from cloudops.core.errors import BadInput
from cloudops.remediation.change_freeze import (
    MAX_FREEZES,
    ChangeFreezes,
    Freeze,
    FreezeState,
    parse_freezes,
    with_known_names,
)

FREEZE = Freeze(
    reason="sale", starts_at=datetime(2026, 11, 27, tzinfo=UTC), ends_at=datetime(2026, 11, 28, tzinfo=UTC)
)
START, END = (round(moment.timestamp() * 1000) for moment in (FREEZE.starts_at, FREEZE.ends_at))
FREEZE_JSON = {"reason": "sale", "startsAt": "2026-11-27T00:00:00Z", "endsAt": "2026-11-28T00:00:00Z"}


CATALOG = Catalog(
    {
        "cart": ServiceDeclaration(aliases=("basket",)),
        "checkout": ServiceDeclaration(
            targets=(Target(platform=Platform.ASG, name="checkout", environment="blue"),)
        ),
    }
)
INVENTORY = ServiceInventory(CATALOG)
NAMES = CatalogNames(INVENTORY)


def freezes_of(*freezes: Freeze) -> ChangeFreezes:
    return ChangeFreezes(freezes, lambda: INVENTORY)


@pytest.mark.parametrize(("now", "holds"), [(START - 1, False), (START, True), (END - 1, True), (END, False)])
def test_a_freeze_applies_from_its_start_until_before_its_end(now: int, holds: bool) -> None:
    assert FREEZE.is_active(now) is holds
    assert freezes_of(FREEZE).holding("cart", "prod", now) == ((FREEZE,) if holds else ())


@pytest.mark.parametrize(
    ("environments", "services", "covers"),
    [
        ((), (), True),
        (("prod",), ("cart",), True),
        (("staging",), ("cart",), False),
        (("prod",), ("checkout",), False),
        ((), ("cart", "checkout"), True),
        (("dev", "prod"), (), True),
        (("dev", "staging"), (), False),
        (("production",), (), True),
        (("PROD",), (), True),
        (("prd",), (), True),
        ((" live ",), (), True),
        ((), ("Cart",), True),
        ((), ("basket",), True),
        ((), (" BASKET ",), True),
        ((), ("Checkout",), False),
        (("blue",), (), False),
        (("prodd",), (), True),
        (("staging", "prodd"), (), True),
        ((), ("carrt",), True),
        ((), ("checkout", "carrt"), True),
        (("staging",), ("carrt",), False),
        (("prodd",), ("checkout",), False),
    ],
)
def test_a_freeze_covers_canonical_names_and_everything_if_a_name_is_unknown(
    environments: tuple[str, ...], services: tuple[str, ...], covers: bool
) -> None:
    freeze = replace(FREEZE, environments=environments, services=services)
    assert freeze.covers("cart", "prod", NAMES) is covers
    assert freeze.covers("basket", "Production", NAMES) is covers


@pytest.mark.parametrize(
    ("environment", "frozen", "covers"),
    [
        ("", "prod", True),
        ("", "staging", True),
        ("green", "prod", True),
        ("green", "staging", False),
        ("blue", "prod", True),
        ("blue", "blue", True),
        ("preprod", "prod", False),
        ("dev", "prod", False),
    ],
)
def test_an_unknown_environment_of_a_target_is_frozen_with_production(
    environment: str, frozen: str, covers: bool
) -> None:
    assert replace(FREEZE, environments=(frozen,)).covers("cart", environment, NAMES) is covers


def test_of_several_freezes_the_one_that_ends_last_comes_first() -> None:
    longer = replace(FREEZE, reason="audit", ends_at=datetime(2026, 11, 30, tzinfo=UTC))
    elsewhere = replace(FREEZE, environments=("dev",), ends_at=datetime(2026, 12, 31, tzinfo=UTC))
    assert freezes_of(FREEZE, longer, elsewhere).holding("cart", "prod", START) == (longer, FREEZE)
    assert freezes_of(elsewhere).holding("cart", "prod", START) == ()


def test_freezes_are_listed_until_they_are_over_with_their_unknown_names() -> None:
    later = replace(
        FREEZE,
        starts_at=datetime(2026, 12, 1, tzinfo=UTC),
        ends_at=datetime(2026, 12, 2, tzinfo=UTC),
        environments=("prod", "prodd"),
        services=("carrt", "basket"),
    )
    freezes = freezes_of(later, FREEZE)
    assert freezes.list(START) == (
        FreezeState(freeze=FREEZE, active=True, unknown_names=()),
        FreezeState(freeze=later, active=False, unknown_names=("prodd", "carrt")),
    )
    assert [one.freeze for one in freezes.list(END - 1)] == [FREEZE, later]
    assert [one.freeze for one in freezes.list(END)] == [later]


def test_known_names_are_made_canonical() -> None:
    written = replace(FREEZE, environments=("Production", "blue"), services=("Basket", "checkout"))
    assert with_known_names((written,), NAMES) == (
        replace(FREEZE, environments=("prod", "blue"), services=("cart", "checkout")),
    )


@pytest.mark.parametrize(
    ("fields", "field", "nearest"),
    [
        ({"environments": ("prod", "prodd")}, "freezes[1].environments[1]", "'prod'"),
        ({"services": ("carrt",)}, "freezes[1].services[0]", "'cart'"),
        ({"services": ("cart", "baskett")}, "freezes[1].services[1]", "'basket'"),
    ],
)
def test_an_unknown_name_is_refused_with_its_field_and_the_nearest_known_name(
    fields: dict[str, tuple[str, ...]], field: str, nearest: str
) -> None:
    with pytest.raises(BadInput) as refused:
        with_known_names((FREEZE, replace(FREEZE, **fields)), NAMES)
    assert refused.value.field == field
    assert refused.value.message.endswith(f"the nearest known name is {nearest}")


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
