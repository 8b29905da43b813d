"""Columns counted together: one tally of what stands in the same row.

The counts of a table by the cells of several columns are all that joint entropies and dependence
need. They come from the rows, or from a database that has counted its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np

from divcli.counting.groups import keys_of, value_of
from divcli.counting.placing import LEFT_OUT, Combinations, Placed
from divcli.counting.python import weight_array
from divcli.counting.side import counted
from divcli.errors import DataError
from divcli.model.distribution import Distribution, Special
from divcli.model.joint import JointTable
from divcli.model.sums import weighed
from divcli.sources.columns import Column

if TYPE_CHECKING:
    from divcli.counting.duck import DuckEngine
    from divcli.model.arrays import IndexArray, WeightArray


def combinations(
    groups: Sequence[Sequence[Placed]], engine: DuckEngine | None
) -> Iterator[Combinations]:
    """What stands together in each group of columns of one table, by the engine that has it."""
    if engine is None:
        return _of_rows(groups)
    from divcli.counting.crossed import combinations_stored

    return combinations_stored(groups, engine)


def _of_rows(groups: Sequence[Sequence[Placed]]) -> Iterator[Combinations]:
    """For each group of columns, each row as one combination."""
    cells: dict[int, IndexArray] = {}
    for group in groups:
        # The cells of a column that the next group has too are found once.
        cells = {
            id(one): cells[id(one)] if id(one) in cells else _cells_of_rows(one) for one in group
        }
        each = [cells[id(one)] for one in group]
        yield Combinations(each, np.ones(len(each[0]), dtype=np.int64))


def _cells_of_rows(one: Placed) -> IndexArray:
    """The cell of each row, shape (n,)."""
    keys = keys_of(one.column)
    distinct = list(dict.fromkeys(keys))
    cells = one.cells_of([value_of(one.column, key) for key in distinct])
    code = dict(zip(distinct, cells, strict=True))
    return np.fromiter(map(code.__getitem__, keys), dtype=np.intp, count=len(keys))


def joint_table(
    columns: Sequence[Placed], found: Combinations, weights: Column | None = None
) -> JointTable:
    """The rows of these columns by the cells they share.

    weights: the column with the weight of each row, where rows do not count one each.
    DataError where no row has a place in every column.
    """
    kept = np.logical_and.reduce([cells != LEFT_OUT for cells in found.cells])
    if not kept.any():
        raise DataError("no row has a value in every column", where=columns[0].margin.name)
    flat = np.zeros(int(kept.sum()), dtype=np.int64)
    for one, at in zip(columns, found.cells, strict=True):
        # What is occupied is renumbered at every step, so that no product overflows.
        flat = np.unique(flat, return_inverse=True)[1].reshape(-1) * len(one.margin)
        flat += at[kept]
    _, first, place = np.unique(flat, return_index=True, return_inverse=True)
    cells = tuple(at[kept][first] for at in found.cells)
    masses, size = (
        _counts(found.rows[kept], place.reshape(-1), len(first))
        if weights is None
        else _masses(weights, kept, place.reshape(-1), len(first))
    )
    occupied = np.flatnonzero(masses)
    cells, masses = tuple(one[occupied] for one in cells), masses[occupied]
    margins = tuple(
        _margin(one, _left_out(at, found.rows), own, masses, size)
        for one, at, own in zip(columns, found.cells, cells, strict=True)
    )
    return JointTable(margins, cells, masses, size)


def _left_out(cells: IndexArray, rows: IndexArray) -> int:
    return int(rows[cells == LEFT_OUT].sum())


def _counts(rows: IndexArray, place: IndexArray, cells: int) -> tuple[WeightArray, int]:
    """The rows of each joint cell, and of all."""
    counts = np.zeros(cells, dtype=np.int64)
    np.add.at(counts, place, rows)
    return counts, int(counts.sum())


def _masses(
    weights: Column, kept: np.ndarray, place: IndexArray, cells: int
) -> tuple[WeightArray, int | None]:
    """The mass of each joint cell, and how many rows it is worth."""
    assert weights.weights is not None
    rows = [weight for weight, keep in zip(weights.weights, kept, strict=True) if keep]
    totals: list[float] = [0] * cells
    for at, weight in zip(place.tolist(), rows, strict=True):
        totals[at] += weight
    masses = weight_array(totals)
    if not any(totals):
        raise DataError("all weights are zero", where=weights.name)
    if weights.given == "counts":
        return masses, sum(int(total) for total in totals)
    if weights.given == "samples":
        return masses, max(1, round(weighed(rows).size))
    return masses, None


def _margin(
    one: Placed, left_out: int, cells: IndexArray, masses: WeightArray, size: int | None
) -> Distribution:
    """The column's own distribution over the rows that all columns share."""
    margin = one.margin
    sums = cast("WeightArray", np.zeros_like(masses, shape=len(margin)))
    np.add.at(sums, cells, masses)
    gap = one.apart.get(Special.MISSING)
    missing = margin.missing if gap is None else sums.tolist()[gap]
    note = f"{margin.name}: column {margin.column!r}: {counted(left_out, 'row')} left out"
    notes = (*margin.notes, note) if left_out else margin.notes
    return replace(margin, weights=sums, n=size, missing=missing, notes=notes, line=None)
