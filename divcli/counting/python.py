"""The engine of the standard library: exact tallies of what fits in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import compress
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import numpy as np

from divcli.counting.engine import Asked, Points, Scan, Together
from divcli.counting.repeated import Repeated
from divcli.counting.ruler import EXACT_ROWS, Ruler, Shared, blurred, cell_places
from divcli.counting.typing_policy import ValueKind, as_number, kinds_of, seconds, symbol_of
from divcli.model.distribution import Special, Symbol, text_of
from divcli.model.sums import Weighed, units, weighed
from divcli.sources.columns import Column, Value

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, WeightArray


K = TypeVar("K")
_SHOWN = 60  # characters of a value that a note quotes


class _Tally(NamedTuple):
    """Distinct values in order of appearance, with the mass of each and what it is.

    weighed: of weighted rows, what their weights are; masses are without rounding then, in units.
    """

    values: Sequence[Value]
    masses: Sequence[float]
    kinds: Sequence[ValueKind]
    weighed: Weighed | None = None

    def of(self, kind: ValueKind) -> tuple[list[Value], list[float]]:
        """The values of a kind, and their masses."""
        these = list(map(kind.__eq__, self.kinds))
        return list(compress(self.values, these)), list(compress(self.masses, these))


class PythonEngine:
    """Counts and classifies distinct values once a column; all else is read off the tally."""

    def __init__(self, rows: Callable[[Column], int] = lambda column: len(column.values)) -> None:
        self._rows = rows  # of a column that shares a line with one of this engine's
        self._tallies: dict[int, tuple[Column, _Tally]] = {}
        self._shared = Shared()

    def scan(self, column: Column) -> Scan:
        """What the values of the column are."""
        tally = self._tally(column)
        kinds: Counter[Any] = Counter(tally.kinds)
        masses = rounded({kind: sum(tally.of(kind)[1]) for kind in kinds}, tally.weighed)
        del kinds["missing"]
        missing = masses.pop("missing", 0)
        return Scan(kinds, masses, missing, odd_of(tally.values, tally.kinds), tally.weighed)

    def symbols(self, column: Column) -> Mapping[Symbol, float]:
        """Mass of each symbol, missing values under Special.MISSING, in order of appearance."""
        tally = self._tally(column)
        if not column.typed and "missing" not in tally.kinds:
            texts = cast("Sequence[str]", tally.values)
            counts: dict[Symbol, float] = dict(zip(texts, tally.masses, strict=True))
            return rounded(counts, tally.weighed)
        counts = {}
        for value, mass, kind in zip(*tally[:3], strict=True):
            symbol: Symbol = Special.MISSING if kind == "missing" else symbol_of(value)
            counts[symbol] = counts.get(symbol, 0) + mass
        return rounded(counts, tally.weighed)

    def prepare(self, asked: Sequence[Asked]) -> None:
        """Which columns share a line; each is read on its own, from memory."""
        self._shared.add(asked)

    def ahead(self, asked: Sequence[Asked]) -> AbstractContextManager[None]:
        """The same: what is in memory is not waited for."""
        self.prepare(asked)
        return nullcontext()

    def together(
        self, columns: Sequence[Column], limit: int | None, *, drops_missing: bool
    ) -> Together | None:
        """None: the symbols of each column are at hand."""
        return None

    def points(self, column: Column, *, times: bool, edges: FloatArray | None = None) -> Points:
        """Mass of each number (or time) of the column, in its own place unless they are many."""
        tally = self._tally(column)
        positions, masses, apart = _places(tally, times)
        points = Points(*summed(positions, masses), apart)
        sampled = edges is None and not column.is_ready
        if sampled and self._shared.rows(column, self._rows) > EXACT_ROWS:
            points = settled(*points[:3], self._shared.ruler(column, times=times))
        return points_rounded(points, tally.weighed, edges)

    def _tally(self, column: Column) -> _Tally:
        key = id(column)
        if key not in self._tallies:
            # The column is kept beside its tally so that the id stays its own.
            self._tallies[key] = (column, _count(column))
        return self._tallies[key][1]


def _places(tally: _Tally, times: bool) -> tuple[list[float], list[float], dict[Special, float]]:
    """Where the values stand, with their masses, and the mass of those without a place."""
    kind: ValueKind = "time" if times else "number"
    read: Any = seconds if times else float
    values, masses = tally.of(kind)
    positions = list(map(read, values))
    others = (one for one in zip(*tally[:3], strict=True) if one[2] != kind)
    return positions, masses, placed(others, times, positions, masses)


_ODD = frozenset({"text", "identifier"})


def _quoted(value: Value) -> str:
    return value if isinstance(value, str) else text_of(symbol_of(value))


def odd_of(values: Iterable[Value], kinds: Iterable[ValueKind]) -> str | None:
    """The first value in alphabetical order that is neither a number nor a time, if any."""
    odd = compress(values, map(_ODD.__contains__, kinds))
    first = min(map(_quoted, odd), default=None)
    return None if first is None else first[:_SHOWN]


def place_of(value: Value, kind: ValueKind, times: bool) -> float | Special:
    """Where a value stands on the line, or the special cell it belongs to."""
    if kind == "missing":
        return Special.MISSING
    return Special.OTHER if times else as_number(value)


def placed(
    values: Iterable[tuple[Value, float, ValueKind]],
    times: bool,
    positions: list[float],
    masses: list[float],
) -> dict[Special, float]:
    """Add values with a place on the line to those that have one; the mass of all others."""
    apart: dict[Special, float] = {}
    for value, mass, kind in values:
        place = seconds(value) if times and kind == "time" else place_of(value, kind, times)
        if isinstance(place, Special):
            apart[place] = apart.get(place, 0) + mass
        else:
            positions.append(place)
            masses.append(mass)
    return apart


def settled(
    positions: FloatArray,
    masses: WeightArray,
    apart: Mapping[Special, float],
    ruler: Ruler,
) -> Points:
    """The points of a column of many rows as the ruler leaves them."""
    blurred_positions = blurred(positions, ruler)
    if blurred_positions is positions:
        return Points(positions, masses, apart)
    distinct, totals = summed(blurred_positions, masses)
    return Points(distinct, totals, apart, ruler.centre)


def summed(
    positions: FloatArray | list[float], masses: WeightArray | list[float]
) -> tuple[FloatArray, WeightArray]:
    """Distinct positions, ascending, with the mass of each."""
    weights = weight_array(masses) if isinstance(masses, list) else masses
    # Adding 0 makes one zero of two.
    distinct, place = np.unique(np.array(positions, dtype=np.float64) + 0.0, return_inverse=True)
    totals = cast("WeightArray", np.zeros_like(weights, shape=len(distinct)))
    np.add.at(totals, place, weights)
    return distinct, totals


def rounded(masses: dict[K, float], weighed: Weighed | None) -> dict[K, float]:
    """Masses as they are, those in units rounded once."""
    if weighed is None:
        return masses
    return {key: weighed.rounded(int(mass)) for key, mass in masses.items()}


def points_rounded(
    points: Points, weighed: Weighed | None, edges: FloatArray | None = None
) -> Points:
    """Points with their masses as they are, those in units rounded once, for each cell if any."""
    if weighed is None:
        return points
    if edges is not None:
        cells = np.searchsorted(edges, points.positions, side="right")
        points = Points(*summed(cell_places(cells, edges), points.masses), points.apart)
    masses = [weighed.rounded(mass) for mass in points.masses.tolist()]
    return points._replace(masses=weight_array(masses), apart=rounded(dict(points.apart), weighed))


def _count(column: Column) -> _Tally:
    """The tally of a column.

    Where values of several declared types meet, they are told apart by type too: 1, 1.0 and true
    are equal in Python but not in a document.
    """
    values = column.values
    if isinstance(values, Repeated) and column.weights is None:
        distinct = [value for value, _ in values.counts]
        kinds = kinds_of(distinct, column.na, typed=column.typed)
        return _Tally(distinct, [n for _, n in values.counts], kinds)
    several = column.typed and len(set(map(type, values)) - {type(None)}) > 1
    keys: Sequence[Any] = list(zip(map(type, values), values, strict=True)) if several else values
    counts: dict[Any, float] = {}
    found = None
    if column.weights is None:
        counts = dict(Counter(keys))
    elif column.is_ready:
        for key, weight in zip(keys, column.weights, strict=True):
            counts[key] = counts.get(key, 0) + weight
    else:
        found = weighed(column.weights)
        exact = {weight: units(weight, found.bits) for weight in set(column.weights)}
        for key, weight in zip(keys, column.weights, strict=True):
            counts[key] = counts.get(key, 0) + exact[weight]
    distinct = [value for _, value in counts] if several else list(counts)
    kinds = kinds_of(distinct, column.na, typed=column.typed)
    return _Tally(distinct, list(counts.values()), kinds, found)


def weight_array(masses: list[float]) -> WeightArray:
    """Weights as an array without loss: int64 where their sum fits, Python integers or doubles."""
    if set(map(type, masses)) <= {int}:
        return np.array(masses, dtype=np.int64 if sum(masses) < 2**63 else object)
    wide = any(isinstance(mass, int) and mass > 2**53 for mass in masses)
    return np.array(masses, dtype=object if wide else np.float64)
