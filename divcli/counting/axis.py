"""Numeric and datetime columns on one grid."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.counting.engine import Engine, Points
from divcli.counting.grid import (
    Bins,
    Edges,
    GivenEdges,
    equal_frequency,
    equal_width,
    mann_wald_cells,
    one_cell_each,
)
from divcli.counting.python import settled, weight_array
from divcli.counting.ruler import Ruler, note_of
from divcli.counting.side import Side, counted
from divcli.counting.typing_policy import number_text, time_text
from divcli.errors import CommandLineError, DataError
from divcli.model.distribution import Distribution, Grid, Kind, Line, Special, Symbol
from divcli.model.made import Made

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, IndexArray, WeightArray

# Whole numbers with no more distinct values than this keep a cell each, however small the sample:
# dice, ratings, months, ages of children are read value by value.
FEW = 20
# A double is written with this many digits more than its neighbour where that one was typed.
_ULP_DIGITS = 6


def on_axis(
    sides: Sequence[Side], bins: Bins | None, kind: Kind, engine: Engine, notes: list[str]
) -> list[Distribution]:
    """The sides on one grid of cells, and in cells of their own what has no place on the line."""
    points = alike([engine.points(side.column, times=kind == "datetime") for side in sides])
    for side, one in zip(sides, points, strict=True):
        notes += _others(side, one, kind)
        if one.centre is not None:
            notes.append(f"{side.place}: {kind} values {note_of(one.centre)}")
    edges = edges_of(sides, points, bins, kind)
    special = [s for s in Special if any(one.apart.get(s) for one in points)]
    if any(side.drops_missing for side in sides) and Special.MISSING in special:
        special.remove(Special.MISSING)
    on_cells = [_sums(edges.locate(one.positions), one.masses, edges) for one in points]
    used = [i for i in range(len(edges.inner) + 1) if any(cells[i] for cells in on_cells)]
    grid, labels = described(edges, used, special, kind)
    return [
        side.distribution(
            labels,
            weight_array([cells[i] for i in used] + [one.apart.get(s, 0) for s in special]),
            kind, notes, grid, Line(one.positions, one.masses),
        )
        for side, one, cells in zip(sides, points, on_cells, strict=True)
    ]  # fmt: skip


def alike(points: Sequence[Points]) -> list[Points]:
    """Sides that share a line, on one ruler where any of them is on one."""
    centre = next((one.centre for one in points if one.centre is not None), None)
    if centre is None:
        return list(points)
    ruler = Ruler(centre)
    return [
        settled(one.positions, one.masses, one.apart, ruler) if one.centre is None else one
        for one in points
    ]


def _others(side: Side, points: Points, kind: Kind) -> list[str]:
    """The note on values that are not of the kind; DataError where none is."""
    others = points.apart.get(Special.OTHER)
    if not others:
        return []
    if not len(points.positions):
        hint = "--kind categorical takes each value as a symbol"
        raise DataError(f"--kind {kind}: no value is {kind}", where=side.place, hint=hint)
    return [f"{side.place}: {counted(others, 'value')} not {kind}: in a cell apart"]


def edges_of(
    sides: Sequence[Side], points: Sequence[Points], bins: Bins | None, kind: Kind
) -> Edges:
    """The grid of --bins, or the one that suits the sides together."""
    positions, masses = _pooled(points)
    together = ", all sides pooled" if len(sides) > 1 else ""
    if isinstance(bins, GivenEdges):
        if bins.times != (kind == "datetime"):
            which = "times" if bins.times else "numbers"
            raise CommandLineError(f"--bins: the edges are {which}, the values {kind}")
        return Edges(np.array(bins.edges), "edges given")
    if not len(positions):
        return Edges(positions, "no values")
    if isinstance(bins, str):
        _check_sampled(sides, bins)
        return equal_width(positions, masses, bins)
    if isinstance(bins, int):
        return equal_frequency(positions, masses, bins, together)
    cells = few_cells(sides, positions)
    if cells is None:
        return one_cell_each(positions, "one cell a value")
    if len(sides) == 1:
        return _one_sample_edges(positions, masses, cells)
    return equal_frequency(positions, masses, cells, together)


def few_cells(sides: Sequence[Side], positions: FloatArray) -> int | None:
    """How many cells of equal frequency samples allow; None where each value has one to itself."""
    if any(side.column.is_ready for side in sides):
        return None
    cells = mann_wald_cells(int(min(side.size or 0 for side in sides)))
    whole = bool((positions == np.trunc(positions)).all())
    return None if len(positions) <= (max(cells, FEW) if whole else cells) else cells


def _check_sampled(sides: Sequence[Side], rule: str) -> None:
    for side in sides:
        if side.column.given not in ("samples", "counts"):
            raise CommandLineError(
                f"--bins {rule} goes by the sample size; {side.place} has {side.column.given}",
                hint="name a number of cells or the edges",
            )


def _one_sample_edges(positions: FloatArray, masses: FloatArray, cells: int) -> Edges:
    """Equal widths, which show the shape of one sample; far outliers would make them too many."""
    try:
        return equal_width(positions, masses, "auto")
    except CommandLineError:
        return equal_frequency(positions, masses, cells)


def _pooled(points: Sequence[Points]) -> tuple[FloatArray, FloatArray]:
    """Distinct positions of all sides, ascending, with their summed mass to double precision."""
    everywhere = np.concatenate([one.positions for one in points])
    masses = np.concatenate([one.masses.astype(np.float64) for one in points])
    positions, place = np.unique(everywhere, return_inverse=True)
    pooled = np.zeros(len(positions))
    np.add.at(pooled, place, masses)
    return positions, pooled


def _sums(places: IndexArray, masses: WeightArray, edges: Edges) -> list[float]:
    totals = np.zeros(len(edges.inner) + 1, dtype=masses.dtype)
    np.add.at(totals, places, masses)
    listed: list[float] = totals.tolist()
    return listed


def described(
    edges: Edges, used: Sequence[int], special: Sequence[Special], kind: Kind
) -> tuple[Grid, Sequence[Symbol]]:
    """The grid's bounds and the labels of its cells, written when they are looked at."""
    size = len(used) + len(special)
    cells = _Cells(edges, used, special, kind)
    return Grid(Made(size, cells.low), Made(size, cells.high), edges.rule), Made(size, cells.label)


