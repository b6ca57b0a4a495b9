"""Matches many patterns against a text in one pass, in time linear in the text (RE2)."""

from collections.abc import Sequence
from typing import Any

import re2  # type: ignore[import-untyped]

MAX_MEMORY = 32 << 20
"""Bytes for the automaton that RE2 builds while it reads. A set that needs more would match nothing."""


class PatternSet:
    """A compiled set of patterns. Case is ignored; a space matches one of `space _ . / : -`, or nothing."""

    __slots__ = ("_set",)

    def __init__(self, patterns: Sequence[str]) -> None:
        """`patterns` must pass `first_invalid_pattern`."""
        self._set: Any = re2.Set.SearchSet(_options())
        for pattern in patterns:
            self._set.Add(_spelled(pattern))
        self._set.Compile()

    def matches(self, text: str) -> Sequence[int]:
        """Returns the numbers of the patterns that occur in the text, in no particular order."""
        numbers: Sequence[int] | None = self._set.Match(text.encode("utf-8", "replace"))
        return numbers or ()


def first_invalid_pattern(patterns: Sequence[str]) -> tuple[str, str] | None:
    """Returns the first pattern that RE2 refuses, with the reason, or None if all are valid."""
    trial: Any = re2.Set.SearchSet(_options())
    for pattern in patterns:
        try:
            trial.Add(_spelled(pattern))
        except re2.error:
            return pattern, _reason(pattern)
    return None


def _reason(pattern: str) -> str:
    """Returns why RE2 refuses a pattern: a set reports only that it does."""
    try:
        re2.compile(_spelled(pattern), _options())
    except re2.error as error:
        return error.args[0].decode("utf-8", "replace") if error.args else "not a pattern"
    return "not a pattern"


def _spelled(pattern: str) -> str:
    return pattern.replace(" ", r"[\s_./:-]?")


def _options() -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MAX_MEMORY
    return options
