"""The law of a statistic as a function of the true value it is to estimate.

Both ends of it can be sampled: the permutations have a true value of 0, the bootstrap has the
observed one.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from divcli.inference.arrays import FloatArray

# Weight of the χ² law against the bootstrap where the latter is nearly at the null itself, as a
# share of the null mean: the ratio of two small differences would be noise.
_PRIOR = 0.25


class Moments(NamedTuple):
    """Mean, variance and third central moment of a statistic under one law."""

    mean: float
    variance: float
    third: float


class Law(NamedTuple):
    """The law of a statistic as a function of the true value θ >= 0 it is to estimate.

    Mean shift + √(offset² + gain·θ²), which is θ for an unbiased one; variance and third central
    moment linear in θ up to linear_to, constant beyond.
    """

    null: Moments
    variance_slope: float
    third_slope: float
    linear_to: float = math.inf
    shift: float = 0.0
    offset: float = 0.0
    gain: float = 1.0

    def quantile(self, theta: float, normal: float) -> float:
        """Quantile of the statistic under θ at the probability of this standard normal one."""
        at = min(theta, self.linear_to)
        mean = self.shift + math.hypot(self.offset, math.sqrt(self.gain) * theta)
        variance = self.null.variance + self.variance_slope * at
        if variance <= 0:
            return mean
        skewness = (self.null.third + self.third_slope * at) / variance**1.5
        return mean + math.sqrt(variance) * _skewed(normal, max(-4.0, min(skewness, 4.0)))

    def estimate(self, observed: float) -> float:
        """The θ whose mean is the observed statistic; 0 where none is that small."""
        excess = max(observed - self.shift, self.offset) ** 2 - self.offset**2
        return math.sqrt(excess / self.gain)


def moments(draws: FloatArray) -> Moments:
    """The first three moments of draws, shape (R,)."""
    mean = float(draws.mean())
    gaps = draws - mean
    squares = gaps * gaps
    return Moments(mean, float(squares.mean()), float((squares * gaps).mean()))


def chi_square_moments(scale: float, freedom: int) -> Moments:
    """Moments of scale times a χ² variable."""
    return Moments(scale * freedom, 2 * scale**2 * freedom, 8 * scale**3 * freedom)


def divergence_law(null: Moments, resampled: Moments, theta: float, freedom: int) -> Law:
    """Law of an unbiased estimate of a divergence, from the null (0) and the bootstrap (theta).

    freedom: occupied cells - 1. Where the variance falls with θ, as it does near the upper
    bound of a measure, it stays constant beyond theta.
    """
    gain = resampled.variance - null.variance
    if gain <= 0 < theta:
        return Law(null, gain / theta, (resampled.third - null.third) / theta, theta)
    scale = math.sqrt(null.variance / (2 * freedom))
    weight = _PRIOR * scale * freedom
    return Law(
        null,
        (max(gain, 0.0) + 4 * scale * weight) / (max(theta, 0.0) + weight),
        (resampled.third - null.third + 24 * scale**2 * weight) / (max(theta, 0.0) + weight),
    )


def distance_laws(null: Moments, resampled: Moments, theta: float) -> tuple[Law, Law]:
    """Laws of a plug-in distance linear in |p - q|, the total variation, for its two extremes.

    Where the difference is on a few symbols, chance on the others adds to it: far from 0 a mean
    of θ + φ m₀, m₀ the null mean. Where it is spread over all, chance hides in it: a mean of
    √(m₀² + g θ²).
    The data hardly tell which, so the lower limit is of the first law, the upper of the second.
    The bootstrap, which adds as much noise again to the plug-in value theta, tells φ and g, by
    the idea of simulation-extrapolation (Cook & Stefanski 1994); near the null both are 1.
    """
    weight = _PRIOR * null.mean
    slopes = (
        (resampled.variance - null.variance) / (theta + weight),
        (resampled.third - null.third) / (theta + weight),
        max(theta, weight),
    )
    near = min(1.0, null.mean / max(theta, null.mean)) ** 2
    share = min(max((resampled.mean - theta) / ((math.sqrt(2) - 1) * null.mean), 0.0), 1.0)
    excess = max(resampled.mean**2 - null.mean**2, 0.0)
    gain = max((excess + weight**2) / (theta**2 + weight**2), 0.1)
    shift = (near + (1 - near) * share) * null.mean
    few = Law(null, *slopes, shift=shift, offset=null.mean - shift)
    return few, Law(null, *slopes, offset=null.mean, gain=gain)


def _skewed(normal: float, skewness: float) -> float:
    """Quantile of the standardised gamma law of this skewness. Source: Wilson & Hilferty (1931)."""
    if abs(skewness) < 1e-6:
        return normal
    cube = 1 + skewness * normal / 6 - skewness**2 / 36
    return 2 / skewness * (max(cube, 0.0) ** 3 - 1)
