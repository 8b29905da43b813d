"""One column of delimited text, counted without the database.

Splitting lines is most of what such a column costs. numpy finds the fields of one column, and the
numbers or the texts in them, in two thirds of the database's time or less. The typing policy judges
what is no plain number, each text once. At the first line that is not as expected everything is
left to the database, which reads quoted values and lines that end otherwise, holds any number of
texts, and tells what is wrong with a line.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.counting.decimals import decimals
from divcli.counting.fetched import Groups
from divcli.counting.fields import WORD, starts_of
from divcli.counting.plans import Plan
from divcli.counting.processes import Crew, StoppedError
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
from divcli.sources.plain_text import Block, PlainText, buffer_for
from divcli.sources.progress import Reading
from divcli.sources.waiting import finished

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from divcli.counting.decimals import Decimals
    from divcli.model.arrays import FloatArray, IndexArray, WeightArray

BLOCK = 3 << 19  # bytes: what numpy makes of them stays in a processor's cache
# Some 20 MB each. With more threads the database is as fast; and where copies of a process are not
# safe there is but one.
_MOST_PROCESSES = 12
_ODD = 100, 8  # lines of a block without a plain number: so many, or one in so many
_MOST_TEXTS = 100_000  # among numbers, that one process holds
_MOST_SYMBOLS = 10_000  # of which more are best left in the database
_NEAREST = 2.0**-900  # to zero, of centres: distances from nearer ones may be subnormal


class _LeftError(Exception):
    """What is better left to the database."""


def counted_directly(plan: Plan) -> Groups | None:
    """The groups of a column that is counted in its bytes; None where the database has to."""
    try:
        found = _found(plan)
        return None if found is None else _groups(found, plan)
    except (StoppedError, _LeftError, OSError):
        return None


def _found(plan: Plan) -> list[_Found] | None:
    """What each process finds; None where that would take longer, or is not simple."""
    table, resources = plan.stored.table, plan.stored.table.database.resources
    processes = resources.threads or os.cpu_count() or 1
    if table.text is None or not _is_simple(plan) or not _is_faster(processes):
        return None
    blocks = table.text.blocks(BLOCK)
    if blocks is None:
        return None
    crew = Crew(_Counting(plan, table.text, blocks).found, len(blocks), processes)
    reading = Reading(table.name, table.size, lambda: crew.reached * BLOCK)
    found: list[_Found] = finished(crew.results, crew.stop, reading if resources.progress else None)
    return found


def _is_simple(plan: Plan) -> bool:
    """Whether the column is counted as it is known here, and plain numbers by their value alone."""
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


def _is_faster(processes: int) -> bool:
    """Whether so many processes are in less time through than as many threads of the database."""
    return processes == 1 or (sys.platform == "linux" and processes <= _MOST_PROCESSES)


class _Found(NamedTuple):
    """Keys of numbers with their rows, and all other texts with theirs."""

    keys: FloatArray
    masses: WeightArray
    others: Counter[bytes]


class _Counting:
    """How the blocks of a text are counted."""

    def __init__(self, plan: Plan, text: PlainText, blocks: Sequence[Block]) -> None:
        self._plan, self._blocks = plan, blocks
        self._delimiter, self._width = ord(text.delimiter), len(text.columns)
        self._place = text.columns.index(plan.stored.expression)

    def found(self, numbers: Iterator[int]) -> _Found:
        """What is in the blocks of these numbers."""
        tally = _Symbols() if _is_by_text(self._plan) else _Numbers(self._plan.ruler)
        buffer = buffer_for(BLOCK)
        for number in numbers:
            tally.add(buffer, self._starts(self._blocks[number], buffer), self._delimiter)
        return tally.found()

    def _starts(self, block: Block, buffer: bytearray) -> IndexArray:
        """Where the column's fields start in the buffer, once the block is read into it."""
        lines = block.read(buffer, blank=self._width == 1)
        if lines is None or buffer.find(b"\r", *lines) >= 0:
            raise _LeftError
        first, last = lines
        data = np.frombuffer(buffer, dtype=np.uint8)
        end = last + (first - last) % WORD
        data[last:end] = 0
        starts = starts_of(
            data[first:end],
            self._delimiter,
            self._width,
            self._place,
            quoted=buffer.find(b'"', first, last) >= 0,
        )
        if starts is None:
            raise _LeftError
        return starts + first


