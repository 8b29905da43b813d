"""Divergences between two laws: closed forms, and integrals in logarithms of densities, in nats.

Integrands are non-negative, so that near-equal laws lose nothing to cancellation, and made of
logarithms, so that far tails do not underflow to a false infinity.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from divcli.catalog import resolve
from divcli.families.law import Law, law_of
from divcli.families.quadrature import nodes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from divcli.model.arrays import FloatArray
    from divcli.model.family import Model

    Terms = Callable[[FloatArray, FloatArray], FloatArray]

_NEAR = 0.3  # of the log ratio, below which series stand for differences
_LN2 = math.log(2)
# How far out the power of a tail is read: no family here changes it beyond.
_FAR = (1e90, 1e100)
_CLOSE = (1e-120, 1e-110)


def kl_terms(lp: FloatArray, lq: FloatArray) -> FloatArray:
    """Terms p ln(p/q) - p + q of log densities, shape (u,); ∞ where q is 0 and p is not."""
    ratio = _difference(lp, lq)
    p, q = np.exp(lp), np.exp(lq)
    with np.errstate(all="ignore"):
        plain = np.where(p > 0, p * (ratio - 1), 0.0) + q
        series = sum((-ratio) ** j / math.factorial(j) for j in range(2, 18))
        near = p * series
    return np.where(np.abs(ratio) < _NEAR, near, plain)


def js_terms(lp: FloatArray, lq: FloatArray) -> FloatArray:
    """½[p ln(p/m) + q ln(q/m)], m = ½(p+q), of log densities, shape (u,)."""
    ratio = _difference(lp, lq)
    p, q = np.exp(lp), np.exp(lq)
    with np.errstate(all="ignore"):
        left = np.where(p > 0, p * (_LN2 - np.logaddexp(0, -ratio)), 0.0)
        right = np.where(q > 0, q * (_LN2 - np.logaddexp(0, ratio)), 0.0)
        t = np.tanh(ratio / 2)
        series = sum(t ** (2 * j) / (2 * j * (2 * j - 1)) for j in range(1, 12))
        near = (p + q) / 2 * series
    found: FloatArray = np.where(np.abs(ratio) < _NEAR, near, (left + right) / 2)
    return found


def hellinger_terms(lp: FloatArray, lq: FloatArray) -> FloatArray:
    """½(√p - √q)² of log densities, shape (u,)."""
    ratio = _difference(lp, lq)
    greater = np.maximum(lp, lq)
    found: FloatArray = np.exp(greater) * np.expm1(-np.abs(ratio) / 2) ** 2 / 2
    return found


def chi2_terms(lp: FloatArray, lq: FloatArray) -> FloatArray:
    """(p-q)²/q of log densities, shape (u,)."""
    ratio = _difference(lp, lq)
    with np.errstate(all="ignore"):
        plain = np.exp(lp + ratio) - 2 * np.exp(lp) + np.exp(lq)
        near = np.exp(lq) * np.expm1(ratio) ** 2
    found: FloatArray = np.where(ratio < _NEAR, near, plain)
    return found


class LawPair:
    """Two laws of one kind, both discrete or both densities, on shared nodes."""

    def __init__(self, p: Model, q: Model, edges: FloatArray) -> None:
        self.models = p, q
        self.laws = law_of(p), law_of(q)
        self.edges = edges
        self.nodes = nodes_of(self.laws, edges)
        self.lp, self.lq = (law.log_density(self.nodes.x) for law in self.laws)

    def closed_kl(self, *, reverse: bool = False) -> float | None:
        """KL by the closed form of the family, None where there is none."""
        p, q = reversed(self.models) if reverse else self.models
        if p.family != q.family or p.row.kl is None:
            return None
        value: float | None = resolve(p.row.kl)(p.values, q.values)
        return value

    def integral(self, terms: Terms, *, reverse: bool = False) -> float:
        """The integral of terms over both laws; ∞ where a support or a tail makes it so."""
        return _sum(self.cells(terms, reverse=reverse))

    def cells(self, terms: Terms, *, reverse: bool = False) -> FloatArray:
        """The same cell by cell, shape (e+1,)."""
        values = self._weighted(terms, reverse)
        sums = np.zeros(len(self.edges) + 1)
        np.add.at(sums, self.nodes.cell, values)
        for end in self._divergent_ends(terms, reverse):
            sums[np.searchsorted(self.edges, end, side="right")] = math.inf
        return sums

    def error(self, terms: Terms, *, reverse: bool = False) -> float:
        """An upper estimate of the relative error of the integral: what half the nodes miss."""
        values = self._weighted(terms, reverse)
        whole = _sum(values)
        if not 0 < whole < math.inf:
            return 0.0
        return abs(_sum(values * self.nodes.coarse) - whole) / whole

    def entropies(self) -> tuple[float, float]:
        """Entropies of both laws, of densities differential, in nats."""
        if not self.laws[0].discrete:
            p, q = (law.entropy() for law in self.laws)
            return p, q
        p, q = (
            _sum(np.where(np.isfinite(logs), -np.exp(logs) * logs, 0.0))
            for logs in (self.lp, self.lq)
        )
        return p, q

    @property
    def held(self) -> tuple[float, float]:
        """How much of the mass of either law the nodes hold: 1 but for rounding, or less."""
        with np.errstate(all="ignore"):
            parts = (np.exp(logs) * self.nodes.weights for logs in (self.lp, self.lq))
            p, q = (float(np.nansum(np.where(np.isinf(part), 0, part))) for part in parts)
        return p, q

    @cached_property
    def crossings(self) -> FloatArray:
        """Where the densities cross, ascending: between them one law is above the other."""
        order = np.argsort(self.nodes.x)
        x, ratio = self.nodes.x[order], _difference(self.lp, self.lq)[order]
        supports = [end for law in self.laws for end in law.edges_of_support()]
        turns = np.flatnonzero(np.sign(ratio[:-1]) * np.sign(ratio[1:]) < 0)
        finite = [i for i in turns if np.isfinite(ratio[i : i + 2]).all()]
        found = [self._crossing(float(x[i]), float(x[i + 1])) for i in finite]
        zeros = x[ratio == 0].tolist()
        return np.unique([*supports, *found, *zeros])

    def masses(self) -> tuple[FloatArray, FloatArray]:
        """Mass of both laws between the edges, shape (e+1,) each."""
        p, q = (law.masses(self.edges) for law in self.laws)
        return p, q

    def total_variation(self) -> float:
        """½∫|p - q|, exact between the crossings."""
        if self.laws[0].discrete:
            gaps = np.exp(self.lp) - np.exp(self.lq)
        else:
            p, q = (law.masses(self.crossings) for law in self.laws)
            gaps = p - q
        return min(_sum(np.abs(gaps)) / 2, 1.0)

    def kolmogorov_smirnov(self) -> float:
        """Greatest distance of the distribution functions, which is at a crossing."""
        at = self.nodes.x if self.laws[0].discrete else self.crossings
        p, q = (law.below(at) for law in self.laws)
        return float(np.abs(p - q).max(initial=0.0))

    def _crossing(self, low: float, high: float) -> float:
        from scipy.optimize import brentq

        # Where it does not settle in so many steps, the last is as good as doubles allow.
        options = {"xtol": 1e-300, "rtol": 1e-14, "maxiter": 300, "full_output": True}
        return float(brentq(self._ratio, low, high, disp=False, **options)[0])

    def _ratio(self, x: float) -> float:
        here = np.array([x])
        return float(_difference(*(law.log_density(here) for law in self.laws))[0])

    def _weighted(self, terms: Terms, reverse: bool) -> FloatArray:
        lp, lq = (self.lq, self.lp) if reverse else (self.lp, self.lq)
        with np.errstate(all="ignore"):
            values = terms(lp, lq) * self.nodes.weights
        # What is no number is a density beyond doubles; `held` tells how much mass that leaves out.
        return np.where((lp == -math.inf) & (lq == -math.inf) | np.isnan(values), 0.0, values)

    def _divergent_ends(self, terms: Terms, reverse: bool) -> list[float]:
        """Ends of the supports at which the terms fall off too slowly for the integral."""
        if self.laws[0].discrete:
            return []
        low = min(law.support[0] for law in self.laws)
        high = max(law.support[1] for law in self.laws)
        laws = self.laws[::-1] if reverse else self.laws
        return [end for end, sign in ((low, 1), (high, -1)) if _slow(terms, laws, end, sign)]


def _sum(values: FloatArray) -> float:
    """The exact sum of non-negative values, ∞ where it is beyond the greatest double."""
    try:
        return math.fsum(values)
    except OverflowError:
        return math.inf


def _slow(terms: Terms, laws: tuple[Law, Law], end: float, sign: int) -> bool:
    """Whether terms near an end of the line go as a power that has no integral there."""
    far = math.isinf(end)
    distances = np.array(_FAR if far else _CLOSE)
    x = -sign * distances if far else end + sign * distances
    if not far and end != 0:
        return False  # no double is so close to an end that is not 0
    with np.errstate(all="ignore"):
        values = np.log(terms(*(law.log_density(x) for law in laws)))
    if not np.isfinite(values).all():
        return bool((values == math.inf).any())
    slope = (values[1] - values[0]) / math.log(distances[1] / distances[0])
    return bool(slope > -1 - 1e-6 if far else slope < -1 + 1e-6)


def _difference(lp: FloatArray, lq: FloatArray) -> FloatArray:
    """ln(p/q), 0 where both are 0."""
    with np.errstate(invalid="ignore"):
        found = lp - lq
    return np.where((lp == -math.inf) & (lq == -math.inf), 0.0, found)


def renyi_integral(pair: LawPair, order: float) -> float:
    """∫ p^α q^(1-α), shape of both laws' nodes; ∞ where it has no value."""

    def terms(lp: FloatArray, lq: FloatArray) -> FloatArray:
        if order == 0:
            return np.where(lp > -math.inf, np.exp(lq), 0.0)
        with np.errstate(all="ignore"):
            logs = np.where(lp == -math.inf, -math.inf, order * lp + (1 - order) * lq)
            if order < 1:
                logs = np.where(lq == -math.inf, -math.inf, logs)
            return np.exp(logs)

    return pair.integral(terms)
