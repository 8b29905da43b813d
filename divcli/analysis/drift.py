"""The drift verdict: every column of the current table against a profile of the reference.

Two keys: a column drifts where its p-value, adjusted for all columns tested, is below the level,
and its effect, corrected for bias, above the smallest that matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from divcli.analysis.compare import MeasureOptions, compare_distributions
from divcli.analysis.profile import Settings
from divcli.analysis.significance import InferenceOptions, counts_of, size_of
from divcli.catalog import measure as measure_row
from divcli.counting.merging import Named, check_cells
from divcli.counting.profiling import ColumnSettings, own_kind, profile_column
from divcli.counting.python import PythonEngine
from divcli.errors import CommandLineError, did_you_mean
from divcli.inference.multiplicity import CORRECTIONS
from divcli.inference.shift import (
    Shift,
    effect_measures,
    minimum_detectable,
    needed_noncentrality,
    residuals,
    shift,
)
from divcli.model.distribution import Special
from divcli.model.drift import DRIFTED, ColumnDrift, DriftReport, Limit, Rules, Verdict
from divcli.model.profile import ColumnProfile, Profile, SymbolCounts
from divcli.model.units import BITS, Unit
from divcli.sources.columns import Column

if TYPE_CHECKING:
    from divcli.counting.engine import Engine
    from divcli.model.distribution import Distribution

# Of a column of the reference's kind no more than this share of values may be of another.
_OTHERS = 0.1
_EXACT = InferenceOptions(wanted=False)


class DriftOptions(NamedTuple):
    """What decides; the options of the command line, by name.

    min_effect: a measure and the smallest value of it that matters, in unit. alpha: the level.
    correction: holm, bh or none. max_drifted: how many columns may drift. settings: of columns,
    which go before these. top: how many cells of a column documents list.
    """

    min_effect: tuple[str, float] = ("js", 0.01)
    alpha: float = 0.01
    correction: str = "holm"
    max_drifted: int = 0
    on_insufficient: Literal["pass", "fail"] = "pass"
    unit: Unit = BITS
    settings: Settings = Settings()
    seed: int = 0
    top: int | None = None


class Tested(NamedTuple):
    """A column under test: its two distributions, and what its counts say."""

    current: Distribution
    reference: Distribution
    evidence: Shift
    measure: str


def drift(
    reference: Profile,
    current: Profile | Sequence[Column],
    options: DriftOptions,
    engine: Engine | None = None,
) -> DriftReport:
    """The verdict on each column of the reference and of the current, and on the table.

    current: a profile, or columns that are counted on the cells of the reference.
    Raises DataError where a column cannot be counted, CommandLineError for unknown names.
    """
    check_options(options)
    kept = [one.column for one in reference.columns]
    labels = [one.column if isinstance(one, ColumnProfile) else one.label for one in _each(current)]
    options.settings.check([*kept, *labels], reference.name)
    table = _Table(reference, current, options, engine or PythonEngine())
    found = [table.found(one) for one in reference.columns]
    found += [
        ColumnDrift(label, "", "ignored" if options.settings.of(label).ignore else "appeared")
        for label in labels
        if label not in kept and not table.is_pair
    ]
    columns = tuple(sorted(judged(found, options), key=_rank))
    own = current.notes if isinstance(current, Profile) else [n for c in current for n in c.notes]
    notes = dict.fromkeys([*reference.notes, *own, *(n for one in columns for n in one.notes)])
    measure, least = options.min_effect
    rules = Rules(
        measure, least, options.alpha, options.correction,
        options.max_drifted, options.on_insufficient,
    )  # fmt: skip
    return DriftReport(
        reference.name, table.name, options.unit, rules, columns, tuple(notes), options.top
    )


def check_options(options: DriftOptions) -> None:
    """Refuse measures that cannot be an effect, and corrections that are not known."""
    limits = [options.min_effect, *(s.min_effect for s in options.settings.columns.values())]
    for name in (limit[0] for limit in limits if limit is not None):
        known = effect_measures()
        if name not in known:
            raise CommandLineError(
                f"--min-effect: no effect is estimated of {name!r}", hint=did_you_mean(name, known)
            )
    if options.correction not in CORRECTIONS:
        hint = did_you_mean(options.correction, list(CORRECTIONS))
        raise CommandLineError(f"--correction: no correction {options.correction!r}", hint=hint)


def _each(current: Profile | Sequence[Column]) -> Sequence[ColumnProfile] | Sequence[Column]:
    return current.columns if isinstance(current, Profile) else current


class _Table:
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
        # Two columns without names of their own are the two sides of one.
        self.is_pair = len(columns) == 1 == len(reference.columns) and None in (
            reference.columns[0].column,
            *(one.column if isinstance(one, ColumnProfile) else one.label for one in columns),
        )
        self.columns = {
            one.column if isinstance(one, ColumnProfile) else one.label: one for one in columns
        }
        if self.is_pair:
            self.columns[reference.columns[0].column] = columns[0]
        wanted = [self.columns.get(one.column) for one in reference.columns if self._tests(one)]
        engine.prepare([one for one in wanted if isinstance(one, Column)])

    def _tests(self, profile: ColumnProfile) -> bool:
        return not (profile.identifier or self.options.settings.of(profile.column).ignore)

    def found(self, profile: ColumnProfile) -> ColumnDrift | tuple[ColumnDrift, Tested]:
        """The verdict where no test is needed, or the column under test."""
        label, settings = profile.column, self.options.settings.of(profile.column)
        blank = ColumnDrift(label, profile.kind, "stable", notes=profile.notes)
        if settings.ignore:
            return replace(blank, verdict="ignored")
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


def judged(
    found: Sequence[ColumnDrift | tuple[ColumnDrift, Tested]], options: DriftOptions
) -> Iterator[ColumnDrift]:
    """The columns with their verdicts, those under test by both keys."""
    p_values = [one[1].evidence.p_value for one in found if isinstance(one, tuple)]
    adjusted = iter(CORRECTIONS[options.correction](np.array(p_values)).tolist())
    family = 1 if options.correction == "none" else max(len(p_values), 1)
    # The noncentrality that is found depends on cells and level only: a few values for a table.
    needed: dict[tuple[int, float], float] = {}
    for one in found:
        if not isinstance(one, tuple):
            yield one
            continue
        blank, tested = one
        yield _judged(blank, tested, next(adjusted), family, options, needed)


def _judged(
    blank: ColumnDrift,
    tested: Tested,
    adjusted: float,
    family: int,
    options: DriftOptions,
    needed: dict[tuple[int, float], float],
) -> ColumnDrift:
    settings = options.settings.of(blank.column)
    least = (settings.min_effect or options.min_effect)[1]
    alpha = options.alpha if settings.alpha is None else settings.alpha
    row = measure_row(tested.measure)
    size = size_of(row, options.unit)
    key = (tested.evidence.cells, alpha / family)
    if key not in needed:
        needed[key] = needed_noncentrality(*key)
    n, m = tested.current.n or 0, tested.reference.n or 0
    seen = n > 0 < m and not _is_all_rest(tested.reference)
    detectable = minimum_detectable(tested.measure, n, m, needed[key]) if seen else None
    effect = tested.evidence.effect
    measuring = MeasureOptions(measures=(tested.measure,), unit=options.unit, inference=_EXACT)
    comparison = compare_distributions(tested.current, tested.reference, measuring)
    unit = next(score.unit for score in comparison.scores)
    limit = Limit(
        tested.measure, least, unit, alpha,
        None if effect is None else effect / size,
        None if detectable is None else detectable / size,
    )  # fmt: skip
    return replace(
        blank,
        verdict=verdict(adjusted, limit),
        comparison=comparison,
        limit=limit,
        p_value=tested.evidence.p_value,
        p_adjusted=adjusted,
        method=tested.evidence.method,
        residuals=residuals(counts_of(tested.current), counts_of(tested.reference)),
    )


def _is_all_rest(side: Distribution) -> bool:
    """Whether nothing but a rest is compared, in which anything may move unseen."""
    return side.symbols == (Special.REST,)


def verdict(p_adjusted: float, limit: Limit) -> Verdict:
    """Drift where both keys turn; where only one could, why not."""
    if p_adjusted < limit.alpha:
        matters = limit.effect is not None and limit.effect > limit.min_effect
        return "drift" if matters else "negligible"
    found = limit.detectable is not None and limit.detectable <= limit.min_effect
    return "stable" if found else "insufficient"


_ORDER: tuple[Verdict, ...] = (
    *DRIFTED, "insufficient", "negligible", "stable", "identifier", "ignored",
)  # fmt: skip


def _rank(one: ColumnDrift) -> tuple[int, float]:
    """Gravest first, and among those that drifted the one with the greatest effect."""
    effect = 0.0 if one.limit is None or one.limit.effect is None else one.limit.effect
    return _ORDER.index(one.verdict), -effect if one.verdict == "drift" else 0.0
