"""Confidence limits of each quantity, in nats, from the resamples of two samples."""

from __future__ import annotations

import math

import numpy as np

from divcli.inference import divergence_estimators as divergence
from divcli.inference.arrays import FloatArray, IntArray
from divcli.inference.entropy_estimators import chao_wang_jost
from divcli.inference.evidence import Evidence, Resamples
from divcli.inference.intervals import (
    basic_limits,
    distance_limits,
    entropy_limits,
    limits,
)
from divcli.inference.laws import distance_laws, divergence_law, moments
from divcli.inference.quantities import QUANTITIES

Limits = tuple[float, float]
# Variance of draws that differ by rounding only.
_ROUNDING = 1e-26


def quantity_limits(
    evidence: Evidence, resamples: Resamples, quantity: str, estimate: float
) -> Limits:
    """Lower and upper limit of the quantity, from resamples that are not all alike.

    estimate: what the interval is about, see `centre` for plug-ins. The upper limit is inf where
    one side lacks a symbol of the other and the quantity would be infinite if it always did: no
    sample rules that out.
    """
    low, high = _limits(evidence, resamples, quantity, centre(evidence, quantity, estimate))
    open_ended = any(evidence.lacking(side) for side in QUANTITIES[quantity].undefined)
    return low, math.inf if open_ended else high


def all_alike(draws: FloatArray) -> bool:
    """Whether draws, shape (R,), are the same but for rounding, and so tell of no spread."""
    return not np.isfinite(draws).all() or float(draws.var()) < _ROUNDING


def centre(evidence: Evidence, quantity: str, estimate: float) -> float:
    """The estimate, or where a plug-in was asked for the default one: a plug-in is biased."""
    names = evidence.estimators
    if quantity in ("entropy_p", "entropy_q"):
        counts = evidence.x if quantity == "entropy_p" else evidence.y
        return chao_wang_jost(counts) if names.entropy == "plugin" else estimate
    if quantity == "js" and names.js == "plugin":
        return divergence.js_jackknife(evidence.x, evidence.y)
    better = QUANTITIES[quantity].better
    if names.kl == "plugin" and better is not None and quantity != "js":
        return divergence.of_one_pair(better, evidence.x, evidence.y)
    return estimate


def _limits(evidence: Evidence, resamples: Resamples, quantity: str, estimate: float) -> Limits:
    """Limits by the law that suits the quantity."""
    if quantity == "entropy_p":
        return _entropy(evidence, resamples, quantity, estimate, evidence.x)
    if quantity == "entropy_q":
        return _entropy(evidence, resamples, quantity, estimate, evidence.y)
    if not QUANTITIES[quantity].divergence:
        draws = resamples.bootstrap.estimates[quantity]
        return basic_limits(estimate, draws, evidence.confidence)
    null = moments(resamples.null.estimates[quantity])
    resampled = moments(resamples.bootstrap.estimates[quantity])
    if quantity == "tv":
        observed = evidence.plugin("tv")
        laws = distance_laws(null, resampled, observed)
        return distance_limits(observed, laws, evidence.confidence)
    theta = resampled.mean - null.mean
    law = divergence_law(null, resampled, theta, evidence.cells - 1)
    return limits(estimate, law, evidence.confidence)


def _entropy(
    evidence: Evidence, resamples: Resamples, quantity: str, estimate: float, counts: IntArray
) -> Limits:
    """Limits of the entropy of one side; up to ln k where every symbol was seen twice."""
    occupied = int(np.count_nonzero(counts))
    resampled = moments(resamples.bootstrap.estimates[quantity])
    low, high = entropy_limits(
        estimate,
        evidence.plugin(quantity),
        resampled,
        occupied,
        int(counts.sum()),
        evidence.confidence,
    )
    complete = occupied == len(counts) and not (counts == 1).any()
    # An estimate above ln k stays within its own interval.
    return low, min(high, max(math.log(occupied), estimate)) if complete else high
