"""Noise floors in closed form: what no difference looks like, where nothing was resampled.

With c = nm/(n+m) and ν occupied cells less one, 8c·JS, 2c·KL, c·PSI, 8c·H² and c·χ² follow χ²_ν
when P = Q and no cell is sparse (Read & Cressie 1988). Sparse cells are for the permutations.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from divcli.inference.arrays import Counts, as_pair
from divcli.inference.chi_square import chi_square_quantile, normal_quantile

# Divisor of the χ² variable, in multiples of c.
_DIVISORS: Mapping[str, int] = MappingProxyType(
    {"js": 8, "kl_pq": 2, "kl_qp": 2, "jeffreys": 1, "hellinger_squared": 8, "chi2": 1}
)


class Noise(NamedTuple):
    """What a plug-in quantity is under P = Q, in nats: its mean and its upper quantile."""

    mean: float
    floor: float


def noise(quantity: str, x: Counts, y: Counts, confidence: float = 0.95) -> Noise:
    """Mean and quantile of a quantity under P = Q, in nats.

    x, y: counts, shape (k,); quantity: js, kl_pq, kl_qp, jeffreys, hellinger_squared, chi2, tv.
    KeyError for those that are not 0 where P = Q.
    """
    a, b = as_pair(x, y)
    n, m = int(a.sum()), int(b.sum())
    c = n * m / (n + m)
    if quantity == "tv":
        return _total_variation((a + b) / (n + m), c, confidence)
    divisor = _DIVISORS[quantity] * c
    freedom = int(np.count_nonzero(a + b)) - 1
    if freedom == 0:
        return Noise(0.0, 0.0)
    return Noise(freedom / divisor, chi_square_quantile(confidence, freedom) / divisor)


def _total_variation(p: np.ndarray, c: float, confidence: float) -> Noise:
    """½Σ|p - q| as half a sum of folded normals with the correlations of a multinomial.

    Cov(|a|,|b|) = 2/π σ_a σ_b (ρ asin ρ + √(1-ρ²) - 1), to second order ρ²/π σ_a σ_b, which is a
    product of a term of each, so that the double sum is the square of a sum. The quantile is
    the normal one.
    """
    deviations = np.sqrt(p * (1 - p) / c)
    mean = math.sqrt(2 / math.pi) * float(deviations.sum()) / 2
    shared = deviations * np.divide(p, 1 - p, out=np.zeros_like(p), where=p < 1)
    covariances = (float(shared.sum()) ** 2 - float(shared @ shared)) / math.pi
    variance = ((1 - 2 / math.pi) * float(deviations @ deviations) + covariances) / 4
    return Noise(mean, mean + normal_quantile(confidence) * math.sqrt(variance))
