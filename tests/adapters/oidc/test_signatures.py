"""Only what the issuer signed is believed, by its own keys, in the two ways that are accepted."""

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from cloudops.adapters.oidc import JwksClient, OidcIssuer
from cloudops.identity.access import AccessReason
from tests.fakes.issuer import ISSUER, MemoryIssuer, claims_of, elliptic, public, rivest


def issuer_with(published: MemoryIssuer) -> OidcIssuer:
    return OidcIssuer(JwksClient(ISSUER, published.fetch, lambda: 0.0))


def judge(token: str, published: MemoryIssuer | None = None) -> object:
    return issuer_with(published or MemoryIssuer()).claims(token)


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def with_rsa() -> MemoryIssuer:
    issuer = MemoryIssuer()
    issuer.signing["two"] = rivest("two")
    issuer.publish()
    return issuer


@pytest.mark.parametrize("kid", ["one", "two"])
def test_a_token_that_the_issuer_signed_says_what_it_says(kid: str) -> None:
    issuer = with_rsa()
    assert judge(issuer.token(kid), issuer) == claims_of()


def test_another_key_under_the_same_name_signs_nothing() -> None:
    forged = jwt.encode(claims_of(), elliptic("eve"), "ES256", {"kid": "one"})
    assert judge(forged) is AccessReason.WRONG_KEY


def test_a_token_without_a_known_key_is_not_believed() -> None:
    issuer = MemoryIssuer()
    issuer.signing["three"] = elliptic("three")
    assert judge(issuer.token("three"), issuer) is AccessReason.WRONG_KEY
    assert judge(jwt.encode(claims_of(), elliptic("one"), "ES256"), issuer) is AccessReason.WRONG_KEY


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_an_unsigned_token_is_not_believed(algorithm: str) -> None:
    head = part({"alg": algorithm, "typ": "JWT", "kid": "one"})
    assert judge(f"{head}.{part(claims_of())}.") is AccessReason.WRONG_KEY


def test_a_public_key_is_no_shared_secret() -> None:
    """The confusion of HS256 with RS256: whoever knows the public key would sign with it."""
    issuer = with_rsa()
    pem = (
        rivest("two")
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    for secret in (pem, json.dumps(public(rivest("two"), "two")).encode(), b""):
        signed = f"{part({'alg': 'HS256', 'kid': 'two'})}.{part(claims_of())}"
        seal = part(hmac.new(secret, signed.encode(), hashlib.sha256).digest())
        assert judge(f"{signed}.{seal}", issuer) is AccessReason.WRONG_KEY


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_a_way_of_signing_that_the_key_does_not_name_is_not_accepted(algorithm: str) -> None:
    token = jwt.encode(claims_of(), rivest("two"), algorithm, {"kid": "two"})
    assert judge(token, with_rsa()) is AccessReason.WRONG_KEY


def test_a_key_inside_the_token_is_not_looked_at() -> None:
    eve = public(elliptic("eve"), "one")
    headers = {"kid": "one", "jwk": eve, "jku": "https://eve.example/keys", "x5u": "https://eve.example/x"}
    issuer = MemoryIssuer()
    assert judge(jwt.encode(claims_of(), elliptic("eve"), "ES256", headers), issuer) is AccessReason.WRONG_KEY
    assert {address.rpartition("/")[0] for address in issuer.fetches} == {ISSUER, f"{ISSUER}/.well-known"}


@pytest.mark.parametrize("changed", [0, 1, 2])
def test_a_token_that_was_changed_anywhere_is_not_believed(changed: int) -> None:
    parts = MemoryIssuer().token().split(".")
    parts[changed] = parts[changed][:-6] + ("AAAAAA" if parts[changed][-6:] != "AAAAAA" else "BBBBBB")
    assert judge(".".join(parts)) in {AccessReason.WRONG_KEY, AccessReason.MALFORMED}


@pytest.mark.parametrize(
    "token",
    [
        "..",
        "a.b.c",
        "eyJ.e30.",
        f"{part([1])}.{part({})}.{part(b'x')}",
        f"{part({'alg': 'ES256', 'kid': 7})}.{part({})}.{part(b'x')}",
        f"{part({'alg': 'ES256', 'kid': 'one', 'crit': ['exp']})}.{part({})}.{part(b'x')}",
        f"{part(b'{' * 2_000)}.{part({})}.{part(b'x')}",
        f"{part(b'[' * 5_000)}.{part({})}.{part(b'x')}",
        "é.é.é",
        "\ud800.\ud800.\ud800",
        f"{part({'alg': 'ES256'})}.{'A' * 9_000}.AA",
    ],
)
def test_what_is_no_token_is_malformed(token: str) -> None:
    assert judge(token) is AccessReason.MALFORMED


@pytest.mark.parametrize("payload", [b"[1]", b'"ada"', b"{", b"[" * 4_000, b"\xff"])
def test_a_signed_payload_that_is_no_object_is_malformed(payload: bytes) -> None:
    signed: Any = jwt.PyJWS().encode(payload, elliptic("one"), "ES256", {"kid": "one"})
    assert judge(signed) is AccessReason.MALFORMED
