"""Limit laws of the two-sample tests on distribution functions, without scipy."""

from __future__ import annotations

import math

import numpy as np


def kolmogorov_tail(x: float) -> float:
    """Tail of Kolmogorov's law, 2 Σ (-1)^(j-1) e^(-2j²x²). Source: Kolmogorov (1933)."""
    if x < 0.2:
        return 1.0
    terms = (2 * (-1) ** (j - 1) * math.exp(-2 * j * j * x * x) for j in range(1, 60))
    return min(max(math.fsum(terms), 0.0), 1.0)


def cramer_von_mises_tail(x: float) -> float:
    """Tail of the limit law of the Cramér-von Mises statistic.

    The Bessel function K_¼(q) e^-q of the series is ∫ e^(-q(cosh t + 1)) cosh(t/4) dt over t > 0.
    Source: Csörgő & Faraway (1996).
    """
    if x <= 0.003:
        return 1.0
    t = np.linspace(0, 12, 1201)
    weights = np.full(len(t), 0.01)
    weights[0] /= 2
    total = 0.0
    for j in range(20):
        y = 4 * j + 1
        q = y * y / (16 * x)
        bessel = float(weights @ (np.exp(-q * (np.cosh(t) + 1)) * np.cosh(t / 4)))
        factor = math.exp(math.lgamma(j + 0.5) - math.lgamma(j + 1))
        total += factor * math.sqrt(y) * bessel / (math.pi**1.5 * math.sqrt(x))
    return min(max(1 - total, 0.0), 1.0)
