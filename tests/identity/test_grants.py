"""Grants: a role, narrowed to a team, an environment and an account; as text, and from options."""

import pytest

from cloudops.core.errors import BadInput
from cloudops.identity.access import Grant, Role
from cloudops.identity.grants import narrowed_grants, parse_grant, stored_grants

OPERATOR = Role.OPERATOR


@pytest.mark.parametrize(
    ("text", "grant"),
    [
        ("operator", Grant(OPERATOR)),
        ("operator:team=payments", Grant(OPERATOR, team="payments")),
        ("operator:env=staging", Grant(OPERATOR, environment="staging")),
        ("admin:account=111122223333", Grant(Role.ADMIN, account="111122223333")),
        (
            "operator:team=payments:env=prod:account=111122223333",
            Grant(OPERATOR, "payments", "prod", "111122223333"),
        ),
    ],
)
def test_a_grant_is_read_from_its_text_and_written_as_it(text: str, grant: Grant) -> None:
    assert parse_grant(text) == grant
    assert str(grant) == text


def test_the_narrowings_may_stand_in_any_order() -> None:
    assert parse_grant("operator:account=1:env=dev:team=a") == Grant(OPERATOR, "a", "dev", "1")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Operator",
        "root",
        "operator:",
        "operator:team",
        "operator:team=",
        "operator:team= ",
        "operator:teams=payments",
        "operator:team=payments:",
        "operator:team=payments:team=checkout",
        "operator:team=payments:region=eu-west-1",
        "operator:team=pay\nments",
        "operator:team=" + "t" * 101,
        " operator:team=payments",
    ],
)
def test_a_text_that_is_not_wholly_a_grant_grants_nothing(text: str) -> None:
    assert parse_grant(text) is None


def test_options_of_one_kind_make_several_grants_and_options_of_two_kinds_narrow_each() -> None:
    assert narrowed_grants(OPERATOR, ["a", "b"], ["prod"], []) == (
        Grant(OPERATOR, "a", "prod"),
        Grant(OPERATOR, "b", "prod"),
    )
    assert narrowed_grants(OPERATOR, [], [], []) == (Grant(OPERATOR),)


@pytest.mark.parametrize("value", ["", " ", "a:b", "t" * 101])
def test_an_option_that_no_grant_can_hold_is_refused(value: str) -> None:
    with pytest.raises(BadInput):
        narrowed_grants(OPERATOR, [value], [], [])


@pytest.mark.parametrize(
    ("record", "grants"),
    [
        ({"grants": ["operator:team=a", "viewer"]}, (Grant(OPERATOR, "a"), Grant(Role.VIEWER))),
        ({"role": "operator"}, (Grant(OPERATOR),)),
        ({"role": "operator", "grants": ["viewer"]}, (Grant(Role.VIEWER),)),
        ({"grants": ["operator", "operator:team"]}, ()),
        ({"grants": "operator"}, ()),
        ({"grants": []}, ()),
        ({"grants": [7]}, ()),
        ({}, ()),
    ],
)
def test_a_stored_record_grants_all_that_it_says_or_nothing(
    record: dict[str, object], grants: tuple[Grant, ...]
) -> None:
    assert stored_grants(record) == grants
