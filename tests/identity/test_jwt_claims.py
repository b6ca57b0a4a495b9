"""Claims that a signed token needs to identify a caller."""

from typing import Any

import pytest

from cloudops.identity.access import AccessReason, AuthenticationResult, Role
from cloudops.identity.jwt_claims import ClaimPolicy, authenticate_claims
from tests.fakes.issuer import AUDIENCE, ISSUER, NOW, POLICY, claims_of
from tests.fakes.people import signed_in


def reason(**claims: Any) -> AccessReason:
    return authenticate_claims(claims_of(**claims), POLICY, NOW).reason


def test_a_person_with_a_group_is_a_caller_with_name_and_role() -> None:
    ada = signed_in("ada", Role.ADMIN)
    assert authenticate_claims(claims_of(), POLICY, NOW) == AuthenticationResult(AccessReason.KNOWN, ada)


@pytest.mark.parametrize("issuer", ["https://issuer.example/", "https://other.example", "", 7, None])
def test_the_issuer_must_match_exactly(issuer: object) -> None:
    assert reason(iss=issuer) is AccessReason.WRONG_ISSUER


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"client_id": None, "aud": AUDIENCE}, AccessReason.KNOWN),
        ({"client_id": None, "aud": ["other", AUDIENCE]}, AccessReason.KNOWN),
        ({"client_id": "other"}, AccessReason.WRONG_AUDIENCE),
        ({"client_id": None}, AccessReason.WRONG_AUDIENCE),
        ({"aud": "other"}, AccessReason.WRONG_AUDIENCE),
        ({"aud": []}, AccessReason.WRONG_AUDIENCE),
        ({"aud": {"client": AUDIENCE}}, AccessReason.WRONG_AUDIENCE),
        ({"client_id": [AUDIENCE]}, AccessReason.WRONG_AUDIENCE),
    ],
)
def test_the_audience_must_match_or_else_the_client(claims: dict[str, Any], expected: AccessReason) -> None:
    assert reason(**claims) is expected


def test_an_id_token_is_not_an_access_token() -> None:
    assert reason(token_use="id") is AccessReason.WRONG_USE
    assert reason(token_use=None) is AccessReason.KNOWN


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"exp": NOW - 59}, AccessReason.KNOWN),
        ({"exp": NOW - 60}, AccessReason.EXPIRED),
        ({"exp": None}, AccessReason.MALFORMED),
        ({"exp": "tomorrow"}, AccessReason.MALFORMED),
        ({"exp": True}, AccessReason.MALFORMED),
        ({"exp": float("nan")}, AccessReason.MALFORMED),
        ({"exp": float("inf")}, AccessReason.MALFORMED),
        ({"exp": 10**400}, AccessReason.MALFORMED),
        ({"nbf": NOW + 60}, AccessReason.KNOWN),
        ({"nbf": NOW + 61}, AccessReason.NOT_YET_VALID),
        ({"iat": NOW + 61}, AccessReason.NOT_YET_VALID),
        ({"iat": None}, AccessReason.KNOWN),
        ({"nbf": "soon"}, AccessReason.MALFORMED),
        ({"nbf": NOW + 61, "exp": NOW - 60}, AccessReason.EXPIRED),
    ],
)
def test_a_token_is_valid_within_its_lifetime_and_a_minute_of_leeway(
    claims: dict[str, Any], expected: AccessReason
) -> None:
    assert reason(**claims) is expected


@pytest.mark.parametrize("name", [None, "", "  ", "a\nb", "n" * 129, 7, ["ada"], "a\u202eb"])
def test_a_name_that_is_missing_long_or_not_printable_is_rejected(name: object) -> None:
    assert reason(username=name) is AccessReason.NAMELESS


@pytest.mark.parametrize("sub", [None, "", "n" * 256, 7, ["ada"], "a\nb"])
def test_a_token_without_a_subject_is_refused(sub: object) -> None:
    assert reason(sub=sub) is AccessReason.NO_SUBJECT


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({"email": "ada@example.com", "email_verified": True}, "ada@example.com"),
        ({"email": "ada@example.com", "email_verified": False}, ""),
        ({"email": "ada@example.com", "email_verified": "true"}, "ada@example.com"),
        ({"email": "ada@example.com", "email_verified": "True"}, ""),
        ({"email": "ada@example.com", "email_verified": 1}, ""),
        ({"email": "ada@example.com"}, ""),
        ({"email_verified": True}, ""),
        ({"email": "ada", "email_verified": True}, ""),
        ({"email": ["ada@example.com"], "email_verified": True}, ""),
        ({"email": "a" * 250 + "@example.com", "email_verified": True}, ""),
    ],
)
def test_an_email_counts_only_if_the_issuer_verified_it(claims: dict[str, Any], email: str) -> None:
    caller = authenticate_claims(claims_of(**claims), POLICY, NOW).caller
    assert caller
    assert caller.email == email


def test_the_subject_is_issuer_and_sub_whatever_the_name() -> None:
    one, other = (
        authenticate_claims(claims_of(sub=sub, username=name), POLICY, NOW).caller
        for sub, name in (("7f3c", "Ada"), ("91d0", "Ada"))
    )
    assert one == signed_in("Ada", Role.ADMIN, sub="7f3c")
    assert other == signed_in("Ada", Role.ADMIN, sub="91d0")


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["viewer"], Role.VIEWER),
        (["viewer", "operator"], Role.OPERATOR),
        (["engineering", "admin", "viewer"], Role.ADMIN),
        ("operator", Role.OPERATOR),
        ("viewer operator", Role.OPERATOR),
        ("viewer,admin", Role.ADMIN),
        (["Admin"], None),
        (["administrator", "", 7, None, ["admin"]], None),
        ([], None),
        (None, None),
        ({"admin": True}, None),
        (True, None),
    ],
)
def test_the_role_is_the_highest_of_the_groups_that_are_roles(groups: object, role: Role | None) -> None:
    result = authenticate_claims(claims_of(**{"cognito:groups": groups}), POLICY, NOW)
    assert (result.caller and result.caller.role) == role
    assert result.reason is (AccessReason.KNOWN if role else AccessReason.NO_ROLE)


def test_a_person_has_the_grant_of_every_group_that_is_one() -> None:
    groups = ["viewer", "operator:team=payments", "operator:team=checkout:env=staging", "admin:teams=x"]
    caller = authenticate_claims(claims_of(**{"cognito:groups": groups}), POLICY, NOW).caller
    assert caller
    assert [str(grant) for grant in caller.grants] == groups[:3]
    assert caller.role is Role.OPERATOR


@pytest.mark.parametrize(
    ("path", "claims"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["operator"]}}),
        ("https://acme.example/roles", {"https://acme.example/roles": ["operator"]}),
        ("a.b", {"a.b": "operator", "a": {"b": "admin"}}),
    ],
)
def test_the_role_is_read_from_the_configured_claim(path: str, claims: dict[str, Any]) -> None:
    policy = ClaimPolicy(ISSUER, AUDIENCE, roles_claim=path, name_claim="email")
    result = authenticate_claims(claims_of(email="ada@acme.example", **claims), policy, NOW)
    assert result.caller == signed_in("ada@acme.example", sub="ada")


@pytest.mark.parametrize("realm", [None, [], "admin", {"roles": None}, {"roles": {"admin": 1}}])
def test_a_path_to_a_missing_claim_gives_no_role(realm: object) -> None:
    policy = ClaimPolicy(ISSUER, AUDIENCE, roles_claim="realm_access.roles")
    assert authenticate_claims(claims_of(realm_access=realm), policy, NOW).reason is AccessReason.NO_ROLE
