"""A column on cells to be crossed with those of others, and the cell of each of its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.counting.align import CountingOptions, check_side, distributions
from divcli.counting.axis import edges_of, on_axis
from divcli.counting.engine import Engine
from divcli.counting.grid import Edges, GivenEdges, equal_frequency, one_cell_each, parse_bins
from divcli.counting.kinds import common_kind
from divcli.counting.python import PythonEngine
from divcli.counting.side import Side
from divcli.counting.typing_policy import as_number, kinds_of, seconds, symbol_of
from divcli.model.distribution import Distribution, Kind, Special
from divcli.sources.columns import Column, Value

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, IndexArray

# Of a grid that several columns cross: cells few enough for their products to be filled.
MOST_CELLS = 20
_ROWS_A_CELL = 5
LEFT_OUT = -1  # the cell of a value that has none


class Placed(NamedTuple):
    """A column on its cells.

    starts: the least position in each cell on a line, ascending; None where each symbol is a cell.
    """

    column: Column
    margin: Distribution
    starts: FloatArray | None

    @property
    def apart(self) -> dict[Special, int]:
        """The cells of what is no symbol or has no position: they come last."""
        start = max(len(self.margin) - len(Special), 0)
        last = enumerate(self.margin.symbols[start:], start)
        return {symbol: i for i, symbol in last if isinstance(symbol, Special)}

    def cells_of(self, values: Sequence[Value]) -> list[int]:
        """The cell of each of these values."""
        kinds = kinds_of(values, self.column.na, typed=self.column.typed)
        if self.starts is None:
            return self._on_symbols(values, kinds)
        times = self.margin.kind == "datetime"
        places = [_place(value, kind, times) for value, kind in zip(values, kinds, strict=True)]
        on_line = np.array([0.0 if isinstance(place, Special) else place for place in places])
        # Values that a ruler puts together are together: where the least of them is.
        cells = np.searchsorted(self.starts[1:], on_line, side="right").tolist()
        apart = self.apart
        return [
            apart.get(place, LEFT_OUT) if isinstance(place, Special) else cell
            for place, cell in zip(places, cells, strict=True)
        ]

    def _on_symbols(self, values: Sequence[Value], kinds: Sequence[str]) -> list[int]:
        index = {symbol: i for i, symbol in enumerate(self.margin.symbols)}
        rest = index.get(Special.REST, LEFT_OUT)
        return [
            index.get(Special.MISSING, LEFT_OUT)
            if kind == "missing"
            else index.get(symbol_of(value), rest)
            for value, kind in zip(values, kinds, strict=True)
        ]


class Combinations(NamedTuple):
    """Cells of several columns that stand together, and in how many rows.

    cells: of each column, shape (c,), -1 where it is left out. rows: shape (c,). A combination may
    come more than once.
    """

    cells: Sequence[IndexArray]
    rows: IndexArray


def placed(
    column: Column,
    options: CountingOptions,
    engine: Engine | None = None,
    most: int | None = MOST_CELLS,
) -> Placed:
    """The column on cells of its own.

    Numbers and times stand on equal-frequency cells, at most `most` and so many that two such
    columns leave five rows for each pair of cells, unless --bins says otherwise; each on a cell of
    its own where `most` is None.
    """
    engine = engine or PythonEngine()
    side = Side(column, engine.scan(column), options.missing == "drop")
    check_side(side, options.missing)
    kind, notes = common_kind([side], options.wanted)
    if kind == "categorical":
        # --bins is for the columns that stand on a line.
        return Placed(column, distributions([column], options._replace(bins=None), engine)[0], None)
    edges, starts = _grid(side, kind, options, engine, most)
    given = GivenEdges(tuple(edges.inner.tolist()), kind == "datetime")
    margin = on_axis([side], given, kind, engine, notes)[0]
    assert margin.grid is not None
    margin = replace(margin, grid=margin.grid._replace(rule=edges.rule))
    return Placed(column, margin, starts)


def _grid(
    side: Side, kind: Kind, options: CountingOptions, engine: Engine, most: int | None
) -> tuple[Edges, FloatArray]:
    """The grid of one column, by --bins where that is given, and where its used cells start."""
    points = engine.points(side.column, times=kind == "datetime")
    if options.bins is not None:
        edges = edges_of([side], [points], parse_bins(options.bins), kind)
    else:
        edges = _crossed(points.positions, points.masses.astype(np.float64), most)
    first: IndexArray = np.unique(edges.locate(points.positions), return_index=True)[1]
    return edges, points.positions[first]


def _crossed(positions: FloatArray, masses: FloatArray, most: int | None) -> Edges:
    """Cells to be crossed with those of another column."""
    whole = bool((positions == np.trunc(positions)).all())
    cells = max(2, min(most or 0, int((masses.sum() / _ROWS_A_CELL) ** 0.5)))
    if most is None or len(positions) <= (most if whole else cells):
        return one_cell_each(positions, "one cell a value")
    return equal_frequency(positions, masses, cells)


def _place(value: Value, kind: str, times: bool) -> float | Special:
    if kind == "missing":
        return Special.MISSING
    if times:
        return seconds(value) if kind == "time" else Special.OTHER
    return as_number(value)
