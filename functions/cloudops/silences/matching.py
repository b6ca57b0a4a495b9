"""Which alerts nobody is to be told of: silences that people set, and the planned work that they announce."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec
import re2  # type: ignore[import-untyped]
from msgspec.structs import replace

from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.core.errors import BadInput
from cloudops.core.time import EpochMillis
from cloudops.silences.silence import Matcher, Operator, Silence

FIELDS: Final = (
    "account", "environment", "region", "service", "source", "title", "metric", "namespace", "severity",
    "fingerprint",
)  # fmt: skip
"""What a matcher may look at, beside `label.NAME`."""
LABEL: Final = "label."
MAX_MATCHERS: Final = 20
MAX_VALUE: Final = 500
"""Characters of a matcher's value."""


class MuteReason(msgspec.Struct, frozen=True):
    """Why an alert is muted: `by` is the silence's id, or empty where the source itself mutes it."""

    by: str
    reason: str


def mute_reason(alert: Alert, silences: Iterable[Silence], now: EpochMillis) -> MuteReason | None:
    """The first reason not to tell anybody of the alert, or None. It is kept, marked and counted anyway."""
    if alert.muted:
        return MuteReason("", alert.muted)
    for silence in silences:
        if silence.is_active(now) and all(_holds(matcher, alert) for matcher in silence.matchers):
            return MuteReason(silence.id, f"{silence.kind} by {silence.author}: {silence.comment}")
    return None


def mark_muted(alert: Alert, silences: Sequence[Silence]) -> Alert:
    """The alert, with the reason why nobody is to be told of it where a silence holds when it comes in."""
    if alert.muted or not alert.is_firing:
        return alert
    mute = mute_reason(alert, silences, alert.received_at)
    return replace(alert, muted=mute.reason) if mute else alert


def validate_silence(silence: Silence) -> Silence:
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
