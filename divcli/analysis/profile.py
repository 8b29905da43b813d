"""Profiles of sources: made, and made like another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from divcli.counting.choice import engine_for
from divcli.counting.profiling import asked_like, profile_column
from divcli.counting.python import weight_array
from divcli.errors import CommandLineError, DataError, did_you_mean
from divcli.model.column_settings import ColumnRule, ColumnSettings, settings_of
from divcli.model.profile import ColumnProfile, Profile, SymbolCounts
from divcli.sources.columns import Column, InputOptions, TwoSided
from divcli.sources.profiles import ProfileTable
from divcli.sources.resolve import column_of, columns_of
from divcli.sources.table import require_column

if TYPE_CHECKING:
    from divcli.counting.engine import Engine
    from divcli.sources.columns import Source

_NOTHING = SymbolCounts((), weight_array([]), None)


class Settings(NamedTuple):
    """The settings of columns: those by label go before the rules, and these before the others."""

    others: ColumnSettings = ColumnSettings()
    columns: Mapping[str, ColumnSettings] = {}
    rules: tuple[ColumnRule, ...] = ()

    def of(self, label: str | None) -> ColumnSettings:
        """The settings of a column."""
        if label is None:
            return self.others
        own = self.others
        for layer in (settings_of(label, self.rules), self.columns.get(label, ColumnSettings())):
            given = {key: value for key, value in layer._asdict().items() if value is not None}
            own = own._replace(**given)
        return own

    def of_these(self, labels: Sequence[str | None]) -> Settings:
        """The settings of these columns alone."""
        columns = {k: v for k, v in self.columns.items() if k in labels}
        return Settings(self.others, columns, self.rules)

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
    engine = engine or engine_for(columns)
    engine.prepare(
        [
            asked_like(
                one, settings.of(one.label), None if like is None else like.column(one.label)
            )
            for one in columns
            if not settings.of(one.label).ignore
        ]
    )
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
