"""Many patterns matched against a text in one pass, in time that grows with the text alone (RE2)."""

from collections.abc import Sequence
from typing import Any

import re2  # type: ignore[import-untyped]

MAX_MEMORY = 32 << 20
"""Bytes for the automaton that RE2 builds as it reads; a set too large for it would match nothing."""


class PatternSet:
    """Case is ignored, and a space stands for any one of `space _ . / : -`, or for nothing at all."""

    __slots__ = ("_set",)

    def __init__(self, patterns: Sequence[str]) -> None:
        """The patterns must be ones that `first_fault` finds nothing wrong with."""
        self._set: Any = re2.Set.SearchSet(_options())
        for pattern in patterns:
            self._set.Add(_spelled(pattern))
        self._set.Compile()

    def matches(self, text: str) -> Sequence[int]:
        """The numbers of the patterns that occur in the text, in no particular order."""
        found: Sequence[int] | None = self._set.Match(text.encode("utf-8", "replace"))
        return found or ()


def first_invalid_pattern(patterns: Sequence[str]) -> tuple[str, str] | None:
    """The first pattern that RE2 does not take, and what it has against it."""
    trial: Any = re2.Set.SearchSet(_options())
    for pattern in patterns:
        try:
            trial.Add(_spelled(pattern))
        except re2.error:
            return pattern, _reason(pattern)
    return None


def _reason(pattern: str) -> str:
    """A set only says that it failed; alone, a pattern is told why, in bytes."""
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
