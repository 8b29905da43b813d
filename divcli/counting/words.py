"""Short texts that come again and again, counted for all rows at once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from divcli.counting.fields import LINE_END
from divcli.counting.windows import EIGHTS, WINDOW, bits_of, eights_of, field_at, lowest, windows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from divcli.counting.fields import Words
    from divcli.model.arrays import IndexArray

_SLOT_BITS = 18
# Odd numbers whose products spread bits: the golden ratio, and those of Vigna's splitmix64.
_SPREAD = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB], dtype=np.uint64)


class Texts:
    """Texts with their rows, few enough to be held.

    A text shorter than a window that was met before is known by a number, which is in the slot that
    its bytes tell; of several in one slot, the first. All others are looked at one by one.
    """

    def __init__(self, most: int) -> None:
        self._numbers: dict[bytes, int] = {}  # from 1 on: in an empty slot is 0
        self._slots = np.zeros(1 << _SLOT_BITS, dtype=np.int32)
        self._eights = np.zeros((EIGHTS, most + 1), dtype=np.uint64)
        self._lengths = np.full(most + 1, -1)
        self._rows = np.zeros(most + 1, dtype=np.int64)
        self._one_by_one = Counter[bytes]()

    def __len__(self) -> int:
        """How many there are."""
        return len(self._one_by_one)

    def add(self, buffer: bytearray, starts: IndexArray, delimiter: int) -> int:
        """Count the fields that start so; returns how many of them are not known by now."""
        windows = windows_of(buffer, starts)
        ends = windows == delimiter
        ends |= windows == LINE_END
        lengths = lowest(bits_of(ends))
        eights = eights_of(windows, lengths, EIGHTS)
        slots = _slots_of(eights)
        numbers = self._slots[slots]
        known = self._lengths[numbers] == lengths
        for own, given in zip(self._eights, eights, strict=True):
            known &= own[numbers] == given
        numbers *= known
        np.add.at(self._rows, numbers, 1)
        unknown = 0
        for row in np.flatnonzero(~known).tolist():
            text = field_at(buffer, int(starts[row]), delimiter)
            self._one_by_one[text] += 1
            if text not in self._numbers:
                is_free = lengths[row] == len(text) < WINDOW and not self._slots[slots[row]]
                if is_free and len(self._numbers) + 1 < len(self._rows):
                    self._learn(text, int(slots[row]), [int(given[row]) for given in eights])
                else:
                    unknown += 1
        return unknown

    def _learn(self, text: bytes, slot: int, eights: list[int]) -> None:
        number = self._numbers[text] = self._slots[slot] = len(self._numbers) + 1
        self._lengths[number] = len(text)
        self._eights[:, number] = eights

    def counted(self) -> Counter[bytes]:
        """The texts with their rows."""
        known = {text: int(self._rows[number]) for text, number in self._numbers.items()}
        return self._one_by_one + Counter(known)


def _slots_of(eights: list[Words]) -> NDArray[np.int64]:
    """A slot for the bytes of each text."""
    spread = np.zeros(len(eights[0]), dtype=np.uint64)
    for given, factor in zip(eights, _SPREAD, strict=True):
        spread ^= given * factor
        spread ^= spread >> np.uint64(32)
    spread *= _SPREAD[0]
    spread >>= np.uint64(64 - _SLOT_BITS)
    return spread.view(np.int64)
