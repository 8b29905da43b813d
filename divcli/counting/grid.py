"""One grid for both sides of a comparison on a line.

A cell holds low ≤ x < high. A value with more mass than a cell is an atom, with a cell to itself:
the half-open interval from it to the next double. The outer cells are open to ±infinity, so that
nothing falls beside the grid.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from divcli.counting.typing_policy import as_number, as_time
from divcli.counting.widths import WIDTHS, Sample
from divcli.errors import CommandLineError
from divcli.model.arrays import ascending

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from divcli.model.arrays import FloatArray, IndexArray

RULES = ("auto", "fd", "doane", "scott", "stone", "rice", "sturges", "sqrt")
_MOST_CELLS = 10**6
_ONE_BY_ONE = 10**6  # values that numpy's rules are given as they are
_MOST_VALUES = 10**7  # where a rule has no formula for counts: 80 MB, and as much again


class GivenEdges(NamedTuple):
    """The edges of --bins, ascending: numbers, or times in seconds since 1970."""

    edges: tuple[float, ...]
    times: bool


Bins = int | str | GivenEdges


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
        return cell > 1 and self.inner[cell - 1] == math.nextafter(self.inner[cell - 2], math.inf)

    def bounds(self, cell: int) -> tuple[float, float]:
        """Least value of a cell and least value of the next; equal for an atom."""
        low = self.inner[cell - 1] if cell else -math.inf
        high = self.inner[cell] if cell < len(self.inner) else math.inf
        return float(low), float(low if high == math.nextafter(low, math.inf) else high)


def mann_wald_cells(n: int) -> int:
    """The number of equal-frequency cells for a sample of n: ⌈2·n^0.4⌉.

    Source of the rate: Mann & Wald (1942).
    """
    # Just below, so that rounding adds no cell where the root is whole: 100000^0.4 is 100.
    return max(1, math.ceil(2 * math.pow(n, 0.4) - 1e-9))


def one_cell_each(positions: FloatArray, rule: str) -> Edges:
    """A cell for every position, each an atom."""
    return Edges(ascending(positions, _next(positions)), rule)


def _next(positions: FloatArray) -> FloatArray:
    """The doubles after these, infinity after the greatest."""
    with np.errstate(over="ignore"):
        following: FloatArray = np.nextafter(positions, math.inf)
    return following


def equal_frequency(
    positions: FloatArray, masses: FloatArray, cells: int, together: str = ""
) -> Edges:
    """About `cells` cells of equal mass; values heavier than a cell are atoms.

    positions: shape (u,), ascending, distinct; masses: shape (u,), the mass of each.
    A cell that no atom confines holds between half and twice its share of what is no atom.
    """
    atoms, share = _atoms(masses, cells)
    cuts = [positions[:0]]
    start = 0
    for stop in [*np.flatnonzero(atoms).tolist(), len(positions)]:
        cuts.append(positions[start:stop][_cuts(masses[start:stop], share)])
        start = stop + 1
    isolated = positions[atoms]
    edges = ascending(*cuts, isolated, _next(isolated))
    return Edges(edges, f"{cells} equal-frequency cells{together}")


def _atoms(masses: FloatArray, cells: int) -> tuple[NDArray[np.bool_], float]:
    """Which values hold more mass than a cell, and the mass of a cell of the others."""
    atoms = np.zeros(len(masses), dtype=bool)
    while True:
        rest = np.where(atoms, 0.0, masses)
        share = float(rest.sum()) / max(cells - int(atoms.sum()), 1)
        # Without the atoms found so far, cells are smaller, and further values heavier than one.
        further = rest > share * (1 + 1e-9)
        if not further.any():
            return atoms, share
        atoms |= further


def _cuts(masses: FloatArray, share: float) -> list[int]:
    """Where cells of about this mass begin, the first aside; no value is heavier than a cell.

    Each cut is the one nearest to a multiple of the share that leaves at least half of it on
    either side. As no value is heavier than a share, none leaves more than twice of it.
    """
    ends: list[float] = np.cumsum(masses).tolist()
    cuts: list[int] = []
    start, number = 0.0, 1
    while ends and ends[-1] - start >= 1.5 * share > 0:
        least = bisect_left(ends, start + share / 2)
        wanted = min(bisect_left(ends, number * share), len(ends) - 1)
        if wanted and 2 * number * share < ends[wanted - 1] + ends[wanted]:
            wanted -= 1
        end = max(least, wanted)
        if ends[-1] - ends[end] < share / 2:
            if ends[-1] - start <= 2 * share:
                break
            end = least
        cuts.append(end + 1)
        start, number = ends[end], number + 1
    return cuts


def equal_width(positions: FloatArray, masses: FloatArray, rule: str) -> Edges:
    """The cells that numpy's rule of this name makes of the pooled values.

    masses: how often each value occurs, whole numbers.
    """
    size = masses.sum()
    if size > _ONE_BY_ONE and rule in WIDTHS:
        edges, said = _counted_edges(Sample(positions, masses), rule), ""
    elif size > _MOST_VALUES:
        raise _no_cells(rule, f"more than {_MOST_VALUES:,} values")
    else:
        edges, said = _numpy_edges(positions, masses, rule)
    return Edges(edges[1:-1], f"numpy's rule {rule!r}, equal widths{said}")


def _counted_edges(sample: Sample, rule: str) -> FloatArray:
    """The edges that numpy would draw around all values of the sample, without making them."""
    with np.errstate(all="ignore"):
        width = WIDTHS[rule](sample)
    if not math.isfinite(sample.span) or not math.isfinite(width):
        raise _no_cells(rule, "no finite number of cells for these values")
    if width and _are_whole(sample.positions):
        width = max(width, 1.0)
    if 0 < width * _MOST_CELLS < sample.span:
        raise _no_cells(rule, f"more than {_MOST_CELLS:,} cells")
    cells = math.ceil(sample.span / width) if width else 1
    return np.linspace(sample.positions[0], sample.positions[-1], cells + 1)


def _are_whole(positions: FloatArray) -> bool:
    """Whether all are whole numbers, of which numpy makes no cells that are narrower than 1."""
    return bool((np.trunc(positions) == positions).all()) and np.abs(positions).max() < 2**53


def _numpy_edges(positions: FloatArray, masses: FloatArray, rule: str) -> tuple[FloatArray, str]:
    """The edges that numpy draws, and what it warns of."""
    import warnings

    values: NDArray[Any] = np.repeat(
        positions.astype(np.int64) if _are_whole(positions) else positions, masses.astype(np.int64)
    )
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            _check_width(values, rule)
            edges = np.histogram_bin_edges(values, bins=rule)
    except (ValueError, IndexError, MemoryError, OverflowError) as error:
        raise _no_cells(rule, "no finite number of cells for these values") from error
    return edges, "".join(f"; numpy: {one.message}" for one in warned)


def _check_width(values: NDArray[Any], rule: str) -> None:
    """Refuse cells without number before numpy lays them out, as it does."""
    # Of the rules only Freedman and Diaconis' width knows no bound: 2·IQR·n^(-1/3).
    quarter, three_quarters = np.percentile(values, [25, 75])
    width = 2 * (three_quarters - quarter) / np.cbrt(len(values))
    if rule in ("auto", "fd") and 0 < width * _MOST_CELLS < values[-1] - values[0]:
        raise _no_cells(rule, f"more than {_MOST_CELLS:,} cells")


def _no_cells(rule: str, why: str) -> CommandLineError:
    return CommandLineError(
        f"--bins {rule}: {why}", hint="name a number of cells or the edges e0,e1,…"
    )


def parse_bins(text: str) -> Bins:
    """The value of --bins: a number of cells, a rule of numpy's, or ascending edges."""
    if text in RULES:
        return text
    if text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) <= _MOST_CELLS:
        return int(text)
    for read, times in ((as_number, False), (as_time, True)):
        edges = [place for part in text.split(",") if isinstance(place := read(part), float)]
        if len(edges) > text.count(",") > 0 and edges == sorted(set(edges)):
            return GivenEdges(tuple(edges), times)
    raise CommandLineError(
        f"--bins {text}: expected a number of cells up to {_MOST_CELLS:,}, a rule, or ascending "
        "edges e0,e1,…",
        hint=f"rules: {', '.join(RULES)}",
    )
