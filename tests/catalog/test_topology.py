"""The topology: parsing, and chains of calls."""

import pytest

from cloudops.catalog.topology import Topology
from cloudops.core.errors import BadInput

SHOP = Topology.parse(
    '{"Web": ["cart", "checkout"], "checkout": ["cart", "payment"], "payment": ["bank"], "bank": ["vault"]}'
)


def test_calls_are_counted_along_the_shortest_chain_and_names_ignore_case() -> None:
    assert (SHOP.hops("web", "cart"), SHOP.hops("web", "payment"), SHOP.hops("WEB".lower(), "bank")) == (
        1,
        2,
        3,
    )


def test_a_chain_of_more_than_three_calls_is_not_followed() -> None:
    assert SHOP.hops("web", "vault") is None


def test_callees_are_sorted_by_distance_and_name() -> None:
    calls = Topology({"web": frozenset({"stock", "cart", "pay", "ads"}), "cart": frozenset({"bank"})})
    assert list(calls.callees("web")) == ["ads", "cart", "pay", "stock", "bank"]


def test_a_call_has_a_direction() -> None:
    assert SHOP.hops("cart", "web") is None
    assert dict(SHOP.callers("cart")) == {"web": 1, "checkout": 1}


def test_self_calls_and_cycles_are_harmless() -> None:
    ring = Topology.parse('{"a": ["a", "b"], "b": ["a"]}')
    assert dict(ring.callees("a")) == {"b": 1}


@pytest.mark.parametrize(
    ("text", "field"),
    [('{"web": "cart"}', "web"), ('{"web": [1]}', "web"), ('["web"]', None), ("{", None), (b"\xff", None)],
)
def test_the_error_names_the_invalid_key_of_a_topology(text: str | bytes, field: str | None) -> None:
    with pytest.raises(BadInput, match="topology") as refused:
        Topology.parse(text)
    assert refused.value.field == field
