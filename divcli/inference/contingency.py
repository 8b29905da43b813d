"""Contingency tables of two columns, and others with the same margins, drawn at random.

Under independence every arrangement of the rows is as likely, given both margins. Tables are
drawn by shuffling rows, or cell by cell from the hypergeometric law, whichever is cheaper.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from divcli.inference.arrays import FloatArray, IntArray

# Cost of a row that is shuffled and of a cell that is drawn, in nanoseconds.
_SHUFFLED, _DRAWN = 30.0, 200.0
# Cells of a table counted in full; beyond, only those that are occupied are.
_DENSE = 2**22


class Contingency(NamedTuple):
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


class TableDraws(NamedTuple):
    """Mutual information in nats and occupied cells of tables, shape (R,) each."""

    information: FloatArray
    occupied: FloatArray


def contingency(x: IntArray, y: IntArray, counts: IntArray) -> Contingency:
    """The occupied cells, rows and columns numbered from 0 without gaps."""
    seen = counts > 0
    rows = np.unique(x[seen], return_inverse=True)[1].reshape(-1)
    columns = np.unique(y[seen], return_inverse=True)[1].reshape(-1)
    kept = counts[seen].astype(np.int64)
    sums = (np.zeros(int(one.max()) + 1, dtype=np.int64) for one in (rows, columns))
    row_sums, column_sums = sums
    np.add.at(row_sums, rows, kept)
    np.add.at(column_sums, columns, kept)
    return Contingency(rows, columns, kept, row_sums, column_sums)


def information_of(table: Contingency, cells: FloatArray) -> FloatArray:
    """Mutual information, shape (R,), from Σ n ln n over the cells of each; never below 0."""
    margins = float(x_log_x(table.rows).sum() + x_log_x(table.columns).sum())
    n = table.n
    information: FloatArray = np.maximum((n * np.log(n) - margins + cells) / n, 0.0)
    return information


def x_log_x(counts: IntArray) -> FloatArray:
    """Terms x ln x of counts, any shape; 0 at 0."""
    return np.asarray(counts * np.log(np.maximum(counts, 1)))


def cost_of_a_table(table: Contingency) -> tuple[float, float]:
    """Nanoseconds of a table by shuffling, and of one drawn cell by cell."""
    return _SHUFFLED * table.n, _DRAWN * len(table.rows) * len(table.columns)


def table_draws(table: Contingency, resamples: int, rng: np.random.Generator) -> TableDraws:
    """Tables with the same margins, drawn at random."""
    shuffled, drawn = cost_of_a_table(table)
    if shuffled <= drawn:
        return _shuffled(table, resamples, rng)
    return _dealt(table, resamples, rng)


def _shuffled(table: Contingency, resamples: int, rng: np.random.Generator) -> TableDraws:
    """By shuffling one column's rows against the other's."""
    size = len(table.rows) * len(table.columns)
    base = np.repeat(table.x * len(table.columns), table.counts)
    # Rows change places several times as fast where all of them stay near the processor.
    y = np.repeat(table.y.astype(np.min_scalar_type(len(table.columns))), table.counts)
    sums, occupied = np.empty(resamples), np.empty(resamples)
    for i in range(resamples):
        flat = base + rng.permutation(y)
        dense = size <= max(_DENSE, 2 * len(flat))
        counts = np.bincount(flat) if dense else np.unique(flat, return_counts=True)[1]
        sums[i], occupied[i] = x_log_x(counts).sum(), np.count_nonzero(counts)
    return TableDraws(information_of(table, sums), occupied)


def _dealt(table: Contingency, resamples: int, rng: np.random.Generator) -> TableDraws:
    """Cell by cell, all tables at once: each row takes from what the rows before it left."""
    left = np.tile(table.columns, (resamples, 1))
    sums, occupied = np.zeros(resamples), np.zeros(resamples)
    for row in table.rows[:-1].tolist():
        cells = _row(left, row, rng)
        left -= cells
        sums += x_log_x(cells).sum(axis=1)
        occupied += (cells > 0).sum(axis=1)
    sums += x_log_x(left).sum(axis=1)
    occupied += (left > 0).sum(axis=1)
    return TableDraws(information_of(table, sums), occupied)


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
