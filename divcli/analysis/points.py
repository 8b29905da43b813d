"""Rows of several columns as points: no cells, so KL by nearest neighbours alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from divcli.analysis.neighbours import neighbour_kl
from divcli.catalog import measure
from divcli.counting.typing_policy import as_number
from divcli.errors import CommandLineError, DataError
from divcli.model.comparison import Comparison, Contributions, Score
from divcli.model.distribution import Distribution, Special
from divcli.model.inference import Inference
from divcli.sources.columns import BLANKS

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray
    from divcli.model.units import Unit
    from divcli.sources.columns import Column

_DIRECTIONS = ("kl_pq", "kl_qp")
_NO_CELLS = "several columns together have no cells: see the estimate by nearest neighbours"
_METHOD = "nearest neighbours; no test"


def compare_points(p: Sequence[Column], q: Sequence[Column], unit: Unit) -> Comparison:
    """KL in both directions between samples of points, a coordinate a column."""
    left, p_notes = _points(p)
    right, q_notes = _points(q)
    told = {
        "kl_pq": neighbour_kl(left, right, p[0].name).scaled(unit.nats),
        "kl_qp": neighbour_kl(right, left, q[0].name).scaled(unit.nats),
    }
    scores = tuple(
        Score(measure(name).name, None, unit.name, reason=_NO_CELLS) for name in _DIRECTIONS
    )
    inference = Inference(
        told, None, _METHOD, None, 0.95, 0, None, reason=_METHOD,
        verdict="estimates by nearest neighbours, without an interval or a test",
    )  # fmt: skip
    nothing = Contributions(np.array([], dtype=np.intp), {}, None, 0, "kl_pq")
    sides = (_side(p, left), _side(q, right))
    return Comparison(*sides, unit, scores, nothing, (*p_notes, *q_notes), inference)


def _points(columns: Sequence[Column]) -> tuple[FloatArray, list[str]]:
    """The rows in which every column has a finite number, shape (n, d), and how many had not."""
    if any(column.weights is not None for column in columns):
        raise CommandLineError("nearest neighbours take every row once: no --sample-weight")
    rows = list(zip(*map(_numbers, columns), strict=True))
    kept = [row for row in rows if all(isinstance(value, float) for value in row)]
    if not kept:
        labels = ", ".join(repr(column.label) for column in columns)
        raise DataError(f"no row has numbers in all of {labels}", where=columns[0].name)
    left_out = len(rows) - len(kept)
    note = f"{columns[0].name}: {left_out:,} of {len(rows):,} rows without a number in each column"
    return np.array(kept, dtype=np.float64), [f"{note}, left out"] if left_out else []


def _numbers(column: Column) -> list[float | Special]:
    """The values as numbers; missing values and other texts are none."""
    return [
        Special.MISSING if str(value).strip(BLANKS) in column.na else as_number(value)
        for value in column.values
    ]


def _side(columns: Sequence[Column], points: FloatArray) -> Distribution:
    labels = ", ".join(str(column.label) for column in columns)
    count = np.array([len(points)])
    return Distribution(
        columns[0].name, ("(points)",), count, "numeric", len(points), "samples", labels
    )
