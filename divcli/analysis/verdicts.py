"""The verdicts on columns under test, by two keys.

A column drifts where its p-value, adjusted for all columns tested, is below the level, and its
effect, corrected for bias, above the smallest that matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from divcli.analysis.compare import MeasureOptions, compare_distributions, unit_name
from divcli.analysis.drift_options import DriftOptions
from divcli.analysis.findings import Finding, Tested
from divcli.analysis.significance import InferenceOptions, counts_of, size_of
from divcli.catalog import measure as measure_row
from divcli.inference.multiplicity import CORRECTIONS
from divcli.inference.shift import minimum_detectable, needed_noncentrality, residuals
from divcli.model.distribution import Special
from divcli.model.drift import DRIFTED, ColumnDrift, Limit, Verdict

if TYPE_CHECKING:
    from divcli.model.distribution import Distribution

_EXACT = InferenceOptions(wanted=False)


def judged(found: Sequence[Finding], options: DriftOptions) -> Iterator[ColumnDrift]:
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
    sides = (tested.current, tested.reference)
    unit = unit_name(row, options.unit, tested.current.kind)
    limit = Limit(
        tested.measure, least, unit, alpha,
        None if effect is None else effect / size,
        None if detectable is None else detectable / size,
    )  # fmt: skip
    return replace(
        blank,
        verdict=verdict(adjusted, limit),
        sides=sides,
        compare=cache(partial(compare_distributions, *sides, measuring)),
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


def rank(one: ColumnDrift) -> tuple[int, float]:
    """Gravest first, and among those that drifted the one with the greatest effect."""
    effect = 0.0 if one.limit is None or one.limit.effect is None else one.limit.effect
    return _ORDER.index(one.verdict), -effect if one.verdict == "drift" else 0.0
