"""An incident that a new alert could join: how much speaks for it, and the evidence."""

from math import exp
from typing import Final

import msgspec

from cloudops.domain.alert import Instant
from cloudops.domain.decision import Reason
from cloudops.domain.scope_state import MINUTE, IncidentState
from cloudops.domain.sign import Sign

FADE: Final = 10 * MINUTE
"""Failures follow their cause within minutes: the chance of a link falls to 1/e in this time."""
SKEW: Final = MINUTE
"""Alarms evaluate by the minute, so a symptom may be told of a little before its cause: the chance of
that falls to 1/e in this time."""

ENOUGH: Final = 0.2
"""The score from which an alert joins; below it stands alone."""
KINSHIP: Final = {Sign.OWN: 0.6, Sign.SLOW: 0.85, Sign.FAILING: 0.85}
"""How well a failure explains a sign that it does not show itself."""


class Company(msgspec.Struct, frozen=True, gc=False):
    """An incident that an alert could join; `words` and `facts` are the evidence, put together when asked."""

    score: float
    incident: IncidentState
    reason: Reason
    words: str
    facts: tuple[str | Instant, ...] = ()

    @property
    def evidence(self) -> tuple[str, ...]:
        """One sentence; of the facts, times are told as a person would."""
        told = [_span(fact) if isinstance(fact, int) else fact for fact in self.facts]
        return (self.words.format(*told),)


def fade(elapsed: Instant) -> float:
    return exp(-elapsed / FADE) if elapsed > 0 else exp(elapsed / SKEW)


def _span(elapsed: Instant) -> str:
    seconds = max(0, round(elapsed / 1000))
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
