"""One column on its way to be one of several distributions on the same cells."""

from __future__ import annotations

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
        if scan.weighed is None:
            return int(kept)
        return max(1, round(scan.weighed.size * float(kept / scan.total)))

    def _weighted_rows(self) -> list[str]:
        if self.scan.weighed is None:
            return []
        rows = f"{self.scan.weighed.rows:,} weighted rows"
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


def counted(n: float, noun: str) -> str:
    """A number with its noun, in the plural where due."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
