"""What a silence is: which alerts nobody is to be told of, from when until when, by whom and why."""

from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from cloudops.core.time import EpochMillis


class Operator(StrEnum):
    """As in Alertmanager; a pattern must match the whole value, in RE2's language."""

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
"""How the reason of a silence begins, which no source's own reason does."""


class Silence(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Alerts that meet every matcher from `starts_at` until before `ends_at`, and again each
    `repeats_every` milliseconds where that is not 0, are muted. Of kind maintenance it announces work."""

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
        """Whether it mutes at this moment."""
        since = now - self.starts_at
        if since < 0:
            return False
        return (since % self.repeats_every if self.repeats_every else since) < self.ends_at - self.starts_at

    def is_over(self, now: EpochMillis) -> bool:
        """Whether it will never mute again."""
        return not self.repeats_every and now >= self.ends_at

    def ended(self, now: EpochMillis) -> "Silence":
        """The same, over from this moment on."""
        return replace(self, starts_at=min(self.starts_at, now), ends_at=now, repeats_every=0)
