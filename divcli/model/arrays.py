"""Names for the arrays that pass between layers, and what numpy does at too high a price."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
# Weights without loss: doubles, 64-bit counts, or Python integers of any size.
WeightArray = NDArray[np.float64] | NDArray[np.int64] | NDArray[np.object_]


def ascending(*arrays: FloatArray) -> FloatArray:
    """The distinct values of arrays. Asked for no counts, np.unique loads numpy.ma, in 8 ms."""
    values, _ = np.unique(np.concatenate(arrays), return_counts=True)
    return values
