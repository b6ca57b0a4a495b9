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


SPELLED = Topology.parse(
    '{"Web": ["product-catalog", "valkey-cart"], "Pay_AWS::ECS::Fargate": ["bank-a", "bank-b"]}'
)


@pytest.mark.parametrize(
    ("service", "resources", "node"),
    [
        ("web", (), "web"),
        ("productcatalog", (), "product-catalog"),
        ("Product_Catalog", (), "product-catalog"),
        ("pay", (), "pay_aws::ecs::fargate"),
        ("valkey", (), "valkey-cart"),
        ("bank", (), "bank"),
        ("mail", (), "mail"),
        ("", (), ""),
        ("mail", ("node:Web", "namespace:shop"), "web"),
        ("", ("node:web",), "web"),
        ("mail", ("node:web", "node:bank-a"), "mail"),
        ("web", ("node:bank-a",), "web"),
    ],
)
def test_an_alert_finds_its_node_by_name_by_resource_or_by_one_spelling(
    service: str, resources: tuple[str, ...], node: str
) -> None:
    assert SPELLED.node_of(service, resources) == node


def test_a_graph_without_calls_renames_nothing() -> None:
    assert Topology().node_of("Web", ("node:web",)) == "Web"


def test_neighbors_are_reached_by_calls_in_either_direction() -> None:
    assert dict(SHOP.neighbors("payment")) == {"bank": 1, "checkout": 1, "cart": 2, "vault": 2, "web": 2}
    assert not SHOP.neighbors("mail")


def test_the_graph_says_whether_calls_join_two_services_or_that_it_does_not_know() -> None:
    pairs = Topology({"web": frozenset({"cart"}), "etl": frozenset({"lake"})})
    assert pairs.connected("web", "cart") is True
    assert pairs.connected("cart", "lake") is False
    assert pairs.connected("cart", "mail") is None
