"""Which columns of a table tell most of one of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from divcli.analysis.compare import MeasureOptions
from divcli.analysis.joint import adjusted, cells_of, inference_of_table, mutual_information
from divcli.counting.align import CountingOptions
from divcli.counting.choice import crossing_engine_for
from divcli.counting.crosstab import combinations, joint_table
from divcli.counting.engine import Asked
from divcli.counting.placing import Combinations, Placed, placed
from divcli.errors import DataError
from divcli.measures.joint import entropy
from divcli.model.dependence import Dependence, DependenceReport

if TYPE_CHECKING:
    from divcli.counting.engine import Engine
    from divcli.model.distribution import Distribution
    from divcli.sources.columns import Column


def dependence(
    target: Column,
    columns: Sequence[Column],
    weights: Column | None,
    counting: CountingOptions,
    options: MeasureOptions,
) -> DependenceReport:
    """The columns by their mutual information with the target, most first.

    weights: the column with the weight of each row, where rows do not count one each. A column
    that cannot be counted is listed last, with the reason.
    """
    engine = crossing_engine_for([target, *columns], weights)
    if engine is not None:
        engine.prepare([Asked([one], counting.wanted) for one in (target, *columns)])
    most = cells_of(weights)
    known = placed(target, counting, engine, most)
    sides = [_placed(one, counting, engine, most) for one in columns]
    groups = [[known], *([side, known] for side in sides if isinstance(side, Placed))]
    counts = combinations(groups, engine)
    alone = joint_table([known], next(counts), weights).margins[0]
    found = [
        _entry([side, known], next(counts), weights, options) if isinstance(side, Placed) else side
        for side in sides
    ]
    found = sorted(_adjusted(found), key=_rank)
    return DependenceReport(
        alone,
        options.unit.amount(entropy(alone.weights)),
        options.unit,
        options.inference.confidence,
        tuple(found if options.top is None else found[: options.top]),
        _notes(alone, found, options.top),
    )


def _placed(
    column: Column, counting: CountingOptions, engine: Engine | None, most: int | None
) -> Placed | Dependence:
    """The column on its cells, or why it has none."""
    try:
        return placed(column, counting, engine, most)
    except DataError as error:
        return _without(column, error)


def _without(column: Column, error: DataError) -> Dependence:
    return Dependence(column.label or column.name, None, reason=str(error))


def _entry(
    pair: Sequence[Placed], found: Combinations, weights: Column | None, options: MeasureOptions
) -> Dependence:
    """What a column tells of the target, which stands second."""
    column = pair[0].column
    try:
        table = joint_table(pair, found, weights)
    except DataError as error:
        return _without(column, error)
    side, known = table.margins
    nats = mutual_information(table)
    of_target = entropy(known.weights)
    mean = (entropy(side.weights) + of_target) / 2
    share = min(nats / of_target, 1.0) if of_target else None
    told = inference_of_table(table, options.unit, options.inference)
    chance = adjusted(table, nats, mean)
    value = options.unit.amount(nats)
    return Dependence(
        column.label or column.name, side, value, share, chance, told, reason=_reason(side, known)
    )


def _reason(side: Distribution, target: Distribution) -> str | None:
    """Why little can be said, where that is so."""
    if target.occupied < 2:
        return "the target has a single value: there is nothing to tell of it"
    if side.occupied < 2:
        return "a single value: it tells nothing"
    if side.n is not None and side.occupied == side.n:
        return "every row has a value of its own: it tells all, and nothing of other rows"
    return None


def _adjusted(found: list[Dependence]) -> list[Dependence]:
    """The same with p-values that hold over all columns together."""
    from divcli.inference.multiplicity import holm

    tested = [i for i, one in enumerate(found) if one.told is not None]
    raw = [one.told.p_value for one in found if one.told is not None]
    p_values = holm(np.array(raw)).tolist()
    for i, p_value in zip(tested, p_values, strict=True):
        found[i] = found[i]._replace(p_adjusted=p_value)
    return found


def _rank(one: Dependence) -> float:
    """Most first, by the estimate where there is one: exact values grow with the cells."""
    if one.told is not None:
        return -one.told.estimate
    return math.inf if one.mutual_information is None else -one.mutual_information


def _notes(target: Distribution, found: Sequence[Dependence], top: int | None) -> tuple[str, ...]:
    sides = [target, *(one.column for one in found if one.column is not None)]
    notes = [note for side in sides for note in side.notes]
    on_grid = [repr(s.column) for s in sides if s.grid and s.grid.rule != "one cell a value"]
    if on_grid:
        notes.append(
            f"on equal-frequency cells, or those of --bins: {', '.join(on_grid)}; what they tell "
            "changes with the cells"
        )
    notes += [f"{one.label!r}: {one.reason}" for one in found if one.reason is not None]
    if top is not None and len(found) > top:
        notes.append(f"{len(found) - top:,} columns that tell less are not listed")
    return tuple(dict.fromkeys(notes))
