"""Names for the arrays that pass between layers; for annotations only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
# Weights without loss: doubles, 64-bit counts, or Python integers of any size.
WeightArray = NDArray[np.float64] | NDArray[np.int64] | NDArray[np.object_]
