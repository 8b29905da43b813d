"""Where the fields of one column start in delimited text, for all lines at once.

Delimiters and quotes become bits, as in Langdale & Lemire, Parsing gigabytes of JSON per second
(The VLDB Journal 28, 2019): 64 bytes of text are one word. Running counts of bits tell which word
holds the delimiter before each field, and counts by byte, added up by one product, where in it. Of
the other delimiters only line ends are looked at: whether each stands where that of a whole line
would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from divcli.model.arrays import IndexArray

    ByteArray = NDArray[np.uint8]
    Words = NDArray[np.uint64]

WORD = 64  # bytes of text
LINE_END, _QUOTE = map(ord, '\n"')
_ONE, _THREE, _EIGHT, _BYTE = map(np.uint64, (1, 3, 8, 0xFF))
_EACH, _TOP = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)


def _places_of_bits() -> NDArray[np.int64]:
    """Where the bits of each byte are, the lowest first: eight places a byte."""
    bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
    return np.argsort(1 - bits, axis=1, kind="stable").ravel()


_PLACES = _places_of_bits()


def starts_of(
    text: ByteArray, delimiter: int, width: int, place: int, *, quoted: bool = True
) -> IndexArray | None:
    """Where the field in one place of each line starts; None where that is not sure.

    text: shape (a multiple of 64,): a line end, whole lines, and zeros after the last. width: the
    fields of a line; place: counted from 0. quoted: whether there may be quotes. Returns shape
    (lines,); None where a line has more or fewer fields, or a quote is none.
    """
    ends = _bits(text == LINE_END)
    marks = _bits(text == delimiter)
    marks |= ends
    if quoted:
        outside = _outside(_bits(text == _QUOTE), marks)
        if outside is None:
            return None
        marks &= outside
        ends &= outside
    in_word = np.bitwise_count(marks).astype(np.uint32)
    after = np.cumsum(in_word, dtype=np.uint32)
    before = after - in_word
    lines = _whole_lines(ends, marks, before, width)
    if lines is None or int(after[-1]) != lines * width + 1:
        return None
    reached = np.minimum((after + np.uint32(width - 1 - place)) // np.uint32(width), lines)
    found = reached.copy()  # in each word
    found[1:] -= reached[:-1]
    words = np.flatnonzero(found != 0)
    if len(words) < lines:
        words = np.repeat(words, found[words])
    ranks = np.arange(place, lines * width, width, dtype=np.uint32) - before[words]
    starts = _place(marks[words], ranks.astype(np.uint64))
    starts += words * WORD + 1
    return starts


def _bits(are: NDArray[np.bool_]) -> Words:
    return np.packbits(are, bitorder="little").view(np.uint64)


def _outside(quotes: Words, marks: Words) -> Words | None:
    """Bits for what is not between quotes; None where one stands elsewhere than around a field."""
    inside = quotes.copy()
    for shift in (1, 2, 4, 8, 16, 32):
        inside ^= inside << np.uint64(shift)  # whether there is an odd number up to each place
    odd = np.bitwise_count(quotes) & 1
    parity = np.cumsum(odd, dtype=np.uint8) & 1
    inside ^= -(parity ^ odd).astype(np.uint64)  # and in the words before
    opening, closing, outside = quotes & inside, quotes & ~inside, ~inside
    # Inside a field two of them stand for one: it ends there and begins again.
    begins = _following((marks & outside) | closing)
    ends = _preceding((marks & outside) | opening)
    if parity[-1] or (opening & ~begins).any() or (closing & ~ends).any():
        return None
    return outside


def _following(bits: Words) -> Words:
    """Bits one place further on."""
    moved: Words = bits << _ONE
    moved[1:] |= bits[:-1] >> np.uint64(WORD - 1)
    return moved


def _preceding(bits: Words) -> Words:
    """Bits one place further back."""
    moved: Words = bits >> _ONE
    moved[:-1] |= bits[1:] << np.uint64(WORD - 1)
    return moved


def _whole_lines(ends: Words, marks: Words, before: NDArray[np.uint32], width: int) -> int | None:
    """How many lines end after all of their fields; None where one ends elsewhere."""
    fields = np.uint32(width)
    lines = int(np.count_nonzero(ends)) - 1  # the first line end has no line before it
    ranks = np.bitwise_count(marks & ((ends & -ends) - _ONE)) + before  # of each word's first one
    if ((ranks // fields * fields != ranks) & (ends != 0)).any():  # sooner there than a remainder
        return None
    left = ends & (ends - _ONE)
    words = np.flatnonzero(left != 0)
    left = left[words]
    while len(words):
        ranks = np.bitwise_count(marks[words] & ((left & -left) - _ONE)) + before[words]
        if (ranks // fields * fields != ranks).any():
            return None
        lines += len(words)
        left &= left - _ONE
        several = np.flatnonzero(left != 0)
        words, left = words[several], left[several]
    return lines


def _place(bits: Words, ranks: Words) -> IndexArray:
    """Where in each word the bit of a rank is, counted from 0; both arrays are used up."""
    counts = np.bitwise_count(bits.view(np.uint8)).view(np.uint64) * _EACH  # up to each byte
    # Bytes whose bits all come before: those up to which there are not more than the rank.
    shift = np.bitwise_count(((ranks * _EACH | _TOP) - counts) & _TOP).astype(np.uint64)
    shift <<= _THREE
    counts <<= _EIGHT
    counts >>= shift
    counts &= _BYTE
    bits >>= shift
    bits &= _BYTE
    bits <<= _THREE
    bits += ranks
    bits -= counts
    places: IndexArray = _PLACES[bits.view(np.int64)]
    places += shift.view(np.int64)
    return places
