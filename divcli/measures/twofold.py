"""Normalisation in double-double arithmetic: 106 bits at the speed of numpy, for large alphabets.

Error-free transformations after Dekker (1971) and Knuth (TAOCP 2, 4.2.2): the rounding error of
a sum or product of doubles is itself a double, and is carried along.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from divcli.measures.cells import Cells
from divcli.measures.repeats import Repeats, repeats
from divcli.model.sums import integer_sum

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, IndexArray, WeightArray

    Twofold = tuple[FloatArray, FloatArray]

BLOCK = 16384  # eight such arrays stay in a second-level cache
_SPLITTER = 134217729.0  # 2**27 + 1: halves a 53-bit significand


@dataclass(frozen=True, eq=False)
class TwofoldPair:
    """Weights of P and Q; block by block they become doubles, scaled to a maximum near 1.

    p_total, q_total: the sums of the scaled weights as double-doubles. exponents: of the powers of
    two that they are divided by. repeats: which cells are alike, where many are.
    """

    p: WeightArray
    q: WeightArray
    p_total: tuple[float, float]
    q_total: tuple[float, float]
    exponents: tuple[int, int]
    repeats: Repeats | None = None

    def __len__(self) -> int:
        return len(self.p)

    def blocks(self) -> Iterator[Cells]:
        """The cells in runs of bounded size, in order."""
        yield self._first
        for start in range(BLOCK, len(self), BLOCK):
            yield self._cells(self.p[start : start + BLOCK], self.q[start : start + BLOCK])

    @cached_property
    def _first(self) -> Cells:
        """The first run, often the only one: each measure asks for it."""
        return self._cells(self.p[:BLOCK], self.q[:BLOCK])

    def runs(self) -> Iterator[Cells]:
        """The cells for sums and for `spread`: of those that are alike one, with their number."""
        if self.repeats is None:
            return self.blocks()
        return self._times(*self.repeats[:3])

    def spread(self, values: FloatArray) -> FloatArray:
        """From the cells of all runs to those of the alphabet."""
        return values if self.repeats is None else values[self.repeats.place]

    def rest(self, index: IndexArray) -> Iterator[Cells]:
        """The cells that are not at these positions, for sums."""
        if self.repeats is None:
            left = np.ones(len(self), dtype=bool)
            left[index] = False
            return self._times(self.p[left], self.q[left], np.ones(int(left.sum())))
        p, q, times, place = self.repeats
        times = times - np.bincount(place[index], minlength=len(times))
        left = times > 0
        return self._times(p[left], q[left], times[left])

    def _times(self, p: WeightArray, q: WeightArray, times: FloatArray) -> Iterator[Cells]:
        for start in range(0, len(times), BLOCK):
            run = slice(start, start + BLOCK)
            yield self._cells(p[run], q[run])._replace(times=times[run])

    def take(self, index: IndexArray) -> Cells:
        """The cells at these positions."""
        return self._cells(self.p[index], self.q[index])

    def _cells(self, p: WeightArray, q: WeightArray) -> Cells:
        a, b = _scaled(p, self.exponents[0]), _scaled(q, self.exponents[1])
        (a_sum, a_rest), (b_sum, b_rest) = self.p_total, self.q_total
        across = _times(a, b_sum, b_rest)
        back = _times(b, a_sum, a_rest)
        difference = _minus(across, back)
        p, q = a / a_sum, b / b_sum
        return Cells(
            p,
            q,
            difference / a_sum / b_sum,
            _log_share(a, p, self.p_total),
            _log_share(b, q, self.q_total),
            _log_ratio(across[0], back[0], difference),
        )


def twofold_pair(p: WeightArray, q: WeightArray) -> TwofoldPair:
    """The pair of these weights, shape (k,) each, finite and non-negative."""
    exponents = _exponent(p), _exponent(q)
    totals = _total(p, exponents[0]), _total(q, exponents[1])
    return TwofoldPair(p, q, *totals, exponents, repeats(p, q))


def _total(weights: WeightArray, exponent: int) -> tuple[float, float]:
    """The sum of the scaled weights."""
    whole = integer_sum(weights)
    if whole is None:
        return twofold_sum(_scaled(weights, exponent))
    high = float(whole)
    return math.ldexp(high, -exponent), math.ldexp(float(whole - int(high)), -exponent)


def twofold_sum(values: FloatArray) -> tuple[float, float]:
    """The sum of an array as an unevaluated pair of doubles, to about 106 bits."""
    parts: list[float] = []
    for start in range(0, len(values), BLOCK):
        high, low = values[start : start + BLOCK], np.zeros(len(values[start : start + BLOCK]))
        while len(high) > 1:
            if len(high) % 2:
                parts += [high[-1], low[-1]]
            half = len(high) // 2
            total, error = _two_sum(high[:half], high[half : 2 * half])
            high, low = total, low[:half] + low[half : 2 * half] + error
        parts += [*high.tolist(), *low.tolist()]
    whole = math.fsum(parts)
    return whole, math.fsum([*parts, -whole])


def _exponent(weights: WeightArray) -> int:
    """The power of two just above the greatest weight."""
    return math.frexp(float(weights.max()))[1]


def _scaled(weights: WeightArray, exponent: int) -> FloatArray:
    return np.ldexp(weights.astype(np.float64), -exponent)


def _two_sum(a: FloatArray, b: FloatArray) -> Twofold:
    total = a + b
    shadow = total - a
    return total, (a - (total - shadow)) + (b - shadow)


def _split(a: FloatArray) -> Twofold:
    big = _SPLITTER * a
    high = big - (big - a)
    return high, a - high


def _times(a: FloatArray, high: float, low: float) -> Twofold:
    """The products a·(high + low) as double-doubles."""
    product = a * high
    a_high, a_low = _split(a)
    b_high, b_low = _split(np.float64(high))  # type: ignore[arg-type]  # a scalar is enough
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return product, error + a * low


def _minus(a: Twofold, b: Twofold) -> FloatArray:
    """The differences a - b of double-doubles, rounded once."""
    total, error = _two_sum(a[0], -b[0])
    return total + (error + (a[1] - b[1]))


def _log_share(a: FloatArray, share: FloatArray, total: tuple[float, float]) -> FloatArray:
    """ln(a/total); where the share is above one half, through what is left over."""
    with np.errstate(divide="ignore"):
        logs = np.log(share)
    for i in np.flatnonzero(share > 0.5):  # two cells at most
        logs[i] = math.log1p(-(math.fsum((*total, -a[i])) / total[0]))
    return logs


def _log_ratio(across: FloatArray, back: FloatArray, difference: FloatArray) -> FloatArray:
    """ln(across/back), through the difference where the two are near."""
    relative = np.divide(difference, back, out=np.full_like(back, np.inf), where=back > 0)
    near = np.abs(relative) < 0.5
    ratio = np.log1p(relative, out=np.full_like(back, np.inf), where=near)
    with np.errstate(divide="ignore"):
        np.log(across / np.where(back > 0, back, 1.0), out=ratio, where=~near & (back > 0))
    ratio[(across == 0) & (back == 0)] = 0.0
    return ratio
