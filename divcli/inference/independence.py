"""Whether two columns depend on each other: their contingency table, dealt out anew.

Under independence every arrangement of the rows is as likely, given both margins. Tables are
drawn by shuffling rows, or cell by cell from the hypergeometric law, whichever is cheaper; where
both are dear and all cells are filled, G follows its χ² law.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from divcli.inference.arrays import FloatArray, IntArray, quantile
from divcli.inference.chi_square import chi_square_quantile, chi_square_tail
from divcli.inference.homogeneity import LEAST_EXPECTED
from divcli.inference.resampling import GENERATOR_LIMIT, monte_carlo_p_value
from divcli.model.joint import Independence

# Cost of a row that is shuffled and of a cell that is drawn, in nanoseconds; and what all may
# cost: some two seconds.
_SHUFFLED, _DRAWN, _AFFORDABLE = 30.0, 200.0, 2e9
_QUICK = 3e8  # where the test stands beside what was asked for
_LEAST_RESAMPLES = 99
_ESTIMATOR = "miller-madow"
# Cells of a table counted in full; beyond, only those that are occupied are.
_DENSE = 2**22


class _Table(NamedTuple):
    """Occupied cells: their row and column, shape (c,), the counts, and both margins."""

    x: IntArray
    y: IntArray
    counts: IntArray
    rows: IntArray
    columns: IntArray

    @property
    def n(self) -> int:
        """Observations."""
        return int(self.counts.sum())

    @property
    def freedom(self) -> int:
        """Degrees of freedom of independence."""
        return (len(self.rows) - 1) * (len(self.columns) - 1)

    @property
    def least_expected(self) -> float:
        """The smallest count that independence expects of a cell."""
        return float(self.rows.min()) * float(self.columns.min()) / self.n


class _Draws(NamedTuple):
    """Mutual information in nats and occupied cells of tables, shape (R,) each."""

    information: FloatArray
    occupied: FloatArray


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
    table = _table(x, y, counts)
    observed = float(_information(table, _x_log_x(table.counts).sum(keepdims=True))[0])
    slack = len(table.counts) - len(table.rows) - len(table.columns) + 1
    corrected = observed - slack / (2 * table.n)
    if not table.freedom:
        method = "one of the columns has a single value"
        return Independence(corrected, 0.0, 0.0, 1.0, method, _ESTIMATOR, confidence)
    made = _affordable(table, resamples)
    if not made:
        return _by_law(table, observed, corrected, confidence)
    draws = _draws(table, made, np.random.default_rng(seed))
    return _by_draws(table, observed, corrected, draws, confidence)


def affordable_test(
    x: IntArray, y: IntArray, counts: IntArray, *, resamples: int, seed: int | None
) -> tuple[float, str] | None:
    """p-value of independence and its method; None where it would take long and no law holds."""
    table = _table(x, y, counts)
    quick = int(_QUICK / min(_cost(table)))
    filled = table.least_expected >= LEAST_EXPECTED
    if not table.freedom:
        return 1.0, "one cell: nothing can differ"
    if not filled and min(quick, resamples) < _LEAST_RESAMPLES:
        return None
    made = 0 if filled and quick < resamples else min(quick, resamples)
    observed = float(_information(table, _x_log_x(table.counts).sum(keepdims=True))[0])
    if table.n >= GENERATOR_LIMIT or not made:
        return chi_square_tail(2 * table.n * observed, table.freedom), "G against chi-square"
    draws = _draws(table, made, np.random.default_rng(seed))
    return monte_carlo_p_value(observed, draws.information, 1e-12), f"{made} permutations, G"


def _by_law(table: _Table, observed: float, corrected: float, confidence: float) -> Independence:
    """By the χ² law of G = 2N times the mutual information. Source: Wilks (1938)."""
    size = 2 * table.n
    p_value = chi_square_tail(size * observed, table.freedom)
    floor = chi_square_quantile(confidence, table.freedom) / size
    method = "G against chi-square"
    mean = table.freedom / size
    return Independence(corrected, mean, floor, p_value, method, _ESTIMATOR, confidence)


def _by_draws(
    table: _Table, observed: float, corrected: float, draws: _Draws, confidence: float
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


def _table(x: IntArray, y: IntArray, counts: IntArray) -> _Table:
    """The occupied cells, rows and columns numbered from 0 without gaps."""
    seen = counts > 0
    rows = np.unique(x[seen], return_inverse=True)[1].reshape(-1)
    columns = np.unique(y[seen], return_inverse=True)[1].reshape(-1)
    kept = counts[seen].astype(np.int64)
    sums = (np.zeros(int(one.max()) + 1, dtype=np.int64) for one in (rows, columns))
    row_sums, column_sums = sums
    np.add.at(row_sums, rows, kept)
    np.add.at(column_sums, columns, kept)
    return _Table(rows, columns, kept, row_sums, column_sums)


def _information(table: _Table, cells: FloatArray) -> FloatArray:
    """Mutual information, shape (R,), from Σ n ln n over the cells of each; never below 0."""
    margins = float(_x_log_x(table.rows).sum() + _x_log_x(table.columns).sum())
    n = table.n
    information: FloatArray = np.maximum((n * np.log(n) - margins + cells) / n, 0.0)
    return information


def _x_log_x(counts: IntArray) -> FloatArray:
    return np.asarray(counts * np.log(np.maximum(counts, 1)))


def _cost(table: _Table) -> tuple[float, float]:
    """Nanoseconds of a table by shuffling, and of one drawn cell by cell."""
    return _SHUFFLED * table.n, _DRAWN * len(table.rows) * len(table.columns)


def _affordable(table: _Table, resamples: int) -> int:
    """How many tables to draw; none where the χ² law holds and permutations would be dear."""
    each = min(_cost(table))
    affordable = int(_AFFORDABLE / each)
    filled = table.least_expected >= LEAST_EXPECTED
    if table.n >= GENERATOR_LIMIT or resamples == 0 or (filled and affordable < resamples):
        return 0
    return min(resamples, max(affordable, _LEAST_RESAMPLES))


def _draws(table: _Table, resamples: int, rng: np.random.Generator) -> _Draws:
    """Tables with the same margins, drawn at random."""
    shuffled, drawn = _cost(table)
    if shuffled <= drawn:
        return _shuffled(table, resamples, rng)
    return _dealt(table, resamples, rng)


def _shuffled(table: _Table, resamples: int, rng: np.random.Generator) -> _Draws:
    """By shuffling one column's rows against the other's."""
    x, y = np.repeat(table.x, table.counts), np.repeat(table.y, table.counts)
    base, size = x * len(table.columns), len(table.rows) * len(table.columns)
    sums, occupied = np.empty(resamples), np.empty(resamples)
    for i in range(resamples):
        flat = base + rng.permutation(y)
        dense = size <= max(_DENSE, 2 * len(flat))
        counts = np.bincount(flat) if dense else np.unique(flat, return_counts=True)[1]
        sums[i], occupied[i] = _x_log_x(counts).sum(), np.count_nonzero(counts)
    return _Draws(_information(table, sums), occupied)


def _dealt(table: _Table, resamples: int, rng: np.random.Generator) -> _Draws:
    """Cell by cell, all tables at once: each row takes from what the rows before it left."""
    left = np.tile(table.columns, (resamples, 1))
    sums, occupied = np.zeros(resamples), np.zeros(resamples)
    for row in table.rows[:-1].tolist():
        cells = _row(left, row, rng)
        left -= cells
        sums += _x_log_x(cells).sum(axis=1)
        occupied += (cells > 0).sum(axis=1)
    sums += _x_log_x(left).sum(axis=1)
    occupied += (left > 0).sum(axis=1)
    return _Draws(_information(table, sums), occupied)


def _row(left: IntArray, size: int, rng: np.random.Generator) -> IntArray:
    """One row of every table, shape (R, columns): `size` of what is left, without replacement."""
    cells = np.zeros_like(left)
    wanted = np.full(len(left), size)
    beyond = left.sum(axis=1)
    for column in range(left.shape[1]):
        here = left[:, column]
        beyond = beyond - here
        cells[:, column] = rng.hypergeometric(here, beyond, wanted)
        wanted = wanted - cells[:, column]
    return cells
