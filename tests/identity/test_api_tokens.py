"""API tokens: creation, storage as a hash, identification and revocation."""

import hashlib

import pytest

from cloudops.core.errors import BadInput, NotFound, Unavailable
from cloudops.identity.access import AccessReason, AuthenticationResult, Grant, Role, bearer
from cloudops.identity.api_tokens import ApiTokens
from tests.fakes.documents import MemoryDocument, NoDocument
from tests.fakes.people import token_of

RANDOM = bytes(range(32))
TOKEN = "cloudops_000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
CREATED = "2026-01-01T00:00:00Z"


def test_a_token_is_returned_once_and_only_its_hash_is_stored() -> None:
    document = MemoryDocument({"tokens": []})
    token, record = ApiTokens(document).create("jane", (Grant(Role.OPERATOR),), RANDOM, CREATED)
    assert token == TOKEN
    assert document.document == {
        "tokens": [
            {
                "id": record.id,
                "name": "jane",
                "grants": ["operator"],
                "hash": hashlib.sha256(TOKEN.encode()).hexdigest(),
                "createdAt": CREATED,
            }
        ]
    }
    assert TOKEN not in str(document.document)


def test_a_token_identifies_its_holder_and_role() -> None:
    tokens = ApiTokens(MemoryDocument({}))
    tokens.create("joe", (Grant(Role.VIEWER),), bytes(32), CREATED)
    token, record = tokens.create("jane", (Grant(Role.OPERATOR),), RANDOM, CREATED)
    known = AuthenticationResult(AccessReason.KNOWN, token_of("jane", key=record.id))
    assert tokens.identify(token) == known


@pytest.mark.parametrize("header", ["", "   ", "Bearer", "Bearer ", "Basic amFuZTpqYW5l", TOKEN])
def test_a_request_without_a_bearer_token_has_none(header: str) -> None:
    assert bearer(header) == ""


@pytest.mark.parametrize("header", [f"Bearer {TOKEN}", f"bearer  {TOKEN} "])
def test_the_scheme_is_read_in_any_case_and_with_any_spaces(header: str) -> None:
    assert bearer(header) == TOKEN


@pytest.mark.parametrize("token", [TOKEN[:-1], TOKEN + "0", TOKEN.upper(), "x", "\ud800", "é" * 5_000])
def test_another_token_is_unknown(token: str) -> None:
    tokens = ApiTokens(MemoryDocument({}))
    tokens.create("jane", (Grant(Role.OPERATOR),), RANDOM, CREATED)
    assert tokens.identify(token) == AuthenticationResult(AccessReason.UNKNOWN)


def test_the_hash_of_a_token_is_not_a_token() -> None:
    tokens = ApiTokens(MemoryDocument({}))
    _, record = tokens.create("jane", (Grant(Role.OPERATOR),), RANDOM, CREATED)
    assert tokens.identify(record.hash) == AuthenticationResult(AccessReason.UNKNOWN)


def test_a_new_token_works_at_once() -> None:
    elsewhere, here = MemoryDocument({}), MemoryDocument({})
    token, _ = ApiTokens(elsewhere).create("jane", (Grant(Role.ADMIN),), RANDOM, CREATED)
    here.changed_elsewhere(elsewhere.document)
    tokens = ApiTokens(here)
    assert tokens.identify(token).reason is AccessReason.KNOWN


def test_a_cached_token_is_identified_without_a_fresh_read() -> None:
    document = MemoryDocument({})
    tokens = ApiTokens(document)
    token, _ = tokens.create("jane", (Grant(Role.ADMIN),), RANDOM, CREATED)
    before = document.rereads
    tokens.identify(token)
    assert document.rereads == before


def test_a_revoked_token_is_unknown_and_the_others_are_known() -> None:
    tokens = ApiTokens(MemoryDocument({}))
    other, _ = tokens.create("joe", (Grant(Role.VIEWER),), bytes(32), CREATED)
    token, record = tokens.create("jane", (Grant(Role.OPERATOR),), RANDOM, CREATED)
    assert tokens.revoke(record.id) == record
    assert tokens.identify(token).reason is AccessReason.UNKNOWN
    assert tokens.identify(other).reason is AccessReason.KNOWN
    assert [record.name for record in tokens.records()] == ["joe"]


def test_the_error_for_an_unknown_id_names_it() -> None:
    with pytest.raises(NotFound, match="tok_1"):
        ApiTokens(MemoryDocument({})).revoke("tok_1")


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "n" * 65])
def test_a_name_that_is_empty_long_or_not_printable_is_rejected(name: str) -> None:
    with pytest.raises(BadInput) as raised:
        ApiTokens(MemoryDocument({})).create(name, (Grant(Role.VIEWER),), RANDOM, CREATED)
    assert raised.value.field == "name"


def test_no_token_is_known_while_the_records_cannot_be_read() -> None:
    assert ApiTokens(NoDocument()).identify(TOKEN) == AuthenticationResult(AccessReason.UNVERIFIABLE)


@pytest.mark.parametrize(
    "tokens",
    [
        "all",
        [7],
        [{"id": "tok_1", "name": "jane", "role": "god", "hash": "00"}],
        [{"id": "tok_1", "name": "jane", "role": "admin"}],
    ],
)
def test_no_token_is_known_if_a_record_is_malformed(tokens: object) -> None:
    tokens = ApiTokens(MemoryDocument({"tokens": tokens}))
    assert tokens.identify(TOKEN) == AuthenticationResult(AccessReason.UNVERIFIABLE)
    with pytest.raises(Unavailable):
        tokens.records()
