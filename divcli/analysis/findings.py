"""The columns of the current beside those of the reference: what needs a test, what does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from divcli.analysis.drift_options import DriftOptions
from divcli.analysis.significance import counts_of
from divcli.counting.choice import engine_for
from divcli.counting.merging import Named, check_cells
from divcli.counting.profiling import asked_like, own_kind, profile_column
from divcli.errors import CommandLineError
from divcli.inference.shift import Shift, shift
from divcli.model.column_settings import ColumnSettings, unmatched
from divcli.model.distribution import Special
from divcli.model.drift import ColumnDrift
from divcli.model.profile import ColumnProfile, Profile, SymbolCounts
from divcli.sources.columns import Column

if TYPE_CHECKING:
    from divcli.counting.engine import Engine
    from divcli.model.distribution import Distribution

# Of a column of the reference's kind no more than this share of values may be of another.
_OTHERS = 0.1


class Tested(NamedTuple):
    """A column under test: its two distributions, and what its counts say."""

    current: Distribution
    reference: Distribution
    evidence: Shift
    measure: str


Finding: TypeAlias = ColumnDrift | tuple[ColumnDrift, Tested]


def engine_of(
    reference: Profile, parts: Sequence[Sequence[Column]], options: DriftOptions
) -> Engine:
    """The engine that counts all these parts of a table, on the cells of the reference, at once."""
    columns = [one for part in parts for one in part]
    engine = engine_for(columns)
    asked = [
        asked_like(one, options.settings.of(one.label), like)
        for one in columns
        if (like := reference.column(one.label)) is not None and is_tested(like, options)
    ]
    engine.prepare(asked)
    return engine


def is_tested(profile: ColumnProfile, options: DriftOptions) -> bool:
    """Whether the column of a reference is one to compare."""
    return not (profile.identifier or options.settings.of(profile.column).ignore)


def _each(current: Profile | Sequence[Column]) -> Sequence[ColumnProfile] | Sequence[Column]:
    return current.columns if isinstance(current, Profile) else current


class Findings:
    """The current beside the reference, column by column."""

    def __init__(
        self,
        reference: Profile,
        current: Profile | Sequence[Column],
        options: DriftOptions,
        engine: Engine,
    ) -> None:
        self.reference, self.options, self.engine = reference, options, engine
        columns = _each(current)
        self.name = current.name if isinstance(current, Profile) else current[0].name
        own = (
            current.notes if isinstance(current, Profile) else [n for c in current for n in c.notes]
        )
        self.notes = tuple(dict.fromkeys(own))
        # The only columns of two tables are the two sides of one, whatever they are called.
        self.is_pair = len(columns) == 1 == len(reference.columns)
        self.columns = {
            one.column if isinstance(one, ColumnProfile) else one.label: one for one in columns
        }
        if self.is_pair:
            self._pair(reference.columns[0].column)
        labels = [*(one.column for one in reference.columns), *self.columns]
        options.settings.check(labels, reference.name)
        names = [label for label in labels if label is not None]
        self.notes = (*self.notes, *unmatched(names, options.settings.rules, reference.name))
        engine.prepare(
            [
                asked_like(column, options.settings.of(one.column), one)
                for one in reference.columns
                if is_tested(one, options)
                and isinstance(column := self.columns.get(one.column), Column)
            ]
        )

    def _pair(self, label: str | None) -> None:
        """Take the only column of the current for the only one of the reference."""
        ((own, column),) = self.columns.items()
        if None not in (own, label) and own != label:
            said = f"column {own!r}, the only one, is compared with {label!r} of the reference"
            self.notes = (*self.notes, f"{self.name}: {said}")
        self.columns = {label: column}

    def all(self) -> list[Finding]:
        """The columns of the reference, then those that it does not have."""
        found = [self.found(one) for one in self.reference.columns]
        kept = {one.column for one in self.reference.columns}
        for label in () if self.is_pair else self.columns:
            if label not in kept:
                ignored = self.options.settings.of(label).ignore
                found.append(ColumnDrift(label, "", "ignored" if ignored else "appeared"))
        return found

    def found(self, profile: ColumnProfile) -> Finding:
        """The verdict where no test is needed, or the column under test."""
        label, settings = profile.column, self.options.settings.of(profile.column)
        blank = ColumnDrift(label, profile.kind, "stable", notes=profile.notes)
        if settings.ignore:
            return ColumnDrift(label, "", "ignored")
        self._check_kind(profile, settings)
        if label not in self.columns:
            return replace(blank, verdict="disappeared")
        if profile.identifier:
            said = (
                f"{self.reference.name}: column {label!r}: nearly every value is another: an "
                f"identifier, set aside (--kind {label}={profile.kind} of a table tests it)"
            )
            return replace(blank, verdict="identifier", notes=(*blank.notes, said))
        own, kind = self._counted(profile, self.columns[label], settings)
        if kind is not None:
            said = f"{self.name}: column {label!r} is {kind}, in the reference {profile.kind}"
            return replace(blank, verdict="type changed", notes=(*blank.notes, said))
        assert own is not None
        p, q = check_cells(Named(self.reference.name, profile), Named(self.name, own), settings)
        notes = dict.fromkeys([*profile.notes, *own.notes, *p.notes])
        measure = (settings.min_effect or self.options.min_effect)[0]
        evidence = shift(counts_of(p), counts_of(q), measure, seed=self.options.seed)
        return replace(blank, notes=tuple(notes)), Tested(p, q, evidence, measure)

    def _check_kind(self, profile: ColumnProfile, settings: ColumnSettings) -> None:
        """Refuse a kind that a saved reference has not been counted as."""
        if settings.forced is None:
            return
        if profile.identifier or profile.kind != settings.forced:
            kept = "an identifier, not counted" if profile.identifier else profile.kind
            hint = f"divcli profile … --kind {profile.column}={settings.forced}"
            where = f"{self.reference.name}: column {profile.column!r}"
            raise CommandLineError(f"{where} is kept as {kept}", hint=hint)

    def _counted(
        self, profile: ColumnProfile, column: Column | ColumnProfile, settings: ColumnSettings
    ) -> tuple[ColumnProfile | None, str | None]:
        """The current on the cells of the reference; or the kind that it has instead."""
        if isinstance(column, ColumnProfile):
            return column, None if column.kind == profile.kind else column.kind
        own = profile_column(column, self.engine, settings, profile)
        if _fits(profile, own) or settings.forced is not None:
            return own, None
        kind = own_kind(column, self.engine)
        return own, None if kind == profile.kind else kind


def _fits(reference: ColumnProfile, current: ColumnProfile) -> bool:
    """Whether the values are of the reference's kind: most of them, or some of its symbols."""
    valid = current.total - current.missing
    if not valid or not reference.total - reference.missing:
        return True
    if isinstance(current.content, SymbolCounts):
        assert isinstance(reference.content, SymbolCounts)
        pairs = zip(current.content.symbols, current.content.counts.tolist(), strict=True)
        seen = {symbol for symbol, count in pairs if count}
        known = reference.content
        return known.rest is not None or not seen.isdisjoint(known.symbols)
    others = current.apart.get(Special.OTHER, 0) / valid
    usual = reference.apart.get(Special.OTHER, 0) / (reference.total - reference.missing)
    return others <= usual + _OTHERS
