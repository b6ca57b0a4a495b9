"""Which alerts nobody is to be told of: silences that people set, and the planned work that they announce."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

import msgspec
import re2  # type: ignore[import-untyped]
from msgspec.structs import replace

from cloudops.domain.alert import Alert, AlertStatus, Instant
from cloudops.domain.errors import BadInput

FIELDS: Final = (
    "account", "environment", "region", "service", "source", "title", "metric", "namespace", "severity",
    "fingerprint",
)  # fmt: skip
"""What a matcher may look at, beside `label.NAME`."""
LABEL: Final = "label."
MAX_MATCHERS: Final = 20
MAX_VALUE: Final = 500
"""Characters of a matcher's value."""


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
    starts_at: Instant
    ends_at: Instant
    comment: str
    author: str
    created_at: Instant
    kind: SilenceKind = SilenceKind.SILENCE
    repeats_every: int = 0

    def is_active(self, now: Instant) -> bool:
        """Whether it mutes at this moment."""
        since = now - self.starts_at
        if since < 0:
            return False
        return (since % self.repeats_every if self.repeats_every else since) < self.ends_at - self.starts_at

    def is_over(self, now: Instant) -> bool:
        """Whether it will never mute again."""
        return not self.repeats_every and now >= self.ends_at

    def ended(self, now: Instant) -> "Silence":
        """The same, over from this moment on."""
        return replace(self, starts_at=min(self.starts_at, now), ends_at=now, repeats_every=0)


class Mute(msgspec.Struct, frozen=True):
    """Why an alert is muted: `by` is the silence's id, or empty where the source itself mutes it."""

    by: str
    reason: str


def mute_reason(alert: Alert, silences: Iterable[Silence], now: Instant) -> Mute | None:
    """The first reason not to tell anybody of the alert, or None. It is kept, marked and counted anyway."""
    if alert.muted:
        return Mute("", alert.muted)
    for silence in silences:
        if silence.is_active(now) and all(_holds(matcher, alert) for matcher in silence.matchers):
            return Mute(silence.id, f"{silence.kind} by {silence.author}: {silence.comment}")
    return None


def marked(alert: Alert, silences: Sequence[Silence]) -> Alert:
    """The alert, with the reason why nobody is to be told of it where a silence holds when it comes in."""
    if alert.muted or not alert.is_firing:
        return alert
    mute = mute_reason(alert, silences, alert.received_at)
    return replace(alert, muted=mute.reason) if mute else alert


def checked(silence: Silence) -> Silence:
    """The same silence. BadInput names the field that makes it one that cannot be meant."""
    if not silence.matchers:
        raise BadInput("a silence without matchers would mute everything", field="matchers")
    if len(silence.matchers) > MAX_MATCHERS:
        raise BadInput(f"more than {MAX_MATCHERS} matchers", field="matchers")
    if silence.ends_at <= silence.starts_at:
        raise BadInput("it ends before it starts", field="endsAt")
    if silence.repeats_every and silence.repeats_every < silence.ends_at - silence.starts_at:
        raise BadInput("it would start again before it ends", field="repeatsEvery")
    if not silence.comment.strip():
        raise BadInput("say why, for whoever wonders at the quiet", field="comment")
    for number, matcher in enumerate(silence.matchers):
        if fault := _fault_of(matcher):
            raise BadInput(f"{matcher}: {fault}", field=f"matchers[{number}]")
    if all(_holds(matcher, _NOTHING) for matcher in silence.matchers):
        raise BadInput("the matchers hold for an alert that says nothing, so for too many", field="matchers")
    return silence


def _fault_of(matcher: Matcher) -> str:
    if matcher.field not in FIELDS and not matcher.field.startswith(LABEL):
        return f"the field is none of {', '.join(FIELDS)}, label.NAME"
    if len(matcher.value) > MAX_VALUE:
        return f"the value is longer than {MAX_VALUE} characters"
    if matcher.operator in (Operator.MATCHES, Operator.NOT_MATCHES):
        try:
            _pattern(matcher.value)
        except re2.error as error:
            return f"not a pattern: {error.args[0]!r}"
    return ""


def _holds(matcher: Matcher, alert: Alert) -> bool:
    value = _value_of(matcher.field, alert)
    match matcher.operator:
        case Operator.EQUAL:
            return value == matcher.value
        case Operator.NOT_EQUAL:
            return value != matcher.value
        case Operator.MATCHES:
            return _pattern(matcher.value).fullmatch(value) is not None
        case Operator.NOT_MATCHES:
            return _pattern(matcher.value).fullmatch(value) is None


def _value_of(field: str, alert: Alert) -> str:
    if field.startswith(LABEL):
        return alert.labels.get(field.removeprefix(LABEL), "")
    return str(getattr(alert, field) or "")


@lru_cache(maxsize=1024)
def _pattern(text: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(text, options)


_NOTHING: Final = Alert(
    source="", fingerprint="", status=AlertStatus.FIRING, occurred_at=0, received_at=0, title=""
)
