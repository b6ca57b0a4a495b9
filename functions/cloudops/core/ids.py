"""Types of ids, and stable ids: the same parts in the same order give the same id."""

from hashlib import blake2b
from typing import Final, NewType

IncidentId = NewType("IncidentId", str)
"""Such as inc_5f0c."""

NO_INCIDENT: Final = IncidentId("")
"""The default of a field that is empty where there is no incident."""

SuggestionId = NewType("SuggestionId", str)
"""Its incident's id and its action, such as inc_5f0c.rollback."""

ExecutionId = NewType("ExecutionId", str)
"""Its incident's id and a digest of its suggestion and plan, such as inc_5f0c.x81d2."""


def stable_id(*parts: str) -> str:
    """Returns 16 hexadecimal digits that identify these parts in this order (BLAKE2b, 64 bits).

    The same parts give the same id in every process and every version.
    """
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
