"""Doubles from decimal numbers in text, for all rows at once.

Digits are put together two, four and eight at a time (Lemire, Number parsing at a gigabyte per
second, Software: Practice and Experience 51, 2021). A whole number below 2^53 divided by a power of
ten up to 10^22 is the double nearest to their quotient (Clinger, How to read floating point numbers
accurately, PLDI 1990): of up to 16 characters the double is exact. A longer number lies between the
one that is cut off there and the next one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.counting.fields import LINE_END
from divcli.counting.windows import WINDOW, bits_of, eights_of, lowest, windows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from divcli.counting.fields import ByteArray, Words
    from divcli.model.arrays import FloatArray, IndexArray

_DIGITS = 16  # that are put together, the point among them
_IN_WINDOW = np.uint32((1 << WINDOW) - 1)
_ZERO, _POINT, _MINUS = map(ord, "0.-")
_PAIR, _FOUR, _LOW = map(np.uint64, (8, 16, 0x000000FF000000FF))


class Decimals(NamedTuple):
    """The numbers in some fields: two doubles that each lies between, and where there is one.

    least, greatest: shape (n,), least in absolute value; the same array where all are exact. sure:
    shape (n,), whether the text is a plain number; where it is not, the doubles mean nothing.
    empty: shape (n,), whether there is no text.
    """

    least: FloatArray
    greatest: FloatArray
    sure: NDArray[np.bool_]
    empty: NDArray[np.bool_]


# By the place of the point.
_AFTER = [max(_DIGITS - 1 - place, 0) for place in range(WINDOW + 1)]  # digits behind it
_TENS = np.array([10.0**after for after in _AFTER])
_CUT = np.array([10.0 ** -(after + 1) for after in _AFTER])
_NINES = np.array([9 * 10**after for after in _AFTER])
_NO_ZERO = np.array([-1.0, -1.0, *(10.0**place for place in range(1, WINDOW))])


def decimals(buffer: bytearray, starts: IndexArray, delimiter: int) -> Decimals:
    """The numbers in the fields of a buffer that start so, `WINDOW` bytes or more before its end.

    Plain numbers have a minus sign or none, a point or none, up to 14 digits before it without a
    zero before others, and up to 23 characters.
    """
    text: ByteArray = np.frombuffer(buffer, dtype=np.uint8)
    digits = windows_of(buffer, starts)
    digits -= np.uint8(_ZERO)
    negative = digits[::WINDOW] == (_MINUS - _ZERO) % 256
    are = digits < 10
    digits *= are.view(np.uint8)
    # A sign and a point count as digits 0.
    others = bits_of(are)
    others ^= _IN_WINDOW
    others &= others - negative
    points = lowest(others)
    pointed = text[starts + points] == _POINT
    others &= others - pointed
    lengths = lowest(others)
    end = text[starts + lengths]
    sure = (end == delimiter) | (end == LINE_END)
    empty = sure & (lengths == 0)
    sure &= (lengths > pointed.view(np.int8) + negative) & (points < _DIGITS)
    longer = lengths > _DIGITS
    high, low = map(_eight, eights_of(digits, lengths, _DIGITS // 8))
    high *= np.uint64(10**8)
    high += low
    number = high.view(np.int64)
    # What stands before a point is ten times what it should be.
    before = number * _CUT[points]
    np.rint(before, out=before)
    number -= before.astype(np.int64) * _NINES[points]
    sure &= before >= _NO_ZERO[points - negative]
    tens = _TENS[points]
    tens *= 1.0 - 2.0 * negative
    least = number / tens
    greatest = (number + longer) / tens if longer.any() else least
    return Decimals(least, greatest, sure, empty)


def _eight(digits: Words) -> Words:
    """The number that eight digits make, the first in the lowest byte; they are used up."""
    pairs = digits >> _PAIR
    digits *= np.uint64(10)
    pairs += digits
    np.right_shift(pairs, _FOUR, out=digits)
    pairs &= _LOW
    digits &= _LOW
    pairs *= np.uint64(0x000F424000000064)  # 100, and 1,000,000 in the upper half
    digits *= np.uint64(0x0000271000000001)  # 1, and 10,000
    pairs += digits
    pairs >>= np.uint64(32)
    return pairs