class _Cells(NamedTuple):
    """The cells of a grid that are used, and special ones."""

    edges: Edges
    used: Sequence[int]
    special: Sequence[Special]
    kind: Kind

    def low(self, i: int) -> str | float | None:
        return None if i >= len(self.used) else self._bound(self.edges.bounds(self.used[i])[0])

    def high(self, i: int) -> str | float | None:
        return None if i >= len(self.used) else self._bound(self.edges.bounds(self.used[i])[1])

    def _bound(self, value: float) -> str | float:
        return time_text(value) if self.kind == "datetime" and math.isfinite(value) else value

    def label(self, i: int) -> Symbol:
        if i >= len(self.used):
            return self.special[i - len(self.used)]
        cell = self.used[i]
        low, high = self.edges.bounds(cell)
        return _text(low, self.kind) if low == high else _interval(self.edges, cell, self.kind)


def _interval(edges: Edges, cell: int, kind: Kind) -> str:
    low, high = edges.bounds(cell)
    start, above = _just_above(low, kind)
    end, including = _just_above(high, kind)
    if edges.follows_atom(cell):
        start, above = _text(float(edges.inner[cell - 2]), kind), True
    opening = "(-inf" if math.isinf(low) else f"{'(' if above else '['}{start}"
    return f"{opening}, {'inf' if math.isinf(high) else end}{']' if including else ')'}"


@functools.lru_cache(maxsize=2)  # a cell begins where the last one ended
def _just_above(bound: float, kind: Kind) -> tuple[str, bool]:
    """The text of a bound; of the double after a short number, that number, and true."""
    text = _text(bound, kind)
    if len(text) <= _ULP_DIGITS:
        return text, False
    before = _text(math.nextafter(bound, -math.inf), kind)
    return (before, True) if len(before) + _ULP_DIGITS < len(text) else (text, False)


def _text(bound: float, kind: Kind) -> str:
    return time_text(bound) if kind == "datetime" else number_text(bound)
