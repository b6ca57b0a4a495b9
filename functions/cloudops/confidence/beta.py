"""Quantiles of the Beta distribution, so that no numerical library has to ship with the functions."""

from math import exp, lgamma, log, log1p, sqrt
from typing import Final

QUANTILE_TOLERANCE: Final = 1e-10
"""Absolute error of a quantile: far below what is shown, far above the rounding of doubles."""
CONVERGED: Final = 1e-15
"""Relative change at which the continued fraction has converged: a few units in the last place."""
MAX_TERMS: Final = 10_000
"""The fraction needs about sqrt(max(a, b)) terms; this allows parameters of 10^7."""
TINY: Final = 1e-300
"""Stands in for a zero denominator in the continued fraction (Lentz's method)."""
Z_TENTH: Final = -1.2816
"""The standard normal's 10th percentile, where the search for a quantile starts."""


def cumulative(x: float, a: float, b: float) -> float:
    """Returns P(X <= x) for X ~ Beta(a, b): the regularized incomplete beta function, for a, b > 0.

    Source: the continued fraction DLMF 8.17.22, on the side of the mean where it converges fast."""
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - cumulative(1.0 - x, b, a)
    return exp(a * log(x) + b * log1p(-x) - _log_beta(a, b)) / (a * _fraction(x, a, b))


def quantile(probability: float, a: float, b: float) -> float:
    """Returns the x in [0, 1] with P(X <= x) = probability for X ~ Beta(a, b), to 1e-10.

    Newton steps; a step that leaves the bracket of earlier ones is replaced by the bracket's middle."""
    low, high, scale = 0.0, 1.0, _log_beta(a, b)
    mean = a / (a + b)
    x = mean + Z_TENTH * sqrt(mean * (1.0 - mean) / (a + b + 1.0))
    while high - low > QUANTILE_TOLERANCE:
        if not low < x < high:
            x = (low + high) / 2.0
        excess = cumulative(x, a, b) - probability
        low, high = (low, x) if excess > 0.0 else (x, high)
        density = exp((a - 1.0) * log(x) + (b - 1.0) * log1p(-x) - scale)
        step = excess / density if density > TINY else 1.0
        if abs(step) < QUANTILE_TOLERANCE:
            return min(max(x - step, 0.0), 1.0)
        x -= step
    return (low + high) / 2.0


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _fraction(x: float, a: float, b: float) -> float:
    value, upper, lower = 1.0, 1.0, 0.0
    for term in range(1, MAX_TERMS):
        m = term // 2
        if term % 2:
            part = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        else:
            part = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        lower = 1.0 / (1.0 + part * lower or TINY)
        upper = 1.0 + part / upper or TINY
        value *= upper * lower
        if abs(upper * lower - 1.0) < CONVERGED:
            break
    return value
