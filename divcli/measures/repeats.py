"""Cells that have the same two counts: what they contribute is computed once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, IndexArray, WeightArray


class Repeats(NamedTuple):
    """The kinds of cells that a pair of counts has.

    first: shape (u,), one cell of each kind. times: shape (u,), how many there are of it. place:
    shape (k,), the kind of each cell.
    """

    first: IndexArray
    times: FloatArray
    place: IndexArray


def repeats(p: WeightArray, q: WeightArray) -> Repeats | None:
    """The kinds of cells of two arrays of counts, shape (k,); None where that saves little.

    Among many symbols most counts are small. Greater ones are taken as a kind of their own each.
    """
    if p.dtype.kind not in "iu" or q.dtype.kind not in "iu":
        return None
    width = math.isqrt(len(p))
    great = np.flatnonzero((p >= width) | (q >= width))
    if 2 * len(great) > len(p):
        return None
    keys = (p * width + q).astype(np.int64)
    keys[great] = width * width + np.arange(len(great))
    counts = np.bincount(keys)
    found = np.flatnonzero(counts)
    if 2 * len(found) > len(p):
        return None
    ranks = np.zeros(len(counts), dtype=np.int64)
    ranks[found] = np.arange(len(found))
    place = ranks[keys]
    first = np.zeros(len(found), dtype=np.int64)
    first[place] = np.arange(len(p))
    return Repeats(first, counts[found].astype(np.float64), place)
