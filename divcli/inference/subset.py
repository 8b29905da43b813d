"""A subset against the very population it was drawn from: the finite-population correction.

Drawn without replacement from N, a sample of n is nearer to the whole than one drawn from
elsewhere: in the mean by the factor (N-n)/(N-1). The hypergeometric draws used here have that in
them exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from divcli.inference.arrays import Counts, FloatArray, IntArray, as_pair, quantile
from divcli.inference.homogeneity import subset_test
from divcli.inference.quantities import MEASURES, QUANTITIES
from divcli.inference.resampling import GENERATOR_LIMIT, row_blocks
from divcli.inference.tables import Samples
from divcli.model.inference import Inference, MeasureInference

_DESCRIPTIVE = "the population is known: its value needs no estimate"


def infer_subset(
    subset: Counts,
    population: Counts,
    measures: Sequence[str],
    *,
    confidence: float,
    resamples: int,
    seed: int | None,
) -> Inference:
    """p-value and noise floors of a subset within its population, in nats.

    subset, population: counts on one alphabet, shape (k,), the first part of the second.
    ValueError where it is not, or is all of it.
    """
    x, whole = as_pair(subset, population)
    rng = np.random.default_rng(seed)
    test = subset_test(x, whole, resamples=resamples, rng=rng)
    named = [name for name in measures if name in MEASURES]
    floors: dict[str, FloatArray] = {}
    if int(whole.sum()) < GENERATOR_LIMIT and resamples:
        quantities = {MEASURES[name].quantity for name in named}
        floors = _drawn(int(x.sum()), whole[whole > 0], quantities, resamples, rng)
    told = {name: _told(name, floors, confidence) for name in named}
    return Inference(
        MappingProxyType(told), test.p_value, f"{test.method}, without replacement", None,
        confidence, resamples, seed, (), _DESCRIPTIVE,
    )  # fmt: skip


def _drawn(
    n: int, whole: IntArray, quantities: set[str], resamples: int, rng: np.random.Generator
) -> dict[str, FloatArray]:
    """Plug-ins of random subsets of n against the whole, shape (R,) each."""
    wanted = sorted(name for name in quantities if QUANTITIES[name].divergence)
    blocks: dict[str, list[FloatArray]] = {name: [] for name in wanted}
    for size in row_blocks(resamples, len(whole)):
        drawn = rng.multivariate_hypergeometric(whole, n, size=size, method="marginals")
        p, q = Samples(drawn), Samples(np.broadcast_to(whole, drawn.shape))
        for name in wanted:
            blocks[name].append(QUANTITIES[name].plugin(p, q))
    return {name: np.concatenate(parts) for name, parts in blocks.items()}


def _told(name: str, floors: dict[str, FloatArray], confidence: float) -> MeasureInference:
    draws = floors.get(MEASURES[name].quantity)
    if draws is None:
        return MeasureInference(None, None, None, None, None, "none", _DESCRIPTIVE)
    scaled = MEASURES[name].scale(draws)
    floor = quantile(scaled, confidence)
    return MeasureInference(None, None, None, floor, float(scaled.mean()), "none", _DESCRIPTIVE)
