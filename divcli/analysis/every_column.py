"""The columns that two tables share, each compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from divcli.analysis.compare import MeasureOptions, compare_distributions
from divcli.counting.align import CountingOptions, distributions
from divcli.counting.choice import engine_for
from divcli.counting.engine import Asked
from divcli.errors import DataError
from divcli.model.comparison import Comparison
from divcli.sources.columns import Column


class Pairs(NamedTuple):
    """The columns that two tables share, compared; failed: those that could not be, and why."""

    comparisons: tuple[Comparison, ...]
    failed: tuple[tuple[str, str], ...]


def compare_pairs(
    pairs: Sequence[tuple[Column, Column]], counting: CountingOptions, options: MeasureOptions
) -> Pairs:
    """The comparison of each pair of columns; each source is read once for all."""
    engine = engine_for([column for pair in pairs for column in pair])
    comparisons: list[Comparison] = []
    failed: list[tuple[str, str]] = []
    with engine.ahead([Asked(pair, counting.wanted) for pair in pairs]):
        for p, q in pairs:
            try:
                left, right = distributions([p, q], counting, engine)
                comparisons.append(compare_distributions(left, right, options))
            except DataError as error:
                failed.append((str(p.label), str(error)))
    if failed and not comparisons:
        raise DataError(f"no column could be compared: {failed[0][1]}")
    return Pairs(tuple(comparisons), tuple(failed))
