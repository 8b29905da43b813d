"""Cells that have the same two counts: what they contribute is computed once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, IndexArray, WeightArray


class Repeats(NamedTuple):
    """The kinds of cells that a pair of counts has.

    p, q: shape (u,), the counts of each kind. times: shape (u,), how many cells there are of it.
    place: shape (k,), the kind of each cell.
    """

    p: WeightArray
    q: WeightArray
    times: FloatArray
    place: IndexArray


def repeats(p: WeightArray, q: WeightArray) -> Repeats | None:
    """The kinds of cells of two arrays of counts, shape (k,); None where that saves little.

    Among many symbols most counts are small. Greater ones are taken as a kind of their own each.
    """
    if p.dtype.kind not in "iu" or q.dtype.kind not in "iu":
        return None
    width = math.isqrt(len(p) // 8)  # so few kinds that their counts stay in the cache
    great = np.flatnonzero((p >= width) | (q >= width))
    if 2 * len(great) > len(p):
        return None
    # In place: to write to a new array of a million cells costs more than to fill it.
    keys = p.astype(np.int64)
    keys *= width
    np.add(keys, q, out=keys, casting="unsafe")
    keys[great] = width * width + np.arange(len(great))
    counts = np.bincount(keys)
    found = np.flatnonzero(counts)
    if 2 * len(found) > len(p):
        return None
    ranks = np.zeros(len(counts), dtype=np.int64)
    ranks[found] = np.arange(len(found))
    place: IndexArray = np.take(ranks, keys, out=keys, mode="clip")
    few = found[: len(found) - len(great)]
    return Repeats(
        np.concatenate([few // width, p[great]]).astype(np.int64),
        np.concatenate([few % width, q[great]]).astype(np.int64),
        counts[found].astype(np.float64),
        place,
    )
