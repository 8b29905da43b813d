"""Whether two columns depend on each other: their contingency table, dealt out anew.

Tables with the same margins tell what chance alone gives; where they are dear and all cells are
filled, G follows its χ² law.
"""

from __future__ import annotations

import numpy as np

from divcli.inference.arrays import IntArray, quantile
from divcli.inference.chi_square import chi_square_quantile, chi_square_tail
from divcli.inference.contingency import (
    Contingency,
    TableDraws,
    contingency,
    cost_of_a_table,
    information_of,
    table_draws,
    x_log_x,
)
from divcli.inference.homogeneity import LEAST_EXPECTED
from divcli.inference.resampling import GENERATOR_LIMIT, monte_carlo_p_value
from divcli.model.joint import Independence

# What all tables may cost, in nanoseconds: some two seconds, or less where the test stands beside
# what was asked for.
_AFFORDABLE, _QUICK = 2e9, 3e8
_LEAST_RESAMPLES = 99
_ESTIMATOR = "miller-madow"


def independence(
    x: IntArray,
    y: IntArray,
    counts: IntArray,
    *,
    confidence: float,
    resamples: int,
    seed: int | None,
) -> Independence:
    """Estimate of the mutual information, what chance gives, and p-value of independence; nats.

    x, y: row and column of each occupied cell, shape (c,), any numbering; counts: shape (c,).
    """
    table = contingency(x, y, counts)
    observed = float(information_of(table, x_log_x(table.counts).sum(keepdims=True))[0])
    slack = len(table.counts) - len(table.rows) - len(table.columns) + 1
    corrected = observed - slack / (2 * table.n)
    if not table.freedom:
        method = "one of the columns has a single value"
        return Independence(corrected, 0.0, 0.0, 1.0, method, _ESTIMATOR, confidence)
    made = _affordable(table, resamples)
    if not made:
        return _by_law(table, observed, corrected, confidence)
    draws = table_draws(table, made, np.random.default_rng(seed))
    return _by_draws(table, observed, corrected, draws, confidence)


def affordable_test(
    x: IntArray, y: IntArray, counts: IntArray, *, resamples: int, seed: int | None
) -> tuple[float, str] | None:
    """p-value of independence and its method; None where it would take long and no law holds."""
    table = contingency(x, y, counts)
    quick = int(_QUICK / min(cost_of_a_table(table)))
    filled = table.least_expected >= LEAST_EXPECTED
    if not table.freedom:
        return 1.0, "one cell: nothing can differ"
    if not filled and min(quick, resamples) < _LEAST_RESAMPLES:
        return None
    made = 0 if filled and quick < resamples else min(quick, resamples)
    observed = float(information_of(table, x_log_x(table.counts).sum(keepdims=True))[0])
    if table.n >= GENERATOR_LIMIT or not made:
        return chi_square_tail(2 * table.n * observed, table.freedom), "G against chi-square"
    draws = table_draws(table, made, np.random.default_rng(seed))
    return monte_carlo_p_value(observed, draws.information, 1e-12), f"{made} permutations, G"


def _by_law(
    table: Contingency, observed: float, corrected: float, confidence: float
) -> Independence:
    """By the χ² law of G = 2N times the mutual information. Source: Wilks (1938)."""
    size = 2 * table.n
    p_value = chi_square_tail(size * observed, table.freedom)
    floor = chi_square_quantile(confidence, table.freedom) / size
    method = "G against chi-square"
    mean = table.freedom / size
    return Independence(corrected, mean, floor, p_value, method, _ESTIMATOR, confidence)


def _by_draws(
    table: Contingency, observed: float, corrected: float, draws: TableDraws, confidence: float
) -> Independence:
    """By permutation; the estimate is centred where chance alone would leave a mean in it.

    In full while the information is no more than chance gives, the less the more it is: as the
    estimates of divergences are.
    """
    null = draws.information
    p_value = monte_carlo_p_value(observed, null, 1e-12)
    floor, mean = quantile(null, confidence), float(null.mean())
    slack = draws.occupied - len(table.rows) - len(table.columns) + 1
    bias = float((null - slack / (2 * table.n)).mean())
    # Of columns whose every arrangement is alike nothing is left to centre.
    shrink = floor / max(observed, floor) if floor > 0 else 0.0
    method = f"{len(null)} permutations, G"
    return Independence(
        corrected - bias * shrink, mean, floor, p_value, method,
        f"{_ESTIMATOR}, centred by permutation", confidence,
    )  # fmt: skip


def _affordable(table: Contingency, resamples: int) -> int:
    """How many tables to draw; none where the χ² law holds and permutations would be dear."""
    each = min(cost_of_a_table(table))
    affordable = int(_AFFORDABLE / each)
    filled = table.least_expected >= LEAST_EXPECTED
    if table.n >= GENERATOR_LIMIT or resamples == 0 or (filled and affordable < resamples):
        return 0
    return min(resamples, max(affordable, _LEAST_RESAMPLES))
