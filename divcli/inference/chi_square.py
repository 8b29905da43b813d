"""The chi-square law, central and noncentral, and the normal quantile, without scipy.

Source of the incomplete gamma function: DLMF 8.7.1 (series) and 8.9.2 (continued fraction).
"""

from __future__ import annotations

import math

import numpy as np

from divcli.inference.arrays import FloatArray

_EPSILON = 1e-16
_LEAST = 5e-324


def chi_square_tail(x: float, freedom: float) -> float:
    """Probability that χ² with this many degrees of freedom is x or more.

    Never 0: below the least double, that double.
    """
    if x <= 0:
        return 1.0
    a, z = freedom / 2, x / 2
    if z < a + 1:
        return 1.0 - _lower_gamma(a, z)
    return max(_upper_gamma(a, z), _LEAST)


def chi_square_quantile(probability: float, freedom: int) -> float:
    """Value that χ² with this many degrees of freedom exceeds with 1 - probability.

    Newton's method from the Wilson-Hilferty (1931) approximation.
    """
    spread = 2 / (9 * freedom)
    root = 1 - spread + normal_quantile(probability) * math.sqrt(spread)
    x = freedom * max(root, 0.1) ** 3
    for _ in range(50):
        density = math.exp(-x / 2 + (freedom / 2 - 1) * math.log(x / 2) - math.lgamma(freedom / 2))
        step = 2 * (chi_square_tail(x, freedom) - (1 - probability)) / density
        x = max(x + step, x / 4)
        if abs(step) < 1e-13 * x:
            break
    return x


def noncentral_tail(x: float, freedom: int, noncentrality: float) -> float:
    """Probability that noncentral χ² is x or more: a Poisson mixture of central laws.

    Lower tails P(a) are summed downwards from the largest a, P(a) = P(a+1) + z^a e^-z / Γ(a+1),
    which adds and never subtracts. Source: Johnson, Kotz & Balakrishnan (1995), chapter 29.
    """
    mean, z = noncentrality / 2, x / 2
    width = 40 + 10 * math.sqrt(mean)
    index = np.arange(max(0, int(mean - width)), int(mean + width), dtype=np.float64)
    a = freedom / 2 + index
    weights = np.exp(_log_poisson(mean, int(index[0])) + _log_ratios(mean, index))
    masses = np.exp(a[0] * math.log(z) - z - math.lgamma(a[0] + 1) + _log_ratios(z, a))
    lower = _lower_gamma(float(a[-1]), z) + np.append(np.cumsum(masses[-2::-1])[::-1], 0.0)
    return float(1 - weights @ lower)


def normal_quantile(probability: float) -> float:
    """Standard normal quantile, by Newton's method on math.erfc from a crude start.

    The statistics module has one too, at 8 ms of import.
    """
    tail = min(probability, 1 - probability)
    start = math.sqrt(-2 * math.log(tail))
    # Hastings (1955), error below 4.5e-4: close enough for Newton to converge in a few steps.
    z = start - (2.515517 + start * (0.802853 + start * 0.010328)) / (
        1 + start * (1.432788 + start * (0.189269 + start * 0.001308))
    )
    for _ in range(4):
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        z += (0.5 * math.erfc(z / math.sqrt(2)) - tail) / density
    return z if probability > 0.5 else -z


def _log_poisson(mean: float, count: int) -> float:
    """Logarithm of the Poisson probability of one count."""
    return float(count * math.log(mean) - mean - math.lgamma(count + 1)) if mean else 0.0


def _log_ratios(z: float, a: FloatArray) -> FloatArray:
    """Logarithms of z^(a_j - a_0) Γ(a_0 + 1) / Γ(a_j + 1) along a run of steps of one."""
    with np.errstate(divide="ignore"):
        return np.append(0.0, np.cumsum(np.log(z / a[1:])))


def _lower_gamma(a: float, z: float) -> float:
    """Regularised lower incomplete gamma function P(a, z), by its series."""
    term = total = 1.0
    shift = a
    while term > _EPSILON * total:
        shift += 1
        term *= z / shift
        total += term
    return total * math.exp(a * math.log(z) - z - math.lgamma(a + 1))


def _upper_gamma(a: float, z: float) -> float:
    """Regularised upper incomplete gamma function Q(a, z), by Lentz's continued fraction."""
    b = z + 1 - a
    c, d = math.inf, 1 / b
    fraction = d
    for i in range(1, 100_000):
        numerator = -i * (i - a)
        b += 2
        d = 1 / (numerator * d + b)
        c = b + numerator / c
        fraction *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return fraction * math.exp(a * math.log(z) - z - math.lgamma(a))
