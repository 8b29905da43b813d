"""Point estimates of each quantity, in nats, with the name of the estimator that gave them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from divcli.inference import divergence_estimators as divergence
from divcli.inference.arrays import IntArray, quantile
from divcli.inference.entropy_estimators import ENTROPY_ESTIMATORS
from divcli.inference.evidence import Evidence
from divcli.inference.laws import distance_laws, moments
from divcli.inference.noise import noise
from divcli.inference.quantities import QUANTITIES
from divcli.inference.resampling import Draws

# Share of its standard deviation from which the bias of an estimate is worth a correction. That
# of 999 permutations is known to 0.03; estimates on well filled cells stay what they are.
_NOTICEABLE = 0.15


class Estimate(NamedTuple):
    """An estimate in nats and the estimator behind it."""

    value: float
    estimator: str


def estimate(evidence: Evidence, quantity: str) -> Estimate:
    """The quantity of the populations; both samples have two observations at least.

    Where cells are thin the estimate of a divergence is set right by the permutations, which
    know its mean where P = Q. At 2000 against 100 observations of 20 symbols that is -.005 bits
    for the JS jackknife, 0.4 of its standard deviation.
    """
    found = _ESTIMATES[quantity](evidence)
    if evidence.resamples is None or found.estimator == "plugin":
        return found
    shift = _null_bias(evidence, evidence.resamples.null, quantity)
    if shift == 0:
        return found
    return Estimate(found.value - shift, f"{found.estimator}, centred by permutation")


def _null_bias(evidence: Evidence, null: Draws, quantity: str) -> float:
    """Mean of the estimate under permutation, where that is more than its chance explains.

    In full while the samples differ no more than chance makes them, the less the more they do.
    """
    if not (null.thin and QUANTITIES[quantity].divergence and QUANTITIES[quantity].better):
        return 0.0
    draws = null.estimates[quantity]
    bias = float(draws.mean())
    if abs(bias) <= _NOTICEABLE * float(draws.std()):
        return 0.0
    usual = quantile(null.g, evidence.confidence)
    return bias * usual / max(evidence.likelihood_ratio, usual)


def _entropy(evidence: Evidence, counts: IntArray) -> Estimate:
    """Entropy of one side by the estimator asked for."""
    name = evidence.estimators.entropy
    return Estimate(ENTROPY_ESTIMATORS[name](counts), name)


def _cross_entropy(evidence: Evidence, x: IntArray, y: IntArray) -> Estimate:
    """Cross-entropy that goes with the KL estimator asked for, H(P) + KL."""
    name = evidence.estimators.kl
    if name == "plugin":
        return Estimate(divergence.kl_plugin(x, y) + ENTROPY_ESTIMATORS["plugin"](x), name)
    return Estimate(divergence.cross_entropy_zhang_grabchak(x, y), name)


def _kl(evidence: Evidence, x: IntArray, y: IntArray) -> Estimate:
    """KL(x‖y) by the estimator asked for."""
    name = evidence.estimators.kl
    return Estimate(divergence.KL_ESTIMATORS[name](x, y), name)


def _jeffreys(evidence: Evidence) -> Estimate:
    """KL both ways."""
    there, back = _kl(evidence, evidence.x, evidence.y), _kl(evidence, evidence.y, evidence.x)
    return Estimate(there.value + back.value, there.estimator)


def _js(evidence: Evidence) -> Estimate:
    """JS divergence by the estimator asked for."""
    name = evidence.estimators.js
    return Estimate(divergence.JS_ESTIMATORS[name](evidence.x, evidence.y), name)


def _total_variation(evidence: Evidence) -> Estimate:
    """Total variation less what chance adds to it, halfway between the two laws of that."""
    observed, resamples = evidence.plugin("tv"), evidence.resamples
    if resamples is None:
        level = noise("tv", evidence.x, evidence.y).mean
        return Estimate(math.sqrt(max(observed**2 - level**2, 0.0)), "less its noise")
    null, resampled = (moments(d.plugins["tv"]) for d in (resamples.null, resamples.bootstrap))
    laws = distance_laws(null, resampled, observed)
    return Estimate(sum(law.estimate(observed) for law in laws) / 2, "less its noise")


_ESTIMATES: Mapping[str, Callable[[Evidence], Estimate]] = MappingProxyType(
    {
        "entropy_p": lambda e: _entropy(e, e.x),
        "entropy_q": lambda e: _entropy(e, e.y),
        "cross_entropy_pq": lambda e: _cross_entropy(e, e.x, e.y),
        "cross_entropy_qp": lambda e: _cross_entropy(e, e.y, e.x),
        "kl_pq": lambda e: _kl(e, e.x, e.y),
        "kl_qp": lambda e: _kl(e, e.y, e.x),
        "jeffreys": _jeffreys,
        "js": _js,
        "tv": _total_variation,
        "hellinger_squared": lambda e: Estimate(
            divergence.hellinger_squared_jackknife(e.x, e.y), "jackknife"
        ),
        "chi2": lambda e: Estimate(divergence.chi2_unbiased(e.x, e.y), "unbiased"),
    }
)
