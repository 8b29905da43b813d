"""Sums without rounding."""

from __future__ import annotations

import math
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
# Weights of which neither squares nor sums of squares are out of a double's range.
LEAST, GREATEST = 2.0**-400, 2.0**400
_WHOLE = 2**53


def is_middling(weight: float) -> bool:
    """Whether a weight and its square are doubles, whatever is added to them."""
    if isinstance(weight, int):
        return weight <= _WHOLE
    return weight == 0 or LEAST <= weight <= GREATEST


def fineness(weight: float) -> int:
    """The least number of bits behind the point with which a finite number is written exactly."""
    return weight.as_integer_ratio()[1].bit_length() - 1


def units(weight: float, bits: int = UNIT_BITS) -> int:
    """A finite number as a whole number of 2**-bits, exactly; bits: no fewer than its fineness."""
    numerator, denominator = weight.as_integer_ratio()
    return numerator << (bits + 1 - denominator.bit_length())


def square_units(weight: float) -> int:
    """The square of a number, rounded to a double if it is middling, in units of 2**-2148."""
    if is_middling(weight):
        return units(float(weight) * float(weight)) << UNIT_BITS
    return units(weight) ** 2


def effective_size(total: int, squares: int, *, middling: bool) -> float:
    """How many rows of equal weight rows are worth, (Σw)²/Σw². Source: Kish (1965).

    total: of their weights, in units of 2**-1074. squares: of their squares, in those of 2**-2148.
    middling: whether all weights are, so that both sums are doubles.
    """
    if not squares:
        return 0.0
    return _kish(total / 2**UNIT_BITS, squares / 4**UNIT_BITS) if middling else total**2 / squares


def _kish(total: float, squares: float) -> float:
    return total * total / squares if squares else 0.0


class Weighed(NamedTuple):
    """Weighted rows: how many, whether all weights are whole numbers, and what the rows are worth.

    bits: masses are stated in units of 2**-bits. size: how many rows of equal weight.
    """

    rows: int
    whole: bool
    bits: int
    size: float

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
    whole = all(isinstance(weight, int) for weight in weights)
    least = min(filter(None, weights), default=1.0)
    bits = 0 if whole else max(0, 53 - math.frexp(least)[1])
    if all(map(is_middling, weights)):
        size = _kish(math.fsum(weights), math.fsum(weight * weight for weight in weights))
    else:
        total, squares = sum(map(units, weights)), sum(map(square_units, weights))
        size = effective_size(total, squares, middling=False)
    return Weighed(len(weights), whole, bits, size)
