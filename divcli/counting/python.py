"""The engine of the standard library: exact tallies of what fits in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from divcli.counting.engine import Points, Scan
from divcli.counting.typing_policy import ValueKind, as_number, as_time, kind_of, text_symbol
from divcli.model.distribution import Special, Symbol
from divcli.sources.columns import Column, Value

if TYPE_CHECKING:
    from divcli.model.arrays import WeightArray


Tally = list[tuple[Value, float]]


class PythonEngine:
    """Counts distinct values once a column; everything else is read off the tally."""

    def __init__(self) -> None:
        self._tallies: dict[int, tuple[Column, Tally]] = {}

    def scan(self, column: Column) -> Scan:
        """What the values of the column are."""
        kinds: Counter[str] = Counter()
        masses: Counter[str] = Counter()
        missing: float = 0
        odd: str | None = None
        for value, mass in self._tally(column):
            if _is_missing(value, column):
                missing += mass
                continue
            kind = _kind(value, column)
            kinds[kind] += 1
            masses[kind] += mass  # type: ignore[assignment]  # weights may be fractions
            if odd is None and kind in ("text", "identifier"):
                odd = text_symbol(value)
        return Scan(kinds, masses, missing, odd)

    def symbols(self, column: Column) -> Mapping[Symbol, float]:
        """Mass of each symbol, missing values under Special.MISSING, in order of appearance."""
        counts: dict[Symbol, float] = {}
        for value, mass in self._tally(column):
            symbol: Symbol = Special.MISSING if _is_missing(value, column) else text_symbol(value)
            counts[symbol] = counts.get(symbol, 0) + mass
        return counts

    def points(self, column: Column, *, times: bool) -> Points:
        """Mass of each number (or time) of the column."""
        on_line: dict[float, float] = {}
        apart: dict[Special, float] = {}
        for value, mass in self._tally(column):
            place = self._place(value, column, times)
            if isinstance(place, Special):
                apart[place] = apart.get(place, 0) + mass
            else:
                on_line[place] = on_line.get(place, 0) + mass
        ordered = sorted(on_line)
        return Points(
            np.array(ordered, dtype=np.float64),
            weight_array([on_line[position] for position in ordered]),
            apart,
        )

    def _place(self, value: Value, column: Column, times: bool) -> float | Special:
        if _is_missing(value, column):
            return Special.MISSING
        if not times:
            return as_number(value)
        seconds = as_time(value)
        return Special.OTHER if seconds is None else seconds

    def _tally(self, column: Column) -> Tally:
        key = id(column)
        if key not in self._tallies:
            # The column is kept beside its tally so that the id stays its own.
            self._tallies[key] = (column, _count(column))
        return self._tallies[key][1]


def _count(column: Column) -> Tally:
    """Distinct values with their mass.

    Told apart by type where types are declared: 1, 1.0 and true are equal in Python but not in a
    document.
    """
    keys = [(type(value), value) for value in column.values] if column.typed else column.values
    if column.weights is None:
        counts: dict[Any, float] = dict(Counter(keys))
    else:
        counts = {}
        for key, weight in zip(keys, column.weights, strict=True):
            counts[key] = counts.get(key, 0) + weight
    return [(key[1], mass) for key, mass in counts.items()] if column.typed else [*counts.items()]


def weight_array(masses: list[float]) -> WeightArray:
    """Weights as an array without loss: int64 where they fit, Python integers, or doubles."""
    if all(isinstance(mass, int) for mass in masses):
        small = all(mass < 2**63 for mass in masses)
        return np.array(masses, dtype=np.int64 if small else object)
    if any(isinstance(mass, int) and mass > 2**53 for mass in masses):
        return np.array(masses, dtype=object)
    return np.array(masses, dtype=np.float64)


def _is_missing(value: Value, column: Column) -> bool:
    if value is None:
        return True
    return isinstance(value, str) and bool(column.na) and value.strip(" \t") in column.na


def _kind(value: Value, column: Column) -> ValueKind:
    if column.typed and isinstance(value, str):
        return "text" if as_time(value) is None else "time"
    return kind_of(value)
