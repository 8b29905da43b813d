"""Two samples of numbers compared by their distribution functions: KS, CvM, W1, energy.

All take the samples pooled by value, with multiplicities, so that rows, counts of values and
profiles come to the same. O(k log k) in the number of distinct values.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from divcli.inference.arrays import FloatArray, IntArray, as_counts
from divcli.inference.limit_laws import cramer_von_mises_tail, kolmogorov_tail
from divcli.inference.resampling import GENERATOR_LIMIT, monte_carlo_p_value, row_blocks
from divcli.inference.results import Outcome
from divcli.model.arrays import ascending

# Distinct values up to which the permutation test is made: 0.3 s for 999 permutations. Beyond,
# samples are large enough for the limit laws.
_PERMUTED = 2000


class PooledValues(NamedTuple):
    """Distinct values in ascending order, and how often each occurs in P and in Q, shape (k,)."""

    values: FloatArray
    x: IntArray
    y: IntArray

    @property
    def gaps(self) -> FloatArray:
        """F - G at each value, shape (k,)."""
        return np.cumsum(self.x) / int(self.x.sum()) - np.cumsum(self.y) / int(self.y.sum())


def pool_values(
    values_p: FloatArray,
    values_q: FloatArray,
    counts_p: IntArray | None = None,
    counts_q: IntArray | None = None,
) -> PooledValues:
    """Two samples by distinct value; counts: how often each value occurs, once if not given.

    ValueError for values that are not finite, and for samples that are empty.
    """
    sides = [_side(values_p, counts_p), _side(values_q, counts_q)]
    values = ascending(sides[0][0], sides[1][0])
    x, y = (
        np.bincount(np.searchsorted(values, v), weights=c, minlength=len(values)).astype(np.int64)
        for v, c in sides
    )
    return PooledValues(values, x, y)


def kolmogorov_smirnov(pooled: PooledValues) -> float:
    """Greatest distance of the two distribution functions, sup |F - G|, in [0, 1]."""
    return float(np.abs(pooled.gaps).max())


def wasserstein(pooled: PooledValues) -> float:
    """Wasserstein-1 distance ∫|F - G| dx, in the unit of the values. Source: Vallender (1974)."""
    return float(np.abs(pooled.gaps[:-1]) @ np.diff(pooled.values))


def energy_distance(pooled: PooledValues) -> float:
    """Energy distance √(2 ∫ (F - G)² dx), in the root of the unit of the values.

    Source: Székely & Rizzo (2013); for real numbers it is this integral.
    """
    return math.sqrt(2 * float(pooled.gaps[:-1] ** 2 @ np.diff(pooled.values)))


def cramer_von_mises(pooled: PooledValues) -> float:
    """Two-sample Cramér-von Mises statistic T, with midranks for ties. Source: Anderson (1962)."""
    return float(_cramer_von_mises(pooled.x[None], pooled.y[None])[0])


def kolmogorov_smirnov_test(
    pooled: PooledValues, *, resamples: int, rng: np.random.Generator
) -> Outcome:
    """Two-sample KS test: permutations, or the Kolmogorov law for many distinct values.

    The limit law takes the statistic with the correction for finite samples of Stephens (1970);
    with ties it errs on the safe side.
    """
    observed = kolmogorov_smirnov(pooled)
    if _is_permutable(pooled, resamples):
        null = _permuted(pooled, _greatest_gaps, resamples, rng)
        p_value = monte_carlo_p_value(observed, null, 1e-12)
        return Outcome(observed, p_value, 0, f"{resamples} permutations")
    size = math.sqrt(_harmonic_size(pooled))
    p_value = kolmogorov_tail((size + 0.12 + 0.11 / size) * observed)
    return Outcome(observed, p_value, 0, "Kolmogorov's limit law")


def cramer_von_mises_test(
    pooled: PooledValues, *, resamples: int, rng: np.random.Generator
) -> Outcome:
    """Two-sample Cramér-von Mises test: permutations, or the limit law for many values."""
    observed = cramer_von_mises(pooled)
    if _is_permutable(pooled, resamples):
        null = _permuted(pooled, _cramer_von_mises, resamples, rng)
        # T is a difference of two terms of the size of the samples.
        p_value = monte_carlo_p_value(
            observed, null, 1e-14 * float(pooled.x.sum() + pooled.y.sum())
        )
        return Outcome(observed, p_value, 0, f"{resamples} permutations")
    n, m = int(pooled.x.sum()), int(pooled.y.sum())
    total, product = n + m, n * m
    mean = (1 + 1 / total) / 6
    variance = (total + 1) * (4 * product * total - 3 * (n * n + m * m) - 2 * product)
    scaled = 1 / 6 + (observed - mean) / math.sqrt(45 * variance / (180 * total**2 * product))
    return Outcome(observed, cramer_von_mises_tail(scaled), 0, "Cramér-von Mises limit law")


def _side(values: FloatArray, counts: IntArray | None) -> tuple[FloatArray, IntArray]:
    """Values and multiplicities of one side, checked."""
    given = np.asarray(values, dtype=np.float64)
    if given.ndim != 1 or not given.size or not np.isfinite(given).all():
        raise ValueError("values: expected a row of finite numbers, at least one")
    repeats = as_counts(np.ones(len(given), dtype=np.int64) if counts is None else counts)
    if len(repeats) != len(given):
        raise ValueError(f"values: {len(given)} of them with {len(repeats)} counts")
    return given, repeats


def _harmonic_size(pooled: PooledValues) -> float:
    """nm/(n+m)."""
    n, m = int(pooled.x.sum()), int(pooled.y.sum())
    return n * m / (n + m)


def _is_permutable(pooled: PooledValues, resamples: int) -> bool:
    """Whether permutations are asked for and affordable."""
    total = int(pooled.x.sum() + pooled.y.sum())
    return resamples > 0 and len(pooled.values) <= _PERMUTED and total < GENERATOR_LIMIT


def _permuted(
    pooled: PooledValues,
    statistic: Callable[[IntArray, IntArray], FloatArray],
    resamples: int,
    rng: np.random.Generator,
) -> FloatArray:
    """The statistic under permutation of the two samples, shape (R,)."""
    together, n = pooled.x + pooled.y, int(pooled.x.sum())
    draws = [
        rng.multivariate_hypergeometric(together, n, size=size, method="marginals")
        for size in row_blocks(resamples, len(together))
    ]
    return np.concatenate([statistic(x, together - x) for x in draws])


def _greatest_gaps(x: IntArray, y: IntArray) -> FloatArray:
    """KS statistic of each row of counts in order of value, shape (R,)."""
    gaps = np.cumsum(x, axis=1) / x[0].sum() - np.cumsum(y, axis=1) / y[0].sum()
    return np.asarray(np.abs(gaps).max(axis=1))


def _cramer_von_mises(x: IntArray, y: IntArray) -> FloatArray:
    """Anderson's T of each row of counts in order of value, shape (R,).

    U = n Σ (r_i - i)² + m Σ (s_j - j)² with midranks r, s; the x of one value all have the rank
    of its middle, and their distances to 1..n are the y below and half of those beside them.
    """
    n, m = float(x[0].sum()), float(y[0].sum())
    a, b = x.astype(np.float64), y.astype(np.float64)
    y_before, x_before = np.cumsum(b, axis=1) - b / 2, np.cumsum(a, axis=1) - a / 2
    of_x = (a * y_before**2 + (a**3 - a) / 12).sum(axis=1)
    of_y = (b * x_before**2 + (b**3 - b) / 12).sum(axis=1)
    u = n * of_x + m * of_y
    return np.asarray(u / (n * m * (n + m)) - (4 * n * m - 1) / (6 * (n + m)))
