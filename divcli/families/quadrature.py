"""Where integrals over two laws are taken: double-exponential nodes, or the whole numbers.

Panels end at quantiles of both laws and where a support ends, so that each is smooth inside; the
rule stands integrable singularities at its ends. Source: Takahasi & Mori (1974).
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from divcli.families.law import Law
    from divcli.model.arrays import FloatArray, IndexArray

_STEP = 1 / 16
_SHARES = np.array([1e-15, 1e-12, 1e-9, 1e-6, 1e-4, 1e-3, 1e-2, 0.05, 0.15, 0.3, 0.5])
_MASS_LEFT = 1e-18  # of a discrete law, beyond the values listed on either side
_MOST_VALUES = 10**6
_WHOLE = 2.0**53  # beyond, doubles skip whole numbers
_ENDLESS = 1e300
_MANY_WHOLE = 10**5  # of one cell whose mass is summed


class Nodes(NamedTuple):
    """Points with the weights of a quadrature rule, shape (u,), and the cell that each is in.

    coarse: which points make the same rule with twice the step, to tell its error from.
    """

    x: FloatArray
    weights: FloatArray
    cell: IndexArray
    coarse: FloatArray


def nodes_of(laws: Sequence[Law], edges: FloatArray) -> Nodes:
    """Nodes for integrals over the union of the supports, split at edges, shape (e,).

    Discrete laws: every whole number that holds mass, with weight 1.
    """
    if all(law.discrete for law in laws):
        x = whole_numbers(laws)
        if x is None:
            raise DataError(f"a discrete model of more than {_MOST_VALUES:,} values")
        ones = np.ones(len(x))
        return Nodes(x, ones, np.searchsorted(edges, x, side="right"), ones)
    parts = [_panel(low, high, _spread(laws)) for low, high in _panels(laws, edges)]
    x, weights, coarse = (np.concatenate(column) for column in zip(*parts, strict=True))
    inside = np.isfinite(x) & np.isfinite(weights)
    x, weights, coarse = x[inside], weights[inside], coarse[inside]
    return Nodes(x, weights, np.searchsorted(edges, x, side="right"), coarse)


def whole_numbers(laws: Sequence[Law]) -> FloatArray | None:
    """The whole numbers that hold all mass of discrete laws but what no double can tell.

    None where they are more than a million, or beyond those that doubles tell apart.
    """
    low = min(_first(law) for law in laws)
    high = max(_last(law) for law in laws)
    if not high - low < _MOST_VALUES or high > _WHOLE:
        return None
    return np.arange(math.floor(low), math.ceil(high) + 1, dtype=np.float64)


def _first(law: Law) -> float:
    """About the greatest whole number below which hardly any mass lies."""
    return _bisected(law, lambda x: float(law.below(np.array([x]))[0]) > _MASS_LEFT)


def _last(law: Law) -> float:
    """About the least whole number above which hardly any mass lies."""
    return 1 + _bisected(law, lambda x: float(law.from_on(np.array([x + 1]))[0]) <= _MASS_LEFT)


def _bisected(law: Law, beyond: Callable[[float], bool]) -> float:
    """The whole number of a discrete law's support after which a condition begins to hold.

    By bisection: scipy's quantiles of discrete laws know no small shares, and may take for ever.
    """
    low, end = law.support[0], min(law.support[1], _ENDLESS)
    step = 1.0
    while low + step < end and not beyond(low + step):
        step *= 2
    high = min(end, low + step)
    while high - low > 1:
        middle = math.floor(low / 2 + high / 2)
        if not low < middle < high:
            break
        low, high = (low, middle) if beyond(middle) else (middle, high)
    return low


def _panels(laws: Sequence[Law], edges: FloatArray) -> list[tuple[float, float]]:
    """Ascending intervals that cover the supports."""
    cuts = [edges]
    for law in laws:
        cuts += [law.quantiles(_SHARES), law.upper_quantiles(_SHARES), np.array(law.support)]
    ends = [end for law in laws for end in law.support]
    every = np.unique(np.concatenate(cuts))
    every = every[np.isfinite(every) & (every >= min(ends)) & (every <= max(ends))]
    bounds = [*([-math.inf] * (min(ends) == -math.inf)), *every.tolist()]
    bounds += [math.inf] * (max(ends) == math.inf)
    return list(pairwise(bounds))


def _spread(laws: Sequence[Law]) -> float:
    """The width on which tails fall off."""
    quartiles = np.array([0.25, 0.75])
    return max(float(np.diff(law.quantiles(quartiles))[0]) for law in laws)


def _panel(low: float, high: float, spread: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Nodes and weights of one panel, finite or with one open end, and those of the coarse rule."""
    open_end = math.isinf(low) or math.isinf(high)
    steps = round((6 if open_end else 4) / _STEP)
    t = np.arange(-steps, steps + 1) * _STEP
    coarse = 2.0 * (np.arange(-steps, steps + 1) % 2 == 0)
    angle = math.pi / 2 * np.sinh(t)
    slope = math.pi / 2 * np.cosh(t)
    with np.errstate(over="ignore", invalid="ignore"):
        if open_end:
            distance = spread * np.exp(angle)
            x = low + distance if math.isinf(high) else high - distance
            return x, _STEP * distance * slope, coarse
        # Distances from the nearer end keep their digits where the integrand is singular there.
        near = 1 / (1 + np.exp(2 * np.abs(angle)))
        distance = (high - low) * near
        x = np.where(t < 0, low + distance, high - distance)
        weights = _STEP * (high - low) * 2 * near * (1 - near) * slope
    inside = (x > low) & (x < high)
    return x[inside], weights[inside], coarse[inside]


def log_mass(law: Law, low: float, high: float) -> float:
    """Logarithm of the mass of low ≤ x < high, also where no double can tell the mass itself."""
    if law.discrete:
        x = _whole_between(law, low, high)
        logs = law.log_density(x)
    else:
        first, last = law.support
        low, high = max(low, first), min(high, last)
        x, weights, _ = _panel(low, high, _spread([law]))
        with np.errstate(all="ignore"):
            logs = law.log_density(x) + np.log(weights)
        logs = logs[np.isfinite(logs)]
    if not len(logs) or logs.max() == -math.inf:
        return -math.inf
    greatest = float(logs.max())
    return greatest + math.log(float(np.exp(logs - greatest).sum()))


def _whole_between(law: Law, low: float, high: float) -> FloatArray:
    """The whole numbers of low ≤ x < high, of very many those nearest to the bulk of the mass."""
    first = math.ceil(max(low, law.support[0]))
    end = min(high, law.support[1] + 1)
    last = math.ceil(end) - 1 if math.isfinite(end) else first + _MANY_WHOLE
    if last - first > _MANY_WHOLE:
        middle = _bisected(law, lambda x: float(law.below(np.array([x]))[0]) > 0.5)
        first = min(max(first, math.floor(middle) - _MANY_WHOLE // 2), last - _MANY_WHOLE)
        last = first + _MANY_WHOLE
    return np.arange(first, last + 1, dtype=np.float64)
