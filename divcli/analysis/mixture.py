"""Many distributions as one mixture: how far all are from it together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from divcli.errors import CommandLineError
from divcli.measures.rows import RowCells, mixture
from divcli.measures.terms import kl_pq_terms

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray
    from divcli.model.distribution import Distribution
    from divcli.model.units import Unit


def mixing_of(text: str, sides: Sequence[Distribution]) -> FloatArray:
    """The weight of each distribution in their mixture, shape (g,), summing to 1."""
    if text == "equal":
        return np.full(len(sides), 1 / len(sides))
    if text == "size":
        sizes = [side.n for side in sides]
        if None in sizes:
            raise CommandLineError("--mixture size needs a sample size of every distribution")
        return _shares(np.array(sizes, dtype=np.float64))
    return _given_mixture(text, len(sides))


def _given_mixture(text: str, g: int) -> FloatArray:
    from divcli.sources.weights import parse_weight

    read = [parse_weight(part) for part in text.split(",")]
    if len(read) != g or any(one is None or not 0 <= one < math.inf for one in read):
        raise CommandLineError(
            f"--mixture {text}: expected equal, size, or {g} weights w1,w2,…, one a distribution"
        )
    weights = np.array(read, dtype=np.float64)
    if not weights.sum() > 0:
        raise CommandLineError(f"--mixture {text}: all weights are zero")
    return _shares(weights)


def _shares(weights: FloatArray) -> FloatArray:
    shares: FloatArray = weights / weights.sum()
    return shares


def generalized_js(sides: Sequence[Distribution], mixing: FloatArray, unit: Unit) -> float:
    """Σ w·KL(P‖M), M = Σ w·P: the JS divergence of all. Source: Lin (1991)."""
    shares = np.array([side.probabilities for side in sides])
    if (shares == shares[0]).all():
        return 0.0
    mean = mixture(shares, mixing)
    # One at a time: as many rows at once would be too large for the cache.
    # The terms ask for no more of cells than these rows have.
    each = (kl_pq_terms(RowCells(row[None], mean[None])).sum() for row in shares[mixing > 0])  # type: ignore[arg-type]
    total = math.fsum(w * one for w, one in zip(mixing[mixing > 0].tolist(), each, strict=True))
    return unit.amount(float(total))
