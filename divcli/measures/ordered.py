"""Measures of distributions on a line: what symbols alone cannot tell, positions can."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from divcli.measures.pair import Pair
    from divcli.model.arrays import FloatArray


def kolmogorov_smirnov(pair: Pair, positions: FloatArray) -> float:
    """Greatest distance of the two distribution functions, in [0, 1].

    pair: k cells in the order of positions, shape (k,), ascending.
    """
    return max(float(np.abs(gap).max()) for _, gap in _gaps(pair, positions))


def wasserstein(pair: Pair, positions: FloatArray) -> float:
    """Wasserstein-1 distance ∫|F - G|dx in the unit of the positions.

    pair: k cells in the order of positions, shape (k,), ascending.
    Source: Vallender (1974).
    """
    with np.errstate(over="ignore"):  # beyond the greatest double it is infinite
        return float(sum(float(np.abs(gap) @ widths) for widths, gap in _gaps(pair, positions)))


def energy(pair: Pair, positions: FloatArray) -> float:
    """Energy distance √(2∫(F - G)²dx) in the root of the unit of the positions.

    pair: k cells in the order of positions, shape (k,), ascending.
    Source: Székely & Rizzo (2013); in one dimension it is this integral.
    """
    with np.errstate(over="ignore"):
        squares = (float((gap * gap) @ widths) for widths, gap in _gaps(pair, positions))
        return math.sqrt(2 * sum(squares))


def cramer_von_mises(pair: Pair, positions: FloatArray) -> float:
    """Cramér-von Mises distance ∫(F - G)² d½(F + G), in [0, 1/3].

    pair: k cells in the order of positions, shape (k,), ascending. In a jump of both, F and G are
    taken half-way up, as midranks do. Source: Anderson (1962).
    """
    total, carried = 0.0, 0.0
    for cells in pair.blocks():
        run = cells.unscaled()
        after = carried + np.cumsum(run.d)
        middle = after - run.d / 2
        # The square of a gap that runs linearly through a jump, averaged over it.
        total += float((middle * middle + run.d * run.d / 12) @ run.total) / 2
        carried = float(after[-1])
    return total


def _gaps(pair: Pair, positions: FloatArray) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Widths to the next position, and F - G over them, block by block."""
    with np.errstate(over="ignore"):  # a distance beyond the greatest double is infinite
        widths = np.diff(positions, append=positions[-1])
    start, carried = 0, 0.0
    for cells in pair.blocks():
        stop = start + len(cells.p)
        gap = carried + np.cumsum(cells.d)
        yield widths[start:stop], gap / cells.scale
        start, carried = stop, float(gap[-1])
