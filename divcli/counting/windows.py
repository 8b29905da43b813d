"""The first bytes of fields, side by side: what is looked at of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from divcli.counting.fields import ByteArray, Words
    from divcli.model.arrays import IndexArray

WINDOW = 24  # bytes: a number or a short text, and the delimiter after it
EIGHTS = WINDOW // 8
_QUOTED = re.compile(rb'"[^"]*(?:""[^"]*)*"')
_BEYOND = np.uint32(1 << WINDOW)
_ONE = np.uint32(1)


def windows_of(buffer: bytearray, starts: IndexArray) -> ByteArray:
    """The bytes of the fields that start so, shape (n * WINDOW,); a copy.

    The buffer goes on for `WINDOW` bytes or more after the last start.
    """
    windows = np.ndarray(len(buffer) - WINDOW, f"V{WINDOW}", buffer, 0, (1,))
    return windows[starts].view(np.uint8)


def field_at(buffer: bytearray, start: int, delimiter: int) -> bytes:
    """The whole field that starts so, of whatever length, with the quotes around it."""
    quoted = _QUOTED.match(buffer, start)
    if quoted is not None:
        return bytes(quoted[0])
    line = buffer[start : buffer.index(b"\n", start)]
    return bytes(line.partition(bytes([delimiter]))[0])


def bits_of(are: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Bits for what is so in each window, and one beyond it, shape (n,)."""
    packed = np.packbits(are, bitorder="little")
    bits = np.empty(len(packed) // EIGHTS, dtype=np.uint32)
    if len(bits):
        # Four bytes from every third on; behind the last there are but three.
        bits[:-1] = np.ndarray(len(bits) - 1, np.uint32, packed, 0, (EIGHTS,))
        bits[-1] = int.from_bytes(packed[-EIGHTS:], "little")
    bits |= _BEYOND
    return bits


def lowest(bits: NDArray[np.uint32]) -> IndexArray:
    """The place of the lowest bit."""
    places: IndexArray = np.bitwise_count(~bits & (bits - _ONE)).astype(np.intp)
    return places


def eights_of(windows: ByteArray, lengths: IndexArray, most: int) -> list[Words]:
    """The first bytes of fields of these lengths, eight to a word; zeros after the end."""
    words = windows.view(np.uint64).reshape(-1, EIGHTS)
    return [words[:, i] & _KEPT[i][lengths] for i in range(most)]


def _kept(first: int) -> Words:
    """What keeps the bytes of a field among eight of them, by its length."""
    kept = [min(max(length - first, 0), 8) for length in range(WINDOW + 1)]
    return np.array([(1 << 8 * n) - 1 for n in kept], dtype=np.uint64)


_KEPT = [_kept(8 * i) for i in range(EIGHTS)]
