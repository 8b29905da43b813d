"""How much farther one candidate is than another, when all are held against one sample.

The chance in the sample is common to all candidates: every bootstrap sample of P is measured
against each of them, and what is compared are the differences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from divcli.inference.arrays import FloatArray, IntArray, quantile
from divcli.inference.quantities import MEASURES, QUANTITIES
from divcli.inference.resampling import row_blocks
from divcli.inference.tables import Samples


class Candidate(NamedTuple):
    """Counts of a distribution, shape (k,), and whether they are a sample with chance in it."""

    counts: IntArray
    sampled: bool


class Paired(NamedTuple):
    """A measure of J candidates, on the scale of the quantity behind it, in nats.

    estimates, exact: shape (J,), of the populations and of the distributions as they are. draws:
    shape (J, R). scale: from the quantity to the measure.
    """

    estimates: FloatArray
    exact: FloatArray
    draws: FloatArray
    scale: Callable[[FloatArray], FloatArray]

    def about_exact(self) -> Paired:
        """The same draws about the exact values, where those are finite."""
        centres = np.where(np.isfinite(self.exact), self.exact, self.estimates)
        return self._replace(estimates=centres)

    def difference(self, j: int, to: int, confidence: float) -> tuple[float, float, float]:
        """Candidate j less another, with limits of the basic bootstrap, on the measure's scale.

        The limits are those of the quantity, whose law is more regular than that of a root of it
        near 0, times the slope of the scale between the two.
        Source: Davison & Hinkley (1997), chapter 5.
        """
        observed = float(self.estimates[j] - self.estimates[to])
        draws = self.draws[j] - self.draws[to]
        mean, tail = float(draws.mean()), (1 - confidence) / 2
        low, high = quantile(draws, 1 - tail) - mean, quantile(draws, tail) - mean
        ends = self.scale(np.array([self.estimates[j], self.estimates[to]]))
        slope = float(ends[0] - ends[1]) / observed if observed else 1.0
        return observed * slope, (observed - low) * slope, (observed - high) * slope


def paired(
    p: Candidate,
    others: Sequence[Candidate],
    measure: str,
    *,
    resamples: int,
    seed: int | None,
) -> Paired:
    """The measure of P against each candidate, and the same of bootstrap samples they share.

    All counts are on one alphabet; those of a known distribution are its shares of a total so
    large that it has no chance. Candidates that are samples are resampled too.
    """
    scale, quantity = MEASURES[measure].scale, QUANTITIES[MEASURES[measure].quantity]
    everyone = [one.counts[None] for one in (p, *others)]
    base, *candidates = map(Samples, everyone)
    estimates = [quantity.estimate(base, q) for q in candidates]
    exact = [quantity.plugin(base, q) for q in candidates]
    rng = np.random.default_rng(np.random.SeedSequence(seed).spawn(3)[2])
    blocks = []
    for size in row_blocks(resamples, len(p.counts)):
        drawn = Samples(_drawn(p, size, rng))
        parts = [quantity.estimate(drawn, Samples(_drawn(q, size, rng))) for q in others]
        blocks.append(np.array(parts))
    draws = np.concatenate(blocks, axis=1)
    return Paired(np.concatenate(estimates), np.concatenate(exact), draws, scale)


def _drawn(one: Candidate, rows: int, rng: np.random.Generator) -> IntArray:
    """Bootstrap samples of the counts, shape (rows, k), or the counts themselves."""
    if not one.sampled:
        return np.broadcast_to(one.counts, (rows, len(one.counts)))
    cells = np.flatnonzero(one.counts)
    out = np.zeros((rows, len(one.counts)), dtype=np.int64)
    n = int(one.counts.sum())
    out[:, cells] = rng.multinomial(n, one.counts[cells] / n, size=rows)
    return out
