"""Two columns, one alphabet: what kind they are together, and their counts on the same cells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from divcli.counting.engine import Engine, Points, Scan
from divcli.counting.grid import (
    Edges,
    equal_frequency,
    equal_width,
    mann_wald_cells,
    one_cell_each,
    parse_bins,
)
from divcli.counting.python import PythonEngine, weight_array
from divcli.counting.typing_policy import number_text, time_text
from divcli.errors import CommandLineError, DataError
from divcli.model.distribution import Distribution, Grid, Kind, Line, Special, Symbol
from divcli.sources.columns import Column

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, IndexArray, WeightArray

MissingPolicy = Literal["symbol", "drop", "error"]
KindOption = Literal["auto", "categorical", "numeric", "datetime"]
# Whole numbers with no more distinct values than this keep a cell each, however small the sample:
# dice, ratings, months, ages of children are read value by value.
_FEW = 20


class CountingOptions(NamedTuple):
    """How columns become distributions; the options of the command line, by name."""

    kind: KindOption = "auto"
    bins: str | None = None
    missing: MissingPolicy = "symbol"
    limit_symbols: int | None = None


def distributions(
    columns: Sequence[Column], options: CountingOptions, engine: Engine | None = None
) -> list[Distribution]:
    """The columns as distributions on one alphabet or grid, in the order given."""
    engine = engine or PythonEngine()
    bins = None if options.bins is None else parse_bins(options.bins)
    scans = [engine.scan(column) for column in columns]
    for column, scan in zip(columns, scans, strict=True):
        _check_missing(column, scan, options.missing)
    kind, notes = _common_kind(columns, scans, options.kind)
    if kind == "categorical":
        return _categorical(columns, scans, options, engine, notes)
    points = [engine.points(column, times=kind == "datetime") for column in columns]
    edges = _edges(columns, points, bins)
    return _on_grid(columns, scans, points, edges, kind, options, notes)


def _check_missing(column: Column, scan: Scan, policy: MissingPolicy) -> None:
    if not scan.total:
        raise DataError("no values", where=_place(column))
    if policy == "error" and scan.missing:
        raise DataError(
            f"{scan.missing} missing values", where=_place(column), hint="--missing symbol or drop"
        )
    if policy == "drop" and scan.missing == scan.total:
        raise DataError("nothing but missing values", where=_place(column))


def _place(column: Column) -> str:
    return column.name if column.label is None else f"{column.name}: column {column.label!r}"


def _common_kind(
    columns: Sequence[Column], scans: Sequence[Scan], wanted: KindOption
) -> tuple[Kind, list[str]]:
    """The kind that fits all columns, with notes on values that kept it from being another."""
    if wanted != "auto":
        return wanted, []
    kinds = {_kind(scan) for scan in scans if scan.kinds}
    if len(kinds) == 1:
        kind = kinds.pop()
        nearly = [] if kind != "categorical" else [
            note for column, scan in zip(columns, scans, strict=True)
            if (note := _nearly_numeric(column, scan)) is not None
        ]  # fmt: skip
        return kind, nearly
    if not kinds:
        return "categorical", []
    odd = next(
        (f" ({_place(c)} has {s.odd!r})" for c, s in zip(columns, scans, strict=True) if s.odd), ""
    )
    return "categorical", [f"the sides are of different kinds, compared as text{odd}"]


def _kind(scan: Scan) -> Kind:
    kinds = scan.kinds
    if not kinds["text"] and not kinds["identifier"]:
        if kinds["number"] and not kinds["time"]:
            return "numeric"
        if kinds["time"] and not kinds["number"] and not kinds["not finite"]:
            return "datetime"
    return "categorical"


def _nearly_numeric(column: Column, scan: Scan) -> str | None:
    numbers = scan.masses["number"]
    others = sum(scan.masses.values()) - numbers
    if numbers <= 9 * others or column.weights is not None:
        return None
    return (
        f"{_place(column)}: {others:,} of {numbers + others:,} values are no plain numbers (first "
        f"{scan.odd!r}), taken as text; --kind numeric counts them apart"
    )


def _categorical(
    columns: Sequence[Column],
    scans: Sequence[Scan],
    options: CountingOptions,
    engine: Engine,
    notes: list[str],
) -> list[Distribution]:
    counts = [dict(engine.symbols(column)) for column in columns]
    if options.missing == "drop":
        for one in counts:
            one.pop(Special.MISSING, None)
    counts = _take_symbols(columns, counts, notes)
    alphabet: list[Symbol] = list(dict.fromkeys(symbol for one in counts for symbol in one))
    if all(column.weights is None for column in columns):
        alphabet.sort(key=lambda symbol: (isinstance(symbol, Special), str(symbol)))
    if options.limit_symbols is not None and options.limit_symbols < len(alphabet):
        counts, alphabet = _limited(counts, alphabet, options.limit_symbols, notes)
    symbols = tuple(alphabet)
    return [
        _distribution(column, scan, symbols, weight_array([one.get(s, 0) for s in symbols]),
                      "categorical", options, notes)
        for column, scan, one in zip(columns, scans, counts, strict=True)
    ]  # fmt: skip


def _take_symbols(
    columns: Sequence[Column], counts: list[dict[Symbol, float]], notes: list[str]
) -> list[dict[Symbol, float]]:
    """Weights given without symbols take those of a ready distribution of the same length."""
    named = [i for i, column in enumerate(columns) if not column.positional]
    if len(columns) != 2 or len(named) != 1:
        return counts
    named_one, other = named[0], 1 - named[0]
    if columns[named_one].weights is None or len(counts[0]) != len(counts[1]):
        return counts
    notes.append(
        f"{columns[other].name} has no symbols of its own: taken in the order of "
        f"{columns[named_one].name}"
    )
    taken = dict(zip(counts[named_one], counts[other].values(), strict=True))
    return [counts[named_one], taken] if named_one == 0 else [taken, counts[named_one]]


def _limited(
    counts: list[dict[Symbol, float]], alphabet: list[Symbol], limit: int, notes: list[str]
) -> tuple[list[dict[Symbol, float]], list[Symbol]]:
    """The symbols with the most probability over all sides, and one cell for the rest."""
    totals = [sum(one.values()) for one in counts]
    shares = {
        s: sum(one.get(s, 0) / total for one, total in zip(counts, totals, strict=True))
        for s in alphabet
    }
    kept = set(sorted(alphabet, key=lambda s: -shares[s])[:limit])
    notes.append(f"{len(alphabet) - limit:,} symbols beyond the top {limit} are one cell, (rest)")
    limited: list[dict[Symbol, float]] = []
    for one in counts:
        rest = sum(mass for symbol, mass in one.items() if symbol not in kept)
        limited.append({s: m for s, m in one.items() if s in kept} | {Special.REST: rest})
    return limited, [*(s for s in alphabet if s in kept), Special.REST]


def _on_grid(
    columns: Sequence[Column],
    scans: Sequence[Scan],
    points: Sequence[Points],
    edges: Edges,
    kind: Kind,
    options: CountingOptions,
    notes: list[str],
) -> list[Distribution]:
    special = [s for s in Special if any(one.apart.get(s) for one in points)]
    if options.missing == "drop" and Special.MISSING in special:
        special.remove(Special.MISSING)
    on_cells = [_sums(edges.locate(one.positions), one.masses, edges) for one in points]
    used = [i for i in range(len(edges.inner) + 1) if any(cells[i] for cells in on_cells)]
    grid, labels = _described(edges, used, special, kind)
    for column, one in zip(columns, points, strict=True):
        if one.apart.get(Special.OTHER):
            notes.append(
                f"{_place(column)}: {one.apart[Special.OTHER]:,} values are not {kind}: a cell of "
                "their own"
            )
    return [
        _distribution(
            column, scan, labels,
            weight_array([cells[i] for i in used] + [one.apart.get(s, 0) for s in special]),
            kind, options, notes, grid, Line(one.positions, one.masses),
        )
        for column, scan, one, cells in zip(columns, scans, points, on_cells, strict=True)
    ]  # fmt: skip


def _edges(
    columns: Sequence[Column], points: Sequence[Points], bins: int | str | list[float] | None
) -> Edges:
    positions, masses = _pooled(points)
    if isinstance(bins, list):
        return Edges(np.array(bins), "edges given")
    if not len(positions):
        return Edges(positions, "no values")
    if isinstance(bins, str):
        return equal_width(positions, masses, bins)
    if isinstance(bins, int):
        return equal_frequency(positions, masses.astype(np.float64), bins)
    if any(column.weights is not None for column in columns):
        return one_cell_each(positions, "one cell a value")
    smallest = min(float(one.masses.sum()) for one in points if len(one.masses))
    cells = mann_wald_cells(int(smallest))
    whole = bool((positions == np.trunc(positions)).all())
    if len(positions) <= (max(cells, _FEW) if whole else cells):
        return one_cell_each(positions, "one cell a value")
    if len(columns) == 1:
        return _one_sample_edges(positions, masses, cells)
    return equal_frequency(positions, masses.astype(np.float64), cells)


def _one_sample_edges(positions: FloatArray, masses: WeightArray, cells: int) -> Edges:
    """Equal widths, which show the shape of one sample; far outliers would make them too many."""
    try:
        edges = equal_width(positions, masses, "auto")
    except CommandLineError:
        return equal_frequency(positions, masses.astype(np.float64), cells)
    return edges


def _pooled(points: Sequence[Points]) -> tuple[FloatArray, WeightArray]:
    """Distinct positions of all sides with their summed mass."""
    everywhere = np.concatenate([one.positions for one in points])
    masses = np.concatenate([one.masses for one in points])
    positions, place = np.unique(everywhere, return_inverse=True)
    pooled = np.zeros(len(positions), dtype=masses.dtype)
    np.add.at(pooled, place, masses)
    return positions, pooled


def _sums(places: IndexArray, masses: WeightArray, edges: Edges) -> list[float]:
    totals = np.zeros(len(edges.inner) + 1, dtype=masses.dtype)
    np.add.at(totals, places, masses)
    listed: list[float] = totals.tolist()
    return listed


def _described(
    edges: Edges, used: Sequence[int], special: Sequence[Special], kind: Kind
) -> tuple[Grid, tuple[Symbol, ...]]:
    """The grid's bounds and the labels of its cells."""
    text = time_text if kind == "datetime" else number_text
    lows: list[str | float | None] = []
    highs: list[str | float | None] = []
    labels: list[Symbol] = []
    for cell in used:
        low, high = edges.bounds(cell)
        lows.append(_bound(low, kind))
        highs.append(_bound(high, kind))
        labels.append(text(low) if low == high else _interval(edges, cell, kind))
    none = [None] * len(special)
    return Grid((*lows, *none), (*highs, *none), edges.rule), (*labels, *special)


