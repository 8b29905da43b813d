"""Two distributions as mass on a line, for the measures that need distances."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from divcli.measures.pair import normalise
from divcli.model.arrays import ascending
from divcli.model.distribution import Distribution, Line

if TYPE_CHECKING:
    from divcli.measures.pair import Pair
    from divcli.model.arrays import FloatArray, WeightArray


def ordered_pair(
    p: Distribution, q: Distribution, notes: list[str]
) -> tuple[Pair, FloatArray] | None:
    """The pair in the order of its positions, shape (u,): values where there are, else symbols.

    None where one side has no place on the line at all.
    """
    if p.line is None or q.line is None:
        notes.append("ordered measures take the symbols in the order given, one unit apart")
        return normalise(p.weights, q.weights), np.arange(len(p), dtype=np.float64)
    if not p.line.weights.any() or not q.line.weights.any():
        return None
    positions = ascending(p.line.positions, q.line.positions)
    if any(_apart(side) for side in (p, q)):
        notes.append("ordered measures leave out what has no place on the line (missing, NaN, inf)")
    return normalise(_on(positions, p.line), _on(positions, q.line)), positions


def _on(positions: FloatArray, line: Line) -> WeightArray:
    weights = cast("WeightArray", np.zeros_like(line.weights, shape=len(positions)))
    weights[np.searchsorted(positions, line.positions)] = line.weights
    return weights


def _apart(side: Distribution) -> bool:
    assert side.line is not None
    on_line = side.line.weights.sum()
    if side.line.weights.dtype.kind == "f":
        on_line = on_line * (1 + 1e-12)  # the sums of a model's masses differ by rounding
    return bool(side.weights.sum() > on_line)
