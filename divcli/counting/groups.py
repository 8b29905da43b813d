"""The groups of a column's rows by another's values, from one tally of what stands together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from divcli.counting.repeated import Repeated
from divcli.sources.columns import Column, Value
from divcli.sources.table import group_of


def group_counts(groups: Column, column: Column) -> dict[str | None, Column]:
    """The column of each group, from one tally of (group, value) pairs; no row is kept.

    groups: the column that names the group of each row; None where it is missing.
    """
    split: dict[str | None, dict[Any, int]] = {}
    pairs = Counter(zip(keys_of(groups), keys_of(column), strict=True))
    for (group, value), n in pairs.items():
        counts = split.setdefault(group_of(value_of(groups, group), groups.na), {})
        counts[value] = counts.get(value, 0) + n
    return {
        group: replace(
            column,
            values=Repeated([(value_of(column, key), n) for key, n in counts.items()]),
            whole=split,
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
