"""Which candidates nothing tells apart: their differences, held against chance in the samples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.analysis.significance import counts_of, model_counts, size_of
from divcli.catalog import measure
from divcli.model.ranking import Difference

if TYPE_CHECKING:
    from divcli.analysis.compare import MeasureOptions
    from divcli.inference.ranking import Candidate, Paired
    from divcli.model.comparison import Comparison
    from divcli.model.distribution import Distribution

# Values nearer than this, relatively, are one value: what is exact here ends there.
_SAME = 1e-12


class Measured(NamedTuple):
    """A candidate that has a value: its name, its distribution, and the comparison with P."""

    label: str
    side: Distribution
    comparison: Comparison
    value: float


def never(one: Measured) -> bool:
    """Whether the value is infinite whatever the sample: the candidate is no sample itself."""
    return math.isinf(one.value) and one.side.n is None


def equal(one: Measured, other: Measured) -> bool:
    """Whether the values are the same, to the last digits."""
    return one.value == other.value or math.isclose(one.value, other.value, rel_tol=_SAME)


def paired_draws(
    p: Distribution, ordered: Sequence[Measured], name: str, options: MeasureOptions
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


def _candidate(side: Distribution) -> Candidate:
    from divcli.inference.ranking import Candidate

    if side.n is None:
        return Candidate(model_counts(side), False)
    return Candidate(np.asarray(counts_of(side), dtype=np.int64), True)


def leaders_of(
    ordered: Sequence[Measured], draws: Paired | None, options: MeasureOptions
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
    i: int, leader: int, ordered: Sequence[Measured], draws: Paired | None, options: MeasureOptions
) -> bool:
    """Whether the interval of the difference holds 0, or the values are the same."""
    here, there = ordered[i], ordered[leader]
    if never(here) or never(there):
        return never(here) and never(there)
    if draws is None:
        return equal(here, there)
    _, low, _ = draws.difference(i, leader, options.inference.confidence)
    return low <= 0


def difference_of(
    i: int, ordered: Sequence[Measured], draws: Paired | None, options: MeasureOptions
) -> Difference | None:
    """How much farther than the nearest; None where both are infinitely far."""
    one, first = ordered[i], ordered[0]
    if never(one):
        return None if never(first) else Difference(first.label, math.inf, None, None)
    if draws is None:
        apart = one.value - first.value
        return None if math.isnan(apart) else Difference(first.label, apart, None, None)
    size = size_of(measure(options.measures[0]), options.unit)
    limits = draws.difference(i, 0, options.inference.confidence)
    return Difference(first.label, *(limit / size for limit in limits))
