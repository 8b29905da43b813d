"""Whether the dependence between columns moved: changes that no single column shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np

from divcli.analysis.drift_options import DriftOptions
from divcli.analysis.verdicts import verdict
from divcli.counting.coding import coding_of, together
from divcli.inference.dependence import DependenceShift, dependence_shift
from divcli.inference.multiplicity import CORRECTIONS
from divcli.inference.shift import minimum_detectable, needed_noncentrality
from divcli.model.drift import DriftReport, Limit
from divcli.model.pairs import PairDrift
from divcli.model.profile import Profile
from divcli.sources.columns import Column

# Rows of the smaller side to each pair of cells, on average; and cells of one column at most.
_PER_CELL = 40
_MOST_CELLS = 8
# The smallest effect that matters, in bits, where the one that is set is of another measure.
_DEFAULT = 0.01


class _Pair(NamedTuple):
    columns: tuple[str, str]
    found: DependenceShift
    sizes: tuple[int, int]


def with_pairs(
    report: DriftReport,
    profile: Profile,
    reference: Sequence[Column],
    current: Sequence[Column],
    options: DriftOptions,
) -> DriftReport:
    """The report with a verdict on each pair of the columns that were tested.

    profile: of the reference as a whole. Each column is taken in as few cells as the smaller
    table fills in pairs; the p-values of all pairs are adjusted together.
    """
    tested = [one.column for one in report.tested if one.column is not None]
    labels = [one.column for one in profile.columns if one.column in tested]
    pairs = _pairs(profile, reference, current, [label for label in labels if label is not None])
    adjusted = CORRECTIONS[options.correction](np.array([one.found.p_value for one in pairs]))
    family = 1 if options.correction == "none" else max(len(pairs), 1)
    judged = [
        _judged(one, p_adjusted, family, options)
        for one, p_adjusted in zip(pairs, adjusted.tolist(), strict=True)
    ]
    judged.sort(key=lambda one: (one.verdict != "drift", -one.effect))
    return replace(report, pairs=tuple(judged))


def _pairs(
    profile: Profile, reference: Sequence[Column], current: Sequence[Column], labels: Sequence[str]
) -> list[_Pair]:
    sides = [{one.label: one for one in side} for side in (current, reference)]
    sizes = [len(side[labels[0]].values) if labels else 0 for side in sides]
    cells = max(2, min(_MOST_CELLS, math.isqrt(min(sizes) // _PER_CELL)))
    codings = {one.column: coding_of(one, cells) for one in profile.columns}
    codes = [{label: codings[label].codes(side[label]) for label in labels} for side in sides]
    pairs = []
    for a, b in combinations(labels, 2):
        shape = (codings[a].cells, codings[b].cells)
        x, y = (together(side[a], side[b], shape) for side in codes)
        pairs.append(_Pair((a, b), dependence_shift(x, y), (sizes[0], sizes[1])))
    return pairs


def _judged(pair: _Pair, adjusted: float, family: int, options: DriftOptions) -> PairDrift:
    found, unit = pair.found, options.unit
    measure, least = options.min_effect
    if measure != "js":
        least = unit.amount(_DEFAULT * math.log(2))
    needed = needed_noncentrality(found.freedom + 1, options.alpha / family)
    detectable = minimum_detectable("js", *pair.sizes, needed)
    limit = Limit(
        "js", least, unit.name, options.alpha,
        unit.amount(found.effect), None if detectable is None else unit.amount(detectable),
    )  # fmt: skip
    return PairDrift(
        pair.columns, verdict(adjusted, limit), found.p_value, adjusted,
        unit.amount(found.effect), least, limit.detectable,
        unit.amount(found.current), unit.amount(found.reference), unit.name,
    )  # fmt: skip
