"""Weighted rows as the fewer unweighted ones that they are worth."""

from __future__ import annotations

import numpy as np

from divcli.inference.arrays import FloatArray, IntArray


def effective_counts(totals: FloatArray, size: float) -> IntArray:
    """Whole counts that sum to the effective size and share it as the weights per cell do.

    totals: sum of the row weights in each cell, shape (k,). Rounded by largest remainders.
    Inference on these counts knows how few rows the weights are worth.
    """
    w = _checked(totals)
    n = max(1, round(size))
    exact = w / w.sum() * n
    counts: IntArray = np.floor(exact).astype(np.int64)
    order = np.argsort(counts - exact, kind="stable")
    counts[order[: n - int(counts.sum())]] += 1
    return counts


def _checked(weights: FloatArray) -> FloatArray:
    """Weights as floats, refused where they cannot be weights."""
    w: FloatArray = np.asarray(weights, dtype=np.float64)
    if w.ndim != 1 or not np.isfinite(w).all() or (w < 0).any() or not (w > 0).any():
        raise ValueError("weights: expected finite numbers from 0 on, at least one above 0")
    return w
