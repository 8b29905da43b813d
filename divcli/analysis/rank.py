"""Which of several candidates is nearest to one distribution, and whether that can be told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from divcli.analysis.compare import (
    MeasureOptions,
    compare_columns,
    compare_distributions,
    unit_name,
)
from divcli.analysis.gather import Labelled, distinct
from divcli.analysis.ties import (
    Measured,
    difference_of,
    equal,
    leaders_of,
    never,
    paired_draws,
)
from divcli.catalog import measure
from divcli.counting.many import kinds_apart
from divcli.errors import CommandLineError, DataError
from divcli.model.ranking import Ranked, Ranking

if TYPE_CHECKING:
    from divcli.counting.align import CountingOptions
    from divcli.counting.engine import Engine
    from divcli.inference.ranking import Paired
    from divcli.model.distribution import Distribution
    from divcli.sources.columns import Column


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
    if p.model is not None:
        return _of_model(p, candidates, counting, options)
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


def _of_model(
    p: Column, candidates: Sequence[Labelled], counting: CountingOptions, options: MeasureOptions
) -> Ranking:
    """The candidates by their measures from a model, each exactly where there is a closed form."""
    reasons = {one.label: one.reason or "" for one in candidates if one.column is None}
    measured: list[Measured] = []
    for label, column, _ in candidates:
        if column is None:
            continue
        comparison = compare_columns(p, column, counting, options._replace(top=0))
        value = comparison[options.measures[0]]
        if value is None:
            reasons[label] = "it cannot be measured"
        else:
            measured.append(Measured(label, comparison.q, comparison, value))
    if not measured:
        raise DataError("no candidate can be measured: " + "; ".join(reasons.values()))
    return _ranking(measured[0].comparison.p, measured, reasons, options)


def _measured(
    label: str,
    p: Distribution,
    q: Distribution,
    name: str,
    options: MeasureOptions,
    reasons: dict[str, str],
) -> Measured | None:
    comparison = compare_distributions(p, q, options._replace(top=0))
    value = comparison[name]
    if value is None:
        score = next(score for score in comparison.scores if score.measure == name)
        reasons[label] = score.reason or "it cannot be measured"
        return None
    return Measured(label, q, comparison, value)


def _ranking(
    p: Distribution,
    measured: Sequence[Measured],
    reasons: dict[str, str],
    options: MeasureOptions,
) -> Ranking:
    row = measure(options.measures[0])
    estimates = [_estimate(one, row.name) for one in measured]
    usable = all(e is not None for e, one in zip(estimates, measured, strict=True)
                 if not never(one))  # fmt: skip
    keys = [
        math.inf if never(one) else e if usable and e is not None else one.value
        for e, one in zip(estimates, measured, strict=True)
    ]
    order = sorted(range(len(measured)), key=lambda i: (keys[i], measured[i].value))
    ordered = [measured[i] for i in order]
    draws = paired_draws(p, ordered, row.name, options)
    if draws is not None and not usable:
        draws = draws.about_exact()
    leaders = leaders_of(ordered, draws, options)
    entries = [_entry(one, i, leaders, ordered, draws, options) for i, one in enumerate(ordered)]
    entries += [Ranked(label, None, None, reason=why) for label, why in reasons.items()]
    inferred = draws is not None
    return Ranking(
        p, row.name, row.label, options.unit, unit_name(row, options.unit, p.kind),
        tuple(entries), "estimate" if inferred and usable else "value",
        options.inference.confidence if inferred else None,
        _notes(ordered, reasons),
    )  # fmt: skip


def _estimate(one: Measured, name: str) -> float | None:
    told = one.comparison.inference
    return None if told is None or name not in told.measures else told.measures[name].estimate


def _entry(
    one: Measured,
    i: int,
    leaders: Sequence[int],
    ordered: Sequence[Measured],
    draws: Paired | None,
    options: MeasureOptions,
) -> Ranked:
    told = one.comparison.inference
    about = None if told is None else told.measures.get(options.measures[0])
    known = about is not None and not never(one)
    rank = i + 1
    while rank > 1 and equal(one, ordered[rank - 2]):
        rank -= 1
    tied = [at for at, leader in enumerate(leaders) if leader == leaders[i] and at != i]
    return Ranked(
        one.label, rank, one.value,
        about.estimate if known and about else None,
        about.low if known and about else None,
        about.high if known and about else None,
        None if told is None else told.p_value,
        difference_of(i, ordered, draws, options) if i else None,
        tuple(ordered[at].label for at in tied),
    )  # fmt: skip


def _notes(ordered: Sequence[Measured], reasons: dict[str, str]) -> tuple[str, ...]:
    """What was done to the data; what is said of P and each Q is said by its name."""
    notes = [note for one in ordered for note in (*one.comparison.p.notes, *one.side.notes)]
    for one in ordered:
        if math.isinf(one.value):
            lacking = int(((one.comparison.p.weights > 0) & (one.side.weights == 0)).sum())
            notes.append(f"{one.label!r}: infinite, it lacks {lacking:,} of P's symbols or cells")
    notes += [f"{label!r} is not ranked: {reason}" for label, reason in reasons.items()]
    return tuple(dict.fromkeys(notes))
