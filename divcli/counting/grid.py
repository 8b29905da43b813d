"""One grid for both sides of a comparison on a line.

A cell holds low ≤ x < high. A value with more mass than a cell is an atom, with a cell to itself:
the half-open interval from it to the next double. The outer cells are open to ±infinity, so that
nothing falls beside the grid.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.errors import CommandLineError

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, IndexArray, WeightArray

RULES = ("auto", "fd", "doane", "scott", "stone", "rice", "sturges", "sqrt")
_MOST_CELLS = 10**6


class Edges(NamedTuple):
    """Inner edges of a grid, ascending, shape (b-1,) for b cells, and how they were chosen."""

    inner: FloatArray
    rule: str

    def locate(self, positions: FloatArray) -> IndexArray:
        """The cell of each position, shape (u,)."""
        places: IndexArray = np.searchsorted(self.inner, positions, side="right")
        return places

    def follows_atom(self, cell: int) -> bool:
        """Whether the cell begins at the double after an atom's value."""
        return cell > 1 and bool(
            self.inner[cell - 1] == np.nextafter(self.inner[cell - 2], math.inf)
        )

    def bounds(self, cell: int) -> tuple[float, float]:
        """Least value of a cell and least value of the next; equal for an atom."""
        low = self.inner[cell - 1] if cell else -math.inf
        high = self.inner[cell] if cell < len(self.inner) else math.inf
        return float(low), float(low if high == np.nextafter(low, math.inf) else high)


def mann_wald_cells(n: int) -> int:
    """The number of equal-frequency cells for a sample of n: ⌈2·n^0.4⌉.

    Source of the rate: Mann & Wald (1942).
    """
    return max(1, math.ceil(2 * math.pow(n, 0.4)))


def one_cell_each(positions: FloatArray, rule: str) -> Edges:
    """A cell for every position, each an atom."""
    after = np.nextafter(positions, math.inf)
    return Edges(np.unique(np.concatenate([positions, after])), rule)


def equal_frequency(positions: FloatArray, masses: FloatArray, cells: int) -> Edges:
    """About `cells` cells of equal mass; values heavier than a cell are atoms.

    positions: shape (u,), ascending, distinct; masses: shape (u,), the pooled mass of each.
    """
    atoms = masses > masses.sum() / cells
    rest = np.where(atoms, 0.0, masses)
    left = cells - int(atoms.sum())
    cuts = positions[:0]
    if left > 1 and rest.any():
        cumulative = np.cumsum(rest) / rest.sum()
        # The cell after a cut begins at the first value beyond its share of the mass.
        places = np.searchsorted(cumulative, np.arange(1, left) / left, side="left") + 1
        cuts = positions[places[places < len(positions)]]
    isolated = positions[atoms]
    edges = np.unique(np.concatenate([cuts, isolated, np.nextafter(isolated, math.inf)]))
    return Edges(edges, f"{cells} equal-frequency cells of both sides pooled")


def equal_width(positions: FloatArray, masses: WeightArray, rule: str) -> Edges:
    """The cells that numpy's rule of this name makes of the pooled values."""
    values = np.repeat(positions, np.maximum(masses.astype(np.float64), 0).astype(np.int64))
    try:
        edges = np.histogram_bin_edges(values, bins=rule)
    except (ValueError, MemoryError) as error:
        raise CommandLineError(
            f"--bins {rule}: no finite number of cells for these values ({error})",
            hint="name a number of cells or the edges",
        ) from error
    if len(edges) > _MOST_CELLS:
        raise CommandLineError(f"--bins {rule}: {len(edges)} cells", hint="name a number of cells")
    return Edges(edges[1:-1], f"numpy's rule {rule!r}, equal widths")


def parse_bins(text: str) -> int | str | list[float]:
    """The value of --bins: a number of cells, a rule of numpy's, or ascending edges."""
    if text in RULES:
        return text
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    try:
        edges = [float(part) for part in text.split(",")]
    except ValueError:
        edges = []
    if not edges or edges != sorted(set(edges)) or not all(map(math.isfinite, edges)):
        raise CommandLineError(
            f"--bins {text}: expected a number of cells, a rule or ascending edges e0,e1,…",
            hint=f"rules: {', '.join(RULES)}",
        )
    return edges
