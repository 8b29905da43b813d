"""Whether counts of a sample are what a random draw from the population would give."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from divcli.inference.arrays import Counts, as_pair
from divcli.inference.homogeneity import permutation_test
from divcli.inference.many_cells import permutation_moment_test
from divcli.inference.power import minimum_detectable_js
from divcli.inference.resampling import GENERATOR_LIMIT
from divcli.inference.subset import infer_subset

# Cells drawn in all: about half a second.
_AFFORDABLE = 10**6


class Representation(NamedTuple):
    """p-value of a random draw and its method; JS in nats of chance and of what would be found.

    corrected: whether the sample was taken as a part of the population, drawn without
    replacement. noise_floor: None where nothing was drawn.
    """

    p_value: float
    method: str
    corrected: bool
    noise_floor: float | None
    detectable: float | None


def representation(
    sample: Counts, population: Counts, *, confidence: float, resamples: int, seed: int | None
) -> Representation:
    """Test of a sample against the population it may be a part of.

    sample, population: counts on one alphabet, shape (k,). A sample that holds more of a symbol
    than the population does is no part of it, and is tested as a second sample, without the
    correction. The whole population represents itself: p = 1.
    """
    x, whole = as_pair(sample, population)
    if (x > whole).any():
        return _as_two_samples(x, whole, confidence, resamples, seed)
    n, total, cells = int(x.sum()), int(whole.sum()), int(np.count_nonzero(whole))
    if n == total:
        return Representation(1.0, "the sample is the whole population", True, 0.0, 0.0)
    left = (total - n) / total
    effect = minimum_detectable_js(n, total - n, cells, alpha=1 - confidence)
    # Found against the rest; from the whole, which has the sample in it, it is that much less.
    detectable = None if effect is None else effect * left**2
    if resamples == 0 or (cells * resamples > _AFFORDABLE and total < GENERATOR_LIMIT):
        test = permutation_moment_test(x, whole - x)
        return Representation(test.p_value, test.method, True, None, detectable)
    found = infer_subset(x, whole, ["js"], confidence=confidence, resamples=resamples, seed=seed)
    floor = found.measures["js"].noise_floor
    assert found.p_value is not None
    return Representation(found.p_value, found.method, True, floor, detectable)


def _as_two_samples(
    x: np.ndarray, y: np.ndarray, confidence: float, resamples: int, seed: int | None
) -> Representation:
    n, m, cells = int(x.sum()), int(y.sum()), int(np.count_nonzero(x + y))
    detectable = minimum_detectable_js(n, m, cells, alpha=1 - confidence)
    if resamples and cells * resamples <= _AFFORDABLE and n + m < GENERATOR_LIMIT:
        test = permutation_test(x, y, resamples=resamples, rng=np.random.default_rng(seed))
    else:
        test = permutation_moment_test(x, y)
    return Representation(test.p_value, test.method, False, None, detectable)
