"""The verified email address of the person behind a token, from the issuer's UserInfo endpoint."""

from collections.abc import Mapping
from typing import Any

import pytest

from cloudops.adapters.oidc.userinfo import UserInfo
from cloudops.core.errors import Unavailable
from cloudops.identity.access import person_subject
from tests.fakes.issuer import ISSUER

SUBJECT = person_subject(ISSUER, "7f3c")
ADDRESS = f"{ISSUER}/userinfo"
ADA = {"sub": "7f3c", "email": "ada@example.com", "email_verified": "true"}


class Endpoint:
    """The discovery document and the UserInfo endpoint; `calls` are the addresses with the tokens sent."""

    def __init__(self, claims: Mapping[str, Any] = ADA, **document: Any) -> None:
        self.claims = claims
        self.document = {"issuer": ISSUER, "userinfo_endpoint": ADDRESS, **document}
        self.calls: list[tuple[str, str]] = []

    def get(self, address: str, bearer: str) -> Mapping[str, Any]:
        self.calls.append((address, bearer))
        return self.claims if address == self.document["userinfo_endpoint"] else self.document

    def email(self) -> str:
        return UserInfo(ISSUER, self.get).verified_email("the token", SUBJECT)


def test_the_token_is_sent_to_the_endpoint_alone() -> None:
    endpoint = Endpoint()
    assert endpoint.email() == "ada@example.com"
    assert endpoint.calls == [
        (f"{ISSUER}/.well-known/openid-configuration", ""),
        (ADDRESS, "the token"),
    ]


@pytest.mark.parametrize("verified", ["false", False, None, "True", 1])
def test_an_email_that_is_not_verified_does_not_count(verified: object) -> None:
    assert Endpoint({**ADA, "email_verified": verified}).email() == ""


@pytest.mark.parametrize("claims", [{**ADA, "sub": "91d0"}, {"email": "ada@example.com"}, {}])
def test_claims_of_another_person_are_refused(claims: Mapping[str, Any]) -> None:
    with pytest.raises(Unavailable, match="another person"):
        Endpoint(claims).email()


@pytest.mark.parametrize(
    "document",
    [
        {"userinfo_endpoint": None},
        {"userinfo_endpoint": "http://evil.example/userinfo"},
        {"issuer": "https://evil.example"},
    ],
)
def test_the_token_is_not_sent_to_an_address_that_is_not_trusted(document: dict[str, Any]) -> None:
    endpoint = Endpoint(**document)
    with pytest.raises(Unavailable):
        endpoint.email()
    assert [bearer for _, bearer in endpoint.calls] == [""]
