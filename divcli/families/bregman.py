"""Non-negative building blocks of KL, exact where their arguments are nearly alike.

Each is the gap between a convex function and its tangent, which a plain difference loses.
"""

from __future__ import annotations

import math

_NEAR = 0.3
_TERMS = 60  # 0.3**60 is below the last place of a double


def log_gap(x: float) -> float:
    """The gap x - ln(1+x), for x > -1: the tangent of the logarithm at 1 less the logarithm."""
    if abs(x) > _NEAR:
        return x - math.log1p(x)
    # ln(1+x) = 2 artanh(s), s = x/(2+x); what is left of x is x·s, and the rest a series in s².
    s = x / (2 + x)
    tail = math.fsum(s ** (2 * j + 1) / (2 * j + 1) for j in range(1, _TERMS // 2))
    return x * s - 2 * tail


def exp_gap(t: float) -> float:
    """exp(-t) - 1 + t, for t ≥ 0: the exponential less its tangent at 0."""
    if t > _NEAR:
        return math.exp(-t) - 1 + t
    total, term = 0.0, 1.0
    for j in range(1, 20):
        term *= -t / j
        total += term if j > 1 else 0.0
    return total


def log_ratio(a: float, b: float) -> float:
    """ln(a/b) of positive numbers of any size, with every digit where they are nearly alike."""
    if abs(a - b) <= _NEAR * b:
        return math.log1p((a - b) / b)
    return math.log(a) - math.log(b)


def ratio_gap(a: float, b: float) -> float:
    """The gap r - 1 - ln r of the ratio r = a/b of positive numbers."""
    if abs(a - b) <= _NEAR * b:
        return log_gap((a - b) / b)
    return a / b - 1 - log_ratio(a, b)


def log_gamma_gap(x: float, y: float) -> float:
    """The gap ln Γ(x) - ln Γ(y) - (x-y)·ψ(y), of x, y > 0; at least 0, as Γ is log-convex.

    Near y by the Taylor series with polygammas. Source: DLMF 5.15.1 for those.
    """
    from scipy.special import gammaln, polygamma, psi

    d = x - y
    if abs(d) > _NEAR * y / 4:
        return float(gammaln(x) - gammaln(y) - d * psi(y))
    terms, power = [], d
    for j in range(1, 30):
        power *= d / (j + 1)
        terms.append(float(polygamma(j, y)) * power)
    return math.fsum(terms)


def binary_kl(p: float, q: float) -> float:
    """KL of two coins with probabilities p and q of heads, in nats; ∞ where q excludes what p has.

    Both terms as gaps: q·φ((p-q)/q) + (1-q)·φ((q-p)/(1-q)), φ(x) = (1+x)ln(1+x) - x.
    """
    return _weighted_phi(p, q, p - q) + _weighted_phi(1 - p, 1 - q, q - p)


def poisson_kl(p: float, q: float) -> float:
    """KL of two Poisson distributions with these rates: q·φ((p-q)/q), in nats."""
    return _weighted_phi(p, q, p - q)


def _weighted_phi(p: float, q: float, difference: float) -> float:
    """p·ln(p/q) - p + q, given p - q."""
    if q == 0:
        return math.inf if p > 0 else 0.0
    if p == 0:
        return q
    # φ(x) = (1+x)·(y - ln(1+y)) with 1+x = p/q and 1+y = q/p.
    return p * log_gap(-difference / p) if abs(difference) <= _NEAR * p else p * ratio_gap(q, p)
