"""What is kept stays bounded, and the oldest makes room."""

from cloudops.core.bounded_cache import put_bounded


def test_the_first_that_was_kept_makes_room() -> None:
    held: dict[str, int] = {}
    for number, name in enumerate("abcd"):
        put_bounded(held, name, number, 3)
    assert held == {"b": 1, "c": 2, "d": 3}


def test_what_is_kept_anew_takes_no_other_one_s_room() -> None:
    held = {"a": 1, "b": 2}
    put_bounded(held, "a", 3, 2)
    assert held == {"a": 3, "b": 2}
