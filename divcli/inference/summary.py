"""Everything inference has to say about two samples, in one call: counts in, numbers out.

`infer` never fails because samples are small, empty of variety or disjoint, and returns no NaN:
what cannot be said is None, with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from divcli.inference.arrays import Counts, as_pair, quantile
from divcli.inference.bounds import quantity_limits
from divcli.inference.cautions import cautions
from divcli.inference.estimates import estimate
from divcli.inference.evidence import Estimators, Evidence, Resamples
from divcli.inference.homogeneity import pearson_test
from divcli.inference.many_cells import permutation_moment_test
from divcli.inference.noise import noise
from divcli.inference.obstacles import (
    IMMENSE,
    ONE_SYMBOL,
    TOO_MANY,
    UNDETECTABLE,
    obstacle,
    unlimited,
)
from divcli.inference.power import minimum_detectable_js
from divcli.inference.quantities import MEASURES, QUANTITIES, Measure
from divcli.inference.resampling import (
    GENERATOR_LIMIT,
    bootstrap_draws,
    null_draws,
    permutation_p_value,
    streams,
)
from divcli.model.inference import Inference, MeasureInference

# Cells drawn in all: about a second. More cells cost resamples, down to as many as it takes to
# see a spread and a 95 % point; with that many cells the p-value has a closed form.
_AFFORDABLE = 2 * 10**6
_LEAST_RESAMPLES = 19


class _Told(NamedTuple):
    """Estimate and limits of a quantity, the estimator, and the reason for what is None."""

    estimate: float | None
    low: float | None
    high: float | None
    estimator: str
    reason: str | None


def infer(
    x: Counts,
    y: Counts,
    measures: Sequence[str],
    *,
    confidence: float = 0.95,
    resamples: int = 999,
    seed: int | None = 0,
    kl_estimator: str = "zhang-grabchak",
    js_estimator: str = "jackknife",
    entropy_estimator: str = "chao-wang-jost",
) -> Inference:
    """Estimates, intervals, noise floors, p-value and power behind two samples, in nats.

    x, y: counts of P and of Q on one alphabet, shape (k,). measures: names among MEASURES.
    resamples: permutations, and as many bootstrap samples; 0 for closed forms only.
    ValueError for unknown names, for counts that are none, for a confidence outside (0, 1).
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: expected a number between 0 and 1, found {confidence}")
    if resamples < 0:
        raise ValueError(f"resamples: expected a number from 0 on, found {resamples}")
    estimators = Estimators(entropy_estimator, kl_estimator, js_estimator)
    unknown = [name for name in measures if name not in MEASURES]
    if unknown:
        raise ValueError(f"measure: expected one of {', '.join(MEASURES)}, found {unknown[0]}")
    try:
        evidence = Evidence(*as_pair(x, y), estimators, confidence)
    except OverflowError:
        return _nothing(measures, confidence, seed)
    made = _affordable(evidence, resamples)
    evidence = _resampled(evidence, measures, made, seed) if made else evidence
    p_value, method = _test(evidence, made, resamples)
    effect = minimum_detectable_js(evidence.n, evidence.m, evidence.cells, alpha=1 - confidence)
    return Inference(
        MappingProxyType(_measures(evidence, measures)),
        p_value,
        method,
        effect,
        confidence,
        made,
        seed,
        cautions(evidence, resamples, made),
        _undetectable(evidence, effect),
    )


def _undetectable(evidence: Evidence, effect: float | None) -> str | None:
    """Why there is no minimum detectable effect, if there is none."""
    if effect is not None:
        return None
    return UNDETECTABLE if evidence.cells > 1 else ONE_SYMBOL


def _affordable(evidence: Evidence, resamples: int) -> int:
    """Resamples that can be made in about a second; none where they would be fewer than 19."""
    if evidence.n + evidence.m >= IMMENSE or evidence.cells < 2:
        return 0
    affordable = _AFFORDABLE // evidence.cells
    return min(resamples, affordable) if affordable >= _LEAST_RESAMPLES else 0


