"""Sums without rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from divcli.model.arrays import WeightArray


def integer_sum(weights: WeightArray) -> int | None:
    """The exact sum of integers, shape (k,); None of other weights, and where it may overflow."""
    if weights.dtype.kind not in "iu" or len(weights) * float(weights.max()) >= 2.0**62:
        return None
    return int(weights.sum())
