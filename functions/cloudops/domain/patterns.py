"""Many patterns matched against a text in one pass, in time that grows with the text alone (RE2)."""

from collections.abc import Sequence
from typing import Any

import re2  # type: ignore[import-untyped]

MAX_MEMORY = 64 << 20
"""Bytes for the automaton that RE2 builds as it reads; a set too large for it would match nothing."""


class PatternSet:
    """Case is ignored, and a space stands for any one of `space _ . / : -`, or for nothing at all."""

    __slots__ = ("_set",)

    def __init__(self, patterns: Sequence[str]) -> None:
        """The patterns must be ones that `fault_of` finds nothing wrong with."""
        self._set: Any = re2.Set.SearchSet(_options())
        for pattern in patterns:
            self._set.Add(_spelled(pattern))
        self._set.Compile()

    def matches(self, text: str) -> Sequence[int]:
        """The numbers of the patterns that occur in the text, in no particular order."""
        found: Sequence[int] | None = self._set.Match(text.encode("utf-8", "replace"))
        return found or ()


def fault_of(pattern: str) -> str:
    """What RE2 has against a pattern, or an empty string."""
    try:
        re2.compile(_spelled(pattern), _options())
    except re2.error as error:
        return error.args[0].decode("utf-8", "replace") if error.args else "not a pattern"
    return ""


def first_match(pattern: str, text: str) -> str:
    """The words of the text that a pattern found, or an empty string: for evidence, so not for speed."""
    found: Any = re2.compile(_spelled(pattern), _options()).search(text)
    return str(found.group()) if found else ""


def _spelled(pattern: str) -> str:
    return pattern.replace(" ", r"[\s_./:-]?")


def _options() -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MAX_MEMORY
    return options
