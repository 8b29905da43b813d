"""What counting asks of an engine: sufficient statistics of a column, never its rows.

One pass tells what the column is (`Scan`); a second counts it on symbols, or as mass at points of
a line. An engine that cannot hold every distinct value answers the second with a fine grid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple, Protocol

from divcli.model.distribution import Kind, Special, Symbol
from divcli.sources.columns import Column

if TYPE_CHECKING:
    from divcli.counting.texts import KeptTexts
    from divcli.model.arrays import FloatArray, WeightArray
    from divcli.model.sums import Weighed


class Scan(NamedTuple):
    """What one pass over a column tells, in distinct values and in mass.

    kinds: distinct values by what they are; masses: rows (or weight) by the same; odd: the first
    value that keeps the column from being numeric or a time, if any. missing: mass. weighed: of
    weighted rows, what their weights are.
    """

    kinds: Mapping[str, int]
    masses: Mapping[str, float]
    missing: float
    odd: str | None
    weighed: Weighed | None = None

    @property
    def total(self) -> float:
        """All mass, missing values included."""
        return sum(self.masses.values()) + self.missing


class Points(NamedTuple):
    """A column on a line: distinct positions, ascending, with their mass, and what has none.

    positions, masses: shape (u,). apart: mass of missing and other values that are no points.
    centre: of the ruler that put positions together, None where each value has its own.
    """

    positions: FloatArray
    masses: WeightArray
    apart: Mapping[Special, float]
    centre: float | None = None


class Asked(NamedTuple):
    """Columns that will be asked for together, to share symbols or a line.

    kind: what they are taken for, None where the values decide. edges: places on the line that
    mass below is to be told from mass above, None where distinct values are wanted.
    """

    columns: Sequence[Column]
    kind: Kind | None = None
    edges: FloatArray | None = None


class Together(NamedTuple):
    """Columns on the symbols that any of them has, in alphabetical order.

    counts: shape (k,) for each column. missing, rest: rows with missing values, and with symbols
    beyond a limit, by column. beyond: how many symbols those are.
    """

    symbols: tuple[str, ...] | KeptTexts
    counts: Sequence[WeightArray]
    missing: Sequence[int]
    rest: Sequence[int]
    beyond: int


class Engine(Protocol):
    """The statistics that an engine answers for."""

    def prepare(self, asked: Sequence[Asked]) -> None:
        """Take notice of all that will be asked, so that each source is read once for it."""

    def ahead(self, asked: Sequence[Asked]) -> AbstractContextManager[None]:
        """The same while the first of it is already used: the next column is counted meanwhile.

        What goes wrong with a source may be told of any column, and is raised at the end.
        """

    def scan(self, column: Column) -> Scan:
        """What the values of the column are."""

    def symbols(self, column: Column) -> Mapping[Symbol, float]:
        """Mass of each symbol, missing values under Special.MISSING, in any order."""

    def together(
        self, columns: Sequence[Column], limit: int | None, *, drops_missing: bool
    ) -> Together | None:
        """Columns on one alphabet, or on its most probable symbols, where that is known at once."""

    def points(self, column: Column, *, times: bool, edges: FloatArray | None = None) -> Points:
        """Mass of each number (or time) of the column, or of those between two edges as one."""
