"""Weighted rows: how many unweighted ones they are worth."""

from __future__ import annotations

import numpy as np

from divcli.inference.arrays import FloatArray, IntArray


def effective_size(weights: FloatArray) -> float:
    """Kish's effective sample size (Σw)²/Σw² of row weights, shape (n,); n where all are equal.

    ValueError where weights are negative, not finite, or all 0. Source: Kish (1965).
    """
    w = _checked(weights)
    # Scaled by the largest, so that no square over- or underflows.
    w = w / w.max()
    return float(w.sum() ** 2 / (w @ w))


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