def _resampled(
    evidence: Evidence, measures: Sequence[str], made: int, seed: int | None
) -> Evidence:
    """The evidence with its resamples, of the quantities behind the measures."""
    quantities = _quantities(measures)
    for_null, for_bootstrap = streams(seed)
    null = null_draws(evidence.x, evidence.y, quantities, made, for_null)
    # Without measures only the test is asked for, and nobody reads the bootstrap.
    bootstrap = (
        bootstrap_draws(evidence.x, evidence.y, quantities, made, for_bootstrap)
        if quantities
        else null
    )
    return replace(evidence, resamples=Resamples(null, bootstrap))


def _quantities(measures: Sequence[str]) -> list[str]:
    """The quantities behind the measures, each once."""
    return list(dict.fromkeys(MEASURES[name].quantity for name in measures))


def _test(evidence: Evidence, made: int, asked: int) -> tuple[float, str]:
    """p-value of homogeneity, and how it was found."""
    if evidence.cells < 2:
        return 1.0, "one symbol, shared by both"
    beyond = evidence.n + evidence.m >= GENERATOR_LIMIT
    if beyond and not evidence.is_sparse:
        test = pearson_test(evidence.x, evidence.y)
        return test.p_value, test.method
    if evidence.resamples is None or made < asked:
        test = permutation_moment_test(evidence.x, evidence.y)
        return test.p_value, test.method
    p_value = permutation_p_value(evidence.x, evidence.y, evidence.resamples.null)
    drawn = "samples of the pooled shares" if beyond else "permutations"
    return p_value, f"{made} {drawn}, likelihood ratio"


def _measures(evidence: Evidence, names: Sequence[str]) -> dict[str, MeasureInference]:
    """What the samples say about each measure; those of one quantity share the work."""
    told = {quantity: _quantity(evidence, quantity) for quantity in _quantities(names)}
    rows = [MEASURES[name] for name in names]
    return {
        name: _measure(evidence, row, told[row.quantity])
        for name, row in zip(names, rows, strict=True)
    }


def _quantity(evidence: Evidence, quantity: str) -> _Told:
    """Estimate and limits of one quantity, on its own scale, or why not."""
    reason = obstacle(evidence, quantity)
    if reason is not None:
        return _Told(None, None, None, "none", reason)
    value, name = estimate(evidence, quantity)
    reason = unlimited(evidence, quantity)
    if evidence.resamples is None or reason is not None:
        return _Told(value, None, None, name, reason)
    low, high = quantity_limits(evidence, evidence.resamples, quantity, value)
    return _Told(value, low, high, name, None)


def _measure(evidence: Evidence, measure: Measure, told: _Told) -> MeasureInference:
    """What the samples say about one measure, from what they tell of its quantity."""
    estimated, low, high = (
        None if value is None else _on_scale(measure, value)
        for value in (told.estimate, told.low, told.high)
    )
    floor, mean = _noise(evidence, measure)
    return MeasureInference(estimated, low, high, floor, mean, told.estimator, told.reason)


def _noise(evidence: Evidence, measure: Measure) -> tuple[float | None, float | None]:
    """Upper quantile and mean of the measure under P = Q; None for what is not 0 there."""
    quantity = measure.quantity
    if not QUANTITIES[quantity].divergence or evidence.cells < 2:
        return None, None
    if evidence.resamples is None:
        known = noise(quantity, evidence.x, evidence.y, evidence.confidence)
        return _on_scale(measure, known.floor), _on_scale(measure, known.mean)
    draws = measure.scale(evidence.resamples.null.plugins[quantity])
    # An observed order statistic: between a finite draw and an infinite one there is nothing.
    return quantile(draws, evidence.confidence), float(draws.mean())


def _on_scale(measure: Measure, value: float) -> float:
    """A value of the quantity as one of the measure, no more than its upper bound."""
    return min(float(measure.scale(np.array(value))), measure.upper)


def _nothing(measures: Sequence[str], confidence: float, seed: int | None) -> Inference:
    """What can be said of counts that no generator takes."""
    empty = MeasureInference(None, None, None, None, None, "none", TOO_MANY)
    values = MappingProxyType(dict.fromkeys(measures, empty))
    return Inference(values, None, "none", None, confidence, 0, seed, (), TOO_MANY)
