"""What a model of one dimension answers: log-densities, distribution functions, quantiles."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from divcli.catalog import resolve
from divcli.errors import CommandLineError, DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from divcli.model.arrays import FloatArray
    from divcli.model.family import Model


_ROUNDING = 1e-6  # of the masses of cells, which sum to 1


class Law(NamedTuple):
    """A distribution on a line, by scipy; all functions take and return shape (u,).

    discrete: whether densities are probabilities of whole numbers. logarithm: the log-density,
    where scipy's is the logarithm of a density that underflows in the tails.
    """

    distribution: Any
    discrete: bool
    logarithm: Callable[[FloatArray], FloatArray] | None = None

    @property
    def support(self) -> tuple[float, float]:
        """The ends of the support, infinite where it has none."""
        low, high = self.distribution.support()
        return float(low), float(high)

    def log_density(self, x: FloatArray) -> FloatArray:
        """Logarithm of the density, or of the probability, at each x; -inf beside the support."""
        logs = self.logarithm
        if logs is None:
            logs = self.distribution.logpmf if self.discrete else self.distribution.logpdf
        return _asked(logs, x)

    def below(self, x: FloatArray) -> FloatArray:
        """P(X ≤ x)."""
        return _asked(self.distribution.cdf, x)

    def strictly_below(self, x: FloatArray) -> FloatArray:
        """P(X < x)."""
        return self.below(np.ceil(x) - 1) if self.discrete else self.below(x)

    def from_on(self, x: FloatArray) -> FloatArray:
        """P(X ≥ x), with every digit where it is small."""
        return _asked(self.distribution.sf, np.ceil(x) - 1 if self.discrete else x)

    def quantiles(self, shares: FloatArray) -> FloatArray:
        """The values below which these shares of the mass lie."""
        return _asked(self.distribution.ppf, shares)

    def upper_quantiles(self, shares: FloatArray) -> FloatArray:
        """The values above which these shares of the mass lie."""
        return _asked(self.distribution.isf, shares)

    @property
    def mean(self) -> float:
        """The mean, infinite or NaN where it has none."""
        with np.errstate(all="ignore"):
            return float(self.distribution.mean())

    def entropy(self) -> float:
        """Entropy, or differential entropy, in nats."""
        with np.errstate(all="ignore"):
            return float(self.distribution.entropy())

    def masses(self, edges: FloatArray) -> FloatArray:
        """Mass of each cell low ≤ x < high between edges, the outer ones open: shape (e+1,).

        Differences are taken from the nearer end, so that small masses keep their digits.
        """
        outer = np.concatenate([[-math.inf], edges, [math.inf]])
        below, above = self.strictly_below(outer), self.from_on(outer)
        below[0], below[-1], above[0], above[-1] = 0.0, 1.0, 1.0, 0.0
        masses = np.where(above[:-1] < 0.5, above[:-1] - above[1:], below[1:] - below[:-1])
        if self.discrete:
            masses = _single(self, outer, masses)
        masses = np.maximum(masses, 0.0)
        if not abs(float(masses.sum()) - 1) < _ROUNDING:
            raise DataError("a model whose mass no double can tell: its parameters are extreme")
        return masses

    def edges_of_support(self) -> list[float]:
        """Edges between cells inside and outside the support, as far as it has ends."""
        low, high = self.support
        edges = []
        if math.isfinite(low):
            edges.append(_next(low) if self._excludes(low) else low)
        if math.isfinite(high):
            edges.append(high if self._excludes(high) else _next(high))
        return edges

    def _excludes(self, x: float) -> bool:
        return bool(self.log_density(np.array([x]))[0] == -math.inf)


def _asked(function: Callable[[FloatArray], FloatArray], x: FloatArray) -> FloatArray:
    """What scipy answers, without its warnings of what over- or underflows."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(function(np.asarray(x, dtype=np.float64)), dtype=np.float64)


def _next(x: float) -> float:
    return math.nextafter(x, math.inf)


def _single(law: Law, outer: FloatArray, masses: FloatArray) -> FloatArray:
    """The masses, those of cells with one whole number by its probability itself."""
    first = np.ceil(outer[:-1])
    with np.errstate(invalid="ignore"):
        alone = np.isfinite(first) & (np.ceil(outer[1:]) - first == 1)
    inside = np.where(alone, first, 0.0)
    return np.where(alone, np.exp(law.log_density(inside)), masses)


def law_of(model: Model) -> Law:
    """The law of a model of one dimension; CommandLineError for models of points."""
    if model.row.law is None:
        raise CommandLineError(
            f"{model.family} is a model of points, which compares with its like only",
            hint="normal(0,1), and any other family of one dimension, compares with samples",
        )
    try:
        law: Law = resolve(model.row.law)(*model.values)
    except OverflowError as error:
        raise DataError(f"{model}: its values are beyond what a double can hold") from error
    return law
