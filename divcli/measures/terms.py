"""Per-symbol terms of each measure, in nats: what one cell contributes to the whole.

Every function takes `Cells` and returns shape (k,). Terms of a divergence are never negative, so
their sum is not either, and near-equal distributions keep every digit: with t = (p-q)/(p+q),
both KL and JS are (p+q) times a power series in t that starts at t².
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from divcli.measures.cells import Cells
    from divcli.model.arrays import FloatArray

# Below this |t| the series, above it the closed form, which loses under four bits there.
_NEAR = 0.125


def entropy_p_terms(cells: Cells) -> FloatArray:
    """Terms of the entropy H(P), -p ln p. Source: Cover & Thomas (2006), eq. 2.1."""
    return _weighted(cells.p, -cells.log_p)


def entropy_q_terms(cells: Cells) -> FloatArray:
    """Terms of the entropy H(Q), -q ln q. Source: Cover & Thomas (2006), eq. 2.1."""
    return _weighted(cells.q, -cells.log_q)


def cross_entropy_pq_terms(cells: Cells) -> FloatArray:
    """Terms of the cross-entropy H(P,Q), -p ln q; inf where q = 0 < p."""
    return _weighted(cells.p, -cells.log_q)


def cross_entropy_qp_terms(cells: Cells) -> FloatArray:
    """Terms of the cross-entropy H(Q,P), -q ln p; inf where p = 0 < q."""
    return _weighted(cells.q, -cells.log_p)


def kl_pq_terms(cells: Cells) -> FloatArray:
    """Non-negative terms of KL(P‖Q), p ln(p/q) - p + q; inf where q = 0 < p.

    Equal to (p+q)·[t² + (1+t)(artanh t - t)]. Source: Cover & Thomas (2006), eq. 2.26, with the
    difference p - q, which sums to 0, taken off each term.
    """
    return _kl(cells, cells.contrast, _weighted(cells.p, cells.log_ratio) - cells.d)


def kl_qp_terms(cells: Cells) -> FloatArray:
    """Non-negative terms of KL(Q‖P), q ln(q/p) - q + p; inf where p = 0 < q."""
    return _kl(cells, -cells.contrast, _weighted(cells.q, -cells.log_ratio) + cells.d)


def jeffreys_terms(cells: Cells) -> FloatArray:
    """Terms of the Jeffreys divergence, (p-q) ln(p/q), which is the PSI summand too."""
    return _weighted(cells.d, cells.log_ratio)


def js_terms(cells: Cells) -> FloatArray:
    """Terms of the Jensen-Shannon divergence, ½p ln(p/m) + ½q ln(q/m), m = ½(p+q).

    Equal to m·½[(1+t)ln(1+t) + (1-t)ln(1-t)], non-negative. Source: Lin (1991), with equal
    weights.
    """
    t = cells.contrast
    far = 0.5 * (_x_log_x(t) + _x_log_x(-t))
    return 0.5 * cells.total * np.where(np.abs(t) < _NEAR, _js_series(t * t), far)


def tv_terms(cells: Cells) -> FloatArray:
    """Terms of the total variation distance, ½|p-q|."""
    terms: FloatArray = 0.5 * np.abs(cells.d)
    return terms


def hellinger_terms(cells: Cells) -> FloatArray:
    """Terms of the squared Hellinger distance, ½(√p-√q)², as ½(p-q)²/(√p+√q)²."""
    roots = np.sqrt(cells.p) + np.sqrt(cells.q)
    gap = np.divide(cells.d, roots, out=np.zeros_like(roots), where=roots > 0)
    terms: FloatArray = 0.5 * gap * gap
    return terms


def chi2_terms(cells: Cells) -> FloatArray:
    """Terms of Pearson's χ² divergence, (p-q)²/q; inf where q = 0 < p."""
    with np.errstate(divide="ignore", over="ignore"):
        return cells.d * _over(cells.d, cells.q)


def power_terms(cells: Cells, order: float) -> FloatArray:
    """Terms q·[(p/q)^α - 1 - α(p/q - 1)] of Σ p^α q^(1-α) - 1, without its cancellation.

    They sum to Σ p^α q^(1-α) - 1 because Σ (p-q) = 0; inf where q = 0 < p and α > 1. For finite
    α > 0 other than 1.
    """
    x = _over(cells.d, cells.q)
    near = np.abs(x) < _NEAR / max(1.0, order)
    with np.errstate(over="ignore", invalid="ignore"):
        exponent = order * cells.log_ratio
        powers = np.where(
            np.abs(exponent) < 1,
            cells.q * np.expm1(exponent),
            power_affinity(cells, order) - cells.q,
        )
    far = powers - order * cells.d
    return np.where(near, cells.q * _binomial_rest(np.where(near, x, 0.0), order), far)


def power_affinity(cells: Cells, order: float, log_scale: float = 0.0) -> FloatArray:
    """Terms p^α q^(1-α), divided by exp(log_scale): inf where q = 0 < p and α > 1."""
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.exp(order * cells.log_p + (1 - order) * cells.log_q - log_scale) * cells.scale
    powers[(cells.p == 0) | ((cells.q == 0) & (order < 1))] = 0.0
    return powers


def _kl(cells: Cells, t: FloatArray, far: FloatArray) -> FloatArray:
    near = cells.total * (t * t + (1 + t) * t * t * t * _artanh_series(t * t))
    # The far form is positive too, but subnormal p and q leave it a rounding error below zero.
    return np.where(np.abs(t) < _NEAR, near, np.maximum(far, 0.0))


def _weighted(weights: FloatArray, logs: FloatArray) -> FloatArray:
    """Weights · logs, 0 where the weight is 0 whatever the logarithm; never -0."""
    product = np.multiply(weights, logs, out=np.zeros_like(weights), where=weights != 0)
    return product + 0.0


def _over(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """numerator/denominator, 0 where both are 0."""
    with np.errstate(divide="ignore", over="ignore"):
        return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=numerator != 0)


def _x_log_x(t: FloatArray) -> FloatArray:
    """(1+t)ln(1+t), 0 at t = -1."""
    return (1 + t) * np.log1p(t, out=np.zeros_like(t), where=t > -1)


def _artanh_series(square: FloatArray) -> FloatArray:
    """(artanh t - t)/t³ = 1/3 + t²/5 + t⁴/7 + …, for t² < 1/64, by Horner's rule."""
    return _horner(square, [1 / (2 * j + 1) for j in range(1, 10)])


def _js_series(square: FloatArray) -> FloatArray:
    """Σ t^(2j)/(2j(2j-1)) = t²/2 + t⁴/12 + t⁶/30 + …, for t² < 1/64."""
    return square * _horner(square, [1 / (2 * j * (2 * j - 1)) for j in range(1, 10)])


def _binomial_rest(x: FloatArray, order: float) -> FloatArray:
    """(1+x)^α - 1 - αx as Σ_{j≥2} C(α,j) x^j, for |x|·max(1,α) < 1/8."""
    coefficients, binomial = [], order
    for j in range(2, 20):
        binomial *= (order - j + 1) / j
        coefficients.append(binomial)
    return x * x * _horner(x, coefficients)


def _horner(x: FloatArray, coefficients: list[float]) -> FloatArray:
    total = np.full_like(x, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        total *= x
        total += coefficient
    return total
