"""Two profiles of a column on the cells of one check, as many as the smaller sample supports.

The cells follow from the reference's counts and the smaller sample size alone, so that a check of
the same two samples is always on the same ruler, whatever form the reference comes in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from divcli.counting.axis import FEW, described
from divcli.counting.grid import Edges, GivenEdges, equal_frequency, mann_wald_cells
from divcli.counting.profiling import EACH, GIVEN, bins_for
from divcli.counting.python import weight_array
from divcli.errors import DataError
from divcli.model.column_settings import ColumnSettings
from divcli.model.distribution import Distribution, Grid, Special, Symbol
from divcli.model.profile import Cells, ColumnProfile, SymbolCounts

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, IndexArray, WeightArray


class Named(NamedTuple):
    """A profile of a column and the source that it is of."""

    source: str
    profile: ColumnProfile


def check_cells(
    reference: Named, current: Named, settings: ColumnSettings
) -> tuple[Distribution, Distribution]:
    """The current and the reference, in that order, as counts on the cells of a check.

    Both profiles are of one kind; DataError where missing values are refused or nothing is left.
    """
    sides = [current, reference]
    drops = settings.missing == "drop"
    special = [s for s in Special if any(one.profile.apart.get(s) for one in sides)]
    if Special.MISSING in special and settings.missing == "error":
        where = next(one for one in sides if one.profile.missing)
        raise DataError(
            f"column {where.profile.column!r}: {where.profile.missing:,} missing values",
            where=where.source,
            hint="--missing symbol or drop",
        )
    if drops and Special.MISSING in special:
        special.remove(Special.MISSING)
    notes: list[str] = []
    symbols, grid, counts = _aligned(reference.profile, current, settings, notes)
    none = (None,) * len(special)
    if grid is not None:
        grid = Grid((*grid.low, *none), (*grid.high, *none), grid.rule)
    rows = [
        [*row, *(one.profile.apart.get(s, 0) for s in special)]
        for one, row in zip(sides, counts, strict=True)
    ]
    used = [i for i, (x, y) in enumerate(zip(*rows, strict=True)) if x or y]
    labels: tuple[Symbol, ...] = (*symbols, *special)
    if grid is not None:
        grid = Grid(tuple(grid.low[i] for i in used), tuple(grid.high[i] for i in used), grid.rule)
    alike = tuple(labels[i] for i in used)
    p, q = (
        _distribution(one, alike, [row[i] for i in used], grid, notes, drops=drops)
        for one, row in zip(sides, rows, strict=True)
    )
    return p, q


def _distribution(
    side: Named,
    symbols: tuple[Symbol, ...],
    counts: list[float],
    grid: Grid | None,
    notes: list[str],
    *,
    drops: bool,
) -> Distribution:
    profile = side.profile
    n = profile.n
    if drops:
        kept = profile.n * (1 - profile.missing / profile.total)
        n = round(kept) if profile.is_weighted else profile.n - round(profile.missing)
    if not any(counts):
        raise DataError(f"column {profile.column!r}: nothing but missing values", where=side.source)
    return Distribution(
        name=side.source,
        symbols=symbols,
        weights=weight_array(counts),
        kind=profile.kind,
        n=n,
        given="samples" if profile.is_weighted else "counts",
        column=profile.column,
        missing=profile.missing,
        grid=grid,
        notes=tuple(notes),
    )


def _aligned(
    reference: ColumnProfile, current: Named, settings: ColumnSettings, notes: list[str]
) -> tuple[Sequence[Symbol], Grid | None, list[list[float]]]:
    """Cells with their bounds, and the counts of current and reference on them."""
    ours, theirs = reference.content, current.profile.content
    if isinstance(ours, SymbolCounts):
        assert isinstance(theirs, SymbolCounts)
        symbols, counts = _symbols(ours, theirs)
        return symbols, None, counts
    assert isinstance(theirs, Cells)
    smaller = min(reference.n, current.profile.n)
    bins = bins_for(settings, reference.kind)
    if bins is None and settings.bins is not None:
        notes.append(f"column {reference.column!r}: {reference.kind}, --bins has no effect")
    ours = _on_given_edges(ours, bins, notes)
    edges, groups = merged(ours, smaller, bins if isinstance(bins, int) else None)
    fine = _same_edges(theirs, ours, current, notes)
    rows = [_group_sums(one, groups).tolist() for one in (fine, ours.counts)]
    used = list(range(len(edges.inner) + 1))
    grid, labels = described(edges, used, [], reference.kind)
    return labels, grid, rows


def _symbols(
    ours: SymbolCounts, theirs: SymbolCounts
) -> tuple[tuple[Symbol, ...], list[list[float]]]:
    """Symbols of the reference, then what is new, then the rest, and the counts of both on them.

    Where the reference has a rest, nothing tells what is new from what is in it.
    """
    here = dict(zip(ours.symbols, ours.counts.tolist(), strict=True))
    there = dict(zip(theirs.symbols, theirs.counts.tolist(), strict=True))
    new = [symbol for symbol in there if symbol not in here]
    rests = [0 if one.rest is None else one.rest.mass for one in (theirs, ours)]
    if ours.rest is not None:
        rests[0] += sum(there[symbol] for symbol in new)
        new = []
    symbols = [*here, *new]
    counts = [[*(one.get(s, 0) for s in symbols), rest]
              for one, rest in zip((there, here), rests, strict=True)]  # fmt: skip
    return (*symbols, Special.REST), counts


def merged(cells: Cells, smaller: int, wanted: int | None = None) -> tuple[Edges, IndexArray]:
    """The edges of a check, and for every fine cell, shape (b,), the cell that it is part of.

    smaller: the smaller sample size; wanted: how many cells, whatever it supports.
    """
    fine = len(cells.counts)
    occupied = int(np.count_nonzero(cells.counts))
    enough = FEW if cells.rule == EACH and wanted is None else 0
    wanted = wanted or mann_wald_cells(smaller)
    if cells.rule == GIVEN or occupied <= max(wanted, enough):
        return Edges(cells.edges, cells.rule), np.arange(fine)
    places = np.arange(fine, dtype=np.float64)
    coarse = equal_frequency(places, cells.counts.astype(np.float64), wanted)
    _, starts, groups = np.unique(coarse.locate(places), return_index=True, return_inverse=True)
    rule = f"{wanted} equal-frequency cells of the reference"
    return Edges(cells.edges[starts[1:] - 1], rule), groups


def _on_given_edges(cells: Cells, bins: int | GivenEdges | None, notes: list[str]) -> Cells:
    """The cells on the edges that were asked for, where any were and it has others."""
    if not isinstance(bins, GivenEdges):
        return cells
    edges = np.array(bins.edges)
    if np.array_equal(edges, cells.edges):
        return cells
    counts, cost = rebinned(cells, edges)
    if cost:
        notes.append(_cost("the reference", cost))
    return cells._replace(edges=edges, counts=counts, rule=GIVEN)


def _same_edges(theirs: Cells, ours: Cells, current: Named, notes: list[str]) -> WeightArray:
    """The counts of the current on the edges of the reference."""
    if np.array_equal(theirs.edges, ours.edges):
        return theirs.counts
    counts, cost = rebinned(theirs, ours.edges)
    if cost:
        notes.append(_cost(current.source, cost))
    return counts


def _cost(source: str, cost: float) -> str:
    return (
        f"{source}: a profile on other edges, its cells shared out in proportion: at each edge "
        f"up to {100 * cost:.2g}% of the mass may be on the wrong side (divcli profile --like "
        "avoids it)"
    )


def rebinned(cells: Cells, edges: FloatArray) -> tuple[WeightArray, float]:
    """Counts on other edges, and the largest share of the mass that any edge cuts apart.

    Exact where the new edges are among the old ones or beyond all values; else a cell that is cut
    is shared out in proportion to length, in whole numbers where the counts are.
    """
    total = float(cells.counts.sum())
    if not total:
        return weight_array([0] * (len(edges) + 1)), 0.0
    after = np.nextafter(cells.greatest, np.inf)
    inner = cells.edges[(cells.edges > cells.least) & (cells.edges < after)]
    knots = np.concatenate([[cells.least], inner, [after]])
    below = np.concatenate([[0.0], np.cumsum(cells.counts.astype(np.float64))])
    heights = np.concatenate([[0.0], below[1:][np.searchsorted(cells.edges, inner)], [total]])
    cumulative = np.interp(edges, knots, heights)
    inside = (edges > knots[0]) & (edges < knots[-1]) & ~np.isin(edges, knots)
    gaps = np.diff(heights)[np.searchsorted(knots, edges[inside]) - 1]
    if cells.counts.dtype.kind != "f":
        cumulative = np.rint(cumulative)
    counts = np.diff(np.concatenate([[0.0], cumulative, [total]]))
    masses = counts.tolist() if cells.counts.dtype.kind == "f" else [int(c) for c in counts]
    return weight_array(masses), float(gaps.max(initial=0.0)) / total


def _group_sums(counts: WeightArray, groups: IndexArray) -> WeightArray:
    sums = cast("WeightArray", np.zeros(int(groups.max()) + 1, dtype=counts.dtype))
    np.add.at(sums, groups, counts)
    return sums
