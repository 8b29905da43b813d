"""Which of several candidates is nearest to one distribution, and whether that can be told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.analysis.compare import MeasureOptions, compare_distributions, unit_name
from divcli.analysis.gather import Labelled, distinct
from divcli.analysis.significance import counts_of, model_counts, size_of
from divcli.catalog import measure
from divcli.counting.many import kinds_apart
from divcli.errors import CommandLineError, DataError
from divcli.model.ranking import Difference, Ranked, Ranking

if TYPE_CHECKING:
    from divcli.counting.align import CountingOptions
    from divcli.counting.engine import Engine
    from divcli.inference.ranking import Candidate, Paired
    from divcli.model.comparison import Comparison
    from divcli.model.distribution import Distribution
    from divcli.sources.columns import Column

# Values nearer than this, relatively, are one value: what is exact here ends there.
_SAME = 1e-12


class _Measured(NamedTuple):
    """A candidate that has a value: its name, its distribution, and the comparison with P."""

    label: str
    side: Distribution
    comparison: Comparison
    value: float


def rank(
    p: Column,
    candidates: Sequence[Labelled],
    counting: CountingOptions,
    options: MeasureOptions,
    engine: Engine | None = None,
) -> Ranking:
    """The candidates by the one measure of the options, nearest first.

    Candidates that cannot be measured come last, with the reason; DataError where none can.
    """
    if len(options.measures) != 1:
        raise CommandLineError("candidates are ranked by one measure", hint="-m js")
    row = measure(options.measures[0])
    names = distinct([one.label for one in candidates])
    candidates = [one._replace(label=name) for one, name in zip(candidates, names, strict=True)]
    columns = [p, *(one.column for one in candidates if one.column is not None)]
    labels = [one.label for one in candidates if one.column is not None]
    together, left = kinds_apart(columns, counting, engine, reference=0)
    reasons = {labels[place - 1]: reason for place, reason in left if place}
    group = next((group for group in together if 0 in group.sides), None)
    if group is None:
        raise DataError(left[0].reason)
    for other in together:
        if other is not group:
            why = f"it is {other.kind}, P is {group.kind}; --kind forces one"
            reasons |= {labels[place - 1]: why for place in other.sides}
    reasons |= {one.label: one.reason or "" for one in candidates if one.column is None}
    base, sides = group.sides[0], {labels[i - 1]: s for i, s in group.sides.items() if i}
    found = [_measured(label, base, side, row.name, options, reasons)
             for label, side in sides.items()]  # fmt: skip
    measured = [one for one in found if one is not None]
    if not measured:
        raise DataError("no candidate can be measured: " + "; ".join(reasons.values()))
    return _ranking(base, measured, reasons, options)


def _measured(
    label: str,
    p: Distribution,
    q: Distribution,
    name: str,
    options: MeasureOptions,
    reasons: dict[str, str],
) -> _Measured | None:
    comparison = compare_distributions(p, q, options._replace(top=0))
    value = comparison[name]
    if value is None:
        score = next(score for score in comparison.scores if score.measure == name)
        reasons[label] = score.reason or "it cannot be measured"
        return None
    return _Measured(label, q, comparison, value)


def _ranking(
    p: Distribution,
    measured: Sequence[_Measured],
    reasons: dict[str, str],
    options: MeasureOptions,
) -> Ranking:
    row = measure(options.measures[0])
    estimates = [_estimate(one, row.name) for one in measured]
    usable = all(e is not None for e, one in zip(estimates, measured, strict=True)
                 if not _never(one))  # fmt: skip
    keys = [
        math.inf if _never(one) else e if usable and e is not None else one.value
        for e, one in zip(estimates, measured, strict=True)
    ]
    order = sorted(range(len(measured)), key=lambda i: (keys[i], measured[i].value))
    ordered = [measured[i] for i in order]
    draws = _paired(p, ordered, row.name, options)
    if draws is not None and not usable:
        draws = _about_values(draws, ordered, options)
    leaders = _leaders(ordered, draws, options)
    entries = [_entry(one, i, leaders, ordered, draws, options) for i, one in enumerate(ordered)]
    entries += [Ranked(label, None, None, reason=why) for label, why in reasons.items()]
    inferred = draws is not None
    return Ranking(
        p, row.name, row.label, options.unit, unit_name(row, options.unit, p.kind),
        tuple(entries), "estimate" if inferred and usable else "value",
        options.inference.confidence if inferred else None,
        _notes(ordered, reasons),
    )  # fmt: skip


def _estimate(one: _Measured, name: str) -> float | None:
    told = one.comparison.inference
    return None if told is None or name not in told.measures else told.measures[name].estimate


def _never(one: _Measured) -> bool:
    """Whether the value is infinite whatever the sample: the candidate is no sample itself."""
    return math.isinf(one.value) and one.side.n is None


def _paired(
    p: Distribution, ordered: Sequence[_Measured], name: str, options: MeasureOptions
) -> Paired | None:
    """Draws of all candidates against the same samples of P; None where nothing has chance in it.

    Candidates that are infinitely far for certain stand there as the others do, and are not read.
    """
    from divcli.inference.quantities import MEASURES

    chance = p.n is not None or any(one.side.n is not None for one in ordered)
    asked = options.inference
    if not (asked.wanted and asked.resamples and chance and name in MEASURES):
        return None
    from divcli.inference.ranking import paired

    everyone = [_candidate(side) for side in (p, *(one.side for one in ordered))]
    if any(one.sampled and int(one.counts.sum()) < 2 for one in everyone):
        return None
    return paired(everyone[0], everyone[1:], name, resamples=asked.resamples, seed=asked.seed)


def _about_values(draws: Paired, ordered: Sequence[_Measured], options: MeasureOptions) -> Paired:
    """The same draws about the exact values, which rank where some candidate has no estimate."""
    size = size_of(measure(options.measures[0]), options.unit)
    values = np.array([one.value for one in ordered]) * size
    return draws._replace(estimates=np.where(np.isfinite(values), values, draws.estimates))


def _candidate(side: Distribution) -> Candidate:
    from divcli.inference.ranking import Candidate

    if side.n is None:
        return Candidate(model_counts(side), False)
    return Candidate(np.asarray(counts_of(side), dtype=np.int64), True)


def _leaders(
    ordered: Sequence[_Measured], draws: Paired | None, options: MeasureOptions
) -> list[int]:
    """Of each the nearest before it from which nothing tells it apart, or itself."""
    leaders: list[int] = []
    leader = 0
    for i in range(len(ordered)):
        if i and not _alike(i, leader, ordered, draws, options):
            leader = i
        leaders.append(leader)
    return leaders


def _alike(
    i: int, leader: int, ordered: Sequence[_Measured], draws: Paired | None, options: MeasureOptions
) -> bool:
    """Whether the interval of the difference holds 0, or the values are the same."""
    here, there = ordered[i], ordered[leader]
    if _never(here) or _never(there):
        return _never(here) and _never(there)
    if draws is None:
        return _equal(here, there)
    _, low, _ = draws.difference(i, leader, options.inference.confidence)
    return low <= 0


def _equal(one: _Measured, other: _Measured) -> bool:
    """Whether the values are the same, to the last digits."""
    return one.value == other.value or math.isclose(one.value, other.value, rel_tol=_SAME)


def _entry(
    one: _Measured,
    i: int,
    leaders: Sequence[int],
    ordered: Sequence[_Measured],
    draws: Paired | None,
    options: MeasureOptions,
) -> Ranked:
    told = one.comparison.inference
    about = None if told is None else told.measures.get(options.measures[0])
    known = about is not None and not _never(one)
    rank = i + 1
    while rank > 1 and _equal(one, ordered[rank - 2]):
        rank -= 1
    tied = [at for at, leader in enumerate(leaders) if leader == leaders[i] and at != i]
    return Ranked(
        one.label, rank, one.value,
        about.estimate if known and about else None,
        about.low if known and about else None,
        about.high if known and about else None,
        None if told is None else told.p_value,
        _difference(i, ordered, draws, options) if i else None,
        tuple(ordered[at].label for at in tied),
    )  # fmt: skip


def _difference(
    i: int, ordered: Sequence[_Measured], draws: Paired | None, options: MeasureOptions
) -> Difference | None:
    """How much farther than the nearest; None where both are infinitely far."""
    one, first = ordered[i], ordered[0]
    if _never(one):
        return None if _never(first) else Difference(first.label, math.inf, None, None)
    if draws is None:
        apart = one.value - first.value
        return None if math.isnan(apart) else Difference(first.label, apart, None, None)
    size = size_of(measure(options.measures[0]), options.unit)
    limits = draws.difference(i, 0, options.inference.confidence)
    return Difference(first.label, *(limit / size for limit in limits))


def _notes(ordered: Sequence[_Measured], reasons: dict[str, str]) -> tuple[str, ...]:
    """What was done to the data; what is said of P and each Q is said by its name."""
    notes = [note for one in ordered for note in (*one.comparison.p.notes, *one.side.notes)]
    for one in ordered:
        if math.isinf(one.value):
            lacking = int(((one.comparison.p.weights > 0) & (one.side.weights == 0)).sum())
            notes.append(f"{one.label!r}: infinite, it lacks {lacking:,} of P's symbols or cells")
    notes += [f"{label!r} is not ranked: {reason}" for label, reason in reasons.items()]
    return tuple(dict.fromkeys(notes))
