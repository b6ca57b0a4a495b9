"""Declared catalogs: format, defaults, and the messages for mistakes."""

from typing import Any

import pytest

from cloudops.catalog.declaration import Limits, Platform, parse_catalog
from cloudops.core.errors import BadInput
from cloudops.core.taxonomy import Action
from cloudops.core.time import DAY
from cloudops.remediation.store import ACTIONS_KEPT

HERE = {"account": "111122223333", "region": "eu-west-1", "environment": "production"}


def mistakes(tree: object) -> list[str]:
    with pytest.raises(BadInput) as caught:
        parse_catalog(tree)
    return caught.value.message.removeprefix("catalog: ").split("; ")


def with_checkout(**declared: Any) -> dict[str, Any]:
    return {"defaults": HERE, "services": {"checkout": declared}}


def test_a_target_inherits_the_defaults() -> None:
    tree = with_checkout(targets=[{"platform": "ecs", "cluster": "shop", "name": "checkout-prod"}])

    (target,) = parse_catalog(tree).services["checkout"].targets

    assert (target.account, target.region, target.environment) == ("111122223333", "eu-west-1", "prod")
    assert str(target) == "ecs shop/checkout-prod in 111122223333 eu-west-1"


def test_a_service_is_known_in_lower_case() -> None:
    catalog = parse_catalog({"services": {"Checkout": {"calls": ["Payments"], "aliases": ["CHK"]}}})

    assert catalog.services["checkout"].calls == ("payments",)
    assert catalog.services["checkout"].aliases == ("chk",)


def test_limits_restrict_remediation() -> None:
    tree = with_checkout(limits={"actions": ["rollback"], "maxStep": 2, "minHealthyPercent": 50})

    assert parse_catalog(tree).services["checkout"].limits == Limits(
        actions=(Action.ROLLBACK,), max_step=2, min_healthy_percent=50
    )


@pytest.mark.parametrize("days", [0, 7, 90])
def test_abandoned_versions_are_remembered_for_at_most_ninety_days(days: int) -> None:
    tree = with_checkout(limits={"abandonedVersionDays": days})
    assert parse_catalog(tree).services["checkout"].limits.abandoned_version_days == days
    # The store finds the executions of that time.
    assert days * DAY <= ACTIONS_KEPT


def test_a_service_may_be_empty() -> None:
    assert parse_catalog({"services": {"search": None}}).services["search"].targets == ()


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({"tier": "gold"}, "services.checkout.tier: expected `int | null`, got `str`"),
        ({"tier": 9}, "services.checkout.tier: expected `int` <= 5"),
        ({"ownr": "a"}, "services.checkout: object contains unknown field `ownr`"),
        (
            {"targets": [{"platform": "vm", "name": "a"}]},
            "services.checkout.targets[0].platform: invalid enum value 'vm'",
        ),
        (
            {"targets": [{"platform": "asg", "name": "a"}, {"platform": "lambda"}]},
            "services.checkout.targets[1]: object missing required field `name`",
        ),
        (
            {"targets": [{"platform": "ecs", "name": "a"}]},
            "services.checkout.targets[0].cluster: an ecs target needs it, here or in defaults",
        ),
        (
            {"targets": [{"platform": "asg", "name": "a"}, {"platform": "asg", "name": "a"}]},
            "services.checkout.targets[1]: is the same target as services.checkout.targets[0]",
        ),
        (
            {"limits": {"abandonedVersionDays": 91}},
            "services.checkout.limits.abandonedVersionDays: expected `int` <= 90",
        ),
        (
            {"limits": {"abandonedVersionDays": -1}},
            "services.checkout.limits.abandonedVersionDays: expected `int` >= 0",
        ),
        ({"limits": {"minCount": 3, "maxCount": 1}}, "services.checkout.limits.minCount: is above maxCount"),
        (
            {"limits": {"actions": ["reboot"]}},
            "services.checkout.limits.actions[0]: invalid enum value 'reboot'",
        ),
        (
            {"targets": [{"platform": "asg", "name": "a", "account": 111122223333}]},
            "services.checkout.targets[0].account: expected `str`, got `int`",
        ),
    ],
)
def test_the_message_of_a_mistake_has_its_path(declared: dict[str, Any], expected: str) -> None:
    assert mistakes(with_checkout(**declared)) == [expected]


def test_the_first_mistake_is_the_field_of_the_error() -> None:
    with pytest.raises(BadInput) as caught:
        parse_catalog(with_checkout(tier="gold"))

    assert caught.value.field == "services.checkout.tier"


def test_mistakes_of_several_services_are_reported_at_once() -> None:
    tree = {"services": {"a": {"tier": "x"}, "b": {"owner": 3}}, "extra": 1}

    assert mistakes(tree) == [
        "extra: is no key of a catalog, which has defaults and services",
        "services.a.tier: expected `int | null`, got `str`",
        "services.b.owner: expected `str`, got `int`",
    ]


def test_at_most_ten_mistakes_are_listed_and_the_rest_counted() -> None:
    tree = {"services": {f"s{number}": {"tier": "x"} for number in range(12)}}

    messages = mistakes(tree)

    assert len(messages) == 11
    assert messages[-1] == "and 2 more"


def test_an_alias_belongs_to_one_service() -> None:
    tree = {"services": {"a": {"aliases": ["x", "b"]}, "b": {"aliases": ["X"]}}}

    assert mistakes(tree) == [
        "services.a.aliases[1]: 'b' is a service itself",
        "services.b.aliases[0]: 'x' is an alias of a too",
    ]


@pytest.mark.parametrize("tree", [None, [], "services", {"services": []}, {}])
def test_a_tree_that_is_not_a_catalog_is_rejected(tree: object) -> None:
    assert mistakes(tree)


def test_every_platform_can_be_declared() -> None:
    targets = [{"platform": platform, "name": "x", "cluster": "c", "namespace": "n"} for platform in Platform]

    parsed = parse_catalog(with_checkout(targets=targets)).services["checkout"].targets

    assert [target.platform for target in parsed] == ["eks", "ecs", "lambda", "asg"]
