"""Entropy of the population behind a sample of counts, in nats: one estimator a function.

Every function takes counts, shape (k,), whole numbers that sum to n >= 1, zeros included where
the alphabet is known to be larger than what was seen, and returns nats.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from divcli.catalog import ESTIMATORS, resolve
from divcli.inference.arrays import Counts, FloatArray, IntArray, as_counts
from divcli.inference.jackknife import entropy_jackknife
from divcli.inference.special import digamma, digamma_of_integers
from divcli.inference.tables import Samples

Estimator = Callable[[Counts], float]


def plugin(counts: Counts) -> float:
    """Entropy of the empirical distribution, -Σ p ln p; biased downwards by about (k-1)/2n."""
    x = _occupied(counts)
    return float(-(x / x.sum()) @ _log_shares(x))


def miller_madow(counts: Counts) -> float:
    """Plug-in entropy plus (occupied cells - 1)/2n. Source: Miller (1955)."""
    x = _occupied(counts)
    return plugin(x) + (len(x) - 1) / (2 * int(x.sum()))


def chao_wang_jost(counts: Counts) -> float:
    """Entropy by the rate at which new symbols turn up; the default of divcli.

    Σ x/n [ψ(n) - ψ(x)] for what was seen, and for what was not
    f₁/n (1-A)^(1-n) {-ln A - Σ_{r<n} (1-A)^r/r} with f₁ singletons and f₂ doubletons.
    Source: Chao, Wang & Jost (2013); A as in Chao & Jost (2015) where f₂ = 0.
    """
    x = _occupied(counts)
    n, singles, doubles = int(x.sum()), int((x == 1).sum()), int((x == 2).sum())
    seen = float((x / n) @ (digamma_of_integers(np.array(n)) - digamma_of_integers(x)))
    return seen + singles / n * _unseen(n, _doubleton_ratio(n, singles, doubles))


def chao_shen(counts: Counts) -> float:
    """Horvitz-Thompson entropy with Good's coverage 1 - f₁/n. Source: Chao & Shen (2003).

    Where every symbol was seen once, f₁ counts as n - 1, as in the R package entropy.
    """
    x = _occupied(counts)
    n, singles = int(x.sum()), int((x == 1).sum())
    coverage = 1 - min(singles, n - 1) / n
    p = coverage * x / n
    with np.errstate(divide="ignore"):
        seen = -np.expm1(n * np.log1p(-p))
    return float(-(p * np.log(p) / seen).sum()) + 0.0


def grassberger(counts: Counts) -> float:
    """Ln n - Σ x/n G(x), G(x) = ψ(x) + ½(-1)^x [ψ((x+1)/2) - ψ(x/2)]. Source: Grassberger (2003).

    By the recurrence of that paper G(x) is ln 2 + ψ(⌊x/2⌋ + ½).
    """
    x = _occupied(counts)
    n = int(x.sum())
    return math.log(n) - math.log(2) - float((x / n) @ digamma(x // 2 + 0.5))


def james_stein(counts: Counts) -> float:
    """Entropy of the shares shrunk towards 1/k. Source: Hausser & Strimmer (2009)."""
    x = as_counts(counts)
    shrunk = shrinkage_intensity(x)
    return _entropy_of(shrunk / len(x) + (1 - shrunk) * x / x.sum())


def shrinkage_intensity(counts: Counts) -> float:
    """James-Stein weight of the uniform target, (1 - Σp²)/((n-1) Σ(1/k - p)²), within [0, 1].

    Source: Hausser & Strimmer (2009); 1 where n = 1 or the shares are uniform.
    """
    x = as_counts(counts)
    n = int(x.sum())
    p = x / n
    distance = (n - 1) * float(((1 / len(x) - p) ** 2).sum())
    return min(1.0, (1 - float(p @ p)) / distance) if distance > 0 else 1.0


def jackknife(counts: Counts) -> float:
    """Delete-one jackknife of the plug-in entropy, n H - (n-1) mean H₍₋ᵢ₎. Source: Zahl (1977)."""
    return float(entropy_jackknife(Samples(_occupied(counts)[None]))[0])


def dirichlet(counts: Counts, pseudocount: float) -> float:
    """Entropy of the shares (x + a)/(n + ka). Source: Agresti & Hitchcock (2005), Bayes table."""
    x = as_counts(counts) + pseudocount
    return _entropy_of(x / x.sum())


def dirichlet_jeffreys(counts: Counts) -> float:
    """Entropy with a pseudo-count of ½ for every symbol."""
    return dirichlet(counts, 0.5)


def dirichlet_laplace(counts: Counts) -> float:
    """Entropy with a pseudo-count of 1 for every symbol."""
    return dirichlet(counts, 1.0)


def dirichlet_perks(counts: Counts) -> float:
    """Entropy with a pseudo-count of 1/k for every symbol, one in all."""
    return dirichlet(counts, 1 / len(counts))


def dirichlet_minimax(counts: Counts) -> float:
    """Entropy with a pseudo-count of √n/k for every symbol."""
    return dirichlet(counts, math.sqrt(int(as_counts(counts).sum())) / len(counts))


def plugin_variance(counts: Counts) -> float:
    """Variance of the plug-in entropy by the delta method, (Σ p ln² p - H²)/n, in nats squared.

    Source: Basharin (1959). It vanishes at the uniform distribution, where it says nothing.
    """
    x = _occupied(counts)
    p, logs = x / x.sum(), _log_shares(x)
    return float(p @ (logs + plugin(x)) ** 2) / int(x.sum())


def _doubleton_ratio(n: int, singles: int, doubles: int) -> float:
    """A, the mean share of the symbols seen once. Source: Chao & Jost (2015), Good-Turing."""
    if doubles:
        return 2 * doubles / ((n - 1) * singles + 2 * doubles)
    return 2 / ((n - 1) * (singles - 1) + 2) if singles else 1.0


def _unseen(n: int, a: float) -> float:
    """(1-A)^(1-n) {-ln A - Σ_{r<n} (1-A)^r/r} without its cancellation, at a cost free of n.

    Equal to Σ_{j>=1} (1-A)^j/(n-1+j), which is (1-A)/n ∫ e^-u / (1 - (1-A) e^(-u/n)) du over
    u > 0. With u = e^v the trapezoidal rule converges exponentially: 1e-15 at this step.
    """
    rest, step = 1 - a, 0.2
    lowest = min(math.log(n * a), 0.0) - 38
    u = np.exp(lowest + step * np.arange(math.ceil((4 - lowest) / step)))
    return float(step * rest / n * (u * np.exp(-u) / (a - rest * np.expm1(-u / n))).sum())


def _occupied(counts: Counts) -> IntArray:
    """The counts above 0."""
    x = as_counts(counts)
    return x[x > 0]


def _log_shares(x: IntArray) -> FloatArray:
    """ln(x/n) of counts above 0, accurate for shares near 1 too."""
    n = int(x.sum())
    return np.where(2 * x > n, np.log1p(-(n - x) / n), np.log(x / n))


def _entropy_of(p: FloatArray) -> float:
    """-Σ p ln p of shares that sum to 1."""
    p = p[p > 0]
    return float(-p @ np.log(p)) + 0.0


ENTROPY_ESTIMATORS: Mapping[str, Estimator] = MappingProxyType(
    {row.name: resolve(row.target) for row in ESTIMATORS if row.quantity == "entropy"}
)
