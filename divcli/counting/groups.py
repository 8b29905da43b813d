"""The groups of a column's rows by another's values, from one tally of what stands together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, repeat, starmap
from typing import Any, overload

from divcli.sources.columns import Column, Value


class Repeated(Sequence[Value]):
    """Distinct values, each as often as it was counted: the column that was, in no memory."""

    def __init__(self, counts: Sequence[tuple[Value, int]]) -> None:
        self._counts = counts
        self._length = sum(n for _, n in counts)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Value]:
        return chain.from_iterable(starmap(repeat, self._counts))

    @overload
    def __getitem__(self, index: int) -> Value: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Value]: ...
    def __getitem__(self, index: int | slice) -> Value | Sequence[Value]:
        """A value by its place; slow, and for tests and errors only."""
        return list(self)[index]


def group_counts(groups: Column, column: Column) -> dict[str | None, Column]:
    """The column of each group, from one tally of (group, value) pairs; no row is kept.

    groups: the column that names the group of each row; None where it is missing.
    """
    pairs = Counter(zip(groups.values, keys_of(column), strict=True))
    split: dict[str | None, dict[Any, int]] = {}
    for (group, value), n in pairs.items():
        missing = group is None or str(group).strip(" \t") in groups.na
        counts = split.setdefault(None if missing else str(group), {})
        counts[value] = counts.get(value, 0) + n
    return {
        group: replace(
            column, values=Repeated([(value_of(column, key), n) for key, n in counts.items()])
        )
        for group, counts in split.items()
    }


def keys_of(column: Column) -> Sequence[Any]:
    """The values, with their types where equal ones may differ: 1, 1.0 and true in a document."""
    if column.typed and len(set(map(type, column.values)) - {type(None)}) > 1:
        return list(zip(map(type, column.values), column.values, strict=True))
    return column.values


def value_of(column: Column, key: Any) -> Value:
    """The value of a key."""
    value: Value = key[1] if isinstance(key, tuple) else key
    return value
