"""Grants as text, in groups of an issuer and in stored records, and from the options of a command."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, Final

from cloudops.core.errors import BadInput
from cloudops.identity.access import Grant, Role

MAX_GRANT_VALUE: Final = 100
"""Characters of a team, an environment or an account in a grant."""
_ROLES: Final = frozenset(Role)
_FIELDS: Final = {"team": "team", "env": "environment", "account": "account"}


def parse_grant(text: str) -> Grant | None:
    """Returns the grant of a group or a stored text, or None if it is none.

    A text with an unknown, empty or repeated narrowing is none: its known part alone would grant more than
    its author meant.
    """
    role, *narrowings = text.split(":")
    if role not in _ROLES:
        return None
    pairs = [narrowing.partition("=") for narrowing in narrowings]
    fields = {_FIELDS.get(name, ""): value.strip() for name, _, value in pairs}
    if "" in fields or len(fields) < len(pairs) or not all(map(_is_value, fields.values())):
        return None
    return Grant(Role(role), **fields)


def stored_grants(record: Mapping[Any, object]) -> tuple[Grant, ...]:
    """Returns the grants of a stored record (Any: its JSON keys), or () if one of them is malformed.

    A record of an earlier version has a role instead, which is not narrowed.
    """
    texts = record.get("grants", [record.get("role")])
    if not isinstance(texts, list):
        return ()
    grants = [parse_grant(text) if isinstance(text, str) else None for text in texts]
    known = tuple(grant for grant in grants if grant is not None)
    return known if len(known) == len(grants) else ()


def narrowed_grants(
    role: Role, teams: Sequence[str], environments: Sequence[str], accounts: Sequence[str]
) -> tuple[Grant, ...]:
    """Returns one grant for each combination of a team, an environment and an account.

    An empty sequence does not narrow.

    Raises:
        BadInput: A value is empty, too long, or has a character that grants reserve; names it.
    """
    for value in (*teams, *environments, *accounts):
        if not _is_value(value.strip()):
            raise BadInput(f"{value!r} is empty, too long, or has a colon", field="grant")
    stripped = ([value.strip() for value in values] or [""] for values in (teams, environments, accounts))
    return tuple(Grant(role, *values) for values in product(*stripped))


def _is_value(value: str) -> bool:
    return 0 < len(value) <= MAX_GRANT_VALUE and value.isprintable() and ":" not in value