class _Symbols:
    """Texts, of which few are long."""

    def __init__(self) -> None:
        self._texts = Texts(_MOST_SYMBOLS)

    def add(self, buffer: bytearray, starts: IndexArray, delimiter: int) -> None:
        """Count the fields that start so."""
        unknown = self._texts.add(buffer, starts, delimiter)
        if unknown > _most_odd(starts) or len(self._texts) > _MOST_SYMBOLS:
            raise _LeftError

    def found(self) -> _Found:
        """All that was counted."""
        return _Found(np.zeros(0), np.zeros(0, dtype=np.int64), self._texts.counted())


class _Numbers:
    """Numbers by their key, and the texts of what is no plain number."""

    def __init__(self, ruler: Ruler) -> None:
        self._keys = (_Exact if ruler.exact else _Cut)(ruler)
        self._others = Counter[bytes]()

    def add(self, buffer: bytearray, starts: IndexArray, delimiter: int) -> None:
        """Count the fields that start so."""
        found = decimals(buffer, starts, delimiter)
        sure = self._keys.add(found)
        empty = int(np.count_nonzero(found.empty))
        if empty:
            self._others[b""] += empty
        places = starts[~(sure | found.empty)].tolist()
        if len(places) > _most_odd(starts):
            raise _LeftError
        self._others.update(field_at(buffer, place, delimiter) for place in places)
        if len(self._others) > _MOST_TEXTS:
            raise _LeftError

    def found(self) -> _Found:
        """All that was counted."""
        return _Found(*self._keys.counted(), self._others)


def _most_odd(starts: IndexArray) -> int:
    """How many of some fields may be looked at one by one."""
    least, share = _ODD
    return max(least, len(starts) // share)


class _Cut:
    """Numbers by the key they are cut down to: a place for each that there is.

    The places that are never looked at take no memory.
    """

    def __init__(self, ruler: Ruler) -> None:
        self._ruler = ruler
        self._masses = np.zeros(1 << KEY_BITS, dtype=np.int64)

    def add(self, found: Decimals) -> NDArray[np.bool_]:
        """Count what has but one key that it may have; whether that is so, for each."""
        keys, sure = leading_bits(found.least, self._ruler), found.sure
        if found.greatest is not found.least:
            sure = sure & (keys == leading_bits(found.greatest, self._ruler))
        np.add.at(self._masses, keys[sure].view(np.int64), 1)
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

    def add(self, found: Decimals) -> NDArray[np.bool_]:
        """Count those whose value is known; whether it is, for each."""
        sure: NDArray[np.bool_] = found.sure & (found.least == found.greatest)
        values, masses = np.unique(found.least[sure] + 0.0, return_counts=True)
        self._values, self._masses = summed(
            np.concatenate([self._values, values]), np.concatenate([self._masses, masses])
        )
        if len(self._values) > LONGEST:
            raise _LeftError
        return sure

    def counted(self) -> tuple[FloatArray, WeightArray]:
        """The values with their rows."""
        return self._values, self._masses


def _groups(found: Sequence[_Found], plan: Plan) -> Groups:
    """All that was found; numbers that are not plain under their keys, too."""
    others = _texts(sum((one.others for one in found), Counter[bytes]()))
    numbers = Counter[float]()
    if plan.way == "numbers":
        texts = list(others)
        for text, kind in zip(texts, kinds_of(texts, plan.column.na, typed=False), strict=True):
            number = as_number(text)
            if kind == "number" and isinstance(number, float) and abs(number) < FARTHEST:
                numbers[number] += others.pop(text)
    keys, masses = summed(
        np.concatenate([*(one.keys for one in found), keys_of(np.array([*numbers]), plan.ruler)]),
        np.concatenate([*(one.masses for one in found), np.array([*numbers.values()], np.int64)]),
    )
    texts = sorted(others)
    return Groups(keys, masses, texts, [others[text] for text in texts], plan.ruler)


def _texts(others: Counter[bytes]) -> Counter[str]:
    """The texts that fields hold which are not quoted."""
    if any(b'"' in field for field in others):
        raise _LeftError
    try:
        return Counter({field.decode(): rows for field, rows in others.items()})
    except UnicodeDecodeError as error:
        raise _LeftError from error
