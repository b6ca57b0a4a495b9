"""Keys of an issuer: caching, rotation, and a limit on requests to the issuer."""

from typing import Any

import pytest

from cloudops.adapters.oidc.issuer import JwksClient
from cloudops.core.errors import Unavailable
from cloudops.core.time import HOUR, SECOND
from tests.fakes.issuer import ISSUER, MemoryIssuer, elliptic, public

HOUR_SECONDS = HOUR / SECOND


class Clock:
    seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def keys_of(issuer: MemoryIssuer) -> tuple[JwksClient, Clock]:
    clock = Clock()
    return JwksClient(ISSUER, issuer.fetch, clock), clock


def rotate(issuer: MemoryIssuer) -> None:
    issuer.signing = {"two": elliptic("two")}
    issuer.publish()


def test_a_known_key_is_requested_once_an_hour() -> None:
    issuer = MemoryIssuer()
    keys, clock = keys_of(issuer)
    for _ in range(3):
        assert keys.key("one") is not None
        clock.seconds += HOUR_SECONDS / 3
    assert len(issuer.fetches) == 2
    assert keys.key("one") is not None
    assert len(issuer.fetches) == 4


def test_a_new_key_is_found_as_soon_as_a_token_names_it() -> None:
    issuer = MemoryIssuer()
    keys, clock = keys_of(issuer)
    keys.key("one")
    rotate(issuer)
    clock.seconds += 10
    assert keys.key("two") is not None
    assert keys.key("one") is None


def test_a_withdrawn_key_is_valid_for_at_most_an_hour() -> None:
    issuer = MemoryIssuer()
    keys, clock = keys_of(issuer)
    keys.key("one")
    rotate(issuer)
    clock.seconds += HOUR_SECONDS - 1
    assert keys.key("one") is not None
    clock.seconds += 1
    assert keys.key("one") is None


def test_unknown_keys_cause_one_request_in_ten_seconds() -> None:
    issuer = MemoryIssuer()
    keys, clock = keys_of(issuer)
    for number in range(100):
        assert keys.key(f"unknown {number}") is None
    assert len(issuer.fetches) == 2
    clock.seconds += 10
    keys.key("unknown")
    assert len(issuer.fetches) == 4


def test_a_known_key_stays_valid_while_the_issuer_is_down() -> None:
    issuer = MemoryIssuer()
    keys, clock = keys_of(issuer)
    keys.key("one")
    issuer.down = True
    clock.seconds += 23 * HOUR_SECONDS
    assert keys.key("one") is not None
    assert keys.key("two") is None


def test_keys_are_valid_for_at_most_a_day_while_the_issuer_is_down() -> None:
    issuer = MemoryIssuer()
    keys, clock = keys_of(issuer)
    keys.key("one")
    issuer.down = True
    clock.seconds += 24 * HOUR_SECONDS
    with pytest.raises(Unavailable):
        keys.key("one")
    with pytest.raises(Unavailable):
        keys.key("one")
    assert len(issuer.fetches) == 3
    issuer.down = False
    clock.seconds += 10
    assert keys.key("one") is not None


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"issuer": "https://eve.example", "jwks_uri": f"{ISSUER}/keys"},
        {"issuer": ISSUER},
        {"issuer": ISSUER, "jwks_uri": 7},
        {"issuer": ISSUER, "jwks_uri": "http://issuer.example/keys"},
        {"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"},
    ],
)
def test_a_document_of_another_issuer_or_with_an_unsafe_address_is_rejected(document: Any) -> None:
    issuer = MemoryIssuer()
    issuer.document = document
    with pytest.raises(Unavailable):
        keys_of(issuer)[0].key("one")


@pytest.mark.parametrize(
    "record",
    [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "one"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "one", "alg": "RS512"},
        {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43, "kid": "one"},
        {"kty": "EC", "kid": "one"},
        {"kid": "one"},
        "one",
        None,
        {key: value for key, value in public(elliptic("one"), "one").items() if key != "kid"},
        public(elliptic("one"), "one") | {"use": "enc"},
    ],
)
def test_a_published_key_of_another_type_is_ignored(record: Any) -> None:
    issuer = MemoryIssuer()
    issuer.published = [record, public(elliptic("two"), "two")]
    keys, _ = keys_of(issuer)
    assert keys.key("one") is None
    assert keys.key("two") is not None


@pytest.mark.parametrize("listed", [None, {}, "keys", 7])
def test_a_malformed_list_of_keys_is_empty(listed: Any) -> None:
    issuer = MemoryIssuer()
    issuer.published = listed
    assert keys_of(issuer)[0].key("one") is None
