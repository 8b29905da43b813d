"""The law of each family, with its parameters as divcli writes them, by scipy's distributions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from divcli.families.law import Law

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray


def normal(mu: float, sigma: float) -> Law:
    """Mean mu, standard deviation sigma."""
    return Law(stats.norm(mu, sigma), False)


def lognormal(mu: float, sigma: float) -> Law:
    """The logarithm is normal with mean mu and standard deviation sigma."""
    return Law(stats.lognorm(sigma, scale=math.exp(mu)), False)


def exponential(scale: float) -> Law:
    """Mean scale."""
    return Law(stats.expon(scale=scale), False)


def gamma(shape: float, scale: float) -> Law:
    """Mean shape·scale."""
    return Law(stats.gamma(shape, scale=scale), False)


def beta(a: float, b: float) -> Law:
    """Density proportional to x^(a-1)·(1-x)^(b-1) on [0, 1]."""
    return Law(stats.beta(a, b), False)


def laplace(mu: float, b: float) -> Law:
    """Density exp(-|x-mu|/b)/(2b)."""
    return Law(stats.laplace(mu, b), False, lambda x: -np.abs(x - mu) / b - math.log(2 * b))


def uniform(a: float, b: float) -> Law:
    """Equal density from a to b."""
    return Law(stats.uniform(a, b - a), False)


def weibull(k: float, scale: float) -> Law:
    """P(X > x) = exp(-(x/scale)^k)."""
    return Law(stats.weibull_min(k, scale=scale), False)


def logistic(mu: float, s: float) -> Law:
    """P(X ≤ x) = 1/(1+exp(-(x-mu)/s))."""
    return Law(stats.logistic(mu, s), False)


def student_t(nu: float, mu: float, sigma: float) -> Law:
    """Student's t with nu degrees of freedom, moved by mu and stretched by sigma."""
    return Law(stats.t(nu, mu, sigma), False)


def pareto(alpha: float, scale: float) -> Law:
    """P(X > x) = (scale/x)^alpha from scale on."""

    def logarithm(x: FloatArray) -> FloatArray:
        tail = math.log(alpha) - math.log(scale) - (alpha + 1) * (np.log(x) - math.log(scale))
        return np.where(x >= scale, tail, -math.inf)

    return Law(stats.pareto(alpha, scale=scale), False, logarithm)


def poisson(rate: float) -> Law:
    """Mean rate."""
    return Law(stats.poisson(rate), True)


def binomial(n: float, p: float) -> Law:
    """Successes in n trials, each of probability p."""
    return Law(stats.binom(n, p), True)


def geometric(p: float) -> Law:
    """Trials up to and with the first success, each of probability p."""
    return Law(stats.geom(p), True)


def negative_binomial(r: float, p: float) -> Law:
    """Failures before the r-th success, each trial a success with probability p."""
    return Law(stats.nbinom(r, p), True)


def discrete_uniform(a: float, b: float) -> Law:
    """Equal probability of the whole numbers from a to b."""
    return Law(stats.randint(int(a), int(b) + 1), True)
