"""Normalisation in exact rational arithmetic: right to the last bit for any weights at all.

Every double is an integer times a power of two, so weights become Python integers once, and all
that a measure needs is a quotient of integers, rounded once. About 5 µs a cell: for small
alphabets, and for those where double-double runs out of digits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from divcli.measures.cells import SCALE_BITS, Cells

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, IndexArray

BLOCK = 4096
_LEAST = 5e-324


@dataclass(frozen=True, eq=False)
class ExactPair:
    """Weights of P and Q as integers on one alphabet, with their sums."""

    p: Sequence[int]
    q: Sequence[int]
    p_total: int
    q_total: int

    def __len__(self) -> int:
        return len(self.p)

    def blocks(self) -> Iterator[Cells]:
        """The cells in runs of bounded size, in order, scaled for summing."""
        yield self._first
        for start in range(BLOCK, len(self), BLOCK):
            yield self._run(range(start, min(start + BLOCK, len(self))), SCALE_BITS)

    @cached_property
    def _first(self) -> Cells:
        """The first run, often the only one: each measure asks for it."""
        return self._run(range(min(BLOCK, len(self))), SCALE_BITS)

    def runs(self) -> Iterator[Cells]:
        """The cells for sums and for `spread`: as they are."""
        return self.blocks()

    def spread(self, values: FloatArray) -> FloatArray:
        """From the cells of all runs to those of the alphabet: the same."""
        return values

    def rest(self, index: IndexArray) -> Iterator[Cells]:
        """The cells that are not at these positions, for sums."""
        left = np.delete(np.arange(len(self)), index).tolist()
        for start in range(0, len(left), BLOCK):
            yield self.take(left[start : start + BLOCK])

    def take(self, index: Iterable[int]) -> Cells:
        """The cells at these positions, as they are."""
        return self._run(index, 0)

    def _run(self, index: Iterable[int], bits: int) -> Cells:
        rows = [self._cell(self.p[i], self.q[i], bits) for i in index]
        p, q, d, log_p, log_q, log_ratio = np.array(rows, np.float64).reshape(-1, 6).T.copy()
        return Cells(p, q, d, log_p, log_q, log_ratio, 2.0**bits)

    def _cell(self, a: int, b: int, bits: int) -> tuple[float, ...]:
        across, back = a * self.q_total, b * self.p_total
        return (
            _quotient(a << bits, self.p_total),
            _quotient(b << bits, self.q_total),
            _quotient((across - back) << bits, self.p_total * self.q_total),
            log_of_ratio(a, self.p_total),
            log_of_ratio(b, self.q_total),
            log_of_ratio(across, back),
        )


def exact_pair(p: Sequence[float], q: Sequence[float]) -> ExactPair:
    """The pair of these weights (integers, doubles or fractions), shape (k,) each."""
    a, b = _as_integers(p), _as_integers(q)
    return ExactPair(a, b, sum(a), sum(b))


def log_of_ratio(numerator: int, denominator: int) -> float:
    """Natural logarithm of a quotient of non-negative integers, within a few roundings.

    -inf for 0/x, inf for x/0, 0 for 0/0. Near 1 the difference is taken before rounding; far from
    it powers of two are split off, so that no quotient over- or underflows.
    """
    if not numerator or not denominator:
        return 0.0 if numerator == denominator else math.inf if numerator else -math.inf
    difference = numerator - denominator
    if 2 * abs(difference) < denominator:
        return math.log1p(difference / denominator)
    shift = numerator.bit_length() - denominator.bit_length()
    if abs(shift) < 1000:
        return math.log(numerator / denominator)
    scaled = (
        numerator / (denominator << shift) if shift > 0 else (numerator << -shift) / denominator
    )
    return math.log(scaled) + shift * math.log(2)


def _quotient(numerator: int, denominator: int) -> float:
    # What underflows keeps its sign: support decides where a divergence is infinite.
    quotient = numerator / denominator
    if numerator and not quotient:
        return _LEAST if numerator > 0 else -_LEAST
    return quotient


def _as_integers(weights: Sequence[float]) -> list[int]:
    ratios = [weight.as_integer_ratio() for weight in weights]
    scale = math.lcm(*{denominator for _, denominator in ratios})
    return [numerator * (scale // denominator) for numerator, denominator in ratios]
