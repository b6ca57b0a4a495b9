"""What every layer of correlation yields: a candidate with its score, and how a score falls with time."""

from math import exp
from typing import Final

import msgspec

from cloudops.core.time import MINUTE, SECOND, EpochMillis
from cloudops.correlation.decision import Reason
from cloudops.correlation.incoming_alert import FailureSignal
from cloudops.correlation.state import IncidentState

LINK_DECAY: Final = 10 * MINUTE
"""A failure follows its cause within minutes: the score falls to 1/e in this time."""
EVALUATION_SKEW: Final = MINUTE
"""Alarms evaluate by the minute, so a symptom may be reported shortly before its cause. The score of
that order falls to 1/e in this time."""

MIN_SCORE: Final = 0.2
"""The lowest score with which an alert joins an incident; below it, the alert opens one."""
COMPATIBILITY: Final = {FailureSignal.FAULT: 0.6, FailureSignal.LATENCY: 0.85, FailureSignal.ERRORS: 0.85}
"""Factor for an alert whose signal the candidate does not show; 1 if it does."""


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """An open incident that an alert could join, with a score from 0 to 1.

    `facts` are the values of `template`: most candidates lose, so evidence is only formatted on demand.
    An int among the facts is a duration in milliseconds."""

    score: float
    incident: IncidentState
    reason: Reason
    template: str
    facts: tuple[str | EpochMillis, ...] = ()

    @property
    def evidence(self) -> tuple[str, ...]:
        """Returns one line of evidence, with durations in seconds or minutes."""
        texts = [_span(fact) if isinstance(fact, int) else fact for fact in self.facts]
        return (self.template.format(*texts),)


def time_decay(elapsed: EpochMillis) -> float:
    """Returns a factor from 0 to 1 for a follower `elapsed` milliseconds after a failure.

    A negative time means that the follower was reported first, which decays faster."""
    return exp(-elapsed / LINK_DECAY) if elapsed > 0 else exp(elapsed / EVALUATION_SKEW)


def _span(elapsed: EpochMillis) -> str:
    seconds = max(0, round(elapsed / SECOND))
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
