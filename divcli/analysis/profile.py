"""Profiles of sources: made, made like another, and merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.counting.profiling import ColumnSettings, profile_column
from divcli.counting.python import PythonEngine, weight_array
from divcli.errors import CommandLineError, DataError, did_you_mean
from divcli.model.distribution import Special
from divcli.model.profile import Cells, ColumnProfile, Profile, Rest, SymbolCounts
from divcli.sources.columns import Column, InputOptions, TwoSided
from divcli.sources.profiles import ProfileTable
from divcli.sources.resolve import column_of, columns_of
from divcli.sources.table import require_column

if TYPE_CHECKING:
    from divcli.counting.engine import Engine
    from divcli.model.arrays import WeightArray
    from divcli.sources.columns import Source

_NOTHING = SymbolCounts((), weight_array([]), None)
_LIKE = "make one on the cells of the other: divcli profile B --like A.json"


class Settings(NamedTuple):
    """The settings of columns: those of single columns by label go before those of all."""

    others: ColumnSettings = ColumnSettings()
    columns: Mapping[str, ColumnSettings] = {}

    def of(self, label: str | None) -> ColumnSettings:
        """The settings of a column."""
        own = self.columns.get(label, ColumnSettings()) if label is not None else ColumnSettings()
        given = {key: value for key, value in own._asdict().items() if value is not None}
        return self.others._replace(**given)

    def of_these(self, labels: Sequence[str | None]) -> Settings:
        """The settings of these columns alone."""
        return Settings(self.others, {k: v for k, v in self.columns.items() if k in labels})

    def check(self, labels: Sequence[str | None], where: str) -> None:
        """Refuse settings of a column that the source does not have."""
        for label in self.columns:
            if label not in labels:
                known = [one for one in labels if one is not None]
                raise DataError(
                    f"no column {label!r}", where=where, hint=did_you_mean(label, known)
                )


def opened(source: Source) -> Profile | None:
    """The profile that a source is, None where it has values of its own."""
    return source.profile if isinstance(source, ProfileTable) else None


def selected(source: Source, options: InputOptions) -> list[Column]:
    """The columns of a source: those named, the one of ready weights, or all."""
    if isinstance(source, TwoSided):
        raise CommandLineError(
            f"{source.name} holds both sides; each is given by itself", hint="--path p"
        )
    if isinstance(source, Column):
        return [source]
    if options.weights is not None:
        return [column_of(source, options)]
    named = [*options.columns, *([] if options.column is None else [options.column])]
    for label in named:
        require_column(source, label)
    columns = columns_of(source, options._replace(column=None, columns=()))
    return [
        one for one in columns
        if (one.label in named or not named) and one.label != options.sample_weight
    ]  # fmt: skip


def narrowed(profile: Profile, options: InputOptions, where: str) -> Profile:
    """The profile with the columns named alone."""
    named = [*options.columns, *([] if options.column is None else [options.column])]
    known = [one.column or "" for one in profile.columns]
    for label in named:
        if label not in known:
            raise DataError(f"no column {label!r}", where=where, hint=did_you_mean(label, known))
    kept = (one for one in profile.columns if not named or one.column in named)
    return Profile(profile.name, tuple(kept), profile.notes)


def whole(source: Source, options: InputOptions, where: str) -> Profile | list[Column]:
    """All columns of a source, or those named: a profile as it is, else their values."""
    profile = opened(source)
    return selected(source, options) if profile is None else narrowed(profile, options, where)


def profile_columns(
    columns: Sequence[Column],
    settings: Settings,
    engine: Engine | None = None,
    like: Profile | None = None,
    *,
    naming_ignored: bool = False,
) -> Profile:
    """The profile of the columns of a source; like: on the cells and symbols of another.

    naming_ignored: whether columns that are to be ignored are there by name, without counts, as
    they are in a saved profile of all columns.
    """
    engine = engine or PythonEngine()
    engine.prepare([one for one in columns if not settings.of(one.label).ignore])
    made = []
    for column in columns:
        if settings.of(column.label).ignore:
            made += [ColumnProfile(column.label, "categorical", 0, {}, _NOTHING)] * naming_ignored
            continue
        model = None if like is None else like.column(column.label)
        if like is not None and model is None:
            raise DataError(
                f"column {column.label!r}: the profile to be like does not have it",
                where=column.name,
            )
        made.append(profile_column(column, engine, settings.of(column.label), model))
    notes = dict.fromkeys(note for one in columns for note in one.notes)
    return Profile(columns[0].name, tuple(made), tuple(notes))


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
