"""Several columns of one table together: joint and conditional entropies, mutual information."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from divcli.analysis.compare import MeasureOptions
from divcli.counting.align import CountingOptions
from divcli.counting.choice import crossing_engine_for
from divcli.counting.crosstab import combinations, joint_table
from divcli.counting.engine import Asked
from divcli.counting.placing import MOST_CELLS, placed
from divcli.measures.joint import conditional_entropy, entropy, shared_information
from divcli.model.joint import JointEntropy, JointTable

if TYPE_CHECKING:
    from divcli.analysis.significance import InferenceOptions
    from divcli.inference.arrays import IntArray
    from divcli.model.arrays import FloatArray, WeightArray
    from divcli.model.joint import Independence
    from divcli.model.units import Unit
    from divcli.sources.columns import Column


def joint_entropy(
    columns: Sequence[Column],
    weights: Column | None,
    counting: CountingOptions,
    options: MeasureOptions,
) -> JointEntropy:
    """The quantities of two columns, or more, taken row by row.

    weights: the column with the weight of each row, where rows do not count one each.
    """
    table = _table(columns, weights, counting)
    terms, expected = _terms(table), _expected(table)
    quantities = _quantities(table, float(terms.sum()), options.unit)
    asked = {*options.measures, *options.also}
    if options.measures and "all" not in asked:
        quantities = {name: value for name, value in quantities.items() if name in asked}
    return JointEntropy(
        table,
        options.unit,
        quantities,
        expected,
        (terms[:-1] + table.weights / table.weights.sum() - expected) / options.unit.nats,
        np.argsort(-terms[:-1], kind="stable"),
        _notes(table),
        options.top,
        inference_of_table(table, options.unit, options.inference),
    )


def _table(
    columns: Sequence[Column], weights: Column | None, counting: CountingOptions
) -> JointTable:
    """The columns by the cells they share, each table read twice at most."""
    engine = crossing_engine_for(columns, weights)
    if engine is not None:
        engine.prepare([Asked([one], counting.wanted) for one in columns])
    on_cells = [placed(one, counting, engine, cells_of(weights)) for one in columns]
    [found] = combinations([on_cells], engine)
    return joint_table(on_cells, found, weights)


def cells_of(weights: Column | None) -> int | None:
    """The most cells of a column of numbers: a ready table has had its cells made already."""
    return None if weights is not None and weights.is_ready else MOST_CELLS


def inference_of_table(
    table: JointTable, unit: Unit, options: InferenceOptions
) -> Independence | None:
    """What counts of two columns say about their dependence; None where nothing was counted."""
    if not options.wanted or table.n is None or len(table.margins) != 2:
        return None
    from divcli.inference.independence import independence

    x, y = table.cells
    found = independence(
        x,
        y,
        counts_of(table),
        confidence=options.confidence,
        resamples=options.resamples,
        seed=options.seed,
    )
    return found.scaled(unit.nats)


def counts_of(table: JointTable) -> IntArray:
    """Numbers of rows in each joint cell; of weighted rows, of as many as they are worth."""
    if table.weights.dtype.kind == "i":
        return table.weights.astype(np.int64, copy=False)
    from divcli.inference.weighted import effective_counts

    return effective_counts(table.weights.astype(np.float64), float(table.n or 1))


def mutual_information(table: JointTable) -> float:
    """Mutual information of the columns, or total correlation of more than two, in nats."""
    return float(_terms(table).sum())


def _terms(table: JointTable) -> FloatArray:
    return shared_information(table.weights, list(_at_cells(table)))


def _expected(table: JointTable) -> FloatArray:
    """The probability of each occupied cell, were the columns independent; shape (c,)."""
    total = float(table.weights.sum())
    shares = [at.astype(np.float64) / total for at in _at_cells(table)]
    expected: FloatArray = np.prod(shares, axis=0)
    return expected


def _at_cells(table: JointTable) -> list[WeightArray]:
    """For each column, the weight of its value in every occupied cell."""
    pairs = zip(table.margins, table.cells, strict=True)
    return [margin.weights[cells] for margin, cells in pairs]


def _quantities(table: JointTable, information: float, unit: Unit) -> dict[str, float | None]:
    """By name, in the unit; those of exactly two columns only where there are two."""
    together = entropy(table.weights)
    if len(table.margins) != 2:
        return {
            "joint_entropy": unit.amount(together),
            "total_correlation": unit.amount(information),
        }
    given_x, given_y = _at_cells(table)
    alone = [entropy(margin.weights) for margin in table.margins]
    mean = math.fsum(alone) / 2
    return {
        "joint_entropy": unit.amount(together),
        "entropy_x": unit.amount(alone[0]),
        "entropy_y": unit.amount(alone[1]),
        "conditional_entropy_xy": unit.amount(conditional_entropy(table.weights, given_y)),
        "conditional_entropy_yx": unit.amount(conditional_entropy(table.weights, given_x)),
        "mutual_information": unit.amount(information),
        "normalized_mutual_information": min(information / mean, 1.0) if mean else None,
        "adjusted_mutual_information": adjusted(table, information, mean),
    }


def adjusted(table: JointTable, information: float, mean: float) -> float | None:
    """Mutual information in nats less what chance gives, as a share of the most there could be.

    mean: ½(H(X) + H(Y)) in nats. None for probabilities, and where nothing varies.
    Source: Vinh, Epps & Bailey (2010), with the arithmetic mean of the entropies.
    """
    if table.n is None or not mean:
        return None
    from divcli.inference.chance import expected_mutual_information

    counts, margins = counts_of(table), []
    for cells, margin in zip(table.cells, table.margins, strict=True):
        sums = np.zeros(len(margin), dtype=np.int64)
        np.add.at(sums, cells, counts)
        margins.append(sums)
    expected = expected_mutual_information(*margins)
    # Where every row has a value of its own, chance gives all there is.
    return (information - expected) / (mean - expected) if mean - expected > 1e-12 else None


def _notes(table: JointTable) -> tuple[str, ...]:
    notes: list[str] = []
    for margin in table.margins:
        notes += margin.notes
        if margin.grid is not None and margin.grid.rule != "one cell a value":
            notes.append(f"column {margin.column!r} on {margin.grid.rule}: what it shares with "
                         "the others changes with the cells")  # fmt: skip
    if any(margin.weights.dtype.kind == "f" for margin in table.margins) and table.n is None:
        notes.append("probabilities have no sample size: nothing is adjusted for chance")
    return tuple(dict.fromkeys(notes))
