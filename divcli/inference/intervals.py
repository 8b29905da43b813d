"""Confidence intervals from resamples: the basic (reverse) bootstrap, made to hold near P = Q.

The basic bootstrap takes the spread of θ* - θ̂ among resamples for the spread of θ̂ - θ. A
divergence breaks that assumption near 0: its variance grows with θ, and resamples of two samples
lie further apart than the samples do, so that the plain interval covers 98-100 % there. But both
ends of the truth are at hand: the permutations have θ = 0, the bootstrap has θ = θ̂. Variance and
third moment are linear in θ between them (8c·JS is noncentral χ²: variance 2ν + 4λ, third moment
8ν + 24λ), and each limit is the θ under which the estimate would be a tail quantile. Far from 0
that is the basic bootstrap again. tests/benchmarks/calibration.py measures the coverage.
"""

from __future__ import annotations

import math

from divcli.inference.arrays import FloatArray, quantile
from divcli.inference.chi_square import normal_quantile
from divcli.inference.laws import Law, Moments, chi_square_moments, divergence_law


def limits(observed: float, law: Law, confidence: float) -> tuple[float, float]:
    """Lower and upper limit of θ, both at least 0: those θ under which the statistic is no rarity.

    The upper limit is never less than that of a statistic one standard deviation below the null
    mean, so that luck does not shrink an interval to a point (Cowan, Cranmer, Gross & Vitells
    2011). No θ below that one is missed from above, so there all of 1 - confidence is spent
    from below, and the interval holds 0 in just that share of samples of one distribution;
    beyond it half is spent on each side.
    """
    one_tail, two_tails = normal_quantile(confidence), normal_quantile((1 + confidence) / 2)
    least = _solve(law, law.quantile(0.0, -1.0), -two_tails)
    high = max(least, _solve(law, observed, -two_tails))
    low = _solve(law, observed, one_tail)
    return (low if low <= least else max(least, _solve(law, observed, two_tails))), high


def entropy_limits(
    estimate: float, plugin: float, resampled: Moments, cells: int, n: int, confidence: float
) -> tuple[float, float]:
    """Limits of an entropy, by the law of its distance from the uniform distribution, ln k - H.

    plugin: entropy the bootstrap samples come from; cells: occupied, k of at least 2. The null,
    uniform samples, is χ²/2n in closed form. Unlike a divergence the distance may come out
    below 0, where symbols have not been seen yet: there the spread of the null is kept.
    """
    ceiling = math.log(cells)
    mirrored = Moments(ceiling - resampled.mean, resampled.variance, -resampled.third)
    null = chi_square_moments(1 / (2 * n), cells - 1)
    law = divergence_law(null, mirrored, ceiling - plugin, cells - 1)
    nearest, farthest = limits(ceiling - estimate, law, confidence)
    if nearest == 0:
        tail = normal_quantile((1 + confidence) / 2)
        nearest = ceiling - estimate - law.quantile(0.0, tail)
    return max(ceiling - farthest, 0.0), ceiling - nearest


def basic_limits(estimate: float, draws: FloatArray, confidence: float) -> tuple[float, float]:
    """The plain basic interval, estimate less the quantiles of the draws about their mean.

    For cross-entropies, which have no null to be near to; from 0 on.
    Source: Davison & Hinkley (1997), chapter 5.
    """
    tail = (1 - confidence) / 2
    mean = float(draws.mean())
    low, high = quantile(draws, tail) - mean, quantile(draws, 1 - tail) - mean
    return max(estimate - high, 0.0), max(estimate - low, 0.0)


def distance_limits(
    observed: float, laws: tuple[Law, Law], confidence: float
) -> tuple[float, float]:
    """Lower limit by the first law, upper limit by the second."""
    low = limits(observed, laws[0], confidence)[0]
    return low, max(low, limits(observed, laws[1], confidence)[1])


def _solve(law: Law, observed: float, normal: float) -> float:
    """The θ >= 0 under which the observed statistic is this quantile; 0 where all lie above."""
    low, high = 0.0, 0.0
    step = math.sqrt(law.null.variance)
    while law.quantile(high, normal) < observed:
        low, high = high, high + step
        step *= 2
    for _ in range(45):
        middle = (low + high) / 2
        if law.quantile(middle, normal) < observed:
            low = middle
        else:
            high = middle
    return high
