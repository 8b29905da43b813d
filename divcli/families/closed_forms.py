"""KL between two models of one family, in nats, where it has a closed form.

Each function takes the parameters of P, then those of Q, and is exact for near-equal ones too.
"""

from __future__ import annotations

import math

from divcli.families.bregman import (
    binary_kl,
    exp_gap,
    log_gamma_gap,
    log_gap,
    log_ratio,
    poisson_kl,
    ratio_gap,
)

Pair = tuple[float, float]

_LARGEST_LOGARITHM = 709.0  # of a double


def normal(p: Pair, q: Pair) -> float:
    """½[(σ/τ)² - 1 - ln (σ/τ)² + ((μ-ν)/τ)²]; of the logarithms of lognormal values too.

    With Q standard normal this is ½(σ² + μ² - 1 - ln σ²).
    """
    (mu, sigma), (nu, tau) = p, q
    # r² - 1 - 2 ln r = (r - 1)² + 2(r - 1 - ln r), neither of them negative.
    scales, means = (sigma - tau) / tau, (mu - nu) / tau
    return (scales * scales + 2 * ratio_gap(sigma, tau) + means * means) / 2


def exponential(p: tuple[float], q: tuple[float]) -> float:
    """The gap r - 1 - ln r, with r the ratio of the scales."""
    return ratio_gap(p[0], q[0])


def gamma(p: Pair, q: Pair) -> float:
    """Of shapes a, c and scales s, t: the gap of ln Γ, a(s/t - 1 - ln s/t), and (a-c) ln s/t."""
    (a, s), (c, t) = p, q
    return max(log_gamma_gap(c, a) + a * ratio_gap(s, t) + (a - c) * log_ratio(s, t), 0.0)


def beta(p: Pair, q: Pair) -> float:
    """The gaps of ln Γ at both parameters, less the one at their sum."""
    (a, b), (c, d) = p, q
    return max(log_gamma_gap(c, a) + log_gamma_gap(d, b) - log_gamma_gap(c + d, a + b), 0.0)


def laplace(p: Pair, q: Pair) -> float:
    """r(exp(-t) + t) - 1 - ln r, r the ratio of the scales, t the distance in scales of P."""
    (mu, b), (nu, c) = p, q
    return b / c * exp_gap(abs(mu - nu) / b) + ratio_gap(b, c)


def uniform(p: Pair, q: Pair) -> float:
    """Logarithm of the ratio of the lengths; ∞ where P reaches beyond Q."""
    (a, b), (c, d) = p, q
    if a < c or b > d:
        return math.inf
    return math.log1p(((a - c) + (d - b)) / (b - a))


def weibull(p: Pair, q: Pair) -> float:
    """KL of two Weibull distributions. Source: Bauckhage (2013)."""
    (k, s), (j, t) = p, q
    ratio = j / k
    logarithm = j * log_ratio(s, t) + math.lgamma(1 + ratio)
    if logarithm > _LARGEST_LOGARITHM:
        return math.inf
    of_scales = math.expm1(logarithm)
    near = abs(of_scales) < 1e-2
    moment = log_gap(of_scales) if near else of_scales - logarithm
    return moment + ratio_gap(j, k) + log_gamma_gap(1 + ratio, 2.0)


def pareto(p: Pair, q: Pair) -> float:
    """The gap of the exponents' ratio β/α, and β ln(s/t); ∞ where P begins below Q."""
    (alpha, s), (beta_, t) = p, q
    if s < t:
        return math.inf
    return ratio_gap(beta_, alpha) + beta_ * log_ratio(s, t)


def poisson(p: tuple[float], q: tuple[float]) -> float:
    """λ ln(λ/κ) - λ + κ, of the rates λ and κ."""
    return poisson_kl(p[0], q[0])


def binomial(p: Pair, q: Pair) -> float | None:
    """That of the single trials, n times; None for different numbers of trials."""
    if p[0] != q[0]:
        return None
    return p[0] * binary_kl(p[1], q[1])


def geometric(p: tuple[float], q: tuple[float]) -> float:
    """That of the single trials, times the mean number of them."""
    return binary_kl(p[0], q[0]) / p[0]


def discrete_uniform(p: Pair, q: Pair) -> float:
    """Logarithm of the ratio of the numbers of values; ∞ where P reaches beyond Q."""
    (a, b), (c, d) = p, q
    return uniform((a, b + 1), (c, d + 1))
