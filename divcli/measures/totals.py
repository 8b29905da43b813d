"""From per-symbol terms to the number that is reported, in nats."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from divcli.measures.cells import SCALE
from divcli.measures.terms import (
    chi2_terms,
    entropy_p_terms,
    kl_pq_terms,
    power_affinity,
    power_terms,
)

if TYPE_CHECKING:
    from divcli.measures.cells import Cells
    from divcli.measures.pair import Pair
    from divcli.model.arrays import FloatArray

    Terms = Callable[[Cells], FloatArray]


def scaled_sums(pair: Pair, terms: Iterable[Terms]) -> dict[Terms, float]:
    """The total of each kind of terms times SCALE, from one pass in bounded memory."""
    parts: dict[Terms, list[float]] = {kind: [] for kind in terms}
    for cells in pair.runs():
        for kind, values in parts.items():
            with np.errstate(
                over="ignore"
            ):  # of a χ² near the greatest double, which scaling passes
                values.append(float((kind(cells) * cells.times).sum()) * (SCALE / cells.scale))
    return {kind: math.fsum(values) for kind, values in parts.items()}


def sums(pair: Pair, terms: Iterable[Terms]) -> dict[Terms, float]:
    """The total of each kind of terms, from one pass in bounded memory."""
    return {kind: total / SCALE for kind, total in scaled_sums(pair, terms).items()}


def root(scaled: float) -> float:
    """The square root of a total that is given times SCALE; no total is too small for it."""
    return math.sqrt(scaled) / math.sqrt(SCALE)


def all_terms(pair: Pair, terms: Terms) -> FloatArray:
    """The terms of every cell, shape (k,)."""
    return pair.spread(np.concatenate([terms(cells) / cells.scale for cells in pair.runs()]))


def renyi(pair: Pair, order: float) -> float:
    """Rényi divergence D_α(P‖Q) = ln(Σ p^α q^(1-α))/(α-1) in nats, for any order α ≥ 0.

    KL at α = 1, -ln Q(p > 0) at 0, ln max p/q at infinity.
    Source: van Erven & Harremoës (2014), definitions 2 and 3.
    """
    if order == 1:
        return sums(pair, [kl_pq_terms])[kl_pq_terms]
    if order == 0:
        return -_log1p(-sums(pair, [_q_where_p_is_zero])[_q_where_p_is_zero])
    if math.isinf(order):
        return max(float(_support_logs(cells).max(initial=-math.inf)) for cells in pair.runs())
    excess = _power_excess(pair, order)
    log_sum = _log1p(excess) if abs(excess) < 0.5 else _log_power_sum(pair, order)
    return max(0.0, log_sum / (order - 1))


def tsallis(pair: Pair, order: float) -> float:
    """Tsallis relative entropy (Σ p^α q^(1-α) - 1)/(α-1) in nats, for finite orders α > 0.

    KL at α = 1. Source: Tsallis (1998), generalized entropy-based criterion.
    """
    if order == 1:
        return renyi(pair, order)
    return max(0.0, _power_excess(pair, order) / (order - 1))


def chi2(pair: Pair) -> float:
    """Pearson's χ² divergence, summed as it is: scaled, it would overflow before it must."""
    runs = (cells.unscaled() for cells in pair.runs())
    return math.fsum(float((chi2_terms(cells) * cells.times).sum()) for cells in runs)


def bhattacharyya(pair: Pair) -> float:
    """Bhattacharyya distance -ln Σ √(pq) in nats: half the Rényi divergence of order ½."""
    return renyi(pair, 0.5) / 2


def _power_excess(pair: Pair, order: float) -> float:
    terms = partial(power_terms, order=order)
    return sums(pair, [terms])[terms]


def _log_power_sum(pair: Pair, order: float) -> float:
    """Ln Σ p^α q^(1-α), scaled by the greatest term so that none overflows."""
    peak = -math.inf
    for cells in pair.runs():
        shared = (cells.p > 0) & ((cells.q > 0) | (order > 1))
        logs = order * cells.log_p[shared] + (1 - order) * cells.log_q[shared]
        peak = max(peak, float(logs.max(initial=-math.inf)))
    if math.isinf(peak):
        return peak
    terms = partial(power_affinity, order=order, log_scale=peak)
    return peak + math.log(sums(pair, [terms])[terms])


def _q_where_p_is_zero(cells: Cells) -> FloatArray:
    return np.where(cells.p == 0, cells.q, 0.0)


def _support_logs(cells: Cells) -> FloatArray:
    return cells.log_ratio[cells.p > 0]


def _log1p(x: float) -> float:
    return math.log1p(x) if x > -1 else -math.inf


def renyi_entropy(pair: Pair, order: float) -> float:
    """Rényi entropy ln(Σ p^α)/(1-α) of P in nats; H at 1, ln(support) at 0, -ln max p at infinity.

    Source: Rényi (1961).
    """
    if order == 1:
        return sums(pair, [entropy_p_terms])[entropy_p_terms]
    if order == 0:
        return math.log(sum(int(np.count_nonzero(cells.p)) for cells in pair.blocks()))
    if math.isinf(order):
        return -max(float(cells.log_p.max()) for cells in pair.blocks())
    excess = _entropy_excess(pair, order)
    log_sum = math.log1p(excess) if abs(excess) < 0.5 else _log_moment(pair, order)
    return max(0.0, log_sum / (1 - order))


def tsallis_entropy(pair: Pair, order: float) -> float:
    """Tsallis entropy (1 - Σ p^α)/(α-1) of P in nats; H at 1. Source: Tsallis (1988)."""
    if order == 1:
        return renyi_entropy(pair, order)
    return max(0.0, _entropy_excess(pair, order) / (1 - order))


def _log_moment(pair: Pair, order: float) -> float:
    """Ln Σ p^α, scaled by the greatest term so that none underflows."""
    peak = order * max(float(cells.log_p.max()) for cells in pair.blocks())

    def terms(cells: Cells) -> FloatArray:
        return np.exp(order * cells.log_p - peak) * cells.scale

    return peak + math.log(sums(pair, [terms])[terms])


def _entropy_excess(pair: Pair, order: float) -> float:
    """Σ p^α - 1, as Σ p·(p^(α-1) - 1)."""

    def terms(cells: Cells) -> FloatArray:
        with np.errstate(over="ignore"):
            powers = np.expm1(
                (order - 1) * cells.log_p, out=np.zeros_like(cells.p), where=cells.p > 0
            )
        return cells.p * powers

    return sums(pair, [terms])[terms]
