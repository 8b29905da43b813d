"""The columns of two sources by name, where each side has its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from divcli.errors import DataError, did_you_mean
from divcli.sources.columns import Column, InputOptions, TwoSided
from divcli.sources.resolve import column_of, columns_of

if TYPE_CHECKING:
    from divcli.sources.columns import Source

_ONLY = "values"


def matched_columns(
    first: Source, second: Source, options: InputOptions, names: Sequence[str] = ()
) -> tuple[dict[str, Column], dict[str, Column]]:
    """The columns of both sources by name: those named, or all.

    Two sources of one column each are matched whatever their names. DataError where neither side
    has a column of that name.
    """
    if options.weights is not None or all(isinstance(one, Column) for one in (first, second)):
        label = names[0] if len(names) == 1 else _ONLY
        return {label: column_of(first, options)}, {label: column_of(second, options)}
    sides = [_by_name(one, options) for one in (first, second)]
    if not names and all(len(side) == 1 for side in sides):
        label = next(iter(sides[1]))
        return {label: next(iter(sides[0].values()))}, {label: sides[1][label]}
    for name in names:
        if not any(name in side for side in sides):
            known = list(dict.fromkeys((*sides[0], *sides[1])))
            raise DataError(
                f"no column {name!r}", where=second.name, hint=did_you_mean(name, known)
            )
    kept = [{k: v for k, v in side.items() if not names or k in names} for side in sides]
    return kept[0], kept[1]


def _by_name(source: Source, options: InputOptions) -> dict[str, Column]:
    if isinstance(source, TwoSided):
        raise DataError("a document with both p and q, given as one side", where=source.name)
    named = {column.label or _ONLY: column for column in columns_of(source, options)}
    # What weighs the rows is no column of theirs.
    return {label: one for label, one in named.items() if label != options.sample_weight}
