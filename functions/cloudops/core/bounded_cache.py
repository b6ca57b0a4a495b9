"""A bounded FIFO cache in a plain dict, for values that are cheaper to compare than to hash."""

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def put_bounded(cache: dict[K, V], key: K, value: V, limit: int) -> None:
    """Stores a value. A cache of `limit` entries first drops its oldest."""
    while len(cache) >= limit and key not in cache:
        del cache[next(iter(cache))]
    cache[key] = value
