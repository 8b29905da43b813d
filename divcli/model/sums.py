"""Sums without rounding."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from divcli.model.arrays import WeightArray


def integer_sum(weights: WeightArray) -> int | None:
    """The exact sum of integers, shape (k,); None of other weights, and where it may overflow."""
    if weights.dtype.kind not in "iu" or len(weights) * float(weights.max()) >= 2.0**62:
        return None
    return int(weights.sum())


# Every double is a whole number of 2**-1074, the least of them, and so is every sum of doubles.
UNIT_BITS = 1074
_GREAT, _SMALL = 2.0**1000, 2.0**-800


def fineness(weight: float) -> int:
    """The least number of bits behind the point with which a finite number is written exactly."""
    return weight.as_integer_ratio()[1].bit_length() - 1


def units(weight: float, bits: int = UNIT_BITS) -> int:
    """A finite number as a whole number of 2**-bits, exactly; bits: no fewer than its fineness."""
    numerator, denominator = weight.as_integer_ratio()
    return numerator << (bits + 1 - denominator.bit_length())


def square_units(weight: float) -> int:
    """The square of a number, rounded to a double where it is one, in units of 2**-2148."""
    square = float(weight) * float(weight)
    if _SMALL <= square <= _GREAT:
        return units(square) << UNIT_BITS
    return units(weight) ** 2


class Weighed(NamedTuple):
    """Weighted rows: how many, whether all weights are whole numbers, and sums without rounding.

    bits: masses are stated in units of 2**-bits. total: of the weights in units of 2**-1074.
    squares: of their squares in units of 2**-2148.
    """

    rows: int
    whole: bool
    bits: int
    total: int
    squares: int

    @property
    def size(self) -> float:
        """How many rows of equal weight they are worth, (Σw)²/Σw². Source: Kish (1965)."""
        return self.total**2 / self.squares

    def rounded(self, mass: int) -> float:
        """A mass as a double, rounded once, or as the whole number that it is known to be."""
        if self.whole:
            return mass >> self.bits
        try:
            return mass / (1 << self.bits)
        except OverflowError:
            return math.inf


def weighed(weights: Sequence[float]) -> Weighed:
    """What is to be known of these weights."""
    times = Counter(weights)  # of which many are alike
    return Weighed(
        len(weights),
        all(isinstance(weight, int) for weight in weights),
        max(map(fineness, times), default=0),
        sum(units(weight) * n for weight, n in times.items()),
        sum(square_units(weight) * n for weight, n in times.items()),
    )
