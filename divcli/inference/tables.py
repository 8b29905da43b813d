"""Measures of many pairs of samples at once, in nats: what resampling evaluates.

Plug-in values are of the empirical distributions; estimates, where they are closed forms, of the
populations behind them, and those stay finite where Q has empty cells.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from divcli.inference.arrays import FloatArray, IntArray
from divcli.inference.special import digamma_of_integers

# Stands for 0 under a logarithm: 0 times its logarithm is 0, and no warning is raised.
_TINY = 1e-300


class Samples:
    """R samples of n observations each over k cells, counts of shape (R, k).

    Logarithms and digammas are taken once, whatever number of quantities asks for them.
    """

    def __init__(self, counts: IntArray) -> None:
        self.counts = counts
        self.n = int(counts[0].sum())

    @cached_property
    def shares(self) -> FloatArray:
        """Counts over their total, which is n but where it was drawn too; shape (R, k)."""
        return np.asarray(self.counts / self.counts.sum(axis=1, keepdims=True))

    @cached_property
    def logs(self) -> FloatArray:
        """Logarithms of the shares, very negative at 0, shape (R, k)."""
        return np.log(np.maximum(self.shares, _TINY))

    @cached_property
    def psi(self) -> FloatArray:
        """ψ(x + 1) of the counts, shape (R, k)."""
        return digamma_of_integers(self.counts + 1)

    @cached_property
    def entropy(self) -> FloatArray:
        """Plug-in entropy, shape (R,)."""
        return -row_dot(self.shares, self.logs)


Quantity = Callable[[Samples, Samples], FloatArray]


def likelihood_ratio(p: Samples, q: Samples, pooled: float | None = None) -> FloatArray:
    """G = -2 ln of the likelihood ratio of homogeneity, 2(n+m)H(pooled) - 2nH(P) - 2mH(Q); (R,).

    It is 2(n+m) times the JS divergence weighted by sample size. pooled: the pooled entropy,
    where all rows share it.
    """
    total = p.n + q.n
    together = Samples(p.counts + q.counts).entropy if pooled is None else pooled
    return np.asarray(2 * (total * together - p.n * p.entropy - q.n * q.entropy))


def cross_entropy(p: Samples, q: Samples) -> FloatArray:
    """Plug-in H(P,Q), shape (R,); inf where Q has not seen what P has."""
    lacking = ((q.counts == 0) & (p.counts > 0)).any(axis=1)
    return np.where(lacking, np.inf, -row_dot(p.shares, q.logs))


def kl(p: Samples, q: Samples) -> FloatArray:
    """Plug-in KL(P‖Q), shape (R,); inf where Q has not seen what P has."""
    return np.maximum(cross_entropy(p, q) - p.entropy, 0.0)


def js(p: Samples, q: Samples) -> FloatArray:
    """Plug-in Jensen-Shannon divergence with equal weights, shape (R,)."""
    mean = (p.shares + q.shares) / 2
    mixture = -row_dot(mean, np.log(np.maximum(mean, _TINY)))
    return np.maximum(mixture - (p.entropy + q.entropy) / 2, 0.0)


def total_variation(p: Samples, q: Samples) -> FloatArray:
    """Plug-in total variation distance, shape (R,)."""
    return np.asarray(np.abs(p.shares - q.shares).sum(axis=1) / 2)


def hellinger_squared(p: Samples, q: Samples) -> FloatArray:
    """Plug-in squared Hellinger distance 1 - Σ√(pq), shape (R,)."""
    return np.asarray(np.maximum(1 - np.sqrt(p.shares * q.shares).sum(axis=1), 0.0))


def chi2(p: Samples, q: Samples) -> FloatArray:
    """Plug-in Σ (p-q)²/q, shape (R,); inf where Q has not seen what P has."""
    gaps = p.shares - q.shares
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p.counts + q.counts > 0, gaps * gaps / q.shares, 0.0)
    return np.asarray(terms.sum(axis=1))


def cross_entropy_estimate(p: Samples, q: Samples) -> FloatArray:
    """Zhang-Grabchak estimate of H(P,Q), shape (R,): Σ x/n [ψ(m+1) - ψ(y+1)]."""
    return digamma_of_integers(np.array(q.n + 1)) - row_dot(p.shares, q.psi)


def kl_estimate(p: Samples, q: Samples) -> FloatArray:
    """Zhang-Grabchak estimate of KL(P‖Q), shape (R,); ψ(x) is ψ(x+1) - 1/x."""
    seen = (p.counts > 0).sum(axis=1) / p.n
    entropy = digamma_of_integers(np.array(p.n)) - row_dot(p.shares, p.psi) + seen
    return np.asarray(cross_entropy_estimate(p, q) - entropy)


def chi2_estimate(p: Samples, q: Samples) -> FloatArray:
    """Nearly unbiased Σ x(x-1)/(n(n-1)) (m+1)/(y+1) - 1, shape (R,), for n >= 2."""
    squares = p.shares * ((p.counts - 1) / (p.n - 1))
    return row_dot(squares, (q.n + 1) / (q.counts + 1)) - 1


def row_dot(a: FloatArray, b: FloatArray) -> FloatArray:
    """Row-wise inner products, shape (R,)."""
    return np.asarray((a * b).sum(axis=1))
