"""Whether one column moved, and by how much: a p-value without a floor, and a corrected effect.

A verdict over many columns needs p-values far below what a thousand permutations can give. Where
every cell is well filled Pearson's χ² has them; else the permutations do, and beyond the most
extreme of them the gamma law with their mean, variance and skewness.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from divcli.inference.arrays import Counts, FloatArray, as_pair
from divcli.inference.chi_square import chi_square_tail
from divcli.inference.estimates import estimate
from divcli.inference.evidence import Estimators, Evidence, Resamples
from divcli.inference.homogeneity import pearson_test
from divcli.inference.laws import moments
from divcli.inference.many_cells import permutation_moment_test
from divcli.inference.power import detectable_noncentrality
from divcli.inference.quantities import MEASURES, QUANTITIES
from divcli.inference.resampling import Draws, null_draws, permutation_p_value, streams

_ESTIMATORS = Estimators("chao-wang-jost", "zhang-grabchak", "jackknife")
_CONFIDENCE = 0.95
# Cells drawn in all for one column: a tenth of a second. Beyond, the closed form of many cells.
_AFFORDABLE = 10**6
_RESAMPLES = 999
_LEAST_RESAMPLES = 199
# Local laws in nats: with λ the noncentrality and c = nm/(n+m), quantity = λ/(divisor·c).
# Source: Read & Cressie (1988), as for noise floors.
_DIVISORS: Mapping[str, int] = MappingProxyType(
    {"js": 8, "kl_pq": 2, "kl_qp": 2, "jeffreys": 1, "hellinger_squared": 8, "chi2": 1}
)


class Shift(NamedTuple):
    """The evidence that a column moved: p-value and how it was found, effect in nats, cells.

    effect: corrected for bias, None where there are too few observations for any.
    """

    p_value: float
    method: str
    effect: float | None
    cells: int


def effect_measures() -> list[str]:
    """The measures that can be an effect: those that are 0 where nothing moved."""
    return [name for name, row in MEASURES.items() if QUANTITIES[row.quantity].divergence]


def shift(x: Counts, y: Counts, measure: str, *, seed: int = 0) -> Shift:
    """What the counts of the current (x) and the reference (y) say, shape (k,) each.

    measure: a name among `effect_measures()`; P is the current, Q the reference.
    """
    evidence = Evidence(*as_pair(x, y), _ESTIMATORS, _CONFIDENCE)
    if evidence.cells < 2:
        return Shift(1.0, "one symbol, shared by both", 0.0, evidence.cells)
    quantity = MEASURES[measure].quantity
    resamples = min(_RESAMPLES, _AFFORDABLE // evidence.cells)
    if not evidence.is_sparse:
        test = pearson_test(evidence.x, evidence.y)
        p_value, method = test.p_value, test.method
    elif resamples < _LEAST_RESAMPLES:
        test = permutation_moment_test(evidence.x, evidence.y)
        p_value, method = test.p_value, test.method
    else:
        centred = [quantity] if QUANTITIES[quantity].better else []
        null = null_draws(evidence.x, evidence.y, centred, resamples, streams(seed)[0])
        p_value, method = _permuted(evidence, null)
        if centred:
            evidence = replace(evidence, resamples=Resamples(null, null))
    return Shift(p_value, method, _effect(evidence, measure), evidence.cells)


def minimum_detectable(measure: str, n: int, m: int, noncentrality: float | None) -> float | None:
    """The effect in nats that samples of n and m reveal, None where there is none within range.

    noncentrality: see `needed_noncentrality`. A total variation T has χ² of 4T² at least, so the
    figure for it is one that is certainly found.
    """
    if noncentrality is None:
        return None
    row = MEASURES[measure]
    local = noncentrality * (n + m) / (n * m)
    quantity = math.sqrt(local) / 2 if row.quantity == "tv" else local / _DIVISORS[row.quantity]
    effect = float(row.scale(np.array(quantity)))
    return effect if effect < row.upper else None


def needed_noncentrality(cells: int, alpha: float, power: float = 0.8) -> float:
    """The noncentrality of χ² that a test at level alpha finds with this power.

    A single cell, where all values agree, counts as two: a second one may not have been seen yet.
    Levels below 1e-12 count as that: the quantile of 1 - alpha has no more digits.
    """
    return detectable_noncentrality(max(cells, 2) - 1, max(alpha, 1e-12), power)


def residuals(x: Counts, y: Counts) -> FloatArray:
    """Adjusted Pearson residuals of x in the table of both rows, shape (k,).

    Each is standard normal where nothing moved. Source: Haberman (1973).
    """
    a, b = as_pair(x, y)
    n, m = int(a.sum()), int(b.sum())
    pooled = (a + b) / (n + m)
    spread = np.sqrt(n * m / (n + m) * pooled * (1 - pooled))
    return np.divide(a - n * pooled, spread, out=np.zeros(len(a)), where=spread > 0)


def _effect(evidence: Evidence, measure: str) -> float | None:
    row = MEASURES[measure]
    if min(evidence.n, evidence.m) < 2:
        return None
    value = estimate(evidence, row.quantity).value
    return min(float(row.scale(np.array(value))), row.upper)


def _permuted(evidence: Evidence, null: Draws) -> tuple[float, str]:
    """p-value by permutations of G, and beyond the largest of them by a law fitted to them.

    No p-value is below the chance of one single arrangement of the observations, 1/C(n+m, n).
    """
    p_value = permutation_p_value(evidence.x, evidence.y, null)
    method = f"{len(null.g)} permutations, likelihood ratio"
    if p_value * (len(null.g) + 1) > 1.5:
        return p_value, method
    fitted = max(_fitted_tail(evidence.likelihood_ratio, null.g), _one_arrangement(evidence))
    return min(fitted, p_value), f"{method}, beyond them the law fitted to them"


def _fitted_tail(observed: float, draws: FloatArray) -> float:
    """Probability of G at or beyond the observed, the greater of two laws with shifted gamma tails.

    One has the three moments of the draws, as in Winkler et al. (2016). The other has two, and the
    scale of χ²: far out G falls off as e^(-G/2) whatever the sample (Sanov's theorem), where the
    first would fall too fast.
    """
    mean, variance, third = moments(draws)
    if variance <= 0:
        return 1.0
    by_scale = chi_square_tail(observed - mean + variance / 2, variance / 2)
    if third <= 0:
        return by_scale
    freedom = 8 * variance**3 / third**2
    scale = math.sqrt(variance / (2 * freedom))
    return max(by_scale, chi_square_tail((observed - mean) / scale + freedom, freedom))


def _one_arrangement(evidence: Evidence) -> float:
    n, m = evidence.n, evidence.m
    return math.exp(math.lgamma(n + 1) + math.lgamma(m + 1) - math.lgamma(n + m + 1))
