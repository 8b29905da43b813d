"""Pearson's χ² by its permutation moments: for thousands of cells, or without resampling."""

from __future__ import annotations

import math

import numpy as np

from divcli.inference.arrays import Counts, IntArray, as_pair
from divcli.inference.chi_square import chi_square_tail
from divcli.inference.homogeneity import freedom, pearson_test
from divcli.inference.results import Outcome


def permutation_moment_test(x: Counts, y: Counts) -> Outcome:
    """Pearson's χ² test of homogeneity, sparse cells or not, at a cost of O(k).

    The mean and variance of the statistic over all permutations are exact, and its law is close
    to the gamma law that has them: the closer, the more cells. Source of the moments: the factorial
    moments of the multivariate hypergeometric law, Johnson, Kotz & Balakrishnan (1997), ch. 39.
    """
    a, b = as_pair(x, y)
    statistic = pearson_test(a, b).statistic
    mean, variance = _permutation_moments(a, b)
    scale = variance / (2 * mean)
    p_value = chi_square_tail(statistic / scale, mean / scale) if scale > 0 else 1.0
    method = "Pearson's chi-square by its permutation mean and variance"
    return Outcome(statistic, p_value, freedom(a, b), method)


def _permutation_moments(x: IntArray, y: IntArray) -> tuple[float, float]:
    """Mean and variance of Pearson's χ² over the permutations of two samples, exactly.

    χ² = N²/nm Σ x²/t - Nn/m with t = x + y, so these are moments of S = Σ x²/t. In integers and
    fractions, because E S² and (E S)² agree in most of their digits.
    """
    from fractions import Fraction

    pooled, repeats = np.unique((x + y)[x + y > 0], return_counts=True)
    sizes = [(int(t), int(r)) for t, r in zip(pooled, repeats, strict=True)]
    n, total = int(x.sum()), int(x.sum() + y.sum())
    # With fewer than four observations the higher moments have no terms: 0, whatever they divide.
    r1, r2, r3, r4 = (Fraction(math.perm(n, j), math.perm(total, j) or 1) for j in (1, 2, 3, 4))
    cells = sum(r for _, r in sizes)
    beyond = total - cells
    squares = sum(r * (t - 1) ** 2 for t, r in sizes)
    fourth = sum(
        r
        * (r4 * math.perm(t, 4) + 6 * r3 * math.perm(t, 3) + 7 * r2 * math.perm(t, 2) + r1 * t)
        / (t * t)
        for t, r in sizes
    )
    mean = r2 * beyond + r1 * cells
    square = fourth + r4 * (beyond**2 - squares) + (cells - 1) * (2 * r3 * beyond + r2 * cells)
    scale = Fraction(total * total, n * (total - n))
    return float(scale * (mean - Fraction(n * n, total))), float(scale**2 * (square - mean**2))
