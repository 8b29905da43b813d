"""Profiles merged: the profile of all their rows together, exactly, or a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from divcli.counting.python import weight_array
from divcli.errors import DataError
from divcli.model.distribution import Special
from divcli.model.profile import Cells, ColumnProfile, Profile, Rest, SymbolCounts

if TYPE_CHECKING:
    from divcli.model.arrays import WeightArray

_LIKE = "make one on the cells of the other: divcli profile B --like A.json"


def merge(profiles: Sequence[Profile]) -> Profile:
    """The profile of all sources together: exact, and the same in every order.

    Raises DataError where the columns differ or are counted on other cells.
    """
    first = profiles[0]
    for other in profiles[1:]:
        _check_columns(first, other)
    columns = []
    for one in first.columns:
        parts = [part for p in profiles if (part := p.column(one.column)) is not None]
        columns.append(reduce(_merged, parts))
    alike = all([c.column for c in p.columns] == [c.column for c in first.columns]
                for p in profiles)  # fmt: skip
    if not alike:
        columns.sort(key=lambda column: column.column or "")
    notes = sorted({note for profile in profiles for note in profile.notes})
    names = sorted(name for profile in profiles for name in profile.name.split(" + "))
    return Profile(" + ".join(names), tuple(columns), tuple(notes))


def _check_columns(a: Profile, b: Profile) -> None:
    here, there = ({one.column for one in p.columns} for p in (a, b))
    if here != there:
        odd = ", ".join(sorted(repr(label) for label in here ^ there)[:5])
        raise DataError(f"only one of {a.name} and {b.name} has {odd}", where="--merge")


def _merged(a: ColumnProfile, b: ColumnProfile) -> ColumnProfile:
    where = f"--merge: column {a.column!r}"
    if a.kind != b.kind or a.identifier != b.identifier:
        kinds = ["identifier" if one.identifier else one.kind for one in (a, b)]
        raise DataError(f"{kinds[0]} in one, {kinds[1]} in the other", where=where, hint=_LIKE)
    if a.is_weighted or b.is_weighted:
        raise DataError("profiles of weighted rows cannot be merged", where=where)
    content: Cells | SymbolCounts
    if isinstance(a.content, Cells) and isinstance(b.content, Cells):
        content = _merged_cells(a.content, b.content, where)
    else:
        assert isinstance(a.content, SymbolCounts)
        assert isinstance(b.content, SymbolCounts)
        content = _merged_symbols(a.content, b.content, where)
    apart = {s: a.apart.get(s, 0) + b.apart.get(s, 0) for s in Special}
    notes = tuple(sorted({*a.notes, *b.notes}))
    return ColumnProfile(
        a.column, a.kind, a.n + b.n, {s: mass for s, mass in apart.items() if mass},
        content, a.identifier, notes,
    )  # fmt: skip


def _merged_cells(a: Cells, b: Cells, where: str) -> Cells:
    if not np.array_equal(a.edges, b.edges):
        raise DataError("the cells have other edges", where=where, hint=_LIKE)
    least = float(np.fmin(a.least, b.least))
    greatest = float(np.fmax(a.greatest, b.greatest))
    return Cells(a.edges, _sum(a.counts, b.counts), least, greatest, min(a.rule, b.rule))


def _sum(a: WeightArray, b: WeightArray) -> WeightArray:
    """Counts added without loss, whatever their size."""
    pairs = zip(a.tolist(), b.tolist(), strict=True)
    return weight_array([x + y for x, y in pairs])


def _merged_symbols(a: SymbolCounts, b: SymbolCounts, where: str) -> SymbolCounts:
    """The counts of all symbols; exact where each rest holds none that the other lists."""
    union = {*a.symbols, *b.symbols}
    for one in (a, b):
        if one.rest is not None and len(one.symbols) < len(union):
            raise DataError(
                "one has symbols of their own that the other has in its rest",
                where=where,
                hint=_LIKE,
            )
    counts = dict.fromkeys(union, 0)
    for one in (a, b):
        for symbol, count in zip(one.symbols, one.counts.tolist(), strict=True):
            counts[symbol] += count
    ranked = sorted(union, key=lambda symbol: (-counts[symbol], symbol))
    rests = [one.rest for one in (a, b) if one.rest is not None]
    rest = None
    if rests:
        rest = Rest(sum(one.mass for one in rests), max(one.symbols for one in rests))
    return SymbolCounts(tuple(ranked), weight_array([counts[s] for s in ranked]), rest)
