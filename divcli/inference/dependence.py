"""Whether the dependence of two columns moved, whatever became of each by itself.

Two tables of the same pair of columns have the same dependence where all their odds ratios agree:
the model of no three-factor interaction, whose expected counts come by iterative proportional
fitting. Source: Bishop, Fienberg & Holland (1975), chapters 3 and 4.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from divcli.inference.arrays import FloatArray, IntArray
from divcli.inference.chi_square import chi_square_tail

_ROUNDS = 500
_CLOSE = 1e-9


class DependenceShift(NamedTuple):
    """What two tables say; amounts in nats and corrected for bias.

    p_value: of equal odds ratios, with this freedom. effect: JS divergence between the current
    table and the one that has its margins and the dependence of the reference. current,
    reference: mutual information.
    """

    p_value: float
    effect: float
    freedom: int
    current: float
    reference: float


def dependence_shift(x: IntArray, y: IntArray) -> DependenceShift:
    """What two tables of counts, current (x) and reference (y), shape (a, b), say."""
    x, y = _occupied(x, y)
    n, m = int(x.sum()), int(y.sum())
    freedom = _freedom(x, y)
    mutual = [mutual_information(x), mutual_information(y)]
    if freedom < 1:
        return DependenceShift(1.0, 0.0, 0, *mutual)
    expected = _no_interaction(np.stack([x, y]).astype(np.float64))
    observed = np.stack([x, y])
    seen = expected > 0
    statistic = float(((observed - expected)[seen] ** 2 / expected[seen]).sum())
    carried = fitted(y.astype(np.float64), x.sum(axis=1) / n, x.sum(axis=0) / n)
    bias = freedom * (n + m) / (8 * n * m)
    effect = _js(x / n, carried) - bias
    return DependenceShift(chi_square_tail(statistic, freedom), effect, freedom, *mutual)


def mutual_information(x: IntArray) -> float:
    """Mutual information in nats of a table of counts, shape (a, b), less its bias ν/(2n).

    Source of the bias: Miller (1955), on each of the three entropies.
    """
    n = int(x.sum())
    joint = x / n
    rows, columns = joint.sum(axis=1, keepdims=True), joint.sum(axis=0, keepdims=True)
    seen = joint > 0
    value = float((joint[seen] * np.log(joint[seen] / (rows * columns)[seen])).sum())
    freedom = int(seen.sum()) - int((rows > 0).sum()) - int((columns > 0).sum()) + 1
    return max(value - freedom / (2 * n), 0.0)


def fitted(table: FloatArray, rows: FloatArray, columns: FloatArray) -> FloatArray:
    """The table with these margins and its own odds ratios, shape (a, b), by proportional fitting.

    Half an observation in every cell keeps margins possible that the table has no cells for.
    """
    made: FloatArray = (table + 0.5) / (table + 0.5).sum()
    for _ in range(_ROUNDS):
        made = made * (rows / made.sum(axis=1))[:, None]
        made = made * (columns / made.sum(axis=0))[None, :]
        if np.abs(made.sum(axis=1) - rows).max() < _CLOSE:
            break
    return made


def _no_interaction(tables: FloatArray) -> FloatArray:
    """Expected counts with the margins of both tables, shape (2, a, b), and equal odds ratios."""
    made = np.ones_like(tables)
    for _ in range(_ROUNDS):
        before = made
        for axis in (0, 1, 2):
            margins, now = tables.sum(axis=axis, keepdims=True), made.sum(axis=axis, keepdims=True)
            made = made * np.divide(margins, now, out=np.zeros_like(now), where=now > 0)
        if np.abs(made - before).max() < _CLOSE * max(float(tables.max()), 1.0):
            break
    return made


def _occupied(x: IntArray, y: IntArray) -> tuple[IntArray, IntArray]:
    """The tables without rows and columns that one of them has none of: no odds ratio has them."""
    rows = (x.sum(axis=1) > 0) & (y.sum(axis=1) > 0)
    columns = (x.sum(axis=0) > 0) & (y.sum(axis=0) > 0)
    kept = np.ix_(rows, columns)
    return x[kept], y[kept]


def _freedom(x: IntArray, y: IntArray) -> int:
    """Odds ratios that can differ: (a-1)(b-1), less one for each pair of cells empty in both."""
    if min(x.shape, default=0) < 2 or not x.sum() or not y.sum():
        return 0
    rows, columns = x.shape
    empty = int(np.count_nonzero(x + y == 0))
    return int((rows - 1) * (columns - 1) - empty)


def _js(p: FloatArray, q: FloatArray) -> float:
    mean = (p + q) / 2
    terms = [
        float((side[side > 0] * np.log(side[side > 0] / mean[side > 0])).sum()) for side in (p, q)
    ]
    return max(math.fsum(terms) / 2, 0.0)
