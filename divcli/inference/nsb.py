"""The Nemenman-Shafee-Bialek entropy: a mixture of Dirichlet priors that is flat in entropy.

Source: Nemenman, Shafee & Bialek (2002), Entropy and inference, revisited.
"""

from __future__ import annotations

import numpy as np

from divcli.inference.arrays import Counts, FloatArray, IntArray, as_counts
from divcli.inference.special import digamma, log_rising, trigamma

_NODES = 401
# Integrand below e^-45 of its peak: less than 1e-15 of the integral lies beyond.
_NEGLIGIBLE = 45.0


def nemenman_shafee_bialek(counts: Counts) -> float:
    """Posterior mean entropy in nats under the NSB prior.

    counts: shape (k,), zeros included: k is the size of the alphabet. The integral over the
    pseudocount β runs in ln β by the trapezoidal rule, narrowed to where the weight lies.
    """
    x = as_counts(counts)
    if len(x) == 1:
        return 0.0
    values, repeats = np.unique(x, return_counts=True)
    log_beta = _support(values, repeats)
    beta = np.exp(log_beta)
    logs = _log_weights(beta, values, repeats)
    weights = np.exp(logs - logs.max())
    return float(weights @ posterior_mean(beta, values, repeats) / weights.sum())


def wolpert_wolf(counts: Counts, pseudocount: float) -> float:
    """Posterior mean entropy in nats under one Dirichlet prior. Source: Wolpert & Wolf (1995)."""
    values, repeats = np.unique(as_counts(counts), return_counts=True)
    return float(posterior_mean(np.array([float(pseudocount)]), values, repeats)[0])


def posterior_mean(beta: FloatArray, values: IntArray, repeats: IntArray) -> FloatArray:
    """Posterior mean entropy under Dirichlet(β), ψ(n+kβ+1) - Σ (x+β)/(n+kβ) ψ(x+β+1), in nats.

    beta: shape (b,); values, repeats: the distinct counts and how often each occurs.
    Returns shape (b,). Source: Wolpert & Wolf (1995).
    """
    total = float(values @ repeats) + int(repeats.sum()) * beta
    inner = sum(
        r * (x + beta) * digamma(x + beta + 1) for x, r in zip(values, repeats, strict=True)
    )
    return np.asarray(digamma(total + 1) - inner / total)


def _support(values: IntArray, repeats: IntArray) -> FloatArray:
    """Grid in ln β over the weight that matters, however narrow its peak."""
    low, high = -40.0, 37.0
    while True:
        grid = np.linspace(low, high, _NODES)
        logs = _log_weights(np.exp(grid), values, repeats)
        kept = np.flatnonzero(logs > logs.max() - _NEGLIGIBLE)
        first, last = max(int(kept[0]) - 1, 0), min(int(kept[-1]) + 1, _NODES - 1)
        if last - first > _NODES // 2:
            return grid
        low, high = float(grid[first]), float(grid[last])


def _log_weights(beta: FloatArray, values: IntArray, repeats: IntArray) -> FloatArray:
    """Logarithm of evidence times prior per step of ln β, shape of beta.

    Evidence Γ(kβ)/Γ(n+kβ) Π Γ(x+β)/Γ(β); prior dξ/dβ of the expected entropy
    ξ(β) = ψ(kβ+1) - ψ(β+1).
    """
    k = int(repeats.sum())
    n = int(values @ repeats)
    prior = k * trigamma(k * beta + 1) - trigamma(beta + 1)
    evidence = -log_rising(k * beta, n)
    for x, repeat in zip(values, repeats, strict=True):
        evidence = evidence + repeat * log_rising(beta, int(x))
    with np.errstate(divide="ignore", invalid="ignore"):
        return evidence + np.log(np.maximum(prior, 0)) + np.log(beta)
