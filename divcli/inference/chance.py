"""The mutual information that chance alone gives two columns with these margins."""

from __future__ import annotations

import math

import numpy as np

from divcli.inference.arrays import Counts, FloatArray, as_counts

# Standard deviations beyond which the hypergeometric law has no mass that a double could tell.
_SPREAD = 12
_SLACK = 60


def expected_mutual_information(rows: Counts, columns: Counts) -> float:
    """Mean of the mutual information over all tables with these margins, in nats.

    rows, columns: the margins, counts of the same total. Each cell of such a table follows the
    hypergeometric law. Source: Vinh, Epps & Bailey (2010).
    """
    a, a_times = np.unique(_occupied(rows), return_counts=True)
    b, b_times = np.unique(_occupied(columns), return_counts=True)
    total = int(as_counts(rows).sum())
    return math.fsum(
        int(i_times) * int(j_times) * _expected_term(int(i), int(j), total)
        for i, i_times in zip(a, a_times, strict=True)
        for j, j_times in zip(b, b_times, strict=True)
    )


def _occupied(counts: Counts) -> np.ndarray:
    values = as_counts(counts)
    return values[values > 0]


def _expected_term(a: int, b: int, total: int) -> float:
    """Mean of (x/N) ln(N x/(a b)) where x is hypergeometric, with margins a and b of N."""
    x = _range(a, b, total)
    law = _law(x, a, b, total)
    seen = x > 0
    x, law = x[seen], law[seen]
    return float((x / total * np.log(x * (total / a) / b)) @ law)


def _range(a: int, b: int, total: int) -> FloatArray:
    """The values that matter, ascending: all of them, or those near the mean."""
    mean = a * (b / total)
    width = _SPREAD * math.sqrt(mean) + _SLACK
    low = max(0, a + b - total, math.floor(mean - width))
    return np.arange(low, min(a, b, math.ceil(mean + width)) + 1, dtype=np.float64)


def _law(x: FloatArray, a: int, b: int, total: int) -> FloatArray:
    """Hypergeometric probabilities on a run of values, by the ratio of each to the one before."""
    before = x[:-1]
    ratios = (a - before) * (b - before) / ((before + 1) * (total - a - b + before + 1))
    logs = np.append(0.0, np.cumsum(np.log(ratios)))
    weights = np.exp(logs - logs.max())
    law: FloatArray = weights / weights.sum()
    return law
