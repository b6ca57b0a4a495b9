"""Makes, lists and revokes machine tokens, and tells whose one is."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Protocol

from cloudops.core.errors import BadInput, CloudOpsError, NotFound, Unavailable
from cloudops.identity.access import (
    TOKEN_PREFIX,
    AccessReason,
    AuthenticationResult,
    Caller,
    Role,
    TokenRecord,
    find_token,
    token_hash,
)

MAX_NAME = 64
_ROLES = frozenset(Role)


class Document(Protocol):
    """Where the token records live: one JSON object, `{"tokens": [...]}`."""

    def read(self) -> Mapping[str, object]: ...

    def reread(self) -> Mapping[str, object]: ...

    def change(self, change: Callable[[Mapping[str, object]], Mapping[str, object]]) -> None: ...


class ApiTokens:
    def __init__(self, document: Document) -> None:
        self._document = document

    def identify(self, token: str) -> AuthenticationResult:
        """Whose token this is. One that the remembered records do not know is looked up in fresh ones, so
        that a new token works at once."""
        try:
            record = find_token(token, _records(self._document.read()))
            record = record or find_token(token, _records(self._document.reread()))
        except CloudOpsError:
            return AuthenticationResult(AccessReason.UNVERIFIABLE)
        if record is None:
            return AuthenticationResult(AccessReason.UNKNOWN)
        return AuthenticationResult(AccessReason.KNOWN, Caller(record.name, record.role))

    def records(self) -> list[TokenRecord]:
        return _records(self._document.reread())

    def create(self, name: str, role: Role, random: bytes, created_at: str) -> tuple[str, TokenRecord]:
        """A new token, which is nowhere else from now on, and what is kept of it.

        `random` is 256 bits from the operating system; BadInput names `name` where it is not printable
        or longer than 64 characters.
        """
        if not name.strip() or not name.isprintable() or len(name) > MAX_NAME:
            raise BadInput(f"a name is 1 to {MAX_NAME} printable characters, not {name!r}", field="name")
        token = TOKEN_PREFIX + random.hex()
        digest = token_hash(token)
        record = TokenRecord(f"tok_{digest[:12]}", name.strip(), role, digest, created_at)
        self._document.change(lambda held: _document([*_records(held), record]))
        return token, record

    def revoke(self, token_id: str) -> TokenRecord:
        """NotFound names the id."""
        revoked: list[TokenRecord] = []

        def without(held: Mapping[str, object]) -> Mapping[str, object]:
            records = _records(held)
            revoked[:] = [record for record in records if record.id == token_id]
            if not revoked:
                raise NotFound(f"token {token_id}: not found")
            return _document([record for record in records if record.id != token_id])

        self._document.change(without)
        return revoked[0]


def _document(records: list[TokenRecord]) -> dict[str, object]:
    return {"tokens": [_plain(record) for record in records]}


def _records(document: Mapping[str, object]) -> list[TokenRecord]:
    """Unavailable names the record that is not one of ours: nobody is let in on half a list."""
    tokens = document.get("tokens", [])
    if not isinstance(tokens, list):
        raise Unavailable("token records: tokens is not a list")
    return [_record(index, token) for index, token in enumerate(tokens)]


def _record(index: int, token: object) -> TokenRecord:
    match token:
        case {"id": str(id_), "name": str(name), "role": str(role), "hash": str(hash_), **rest} if (
            role in _ROLES
        ):
            return TokenRecord(id_, name, Role(role), hash_, str(rest.get("createdAt", "")))
        case _:
            raise Unavailable(f"token records: tokens[{index}] is malformed")


def _plain(record: TokenRecord) -> dict[str, str]:
    plain = asdict(record)
    plain["createdAt"] = plain.pop("created_at")
    return plain
