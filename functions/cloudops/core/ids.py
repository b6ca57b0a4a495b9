"""Deterministic ids: the same parts in the same order give the same id."""

from hashlib import blake2b


def stable_id(*parts: str) -> str:
    """16 hexadecimal digits that name these parts in this order; stable across processes and versions."""
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
