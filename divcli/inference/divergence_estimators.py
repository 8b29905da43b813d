"""Divergence between the populations behind two samples of counts, in nats.

Every function takes counts x of P and y of Q on one alphabet, shape (k,), whole numbers that sum
to n and m, and returns nats. The exact plug-in values of the empirical distributions are the
business of divcli.measures; those here are what the estimators and resamples need.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from divcli.catalog import ESTIMATORS, resolve
from divcli.inference import jackknife, tables
from divcli.inference.arrays import Counts, FloatArray, as_pair

PairEstimator = Callable[[Counts, Counts], float]


def kl_plugin(x: Counts, y: Counts) -> float:
    """KL(P‖Q) of the empirical distributions; inf where y = 0 < x."""
    return kl_smoothed(x, y, 0.0)


def kl_smoothed(x: Counts, y: Counts, pseudocount: float) -> float:
    """KL(P‖Q) of the shares (x + a)/(n + ka) and (y + a)/(m + ka)."""
    a, b = (counts + pseudocount for counts in as_pair(x, y))
    p, q = a / a.sum(), b / b.sum()
    seen = p > 0
    with np.errstate(divide="ignore"):
        return float(p[seen] @ np.log(p[seen] / q[seen]))


def kl_zhang_grabchak(x: Counts, y: Counts) -> float:
    """KL(P‖Q) with a bias that falls exponentially in n and m; finite where Q has empty cells.

    Σ x/n [ψ(m+1) - ψ(y+1) - ψ(n) + ψ(x)]. Source: Zhang & Grabchak (2014), in closed form.
    """
    return of_one_pair(tables.kl_estimate, x, y)


def cross_entropy_zhang_grabchak(x: Counts, y: Counts) -> float:
    """Cross-entropy H(P,Q), Σ x/n [ψ(m+1) - ψ(y+1)]; finite where Q has empty cells.

    Source: the first half of the estimator of Zhang & Grabchak (2014).
    """
    return of_one_pair(tables.cross_entropy_estimate, x, y)


def js_plugin(x: Counts, y: Counts) -> float:
    """Jensen-Shannon divergence of the empirical distributions, with equal weights."""
    a, b = as_pair(x, y)
    p, q = a / a.sum(), b / b.sum()
    return _half_kl_to_mean(p, q) + _half_kl_to_mean(q, p)


def js_jackknife(x: Counts, y: Counts) -> float:
    """Jensen-Shannon divergence by the delete-one jackknife over both samples, O(k).

    ValueError where a sample has fewer than two observations. Source: see jackknife.py.
    """
    _need_two(x, y)
    return of_one_pair(jackknife.js_jackknife, x, y)


def hellinger_squared_jackknife(x: Counts, y: Counts) -> float:
    """Squared Hellinger distance 1 - Σ√(pq) by the same jackknife."""
    _need_two(x, y)
    return of_one_pair(jackknife.hellinger_squared_jackknife, x, y)


def js_standard_error(x: Counts, y: Counts) -> float:
    """Standard error of the JS divergence by the delta method, in nats; 0 where P = Q.

    √(¼ Var_P[ln p/m]/n + ¼ Var_Q[ln q/m]/m): good far from P = Q, meaningless near it.
    """
    a, b = as_pair(x, y)
    p, q = a / a.sum(), b / b.sum()
    return 0.5 * math.sqrt(_variance(p, q) / a.sum() + _variance(q, p) / b.sum())


def chi2_unbiased(x: Counts, y: Counts) -> float:
    """Pearson's χ² divergence Σ p²/q - 1, nearly unbiased and finite where Q has empty cells.

    Σ x(x-1)/(n(n-1)) (m+1)/(y+1) - 1: the first factor is unbiased for p², the second for
    (1 - (1-q)^(m+1))/q. ValueError where a sample has fewer than two observations.
    """
    _need_two(x, y)
    return of_one_pair(tables.chi2_estimate, x, y)


def of_one_pair(quantity: tables.Quantity, x: Counts, y: Counts) -> float:
    """One of the batch quantities for a batch of one."""
    a, b = as_pair(x, y)
    return float(quantity(tables.Samples(a[None]), tables.Samples(b[None]))[0])


def _need_two(x: Counts, y: Counts) -> None:
    """ValueError where a sample has a single observation."""
    if min(int(counts.sum()) for counts in as_pair(x, y)) < 2:
        raise ValueError("one observation says nothing of its own chance: two are needed")


def _half_kl_to_mean(p: FloatArray, q: FloatArray) -> float:
    """½ KL(P‖½(P+Q)), with ln(p/m) as ln(1 + (p-q)/(p+q))."""
    seen = p > 0
    p, q = p[seen], q[seen]
    return 0.5 * float(p @ np.log1p((p - q) / (p + q)))


def _variance(p: FloatArray, q: FloatArray) -> float:
    """Variance of ln(p/½(p+q)) under p."""
    seen = p > 0
    p, q = p[seen], q[seen]
    logs = np.log1p((p - q) / (p + q))
    return float(p @ (logs - p @ logs) ** 2)


KL_ESTIMATORS: Mapping[str, PairEstimator] = MappingProxyType(
    {row.name: resolve(row.target) for row in ESTIMATORS if row.quantity == "kl" and row.counts}
)
JS_ESTIMATORS: Mapping[str, PairEstimator] = MappingProxyType(
    {row.name: resolve(row.target) for row in ESTIMATORS if row.quantity == "js"}
)
