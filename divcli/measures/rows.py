"""One measure of all pairs of rows at once, for matrices of many distributions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from divcli.measures.pair import normalise
from divcli.measures.totals import sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from divcli.model.arrays import FloatArray, WeightArray

    # Of `Cells`, or of what here stands for them.
    Terms = Callable[[Any], FloatArray]

_BLOCK = 2**15  # cells at a time: a dozen such arrays stay in the cache of one core
# Below this total variation, plain doubles leave fewer digits than a measure is to have: their
# rounding costs 1e-16 of the variation, and a divergence is about its square (Pinsker).
_NEAR = 2.0**-12


class RowCells:
    """What `Cells` holds, of several rows against others, in plain doubles and when asked for.

    p, q: shares, shapes that broadcast to (r, k).
    """

    scale = 1.0

    def __init__(self, p: FloatArray, q: FloatArray) -> None:
        self.p, self.q = np.broadcast_arrays(p, q)
        self.d: FloatArray = p - q
        self.total: FloatArray = p + q

    @cached_property
    def contrast(self) -> FloatArray:
        """(p - q)/(p + q), 0 where both are 0."""
        out = np.zeros_like(self.total)
        return np.divide(self.d, self.total, out=out, where=self.total > 0)

    @cached_property
    def log_p(self) -> FloatArray:
        """Ln p, -inf at 0."""
        return _log(self.p)

    @cached_property
    def log_q(self) -> FloatArray:
        """Ln q, -inf at 0."""
        return _log(self.q)

    @cached_property
    def log_ratio(self) -> FloatArray:
        """Ln p/q, through the difference where the two are near; 0 where both are 0."""
        relative = np.divide(self.d, self.q, out=np.ones_like(self.d), where=self.q > 0)
        near = np.abs(relative) < 0.5
        with np.errstate(invalid="ignore"):
            far = np.where(self.total > 0, self.log_p - self.log_q, 0.0)
        ratio: FloatArray = np.log1p(relative, out=far, where=near)
        return ratio


def pairwise(weights: Sequence[WeightArray], terms: Terms, symmetric: bool) -> FloatArray:
    """The sum of the terms of each ordered pair of rows, in nats, shape (g, g).

    weights: g rows of shape (k,) on one alphabet, as they were counted. Right to 1e-12 of each
    sum: pairs too near for doubles are measured again, exactly.
    """
    shares = np.array([_shares(row) for row in weights])
    g = len(shares)
    totals, variation = np.zeros((g, g)), np.ones((g, g))
    step = max(1, _BLOCK // max(1, shares.shape[1]))
    for i in range(g):
        for start in range(i if symmetric else 0, g, step):
            block = slice(start, min(start + step, g))
            cells = RowCells(shares[i][None], shares[block])
            totals[i, block] = terms(cells).sum(axis=1)
            variation[i, block] = np.abs(cells.d).sum(axis=1) / 2
    for i, j in np.argwhere((variation < _NEAR) & (totals > 0)).tolist():
        totals[i, j] = sums(normalise(weights[i], weights[j]), [terms])[terms]
    return np.triu(totals) + np.triu(totals, 1).T if symmetric else totals


def mixture(shares: FloatArray, mixing: FloatArray) -> FloatArray:
    """The weighted mean of rows, shape (k,). shares: shape (g, k); mixing: shape (g,), sum 1."""
    mean: FloatArray = mixing @ shares
    return mean


def _shares(weights: WeightArray) -> FloatArray:
    scaled = np.asarray(weights / weights.max(), dtype=np.float64)
    shares: FloatArray = scaled / float(scaled.sum())
    return shares


def _log(shares: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        logs: FloatArray = np.log(shares)
    return logs
