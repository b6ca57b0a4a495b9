"""Creates, lists, revokes and identifies API tokens."""

from collections.abc import Callable, Mapping
from typing import Protocol

from cloudops.core.errors import BadInput, CloudOpsError, NotFound, Unavailable
from cloudops.identity.access import (
    TOKEN_PREFIX,
    AccessReason,
    AuthenticationResult,
    Caller,
    CallerKind,
    Grant,
    TokenRecord,
    find_token,
    token_hash,
    token_subject,
)
from cloudops.identity.grants import stored_grants

MAX_TOKEN_NAME = 64


class TokenDocument(Protocol):
    """Port: stores the token records as one JSON object, `{"tokens": [...]}`. Methods raise CloudOpsError."""

    def read(self) -> Mapping[str, object]:
        """Returns the document, possibly from a cache."""
        ...

    def reread(self) -> Mapping[str, object]:
        """Returns the document, not older than a few seconds."""
        ...

    def change(self, change: Callable[[Mapping[str, object]], Mapping[str, object]]) -> None:
        """Replaces the document by the result of `change`, which may be called again after a conflict."""
        ...


class ApiTokens:
    """Use cases of API tokens."""

    def __init__(self, document: TokenDocument) -> None:
        self._document = document

    def identify(self, token: str) -> AuthenticationResult:
        """Returns the caller of a token, or UNKNOWN, or UNVERIFIABLE if the records cannot be read.

        A token that the cached records lack is looked up in fresh ones, so that a new token works at once.
        """
        try:
            record = find_token(token, _records(self._document.read()))
            record = record or find_token(token, _records(self._document.reread()))
        except CloudOpsError:
            return AuthenticationResult(AccessReason.UNVERIFIABLE)
        if record is None:
            return AuthenticationResult(AccessReason.UNKNOWN)
        caller = Caller(record.name, record.grants, token_subject(record.id), CallerKind.MACHINE)
        return AuthenticationResult(AccessReason.KNOWN, caller)

    def records(self) -> list[TokenRecord]:
        """Returns all records. Raises Unavailable if they cannot be read."""
        return _records(self._document.reread())

    def create(
        self, name: str, grants: tuple[Grant, ...], random: bytes, created_at: str
    ) -> tuple[str, TokenRecord]:
        """Creates a token, and returns it with its record. The token itself is not stored.

        Args:
            name: The holder, 1 to 64 printable characters.
            grants: What the holder may do, and where; at least one.
            random: 256 bits from the operating system.
            created_at: ISO 8601.

        Raises:
            BadInput: The name is invalid; `field` is `name`.
            Unavailable: The records cannot be read or written.
        """
        if not name.strip() or not name.isprintable() or len(name) > MAX_TOKEN_NAME:
            raise BadInput(
                f"a name is 1 to {MAX_TOKEN_NAME} printable characters, not {name!r}", field="name"
            )
        token = TOKEN_PREFIX + random.hex()
        digest = token_hash(token)
        record = TokenRecord(f"tok_{digest[:12]}", name.strip(), grants, digest, created_at)
        self._document.change(lambda document: _document([*_records(document), record]))
        return token, record

    def revoke(self, token_id: str) -> TokenRecord:
        """Revokes a token, and returns its record. Raises NotFound if there is no token of this id."""
        revoked: list[TokenRecord] = []

        def without(document: Mapping[str, object]) -> Mapping[str, object]:
            records = _records(document)
            revoked[:] = [record for record in records if record.id == token_id]
            if not revoked:
                raise NotFound(f"token {token_id}: not found")
            return _document([record for record in records if record.id != token_id])

        self._document.change(without)
        return revoked[0]


def _document(records: list[TokenRecord]) -> dict[str, object]:
    return {"tokens": [_encode(record) for record in records]}


def _records(document: Mapping[str, object]) -> list[TokenRecord]:
    """Returns the records. Raises Unavailable if any is malformed: a partial list would identify callers."""
    tokens = document.get("tokens", [])
    if not isinstance(tokens, list):
        raise Unavailable("token records: tokens is not a list")
    return [_record(index, token) for index, token in enumerate(tokens)]


def _record(index: int, token: object) -> TokenRecord:
    match token:
        case {"id": str(id_), "name": str(name), "hash": str(hash_), **rest} if grants := stored_grants(rest):
            return TokenRecord(id_, name, grants, hash_, str(rest.get("createdAt", "")))
        case _:
            raise Unavailable(f"token records: tokens[{index}] is malformed")


def _encode(record: TokenRecord) -> dict[str, object]:
    return {
        "id": record.id,
        "name": record.name,
        "grants": [str(grant) for grant in record.grants],
        "hash": record.hash,
        "createdAt": record.created_at,
    }
