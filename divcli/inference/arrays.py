"""What goes in: arrays of counts, checked once."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Counts = Sequence[int] | NDArray[np.generic]

# The generators take 64-bit integers, and two totals below this add without overflow.
LARGEST_TOTAL = 2**62


def quantile(draws: FloatArray, share: float) -> float:
    """The least draw that at least this share of the others do not exceed; one of the draws.

    np.quantile interpolates, which has no answer between a finite draw and an infinite one, and
    its first call loads masked arrays: 7 ms.
    """
    return float(np.sort(draws)[math.ceil((len(draws) - 1) * share)])


def as_counts(values: Counts) -> IntArray:
    """Counts per symbol as 64-bit integers, shape (k,), summing to 1 at least.

    ValueError where they are not whole numbers from 0 on or sum to 0; OverflowError where they
    sum to more than 2^62.
    """
    given = np.asarray(values)
    if given.ndim != 1 or not given.size:
        raise ValueError(f"counts: expected a row of numbers, found shape {given.shape}")
    if given.dtype.kind == "O":
        given = given.astype(np.float64)
    if given.dtype.kind not in "iubf" or (given.dtype.kind == "f" and not _whole(given)):
        raise ValueError("counts: expected whole numbers")
    if given.min() < 0:
        raise ValueError(f"counts: expected none below 0, found {given.min()}")
    total = float(given.sum(dtype=np.float64))
    if total == 0:
        raise ValueError("counts: expected at least one observation, found none")
    if total > LARGEST_TOTAL:
        raise OverflowError("counts: expected a sum up to 2^62")
    return given.astype(np.int64)


def as_pair(x: Counts, y: Counts) -> tuple[IntArray, IntArray]:
    """Two rows of counts on one alphabet, shape (k,) each; ValueError where k differs."""
    first, second = as_counts(x), as_counts(y)
    if len(first) != len(second):
        raise ValueError(f"counts: one alphabet has {len(first)} symbols, the other {len(second)}")
    return first, second


def _whole(given: NDArray[np.generic]) -> bool:
    """Whether all of these floats are whole numbers."""
    return bool(np.isfinite(given).all() and (given == np.floor(given)).all())
