"""Rows as numbers of cells, for tables of two columns together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.counting.grid import Edges
from divcli.counting.merging import merged
from divcli.counting.typing_policy import as_number, as_time, kinds_of, symbol_of
from divcli.model.distribution import Special, Symbol
from divcli.model.profile import Cells, ColumnProfile, SymbolCounts
from divcli.sources.columns import Column, Value

if TYPE_CHECKING:
    from divcli.model.arrays import IndexArray


class Coding(NamedTuple):
    """The few cells of a column, by its profile: edges of a line, or symbols; then cells apart."""

    profile: ColumnProfile
    edges: Edges | None
    symbols: tuple[str, ...]

    @property
    def cells(self) -> int:
        """How many cells there are, those apart included."""
        ordinary = len(self.symbols) + 1 if self.edges is None else len(self.edges.inner) + 1
        return ordinary + len(Special)

    def codes(self, column: Column) -> IndexArray:
        """The cell of each row, shape (rows,)."""
        distinct = list(dict.fromkeys(column.values))
        kinds = kinds_of(distinct, column.na, typed=column.typed)
        places = [
            Special.MISSING if kind == "missing" else self._place(value)
            for value, kind in zip(distinct, kinds, strict=True)
        ]
        cell = dict(zip(distinct, self._cells(places), strict=True))
        return np.fromiter(map(cell.__getitem__, column.values), np.intp, len(column.values))

    def _place(self, value: Value) -> float | Symbol:
        if self.edges is None:
            return symbol_of(value)
        if self.profile.kind == "numeric":
            return as_number(value)
        since = as_time(value)
        return Special.OTHER if since is None else since

    def _cells(self, places: list[float | Symbol]) -> list[int]:
        apart = {special: self.cells - len(Special) + i for i, special in enumerate(Special)}
        if self.edges is None:
            known: dict[float | Symbol, int] = {s: i for i, s in enumerate(self.symbols)}
            return [apart[p] if isinstance(p, Special) else known.get(p, len(known))
                    for p in places]  # fmt: skip
        on_line = np.array([p for p in places if isinstance(p, float)], dtype=np.float64)
        located = iter(self.edges.locate(on_line).tolist())
        return [apart[p] if isinstance(p, Special) else next(located) for p in places]


def coding_of(profile: ColumnProfile, cells: int) -> Coding:
    """About this many cells of a column: of equal frequency, or its most frequent symbols."""
    content = profile.content
    if isinstance(content, Cells):
        edges, _ = merged(content, profile.n, cells)
        return Coding(profile, edges, ())
    assert isinstance(content, SymbolCounts)
    return Coding(profile, None, content.symbols[: max(cells - 1, 1)])


def together(a: IndexArray, b: IndexArray, shape: tuple[int, int]) -> IndexArray:
    """Counts of rows in each pair of cells, of this shape."""
    counts: IndexArray = np.bincount(a * shape[1] + b, minlength=shape[0] * shape[1])
    return counts.reshape(shape)
