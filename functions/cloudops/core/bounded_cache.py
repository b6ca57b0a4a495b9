"""What is worked out once and kept, bounded: for where comparing with what was kept beats hashing it all."""

from typing import Final, TypeVar

K = TypeVar("K")
V = TypeVar("V")


def put_bounded(held: dict[K, V], key: K, value: V, limit: int) -> None:
    """Hold at most `limit` values; the one that was put there first makes room."""
    while len(held) >= limit and key not in held:
        del held[next(iter(held))]
    held[key] = value


_WORDS: Final = (
    "source", "account", "environment", "environment_reason", "region", "service", "service_reason",
    "severity_reason", "metric", "namespace", "unit", "kind",
)  # fmt: skip
