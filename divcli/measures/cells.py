"""What every measure needs to know about a run of cells, each quantity to full precision."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray


SCALE_BITS = 64
SCALE = 2.0**SCALE_BITS


class Cells(NamedTuple):
    """Probabilities of k cells under P and Q, with what subtraction and logarithms would lose.

    p, q: shape (k,), normalised over the whole alphabet. d: p - q, exact to one rounding even
    where p and q agree in every digit. log_p, log_q, log_ratio: natural logarithms of p, q and
    p/q, -inf or inf at zeros, exact to a few roundings near 1; log_ratio is 0 where both are 0.
    scale: what p, q and d (and so all terms) are multiplied by: runs meant for summing are, so that
    probabilities near the least double keep their digits until the sum is divided by it. times: of
    runs meant for summing, how many cells each of these stands for: shape (k,), or one number.
    """

    p: FloatArray
    q: FloatArray
    d: FloatArray
    log_p: FloatArray
    log_q: FloatArray
    log_ratio: FloatArray
    scale: float = 1.0
    times: FloatArray | float = 1.0

    def unscaled(self) -> Cells:
        """The same cells with probabilities as they are."""
        p, q, d = self.p / self.scale, self.q / self.scale, self.d / self.scale
        return self._replace(p=p, q=q, d=d, scale=1.0)

    @property
    def total(self) -> FloatArray:
        """P + q, shape (k,)."""
        return self.p + self.q

    @property
    def contrast(self) -> FloatArray:
        """(p - q)/(p + q) in [-1, 1], 0 where both are 0; shape (k,)."""
        total = self.total
        return np.divide(self.d, total, out=np.zeros_like(total), where=total > 0)
