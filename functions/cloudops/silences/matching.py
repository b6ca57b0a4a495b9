"""Decides which alerts are muted, by silences and maintenance windows; validates silences.

Matchers use RE2, so matching takes linear time on any text. This module imports google-re2: keep it
apart from `silence`, which functions with short cold starts import.
"""

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
"""Fields that a matcher may name, besides `label.NAME`."""
LABEL: Final = "label."
MAX_MATCHERS: Final = 20
MAX_MATCHER_VALUE: Final = 500
"""Characters of a matcher's value."""


class MuteReason(msgspec.Struct, frozen=True):
    """Why an alert is muted. `by` is the id of the silence, or "" if the source itself mutes the alert."""

    by: str
    reason: str


def mute_reason(alert: Alert, silences: Iterable[Silence], now: EpochMillis) -> MuteReason | None:
    """Returns the first reason to mute the alert, or None. A muted alert is stored and counted all the
    same."""
    if alert.muted:
        return MuteReason("", alert.muted)
    for silence in silences:
        if silence.is_active(now) and all(_matches(matcher, alert) for matcher in silence.matchers):
            return MuteReason(silence.id, f"{silence.kind} by {silence.author}: {silence.comment}")
    return None


def mark_muted(alert: Alert, silences: Sequence[Silence]) -> Alert:
    """Returns the alert, with the reason in `muted` if a silence matches it when it is received."""
    if alert.muted or not alert.is_firing:
        return alert
    mute = mute_reason(alert, silences, alert.received_at)
    return replace(alert, muted=mute.reason) if mute else alert


def validate_silence(silence: Silence) -> Silence:
    """Returns the silence unchanged.

    Raises:
        BadInput: The silence would mute everything, never or for no stated reason, or a pattern is
        invalid; names the field.
    """
    if not silence.matchers:
        raise BadInput("a silence without matchers would mute everything", field="matchers")
    if len(silence.matchers) > MAX_MATCHERS:
        raise BadInput(f"more than {MAX_MATCHERS} matchers", field="matchers")
    if silence.ends_at <= silence.starts_at:
        raise BadInput("the silence ends before it starts", field="endsAt")
    if silence.repeats_every and silence.repeats_every < silence.ends_at - silence.starts_at:
        raise BadInput("the silence would start again before it ends", field="repeatsEvery")
    if not silence.comment.strip():
        raise BadInput("a silence needs a comment that says why", field="comment")
    for number, matcher in enumerate(silence.matchers):
        if fault := _fault_of(matcher):
            raise BadInput(f"{matcher}: {fault}", field=f"matchers[{number}]")
    if all(_matches(matcher, _NOTHING) for matcher in silence.matchers):
        raise BadInput(
            "the matchers match an alert without any field, so they would match too many", field="matchers"
        )
    return silence


def _fault_of(matcher: Matcher) -> str:
    if matcher.field not in FIELDS and not matcher.field.startswith(LABEL):
        return f"the field is none of {', '.join(FIELDS)}, label.NAME"
    if len(matcher.value) > MAX_MATCHER_VALUE:
        return f"the value is longer than {MAX_MATCHER_VALUE} characters"
    if matcher.operator in (Operator.MATCHES, Operator.NOT_MATCHES):
        try:
            _pattern(matcher.value)
        except re2.error as error:
            return f"not a pattern: {error.args[0]!r}"
    return ""


def _matches(matcher: Matcher, alert: Alert) -> bool:
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
