"""How small a difference samples of these sizes would reveal."""

from __future__ import annotations

import math

from divcli.inference.chi_square import chi_square_quantile, noncentral_tail


def minimum_detectable_js(
    n: int, m: int, cells: int, *, alpha: float = 0.05, power: float = 0.8
) -> float | None:
    """JS divergence in nats that a test at level alpha finds with this power, or None.

    λ/(8c), c = nm/(n+m), where noncentral χ² with cells - 1 degrees of freedom and noncentrality
    λ exceeds the critical value with that probability. None where there are fewer than two
    cells, or where even disjoint distributions (ln 2) are below it.
    Source: the local law of divergence statistics, Read & Cressie (1988); no scipy needed.
    """
    if cells < 2:
        return None
    effect = detectable_noncentrality(cells - 1, alpha, power) / (8 * n * m / (n + m))
    return effect if effect < math.log(2) else None


def detectable_noncentrality(freedom: int, alpha: float, power: float) -> float:
    """Noncentrality at which χ² exceeds its 1 - alpha quantile with this probability."""
    critical = chi_square_quantile(1 - alpha, freedom)
    low, high = 0.0, 8.0
    while noncentral_tail(critical, freedom, high) < power:
        low, high = high, 2 * high
    while high - low > 1e-6 * high:
        middle = (low + high) / 2
        if noncentral_tail(critical, freedom, middle) < power:
            low = middle
        else:
            high = middle
    return high
