"""Columns counted together: one tally of what stands in the same row.

The counts of a table by the values of several columns are all that joint entropies and dependence
need; an engine that can group by several columns answers with one query.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from divcli.counting.align import CountingOptions, check_side, distributions
from divcli.counting.axis import edges_of, on_axis
from divcli.counting.engine import Engine
from divcli.counting.grid import Edges, GivenEdges, equal_frequency, one_cell_each, parse_bins
from divcli.counting.groups import keys_of, value_of
from divcli.counting.kinds import common_kind
from divcli.counting.python import PythonEngine, weight_array
from divcli.counting.side import Side, counted, effective_size
from divcli.counting.typing_policy import as_number, kinds_of, seconds, symbol_of
from divcli.errors import DataError
from divcli.model.distribution import Distribution, Kind, Special
from divcli.model.joint import JointTable
from divcli.sources.columns import Column, Value

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, IndexArray, WeightArray

# Of a grid that several columns cross: cells few enough for their products to be filled.
MOST_CELLS = 20
_ROWS_A_CELL = 5
_LEFT_OUT = -1


class Coded(NamedTuple):
    """A column by cell: its distribution, and the cell of each row, -1 where it is left out."""

    margin: Distribution
    cells: IndexArray


def coded(
    column: Column,
    options: CountingOptions,
    engine: Engine | None = None,
    most: int | None = MOST_CELLS,
) -> Coded:
    """The column with the cell of each of its rows, shape (n,).

    Numbers and times stand on equal-frequency cells, at most `most` and so many that two such
    columns leave five rows for each pair of cells, unless --bins says otherwise; each on a cell of
    its own where `most` is None.
    """
    engine = engine or PythonEngine()
    side = Side(column, engine.scan(column), options.missing == "drop")
    check_side(side, options.missing)
    kind, notes = common_kind([side], None if options.kind == "auto" else options.kind)
    keys = keys_of(column)
    distinct = list(dict.fromkeys(keys))
    values = [value_of(column, key) for key in distinct]
    kinds = kinds_of(values, column.na, typed=column.typed)
    if kind == "categorical":
        # --bins is for the columns that stand on a line.
        margin = distributions([column], options._replace(bins=None), engine)[0]
        places = _on_symbols(values, kinds, margin)
    else:
        grid = _edges(side, kind, options, engine, most)
        margin = _margin_on(side, kind, grid, engine, notes)
        places = _on_line(values, kinds, margin, grid)
    code = dict(zip(distinct, places, strict=True))
    cells = np.fromiter(map(code.__getitem__, keys), dtype=np.intp, count=len(keys))
    return Coded(margin, cells)


def joint_table(columns: Sequence[Coded], weights: Column | None = None) -> JointTable:
    """The rows of these columns by the cells they share.

    weights: the column with the weight of each row, where rows do not count one each.
    DataError where no row has a place in every column.
    """
    kept = np.logical_and.reduce([one.cells != _LEFT_OUT for one in columns])
    if not kept.any():
        raise DataError("no row has a value in every column", where=columns[0].margin.name)
    flat = np.zeros(int(kept.sum()), dtype=np.int64)
    for one in columns:
        # What is occupied is renumbered at every step, so that no product overflows.
        flat = np.unique(flat, return_inverse=True)[1].reshape(-1) * len(one.margin)
        flat += one.cells[kept]
    _, first, place = np.unique(flat, return_index=True, return_inverse=True)
    cells = tuple(one.cells[kept][first] for one in columns)
    masses, size = _masses(weights, kept, place.reshape(-1), len(first))
    occupied = np.flatnonzero(masses)
    cells, masses = tuple(one[occupied] for one in cells), masses[occupied]
    margins = (_margin(one, at, masses, size) for one, at in zip(columns, cells, strict=True))
    return JointTable(tuple(margins), cells, masses, size)


def _masses(
    weights: Column | None, kept: np.ndarray, place: IndexArray, cells: int
) -> tuple[WeightArray, int | None]:
    """The mass of each joint cell, and how many rows it is worth."""
    if weights is None:
        counts = np.bincount(place, minlength=cells)
        return counts, int(counts.sum())
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
        return masses, max(1, round(effective_size(rows)))
    return masses, None


def _margin(one: Coded, cells: IndexArray, masses: WeightArray, size: int | None) -> Distribution:
    """The column's own distribution over the rows that all columns share."""
    sums = cast("WeightArray", np.zeros_like(masses, shape=len(one.margin)))
    np.add.at(sums, cells, masses)
    rows = int((one.cells == _LEFT_OUT).sum())
    missing = one.margin.missing
    if Special.MISSING in one.margin.symbols:
        missing = sums[one.margin.symbols.index(Special.MISSING)].item()
    note = f"{one.margin.name}: column {one.margin.column!r}: {counted(rows, 'row')} left out"
    notes = (*one.margin.notes, note) if rows else one.margin.notes
    return replace(one.margin, weights=sums, n=size, missing=missing, notes=notes, line=None)


