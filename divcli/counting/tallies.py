"""What the fields of one column are counted into, found by numpy in the bytes of its lines.

The typing policy judges what is no plain number, each text once.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.counting.decimals import decimals
from divcli.counting.fetched import Groups
from divcli.counting.fields import WORD, starts_of
from divcli.counting.plans import Plan
from divcli.counting.python import summed
from divcli.counting.ruler import (
    FARTHEST,
    KEY_BITS,
    LONGEST,
    Ruler,
    keys_of,
    leading_bits,
    of_leading_bits,
)
from divcli.counting.typing_policy import as_number, kinds_of
from divcli.counting.windows import field_at
from divcli.counting.words import Texts
from divcli.sources.plain_text import PlainText, buffer_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from divcli.counting.decimals import Decimals
    from divcli.model.arrays import FloatArray, IndexArray, WeightArray

BLOCK = 3 << 19  # bytes: what numpy makes of them stays in a processor's cache
_ODD = 100, 8  # lines of a block without a plain number: so many, or one in so many
_MOST_TEXTS = 100_000  # among numbers, that one process holds
_MOST_SYMBOLS = 10_000  # of which more are best left in the database
_NOT_ASCII = 0x80
_NEAREST = 2.0**-900  # to zero, of centres: distances from nearer ones may be subnormal


class LeftError(Exception):
    """What is better left to the database."""


def is_countable(plan: Plan) -> bool:
    """Whether a column is counted as it is known here, and plain numbers by their value alone."""
    table = plan.stored.table
    return (
        hasattr(np, "bitwise_count")  # from numpy 2.0 on
        and sys.byteorder == "little"
        and plan.edges is None
        and table.split is None
        and table.database.resources.memory_limit is None
        and (_is_by_text(plan) or _has_plain_numbers(plan))
    )


def _is_by_text(plan: Plan) -> bool:
    """Whether values are counted as they are written: symbols, and dates, which are few."""
    return plan.way == "symbols" or (plan.way == "times" and plan.plain)


def _has_plain_numbers(plan: Plan) -> bool:
    if plan.way != "numbers":
        return False
    centre, tokens = plan.ruler.centre, plan.column.na
    is_far = plan.ruler.exact or centre == 0 or abs(centre) > _NEAREST
    return is_far and not any(character.isdigit() for token in tokens for character in token)


class Found(NamedTuple):
    """Keys of numbers with their rows, and all other texts with theirs, in so many blocks."""

    keys: FloatArray
    masses: WeightArray
    others: Counter[bytes]
    blocks: int


class Tally:
    """One column, counted block by block in lines that are read into its buffer."""

    def __init__(self, plan: Plan, text: PlainText) -> None:
        self._counts = _Symbols() if _is_by_text(plan) else _Numbers(plan.ruler)
        self._delimiter, self.width = ord(text.delimiter), len(text.columns)
        self._place = text.columns.index(plan.stored.expression)
        self._blocks = 0
        self.buffer = buffer_for(BLOCK)

    def is_text(self, last: int) -> bool:
        """Whether the buffer is UTF-8, up to here."""
        if np.frombuffer(self.buffer, dtype=np.uint8, count=last).max() < _NOT_ASCII:
            return True
        try:
            str(memoryview(self.buffer)[:last], "utf-8")
        except UnicodeDecodeError:
            return False
        return True

    def starts(self, first: int, last: int) -> IndexArray | None:
        """Where the fields start in a part of the buffer; None where it is not as expected.

        The part begins with a line end and ends with one; some bytes behind it are overwritten.
        """
        buffer = self.buffer
        if buffer.find(b"\r", first, last) >= 0:
            return None
        data = np.frombuffer(buffer, dtype=np.uint8)
        end = last + (first - last) % WORD
        data[last:end] = 0
        starts = starts_of(
            data[first:end],
            self._delimiter,
            self.width,
            self._place,
            quoted=buffer.find(b'"', first, last) >= 0,
        )
        if starts is not None:
            starts += first
        return starts

    def add(self, starts: IndexArray) -> bool:
        """Count the fields that start so; whether more of such are welcome."""
        self._blocks += 1
        return self._counts.add(self.buffer, starts, self._delimiter)

    def found(self) -> Found:
        """All that was counted."""
        return Found(*self._counts.counted(), self._blocks)


class _Symbols:
    """Texts, of which few are long."""

    def __init__(self) -> None:
        self._texts = Texts(_MOST_SYMBOLS)

    def add(self, buffer: bytearray, starts: IndexArray, delimiter: int) -> bool:
        """Count the fields that start so; whether few are new."""
        unknown = self._texts.add(buffer, starts, delimiter)
        return unknown <= _most_odd(starts) and len(self._texts) <= _MOST_SYMBOLS

    def counted(self) -> tuple[FloatArray, WeightArray, Counter[bytes]]:
        """No keys, and the texts with their rows."""
        return np.zeros(0), np.zeros(0, dtype=np.int64), self._texts.counted()


class _Numbers:
    """Numbers by their key, and the texts of what is no plain number."""

    def __init__(self, ruler: Ruler) -> None:
        self._keys = (_Exact if ruler.exact else _Cut)(ruler)
        self._others = Counter[bytes]()

    def add(self, buffer: bytearray, starts: IndexArray, delimiter: int) -> bool:
        """Count the fields that start so; whether most are plain, and the keys not too many."""
        found = decimals(buffer, starts, delimiter)
        sure = self._keys.add(found)
        empty = int(np.count_nonzero(found.empty))
        if empty:
            self._others[b""] += empty
        places = starts[~(sure | found.empty)].tolist()
        self._others.update(field_at(buffer, place, delimiter) for place in places)
        are_few = len(places) <= _most_odd(starts) and len(self._others) <= _MOST_TEXTS
        return are_few and not self._keys.is_full

    def counted(self) -> tuple[FloatArray, WeightArray, Counter[bytes]]:
        """The keys with their rows, and the texts with theirs."""
        return *self._keys.counted(), self._others


def _most_odd(starts: IndexArray) -> int:
    """How many of some fields may be looked at one by one."""
    least, share = _ODD
    return max(least, len(starts) // share)


class _Cut:
    """Numbers by the key they are cut down to: a place for each that there is.

    The places that are never looked at take no memory.
    """

    is_full = False

    def __init__(self, ruler: Ruler) -> None:
        self._ruler = ruler
        self._masses = np.zeros(1 << KEY_BITS, dtype=np.int64)

    def add(self, found: Decimals) -> NDArray[np.bool_]:
        """Count what has but one key that it may have; whether that is so, for each."""
        keys, sure = leading_bits(found.least, self._ruler), found.sure
        if found.greatest is not found.least:
            sure = sure & (keys == leading_bits(found.greatest, self._ruler))
        np.add.at(self._masses, (keys if sure.all() else keys[sure]).view(np.int64), 1)
        return sure

    def counted(self) -> tuple[FloatArray, WeightArray]:
        """The keys with their rows."""
        bits = np.flatnonzero(self._masses)
        return of_leading_bits(bits.view(np.uint64)), self._masses[bits]


class _Exact:
    """Numbers by their value."""

    def __init__(self, ruler: Ruler) -> None:
        self._values = np.zeros(0)
        self._masses: WeightArray = np.zeros(0, dtype=np.int64)

    @property
    def is_full(self) -> bool:
        """Whether there are more values than a lattice may have."""
        return len(self._values) > LONGEST

    def add(self, found: Decimals) -> NDArray[np.bool_]:
        """Count those whose value is known; whether it is, for each."""
        sure: NDArray[np.bool_] = found.sure & (found.least == found.greatest)
        values, masses = np.unique(found.least[sure] + 0.0, return_counts=True)
        self._values, self._masses = summed(
            np.concatenate([self._values, values]), np.concatenate([self._masses, masses])
        )
        return sure

    def counted(self) -> tuple[FloatArray, WeightArray]:
        """The values with their rows."""
        return self._values, self._masses


def put_together(found: Sequence[Found]) -> Found:
    """What several processes have found."""
    keys, masses = summed(
        np.concatenate([one.keys for one in found]), np.concatenate([one.masses for one in found])
    )
    others = sum((one.others for one in found), Counter[bytes]())
    return Found(keys, masses, others, sum(one.blocks for one in found))


def groups_of(found: Found, plan: Plan) -> Groups:
    """All that was found; numbers that are not plain under their keys, too.

    LeftError where bytes are no text.
    """
    others = _texts(found.others)
    numbers = Counter[float]()
    if plan.way == "numbers":
        texts = list(others)
        for text, kind in zip(texts, kinds_of(texts, plan.column.na, typed=False), strict=True):
            number = as_number(text)
            if kind == "number" and isinstance(number, float) and abs(number) < FARTHEST:
                numbers[number] += others.pop(text)
    keys, masses = summed(
        np.concatenate([found.keys, keys_of(np.array([*numbers]), plan.ruler)]),
        np.concatenate([found.masses, np.array([*numbers.values()], np.int64)]),
    )
    texts = sorted(others)
    return Groups(keys, masses, texts, [others[text] for text in texts], plan.ruler)


def _texts(others: Counter[bytes]) -> Counter[str]:
    """The texts that fields hold."""
    texts = Counter[str]()
    for field, rows in others.items():
        bare = field[1:-1].replace(b'""', b'"') if field.startswith(b'"') else field
        try:
            texts[bare.decode()] += rows
        except UnicodeDecodeError as error:
            raise LeftError from error
    return texts
