"""How far a group of votes corrects what was expected of it, and how many votes that expectation is worth."""

from collections.abc import Iterable
from math import exp, log
from typing import Final, NamedTuple

from cloudops.domain.evidence import Evidence

PRIOR_STRENGTH: Final = 8.0
"""Votes that an expectation is worth against what it meets, until the cells themselves tell."""
STRENGTH_TRUST: Final = 200.0
"""Votes beyond the first of a group that it takes for what the cells tell to outweigh PRIOR_STRENGTH."""
STRENGTH_BOUNDS: Final = (2.0, 200.0)
"""Votes: whatever the cells seem to tell, no expectation is worth less or more."""
EDGE: Final = 0.02
"""No expectation comes closer to 0 or 1 than one in fifty, so that votes can still move it."""


class Expectation(NamedTuple):
    """A chance, and how badly its sources know it: the variance they leave, as a share of p(1 - p)."""

    mean: float
    doubt: float = 0.0


def correction(seen: Evidence, base: float, strength: float) -> float:
    """How far a group's posterior is from what the rules, shifted by `base`, expected; on the logit scale."""
    expected = shifted(seen.prior, base)
    posterior = (seen.effective * seen.rate + strength * expected) / (seen.effective + strength)
    return _logit(posterior) - _logit(expected)


def estimated_strength(groups: Iterable[tuple[Evidence, Expectation]]) -> float:
    """What an expectation is worth in votes, from how much groups differ from it beyond chance.

    Moments of the beta-binomial: n (rate - mean)^2 / (mean (1 - mean)) averages 1 + (n - 1) / (strength + 1),
    and n times the expectation's own doubt on top; PRIOR_STRENGTH counts as STRENGTH_TRUST such votes. A
    group counts by (n - 1) / n: a lone vote is all chance and tells nothing of how groups differ."""
    spread, trust = STRENGTH_TRUST / (PRIOR_STRENGTH + 1.0), STRENGTH_TRUST
    for seen, (mean, doubt) in groups:
        n = seen.effective
        if n > 1.0:
            telling = (n - 1.0) / n
            chance = mean * (1.0 - mean)
            spread += telling * (n * (seen.rate - mean) ** 2 / chance - 1.0 - n * doubt)
            trust += telling * (n - 1.0)
    least, most = STRENGTH_BOUNDS
    return 1.0 / min(max(spread / trust, 1.0 / (most + 1.0)), 1.0 / (least + 1.0)) - 1.0


def shifted(chance: float, by: float) -> float:
    """A chance moved on the logit scale, and kept EDGE away from certainty."""
    return _within(1.0 / (1.0 + exp(-_logit(chance) - by)))


def _logit(chance: float) -> float:
    inside = _within(chance)
    return log(inside / (1.0 - inside))


def _within(chance: float) -> float:
    return min(max(chance, EDGE), 1.0 - EDGE)