class _Grid(NamedTuple):
    """Edges, and those of their cells that hold any value, ascending."""

    edges: Edges
    used: IndexArray


def _edges(
    side: Side, kind: Kind, options: CountingOptions, engine: Engine, most: int | None
) -> _Grid:
    """The grid of one column, by --bins where that is given."""
    points = engine.points(side.column, times=kind == "datetime")
    if options.bins is not None:
        edges = edges_of([side], [points], parse_bins(options.bins), kind)
    else:
        edges = _crossed(points.positions, points.masses.astype(np.float64), most)
    return _Grid(edges, np.unique(edges.locate(points.positions)))


def _crossed(positions: FloatArray, masses: FloatArray, most: int | None) -> Edges:
    """Cells to be crossed with those of another column."""
    whole = bool((positions == np.trunc(positions)).all())
    cells = max(2, min(most or 0, int((masses.sum() / _ROWS_A_CELL) ** 0.5)))
    if most is None or len(positions) <= (most if whole else cells):
        return one_cell_each(positions, "one cell a value")
    return equal_frequency(positions, masses, cells)


def _margin_on(
    side: Side, kind: Kind, grid: _Grid, engine: Engine, notes: list[str]
) -> Distribution:
    """The column on the cells of its grid."""
    given = GivenEdges(tuple(grid.edges.inner.tolist()), kind == "datetime")
    margin = on_axis([side], given, kind, engine, notes)[0]
    assert margin.grid is not None
    return replace(margin, grid=margin.grid._replace(rule=grid.edges.rule))


def _on_symbols(values: Sequence[Value], kinds: Sequence[str], margin: Distribution) -> list[int]:
    """The cell of each distinct value of a column of symbols."""
    index = {symbol: i for i, symbol in enumerate(margin.symbols)}
    rest = index.get(Special.REST, _LEFT_OUT)
    return [
        index.get(Special.MISSING, _LEFT_OUT)
        if kind == "missing"
        else index.get(symbol_of(value), rest)
        for value, kind in zip(values, kinds, strict=True)
    ]


def _on_line(
    values: Sequence[Value],
    kinds: Sequence[str],
    margin: Distribution,
    grid: _Grid,
) -> list[int]:
    """The cell of each distinct value of a column of numbers or times."""
    index = {symbol: i for i, symbol in enumerate(margin.symbols) if isinstance(symbol, Special)}
    times = margin.kind == "datetime"
    places = [_place(value, kind, times) for value, kind in zip(values, kinds, strict=True)]
    on_line = np.array([0.0 if isinstance(place, Special) else place for place in places])
    cells = np.searchsorted(grid.used, grid.edges.locate(on_line)).tolist()
    return [
        index.get(place, _LEFT_OUT) if isinstance(place, Special) else cell
        for place, cell in zip(places, cells, strict=True)
    ]


def _place(value: Value, kind: str, times: bool) -> float | Special:
    if kind == "missing":
        return Special.MISSING
    if times:
        return seconds(value) if kind == "time" else Special.OTHER
    return as_number(value)
