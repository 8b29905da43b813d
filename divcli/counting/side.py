"""One column on its way to be one of several distributions on the same cells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from divcli.counting.engine import Scan
from divcli.model.distribution import Distribution, Grid, Kind, Line, Symbol
from divcli.sources.columns import Column

if TYPE_CHECKING:
    from divcli.model.arrays import WeightArray


class Side(NamedTuple):
    """A column, what a scan told of it, and whether its missing values are left out."""

    column: Column
    scan: Scan
    drops_missing: bool

    @property
    def place(self) -> str:
        """The source and its column, for errors and notes."""
        name, label = self.column.name, self.column.label
        return name if label is None else f"{name}: column {label!r}"

    @property
    def size(self) -> int | None:
        """The sample size, of weighted rows the effective one; None where nothing was counted."""
        column, scan = self.column, self.scan
        if column.given not in ("samples", "counts"):
            return None
        kept = scan.total - (scan.missing if self.drops_missing else 0)
        if column.weights is None or column.is_ready:
            return int(kept)
        return max(1, round(effective_size(column.weights) * float(kept / scan.total)))

    def _weighted_rows(self) -> list[str]:
        if self.column.weights is None or self.column.is_ready:
            return []
        rows = f"{len(self.column.weights):,} weighted rows"
        return [f"{self.place}: {rows}, worth {self.size:,} of equal weight"]

    def distribution(
        self,
        symbols: Sequence[Symbol],
        weights: WeightArray,
        kind: Kind,
        notes: Sequence[str],
        grid: Grid | None = None,
        line: Line | None = None,
    ) -> Distribution:
        """The side as weights of these symbols, with all that was noted on the way."""
        column, scan = self.column, self.scan
        dropped = scan.missing if self.drops_missing else 0
        said = [*column.notes, *notes, *self._weighted_rows()]
        if dropped:
            said.append(f"{self.place}: {counted(dropped, 'missing value')} dropped")
        return Distribution(
            name=column.name,
            symbols=symbols,
            weights=weights,
            kind=kind,
            n=self.size,
            given=column.given,
            column=column.label,
            missing=scan.missing,
            grid=grid,
            line=line,
            notes=tuple(said),
        )


def effective_size(weights: Sequence[float]) -> float:
    """How many rows of equal weight these are worth, (Σw)²/Σw². Source: Kish (1965)."""
    greatest = max(weights)
    scaled = [weight / greatest for weight in weights]
    return math.fsum(scaled) ** 2 / math.fsum(weight * weight for weight in scaled)


def counted(n: float, noun: str) -> str:
    """A number with its noun, in the plural where due."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
