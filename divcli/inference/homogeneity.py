"""Tests of one hypothesis: that two samples, or a sample and a model, are of one distribution.

The permutation test is the default. It takes G, the likelihood ratio, for its statistic: in
simulations at 2000 against 100 observations it found a symbol new to the small sample in 66 % of
runs where JS found 24 %, and one that vanished from it in 46 % where Pearson's χ² found 35 %; no
other statistic was never the worst. Its size is right whatever the statistic.
"""

from __future__ import annotations

import numpy as np

from divcli.inference.arrays import Counts, FloatArray, IntArray, as_counts, as_pair
from divcli.inference.chi_square import chi_square_tail
from divcli.inference.resampling import (
    GENERATOR_LIMIT,
    monte_carlo_p_value,
    null_draws,
    permutation_p_value,
    row_blocks,
)
from divcli.inference.results import Outcome

# Expected counts from which Pearson's χ² is trusted. Source: Cochran (1954).
LEAST_EXPECTED = 5.0


def permutation_test(x: Counts, y: Counts, *, resamples: int, rng: np.random.Generator) -> Outcome:
    """Permutation test of homogeneity on the pooled counts, by G; exact whatever the sizes."""
    a, b = as_pair(x, y)
    p_value = permutation_p_value(a, b, null_draws(a, b, (), resamples, rng))
    return Outcome(g_test(a, b).statistic, p_value, freedom(a, b), f"{resamples} permutations, G")


def pearson_test(x: Counts, y: Counts) -> Outcome:
    """Pearson's χ² test of homogeneity; for cells that are not sparse, any totals."""
    a, b = as_pair(x, y)
    expected, cells = expected_counts(a, b), a + b > 0
    gaps = np.concatenate([(a - expected[0])[cells] ** 2, (b - expected[1])[cells] ** 2])
    statistic = float((gaps / np.concatenate([expected[0][cells], expected[1][cells]])).sum())
    return _chi_square_test(statistic, freedom(a, b), "Pearson's chi-square")


def g_test(x: Counts, y: Counts) -> Outcome:
    """Likelihood-ratio test of homogeneity against χ²: for reference, too large when sparse."""
    a, b = as_pair(x, y)
    expected = expected_counts(a, b)
    statistic = float((_deviance(a[None], expected[0]) + _deviance(b[None], expected[1]))[0])
    return _chi_square_test(statistic, freedom(a, b), "G against chi-square")


def one_sample_test(
    x: Counts, model: FloatArray, *, resamples: int, rng: np.random.Generator
) -> Outcome:
    """Test of counts against a known distribution, by G, 2n·KL(data‖model).

    model: weights of shape (k,), normalised here. Multinomial samples of the model; the χ² law
    where resamples is 0, or where n is large and no cell is sparse.
    Observations where the model has 0 are impossible under it: G is infinite.
    """
    counts, q = as_counts(x), np.asarray(model, dtype=np.float64)
    if q.shape != counts.shape or not np.isfinite(q).all() or q.min() < 0 or q.sum() <= 0:
        raise ValueError("model: expected one finite weight from 0 on for each count")
    n, q = int(counts.sum()), q / q.sum()
    statistic = float(_deviance(counts[None], n * q)[0])
    possible = q[q > 0]
    degrees = len(possible) - 1
    if resamples == 0 or (n >= GENERATOR_LIMIT and n * possible.min() >= LEAST_EXPECTED):
        return _chi_square_test(statistic, degrees, "G against chi-square")
    null = [
        _deviance(rng.multinomial(n, possible / possible.sum(), size=size), n * possible)
        for size in row_blocks(resamples, len(possible))
    ]
    p_value = monte_carlo_p_value(statistic, np.concatenate(null), 1e-12 * n)
    return Outcome(statistic, p_value, degrees, f"{resamples} multinomial samples, G")


def subset_test(
    subset: Counts, population: Counts, *, resamples: int, rng: np.random.Generator
) -> Outcome:
    """Test that a subset was drawn at random from the very population that contains it.

    A random subset is a hypergeometric draw, so this is the permutation test of the subset
    against the rest: the finite-population correction is exact in it. Beyond the generator's
    range, Pearson's χ² of the same table, which carries the correction (N-1)/(N-n) to 1/N.
    ValueError where the subset has more of a symbol than the population, or all of it.
    """
    a, whole = as_pair(subset, population)
    if (a > whole).any():
        raise ValueError("the subset has more of a symbol than the population it is part of")
    rest = whole - a
    if not rest.any():
        raise ValueError("the subset is the whole population: nothing is left to compare")
    if int(whole.sum()) >= GENERATOR_LIMIT:
        return pearson_test(a, rest)
    return permutation_test(a, rest, resamples=resamples, rng=rng)


def expected_counts(x: IntArray, y: IntArray) -> tuple[FloatArray, FloatArray]:
    """Expected counts of both samples under homogeneity, shape (k,) each."""
    n, m = int(x.sum()), int(y.sum())
    pooled = (x + y) / (n + m)
    return n * pooled, m * pooled


def least_expected(x: IntArray, y: IntArray) -> float:
    """The smallest expected count of an occupied cell."""
    pooled = x + y
    n, m = int(x.sum()), int(y.sum())
    return float(pooled[pooled > 0].min()) * min(n, m) / (n + m)


def freedom(x: IntArray, y: IntArray) -> int:
    """Degrees of freedom ν: cells occupied on either side, less one."""
    return int(np.count_nonzero(x + y)) - 1


def _deviance(observed: IntArray, expected: FloatArray) -> FloatArray:
    """2 Σ o ln(o/e) of each row, shape (R,); inf where e = 0 < o."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        terms = np.where(observed > 0, observed * np.log(observed / expected), 0.0)
    return np.asarray(2 * terms.sum(axis=1))


def _chi_square_test(statistic: float, degrees: int, method: str) -> Outcome:
    """The statistic against χ²; with no degrees of freedom nothing can differ."""
    p_value = chi_square_tail(statistic, degrees) if degrees else 1.0
    return Outcome(statistic, p_value, degrees, method)
