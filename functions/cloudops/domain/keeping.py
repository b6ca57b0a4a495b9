"""What is worked out once and kept, bounded: for where comparing with what was kept beats hashing it all."""

from sys import intern
from typing import Final, TypeVar

from msgspec.structs import replace

from cloudops.domain.alert import Alert

K = TypeVar("K")
V = TypeVar("V")


def keep(held: dict[K, V], key: K, value: V, limit: int) -> None:
    """Hold at most `limit` values; the one that was put there first makes room."""
    while len(held) >= limit and key not in held:
        del held[next(iter(held))]
    held[key] = value


_WORDS: Final = (
    "source", "account", "environment", "environment_reason", "region", "service", "service_reason",
    "severity_reason", "metric", "namespace", "unit", "kind",
)  # fmt: skip


def with_shared_words(alert: Alert) -> Alert:
    """The alert with the words that many alerts have in common held once, for all of them."""
    return replace(alert, **{name: intern(getattr(alert, name)) for name in _WORDS})
