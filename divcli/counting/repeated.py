"""A column of which only the distinct values are kept, with how often each was counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, repeat, starmap
from typing import overload

from divcli.sources.columns import Value


class Repeated(Sequence[Value]):
    """Distinct values, each as often as it was counted: the column that was, in no memory."""

    def __init__(self, counts: Sequence[tuple[Value, int]]) -> None:
        self.counts = counts
        self._length = sum(n for _, n in counts)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Value]:
        return chain.from_iterable(starmap(repeat, self.counts))

    @overload
    def __getitem__(self, index: int) -> Value: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Value]: ...
    def __getitem__(self, index: int | slice) -> Value | Sequence[Value]:
        """A value by its place; slow, and for tests and errors only."""
        return list(self)[index]
