"""What can be resampled, a row each; and what each measure of divcli is, as a function of one.

A quantity has a plug-in, which the noise floor is about, and where there is one a better
estimate, whose spread the intervals need. A measure is a quantity on another scale: an
increasing function of it, so that estimates, limits and floors carry over.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from divcli.inference import jackknife, tables
from divcli.inference.arrays import FloatArray
from divcli.inference.tables import Samples


class Quantity(NamedTuple):
    """One row: its plug-in, its better estimate if any, and whether it is 0 where P = Q.

    undefined: the sides, of "pq", in whose empty cells the plug-in is infinite where the other
    side has observations.
    """

    plugin: tables.Quantity
    better: tables.Quantity | None = None
    divergence: bool = True
    undefined: str = ""

    def estimate(self, p: Samples, q: Samples) -> FloatArray:
        """The better estimate, or the plug-in; shape (R,)."""
        return (self.better or self.plugin)(p, q)


class Measure(NamedTuple):
    """A measure as an increasing function of a quantity, and the least upper bound of it."""

    quantity: str
    scale: Callable[[FloatArray], FloatArray] = lambda values: values
    upper: float = math.inf


def _root(values: FloatArray) -> FloatArray:
    """Square root, 0 for estimates below 0."""
    return np.sqrt(np.maximum(values, 0.0))


def _bhattacharyya(values: FloatArray) -> FloatArray:
    """-ln(1 - H²) of the squared Hellinger distance; inf from 1 on."""
    with np.errstate(divide="ignore"):
        return -np.log1p(-np.minimum(values, 1.0))


def _swapped(quantity: tables.Quantity) -> tables.Quantity:
    """The same with P and Q exchanged."""
    return lambda p, q: quantity(q, p)


def _both_ways(quantity: tables.Quantity) -> tables.Quantity:
    """The sum of both directions."""
    return lambda p, q: quantity(p, q) + quantity(q, p)


QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        "entropy_p": Quantity(lambda p, q: p.entropy, divergence=False),
        "entropy_q": Quantity(lambda p, q: q.entropy, divergence=False),
        "cross_entropy_pq": Quantity(
            tables.cross_entropy, tables.cross_entropy_estimate, divergence=False, undefined="q"
        ),
        "cross_entropy_qp": Quantity(
            _swapped(tables.cross_entropy),
            _swapped(tables.cross_entropy_estimate),
            divergence=False,
            undefined="p",
        ),
        "kl_pq": Quantity(tables.kl, tables.kl_estimate, undefined="q"),
        "kl_qp": Quantity(_swapped(tables.kl), _swapped(tables.kl_estimate), undefined="p"),
        "jeffreys": Quantity(_both_ways(tables.kl), _both_ways(tables.kl_estimate), undefined="pq"),
        "js": Quantity(tables.js, jackknife.js_jackknife),
        "tv": Quantity(tables.total_variation),
        "hellinger_squared": Quantity(
            tables.hellinger_squared, jackknife.hellinger_squared_jackknife
        ),
        "chi2": Quantity(tables.chi2, tables.chi2_estimate, undefined="q"),
    }
)

MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "entropy_p": Measure("entropy_p"),
        "entropy_q": Measure("entropy_q"),
        "cross_entropy_pq": Measure("cross_entropy_pq"),
        "cross_entropy_qp": Measure("cross_entropy_qp"),
        "kl_pq": Measure("kl_pq"),
        "kl_qp": Measure("kl_qp"),
        "jeffreys": Measure("jeffreys"),
        "psi": Measure("jeffreys"),
        "js": Measure("js", upper=math.log(2)),
        "js_distance": Measure("js", _root, upper=math.sqrt(math.log(2))),
        "tv": Measure("tv", upper=1.0),
        "hellinger": Measure("hellinger_squared", _root, upper=1.0),
        "bhattacharyya": Measure("hellinger_squared", _bhattacharyya),
        "chi2": Measure("chi2"),
    }
)