def _bound(value: float, kind: Kind) -> str | float:
    return time_text(value) if kind == "datetime" and math.isfinite(value) else value


def _interval(edges: Edges, cell: int, kind: Kind) -> str:
    text = time_text if kind == "datetime" else number_text
    low, high = edges.bounds(cell)
    if edges.follows_atom(cell):
        opening = f"({text(float(edges.inner[cell - 2]))}"
    else:
        opening = "(-inf" if math.isinf(low) else f"[{text(low)}"
    return f"{opening}, {'inf' if math.isinf(high) else text(high)})"


def _distribution(
    column: Column,
    scan: Scan,
    symbols: tuple[Symbol, ...],
    weights: WeightArray,
    kind: Kind,
    options: CountingOptions,
    notes: Sequence[str],
    grid: Grid | None = None,
    line: Line | None = None,
) -> Distribution:
    counted = column.given in ("samples", "counts")
    dropped = scan.missing if options.missing == "drop" else 0
    said = [*column.notes, *notes]
    if dropped:
        said.append(f"{_place(column)}: {dropped:,} missing values dropped")
    return Distribution(
        name=column.name,
        symbols=symbols,
        weights=weights,
        kind=kind,
        n=int(scan.total - dropped) if counted else None,
        given=column.given,
        column=column.label,
        missing=scan.missing,
        grid=grid,
        line=line,
        notes=tuple(said),
    )
