"""How wide the cells of one sample are by numpy's rules, from values and how often each occurs.

numpy takes the values one by one. Of many millions that is most of the memory that counting needs,
so for these the same formulas are applied to the counts.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from divcli.model.arrays import FloatArray


class Sample(NamedTuple):
    """Values and how often each occurs.

    positions: shape (u,), finite and ascending. masses: shape (u,), positive whole numbers.
    """

    positions: FloatArray
    masses: FloatArray

    @property
    def size(self) -> int:
        """How many values there are."""
        return int(self.masses.sum())

    @property
    def span(self) -> float:
        """From the least to the greatest value; it may be infinite."""
        return float(self.positions[-1]) - float(self.positions[0])

    @property
    def deviations(self) -> FloatArray:
        """Distances from the mean, shape (u,)."""
        return self.positions - np.average(self.positions, weights=self.masses)

    @property
    def deviation(self) -> float:
        """The standard deviation of the values."""
        return math.sqrt(float(np.average(self.deviations**2, weights=self.masses)))

    def quantile(self, share: float) -> float:
        """The value below which this share lies, interpolated as numpy does by default."""
        place = share * (self.size - 1)
        below = math.floor(place)
        ranks = np.cumsum(self.masses)
        low, high = self.positions[np.searchsorted(ranks, [below, below + 1], side="right")]
        return float(low + (high - low) * (place - below))


def fd(sample: Sample) -> float:
    """2·IQR·n^(-1/3). Source: Freedman & Diaconis (1981)."""
    return 2 * (sample.quantile(0.75) - sample.quantile(0.25)) / math.cbrt(sample.size)


def scott(sample: Sample) -> float:
    """(24√π/n)^(1/3) standard deviations. Source: Scott (1979)."""
    return math.cbrt(24 * math.sqrt(math.pi) / sample.size) * sample.deviation


def rice(sample: Sample) -> float:
    """The span by 2·n^(1/3)."""
    return sample.span / (2 * math.cbrt(sample.size))


def sqrt(sample: Sample) -> float:
    """The span by √n."""
    return sample.span / math.sqrt(sample.size)


def sturges(sample: Sample) -> float:
    """The span by log₂ n + 1. Source: Sturges (1926)."""
    return sample.span / (math.log2(sample.size) + 1)


def doane(sample: Sample) -> float:
    """The span by 1 + log₂ n + log₂(1 + |g₁|/σ(g₁)), g₁ the skewness. Source: Doane (1976)."""
    n, deviation = sample.size, sample.deviation
    if not deviation:
        return 0.0
    skewness = float(np.average((sample.deviations / deviation) ** 3, weights=sample.masses))
    error = math.sqrt(6 * (n - 2) / ((n + 1) * (n + 3)))
    return sample.span / (1 + math.log2(n) + math.log2(1 + abs(skewness) / error))


def auto(sample: Sample) -> float:
    """The least of Freedman & Diaconis' (no less than half of √n's) and Sturges'."""
    return min(max(fd(sample), sqrt(sample) / 2), sturges(sample))


WIDTHS: dict[str, Callable[[Sample], float]] = {
    "auto": auto, "fd": fd, "doane": doane, "scott": scott, "rice": rice, "sturges": sturges,
    "sqrt": sqrt,
}  # fmt: skip
