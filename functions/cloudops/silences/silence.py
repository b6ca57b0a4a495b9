"""What a silence is: matchers, a period that may repeat, an author and a comment."""

from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.core.time import EpochMillis


class Operator(StrEnum):
    """Comparison of a matcher, as in Alertmanager. A pattern (RE2) must match the whole value."""

    EQUAL = "="
    NOT_EQUAL = "!="
    MATCHES = "=~"
    NOT_MATCHES = "!~"


class Matcher(msgspec.Struct, frozen=True, rename="camel"):
    """One condition on an alert; a label or field that the alert lacks counts as empty."""

    field: str
    operator: Operator
    value: str

    def __str__(self) -> str:
        return f"{self.field}{self.operator}{self.value}"


class SilenceKind(StrEnum):
    SILENCE = "silence"
    MAINTENANCE = "maintenance"


BY_PERSON: Final = tuple(f"{kind} by " for kind in SilenceKind)
"""Prefixes of the reason that a silence gives; no source's own reason has one."""


class Silence(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Mutes the alerts that meet every matcher, from `starts_at` until before `ends_at`.

    Repeats every `repeats_every` milliseconds, unless that is 0. A silence of kind maintenance announces
    planned work.
    """

    id: str
    matchers: tuple[Matcher, ...]
    starts_at: EpochMillis
    ends_at: EpochMillis
    comment: str
    author: str
    created_at: EpochMillis
    kind: SilenceKind = SilenceKind.SILENCE
    repeats_every: int = 0

    def is_active(self, now: EpochMillis) -> bool:
        """Returns whether the silence mutes at `now`."""
        since = now - self.starts_at
        if since < 0:
            return False
        return (since % self.repeats_every if self.repeats_every else since) < self.ends_at - self.starts_at

    def is_over(self, now: EpochMillis) -> bool:
        """Returns whether the silence will never mute again."""
        return not self.repeats_every and now >= self.ends_at

    def ended(self, now: EpochMillis) -> "Silence":
        """Returns the silence with its end at `now`."""
        return replace(self, starts_at=min(self.starts_at, now), ends_at=now, repeats_every=0)
