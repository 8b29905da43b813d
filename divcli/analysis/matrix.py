"""One measure between every two of many columns, and how far apart all are together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.analysis.compare import MeasureOptions, compare_distributions, unit_name
from divcli.analysis.gather import Labelled, distinct
from divcli.analysis.mixture import generalized_js, mixing_of
from divcli.analysis.significance import InferenceOptions, size_of
from divcli.catalog import Measure, measure, resolve
from divcli.counting.align import CountingOptions
from divcli.counting.many import Together, kinds_apart
from divcli.errors import CommandLineError, DataError
from divcli.measures.rows import pairwise
from divcli.model.matrix import Homogeneity, Matrix
from divcli.model.units import BITS, Unit

if TYPE_CHECKING:
    from divcli.counting.engine import Engine
    from divcli.model.arrays import FloatArray
    from divcli.model.distribution import Distribution

_APART = "they are of different kinds"


class MatrixOptions(NamedTuple):
    """What to measure; the options of the command line, by name.

    order: given, or similarity. mixture: equal, size, or the weights of the distributions in the
    order given, for the generalised JS. pooled: the columns are groups of one.
    """

    measure: str = "js"
    unit: Unit = BITS
    alpha_order: float | None = None
    order: str = "given"
    mixture: str = "equal"
    nearest: bool = False
    pooled: bool = False
    inference: InferenceOptions = InferenceOptions()


def matrix(
    given: Sequence[Labelled],
    counting: CountingOptions,
    options: MatrixOptions,
    engine: Engine | None = None,
) -> Matrix:
    """The measure of each ordered pair of columns that can be counted on the same cells.

    What cannot be measured is listed with the reason; DataError where fewer than two columns are
    left.
    """
    row = _row(options)
    columns = [one.column for one in given if one.column is not None]
    labels = distinct([one.label for one in given if one.column is not None])
    together, left = kinds_apart(columns, counting, engine, pooled=options.pooled)
    out = [(one.label, one.reason or "") for one in given if one.column is None]
    out += [(labels[place], reason) for place, reason in left]
    sides = {place: side for group in together for place, side in group.sides.items()}
    if len(sides) < 2:
        why = "".join(f"; {label!r}: {reason}" for label, reason in out[:3])
        raise DataError(f"a matrix needs two distributions, found {len(sides)}{why}")
    places = sorted(sides)
    found = [sides[place] for place in places]
    values = _values(together, places, row, options)
    mixing = mixing_of(options.mixture, found)
    result = Matrix(
        row.name, row.label, options.unit, unit_name(row, options.unit, found[0].kind),
        tuple(labels[place] for place in places), values,
        tuple(side.n for side in found), tuple(side.kind for side in found),
        generalized_js(found, mixing, options.unit) if len(together) == 1 else None,
        tuple(mixing.tolist()) if len(together) == 1 else None,
        options.order, _notes(together, labels, found, places, out), tuple(out),
        _homogeneity(found, options) if len(together) == 1 else None, options.nearest,
    )  # fmt: skip
    return _ordered(result) if options.order == "similarity" else result


def _row(options: MatrixOptions) -> Measure:
    row = measure(options.measure)
    if row.takes_order and options.alpha_order is None:
        raise CommandLineError(f"{row.name} needs an order", hint="--alpha-order 2")
    return row


def _values(
    together: Sequence[Together], places: Sequence[int], row: Measure, options: MatrixOptions
) -> FloatArray:
    """The matrix over all places, NaN between columns of different kinds."""
    values = np.full((len(places), len(places)), math.nan)
    for group in together:
        at = [places.index(place) for place in group.sides]
        values[np.ix_(at, at)] = _block(list(group.sides.values()), row, options)
    return values


def _block(sides: Sequence[Distribution], row: Measure, options: MatrixOptions) -> FloatArray:
    """The matrix of distributions on the same cells, in the unit of the measure."""
    if row.terms is None:
        return _one_by_one(sides, row, options)
    totals = pairwise([side.weights for side in sides], resolve(row.terms), row.symmetric)
    bounded = np.minimum(totals, math.inf if row.greatest is None else row.greatest)
    values: FloatArray = np.sqrt(bounded) if row.root else bounded
    return values / size_of(row, options.unit)


def _one_by_one(sides: Sequence[Distribution], row: Measure, options: MatrixOptions) -> FloatArray:
    """The same for measures that are no sum over cells."""
    measuring = MeasureOptions(
        measures=(row.name,), unit=options.unit, order=options.alpha_order, top=0,
        inference=InferenceOptions(wanted=False),
    )  # fmt: skip
    values = np.zeros((len(sides), len(sides)))
    for i, p in enumerate(sides):
        for j in range(i if row.symmetric else 0, len(sides)):
            value = compare_distributions(p, sides[j], measuring)[row.name]
            values[i, j] = math.nan if value is None else value
    return np.triu(values) + np.triu(values, 1).T if row.symmetric else values


def _homogeneity(sides: Sequence[Distribution], options: MatrixOptions) -> Homogeneity | None:
    """Whether all are samples of one distribution; None where nothing was counted."""
    if not options.inference.wanted or any(side.n is None for side in sides):
        return None
    from divcli.analysis.significance import counts_of
    from divcli.inference.independence import affordable_test

    counts = np.array([np.asarray(counts_of(side), dtype=np.int64) for side in sides])
    rows, columns = np.nonzero(counts)
    found = affordable_test(
        rows, columns, counts[rows, columns],
        resamples=options.inference.resamples, seed=options.inference.seed,
    )  # fmt: skip
    if found is None:
        return Homogeneity(None, "none", "cells too sparse for a law and too many to permute")
    return Homogeneity(*found)


def _notes(
    together: Sequence[Together],
    labels: Sequence[str],
    sides: Sequence[Distribution],
    places: Sequence[int],
    out: Sequence[tuple[str, str]],
) -> tuple[str, ...]:
    notes = [note for side in sides for note in side.notes]
    if len(together) > 1:
        kinds = "; ".join(
            f"{group.kind}: {', '.join(labels[place] for place in group.sides)}"
            for group in together
        )
        notes.append(f"not compared, because {_APART}: {kinds}; --kind forces one")
    single = [labels[place] for place, side in zip(places, sides, strict=True) if side.n == 1]
    if single:
        notes.append(f"a single row, which says nothing of its distribution: {_few(single)}")
    notes += [f"{label!r} left out: {reason}" for label, reason in out]
    return tuple(dict.fromkeys(notes))


def _few(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - 5:,} more" if len(labels) > 5 else ""
    return ", ".join(map(repr, labels[:5])) + more


def _ordered(result: Matrix) -> Matrix:
    """The same with similar distributions side by side."""
    from divcli.inference.ordering import similarity_order

    order = similarity_order(result.values)
    mixing = result.mixture
    return replace(
        result,
        labels=tuple(result.labels[i] for i in order),
        values=result.values[np.ix_(order, order)],
        sizes=tuple(result.sizes[i] for i in order),
        kinds=tuple(result.kinds[i] for i in order),
        mixture=None if mixing is None else tuple(mixing[i] for i in order),
    )
