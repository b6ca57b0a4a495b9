"""Signatures of tokens: only keys of the issuer and two algorithms are accepted."""

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from cloudops.adapters.oidc.issuer import JwksClient, OidcIssuer
from cloudops.identity.access import AccessReason
from tests.fakes.issuer import ISSUER, MemoryIssuer, claims_of, elliptic, public, rivest


def issuer_with(published: MemoryIssuer) -> OidcIssuer:
    return OidcIssuer(JwksClient(ISSUER, published.fetch, lambda: 0.0))


def verify(token: str, published: MemoryIssuer | None = None) -> object:
    return issuer_with(published or MemoryIssuer()).claims(token)


def segment(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def with_rsa() -> MemoryIssuer:
    issuer = MemoryIssuer()
    issuer.signing["two"] = rivest("two")
    issuer.publish()
    return issuer


@pytest.mark.parametrize("kid", ["one", "two"])
def test_a_token_of_the_issuer_has_its_claims(kid: str) -> None:
    issuer = with_rsa()
    assert verify(issuer.token(kid), issuer) == claims_of()


def test_another_key_with_the_same_id_is_rejected() -> None:
    forged = jwt.encode(claims_of(), elliptic("eve"), "ES256", {"kid": "one"})
    assert verify(forged) is AccessReason.WRONG_KEY


def test_a_token_without_a_known_key_is_rejected() -> None:
    issuer = MemoryIssuer()
    issuer.signing["three"] = elliptic("three")
    assert verify(issuer.token("three"), issuer) is AccessReason.WRONG_KEY
    assert verify(jwt.encode(claims_of(), elliptic("one"), "ES256"), issuer) is AccessReason.WRONG_KEY


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_an_unsigned_token_is_rejected(algorithm: str) -> None:
    header = segment({"alg": algorithm, "typ": "JWT", "kid": "one"})
    assert verify(f"{header}.{segment(claims_of())}.") is AccessReason.WRONG_KEY


def test_a_public_key_is_not_accepted_as_a_shared_secret() -> None:
    """Confusion of HS256 with RS256 would let anyone sign with the public key."""
    issuer = with_rsa()
    pem = (
        rivest("two")
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    for secret in (pem, json.dumps(public(rivest("two"), "two")).encode(), b""):
        signed = f"{segment({'alg': 'HS256', 'kid': 'two'})}.{segment(claims_of())}"
        signature = segment(hmac.new(secret, signed.encode(), hashlib.sha256).digest())
        assert verify(f"{signed}.{signature}", issuer) is AccessReason.WRONG_KEY


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_an_algorithm_other_than_that_of_the_key_is_rejected(algorithm: str) -> None:
    token = jwt.encode(claims_of(), rivest("two"), algorithm, {"kid": "two"})
    assert verify(token, with_rsa()) is AccessReason.WRONG_KEY


def test_a_key_inside_the_token_is_ignored() -> None:
    eve = public(elliptic("eve"), "one")
    headers = {"kid": "one", "jwk": eve, "jku": "https://eve.example/keys", "x5u": "https://eve.example/x"}
    issuer = MemoryIssuer()
    assert (
        verify(jwt.encode(claims_of(), elliptic("eve"), "ES256", headers), issuer) is AccessReason.WRONG_KEY
    )
    assert {address.rpartition("/")[0] for address in issuer.fetches} == {ISSUER, f"{ISSUER}/.well-known"}


@pytest.mark.parametrize("changed_part", [0, 1, 2])
def test_a_changed_token_is_rejected(changed_part: int) -> None:
    parts = MemoryIssuer().token().split(".")
    parts[changed_part] = parts[changed_part][:-6] + (
        "AAAAAA" if parts[changed_part][-6:] != "AAAAAA" else "BBBBBB"
    )
    assert verify(".".join(parts)) in {AccessReason.WRONG_KEY, AccessReason.MALFORMED}


@pytest.mark.parametrize(
    "token",
    [
        "..",
        "a.b.c",
        "eyJ.e30.",
        f"{segment([1])}.{segment({})}.{segment(b'x')}",
        f"{segment({'alg': 'ES256', 'kid': 7})}.{segment({})}.{segment(b'x')}",
        f"{segment({'alg': 'ES256', 'kid': 'one', 'crit': ['exp']})}.{segment({})}.{segment(b'x')}",
        f"{segment(b'{' * 2_000)}.{segment({})}.{segment(b'x')}",
        f"{segment(b'[' * 5_000)}.{segment({})}.{segment(b'x')}",
        "é.é.é",
        "\ud800.\ud800.\ud800",
        f"{segment({'alg': 'ES256'})}.{'A' * 9_000}.AA",
    ],
)
def test_a_text_that_is_not_a_token_is_malformed(token: str) -> None:
    assert verify(token) is AccessReason.MALFORMED


@pytest.mark.parametrize("payload", [b"[1]", b'"ada"', b"{", b"[" * 4_000, b"\xff"])
def test_a_signed_payload_that_is_not_an_object_is_malformed(payload: bytes) -> None:
    signed: Any = jwt.PyJWS().encode(payload, elliptic("one"), "ES256", {"kid": "one"})
    assert verify(signed) is AccessReason.MALFORMED
