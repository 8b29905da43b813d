"""How much farther one candidate is than another, when all are held against one sample.

The chance in the sample is common to all candidates: every bootstrap sample of P is measured
against each of them, and what is compared are the differences.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    """Estimates of a measure for J candidates in nats, shape (J,), and their draws (J, R)."""

    estimates: FloatArray
    draws: FloatArray

    def difference(self, j: int, to: int, confidence: float) -> tuple[float, float, float]:
        """Estimate of candidate j less that of another, with limits of the basic bootstrap.

        Source: Davison & Hinkley (1997), chapter 5.
        """
        observed = float(self.estimates[j] - self.estimates[to])
        draws = self.draws[j] - self.draws[to]
        mean, tail = float(draws.mean()), (1 - confidence) / 2
        high, low = quantile(draws, tail) - mean, quantile(draws, 1 - tail) - mean
        return observed, observed - low, observed - high


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
    estimates = [quantity.estimate(Samples(everyone[0]), Samples(q)) for q in everyone[1:]]
    rng = np.random.default_rng(np.random.SeedSequence(seed).spawn(3)[2])
    blocks = []
    for size in row_blocks(resamples, len(p.counts)):
        drawn = Samples(_drawn(p, size, rng))
        parts = [quantity.estimate(drawn, Samples(_drawn(q, size, rng))) for q in others]
        blocks.append(np.array(parts))
    return Paired(scale(np.concatenate(estimates)), scale(np.concatenate(blocks, axis=1)))


def _drawn(one: Candidate, rows: int, rng: np.random.Generator) -> IntArray:
    """Bootstrap samples of the counts, shape (rows, k), or the counts themselves."""
    if not one.sampled:
        return np.broadcast_to(one.counts, (rows, len(one.counts)))
    cells = np.flatnonzero(one.counts)
    out = np.zeros((rows, len(one.counts)), dtype=np.int64)
    n = int(one.counts.sum())
    out[:, cells] = rng.multinomial(n, one.counts[cells] / n, size=rows)
    return out
