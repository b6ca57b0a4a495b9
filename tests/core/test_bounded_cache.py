"""The cache has a maximum size, and evicts the oldest entry."""

from cloudops.core.bounded_cache import put_bounded


def test_the_oldest_entry_is_evicted() -> None:
    cache: dict[str, int] = {}
    for number, name in enumerate("abcd"):
        put_bounded(cache, name, number, 3)
    assert cache == {"b": 1, "c": 2, "d": 3}


def test_a_replaced_entry_evicts_no_other() -> None:
    cache = {"a": 1, "b": 2}
    put_bounded(cache, "a", 3, 2)
    assert cache == {"a": 3, "b": 2}
