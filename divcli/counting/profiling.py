"""From a column to its profile: on cells of its own choice, or on those of another profile.

The fine grid has equal-frequency cells, several to each that a check will use; a check merges
them (see `counting.merging`). Symbols are counted one by one, in columns of many symbols those
that stand out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from heapq import nsmallest
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

from divcli.counting.axis import FEW
from divcli.counting.engine import Asked, Engine, Points, Scan
from divcli.counting.grid import (
    Edges,
    GivenEdges,
    equal_frequency,
    mann_wald_cells,
    one_cell_each,
    parse_bins,
)
from divcli.counting.kinds import common_kind
from divcli.counting.python import weight_array
from divcli.counting.side import Side, counted
from divcli.errors import CommandLineError, DataError
from divcli.model.column_settings import ColumnSettings
from divcli.model.distribution import Kind, Special
from divcli.model.profile import Cells, ColumnProfile, Content, Rest, SymbolCounts
from divcli.sources.columns import Column

if TYPE_CHECKING:
    from divcli.model.arrays import WeightArray

MOST_CELLS = 1000
MOST_SYMBOLS = 1000
# Observations to a fine cell, so that a small sample's profile is no list of its values.
_PER_CELL = 5
# A text column of which more than this share of values occur once is a key, not a quantity.
_IDENTIFIER = 0.9
_LEAST_ROWS = 50


def profile_column(
    column: Column, engine: Engine, settings: ColumnSettings, like: ColumnProfile | None = None
) -> ColumnProfile:
    """The profile of a column; like: on the cells or symbols of this one, and of its kind.

    Raises DataError where there is nothing to count, or weights that are no counts.
    """
    if column.model is not None:
        from divcli.counting.model_profiles import profile_of_model

        return profile_of_model(column, like)
    side = Side(column, engine.scan(column), False)
    _check(side)
    notes: list[str] = []
    if like is not None:
        kind = like.kind
    else:
        kind, notes = common_kind([side], settings.forced)
    forced = settings.forced is not None
    if kind == "categorical":
        return _categorical(side, engine, like, notes, forced=forced)
    profile = _on_line(side, kind, engine, _wanted_edges(settings, kind, like), notes)
    return replace(profile, identifier=False) if forced else profile


def asked_like(
    column: Column, settings: ColumnSettings, like: ColumnProfile | None = None
) -> Asked:
    """What an engine is asked for a profile, of a kind and on the edges of another if any."""
    if like is None:
        return Asked([column], settings.forced)
    edges = like.content.edges if isinstance(like.content, Cells) else None
    return Asked([column], like.kind, edges)


def own_kind(column: Column, engine: Engine) -> Kind:
    """What a column is by itself."""
    if column.model is not None:
        return "numeric"
    return common_kind([Side(column, engine.scan(column), False)], None)[0]


def _check(side: Side) -> None:
    if not side.scan.total:
        raise DataError("no values", where=side.place)
    if side.size is None:
        raise DataError(
            f"{side.column.given} have no sample size: what chance does cannot be told",
            where=side.place,
            hint="give samples or counts; divcli compare measures the rest",
        )


def _wanted_edges(settings: ColumnSettings, kind: Kind, like: ColumnProfile | None) -> Edges | None:
    if like is not None:
        assert isinstance(like.content, Cells)
        return Edges(like.content.edges, like.content.rule)
    bins = bins_for(settings, kind)
    return Edges(np.array(bins.edges), GIVEN) if isinstance(bins, GivenEdges) else None


def bins_for(settings: ColumnSettings, kind: Kind) -> int | GivenEdges | None:
    """The number of cells or the edges that are set, None where none are, of this kind at least.

    CommandLineError for rules that need the values.
    """
    bins = None if settings.bins is None else parse_bins(settings.bins)
    if isinstance(bins, str):
        raise CommandLineError(
            f"--bins {bins}: rules need the values; a profile keeps counts",
            hint="name a number of cells or the edges e0,e1,…",
        )
    if isinstance(bins, GivenEdges) and bins.times != (kind == "datetime"):
        return None
    return bins


GIVEN: Literal["edges given"] = "edges given"
EACH: Literal["one cell a value"] = "one cell a value"


def _on_line(
    side: Side, kind: Kind, engine: Engine, edges: Edges | None, notes: list[str]
) -> ColumnProfile:
    times = kind == "datetime"
    inner = None if edges is None else edges.inner
    points = engine.points(side.column, times=times, edges=inner)
    if edges is None:
        valued = float(points.masses.sum()) / side.scan.total
        edges = fine_grid(points, round(valued * (side.size or 1)))
    totals = cast("WeightArray", np.zeros(len(edges.inner) + 1, points.masses.dtype))
    np.add.at(totals, edges.locate(points.positions), points.masses)
    least, greatest = points.positions[[0, -1]] if len(points.positions) else (math.nan, math.nan)
    others = points.apart.get(Special.OTHER)
    if others:
        notes.append(f"{side.place}: {counted(others, 'value')} not {kind}: in a cell apart")
    return ColumnProfile(
        side.column.label,
        kind,
        side.size or 0,
        {one: points.apart[one] for one in Special if points.apart.get(one)},
        Cells(edges.inner, totals, float(least), float(greatest), edges.rule),
        kind == "numeric" and _is_row_number(side.scan, points),
        tuple(notes),
    )


def fine_grid(points: Points, n: int) -> Edges:
    """The cells of a profile: several to each that a check of n observations uses."""
    positions = points.positions
    if not len(positions):
        return Edges(positions, "no values")
    cells = min(MOST_CELLS, max(mann_wald_cells(n), n // _PER_CELL))
    whole = bool((positions == np.trunc(positions)).all())
    if len(positions) <= (max(cells, FEW) if whole else min(cells, FEW)):
        return one_cell_each(positions, EACH)
    return equal_frequency(positions, points.masses.astype(np.float64), cells)


def _is_row_number(scan: Scan, points: Points) -> bool:
    """Whether whole numbers follow each other without a gap or a repetition, as row numbers do."""
    positions = points.positions
    distinct, n = scan.kinds.get("number", 0), scan.masses.get("number", 0)
    if distinct != n or n < _LEAST_ROWS:
        return False
    return bool(positions[-1] - positions[0] + 1 == n and positions[0] == np.trunc(positions[0]))


def _categorical(
    side: Side, engine: Engine, like: ColumnProfile | None, notes: list[str], *, forced: bool
) -> ColumnProfile:
    symbols = dict(engine.symbols(side.column))
    apart = {one: symbols.pop(one) for one in Special if symbols.get(one)}
    texts: dict[str, float] = {s: m for s, m in symbols.items() if isinstance(s, str)}
    if like is None:
        identifier = not forced and _is_identifier(side, texts)
        content = _all_in_one(texts) if identifier else listed(texts)
        notes += [] if identifier else _rest_note(side, content)
    else:
        identifier = like.identifier
        content = _all_in_one(texts) if identifier else listed(texts, like.content)
    return ColumnProfile(
        side.column.label, "categorical", side.size or 0, apart, content, identifier, tuple(notes)
    )


def _rest_note(side: Side, content: SymbolCounts) -> list[str]:
    if content.rest is None:
        return []
    share = content.rest.mass / (content.rest.mass + sum(content.counts.tolist()))
    return [
        f"{side.place}: {counted(len(content.symbols), 'symbol')} with a cell each, "
        f"{content.rest.symbols:,} that do not stand out in one, (rest), with {100 * share:.0f}% "
        "of the values: what moves among them is not seen"
    ]


def _is_identifier(side: Side, symbols: Mapping[str, float]) -> bool:
    values = sum(symbols.values())
    if side.column.is_ready or values < _LEAST_ROWS:
        return False
    return len(symbols) > _IDENTIFIER * values


def _all_in_one(symbols: Mapping[str, float]) -> SymbolCounts:
    rest = Rest(sum(symbols.values()), len(symbols)) if symbols else None
    return SymbolCounts((), weight_array([]), rest)


def listed(symbols: Mapping[str, float], like: Content | None = None) -> SymbolCounts:
    """The symbols with a count each, most frequent first; of many, those that stand out.

    like: symbols of another profile, which have a count each here too, even if it is 0. Where
    that one has a rest no others have a count; where it has none all have, so that what is new
    can be told from what is not.
    """
    if not isinstance(like, SymbolCounts):
        chosen = _standing_out(symbols)
    else:
        chosen = set(like.symbols) if like.rest is not None else {*like.symbols, *symbols}
    # Mostly in alphabetical order already, which sorting makes use of.
    named = [symbol for symbol in symbols if symbol in chosen]
    named += [symbol for symbol in chosen if symbol not in symbols]
    named.sort()
    order = np.argsort([-symbols.get(symbol, 0) for symbol in named], kind="stable").tolist()
    ranked = [named[place] for place in order]
    beyond = [mass for symbol, mass in symbols.items() if symbol not in chosen]
    apart = bool(beyond) or (isinstance(like, SymbolCounts) and like.rest is not None)
    counts = weight_array([symbols.get(symbol, 0) for symbol in ranked])
    return SymbolCounts(tuple(ranked), counts, Rest(sum(beyond), len(beyond)) if apart else None)


def _standing_out(symbols: Mapping[str, float]) -> set[str]:
    """All symbols, or of many those whose count chance alone would give to none of the others.

    Those that merely lead among equals lead by chance, and would fall back in every other sample:
    taken for the most frequent, they would drift without moving. A symbol is listed where its
    count is above what the greatest of a million Poisson counts with the mean of the rest is.
    """
    if len(symbols) <= MOST_SYMBOLS:
        return set(symbols)
    leading = nsmallest(MOST_SYMBOLS, symbols, key=lambda symbol: (-symbols[symbol], symbol))
    mass = sum(symbols.values()) - sum(symbols[symbol] for symbol in leading)
    while leading:
        mean = mass / (len(symbols) - len(leading))
        if symbols[leading[-1]] > mean + 5 * math.sqrt(mean) + 5:
            break
        mass += symbols[leading.pop()]
    return set(leading)
