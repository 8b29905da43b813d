"""Which segments carry the drift of a column: both tables split by the values of another.

The JS divergence of (segment, column) together is that of the segments alone, their mix, plus for
each segment its mean share of the rows times the divergence within it, weighted by its shares on
either side: the chain rule of JS. Each part is corrected for bias by its mean under no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from divcli.analysis.drift_options import DriftOptions
from divcli.analysis.findings import Findings, engine_of
from divcli.analysis.profile import profile_columns, selected
from divcli.analysis.slices import By, slices_of
from divcli.analysis.verdicts import judged
from divcli.inference.shift import shift
from divcli.model.drift import ColumnDrift, DriftReport
from divcli.model.profile import Profile
from divcli.model.segments import ColumnSegments, Segment
from divcli.sources.columns import Column, InputOptions
from divcli.sources.table import Table, require_column

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray
    from divcli.model.distribution import Distribution

_MOST_SEGMENTS = 100


def with_segments(
    report: DriftReport,
    profile: Profile,
    tables: tuple[Table, Table],
    column: str,
    readings: tuple[InputOptions, InputOptions],
    options: DriftOptions,
) -> DriftReport:
    """The report with the segments of each column that drifted, by the values of `column`.

    tables, readings: of the reference and the current; profile: of the reference as a whole, on
    whose cells the segments are counted.
    """
    by = By(column, None)
    for table in tables:
        require_column(table, column)
    parts = [slices_of(table, by, "--within", _MOST_SEGMENTS) for table in tables]
    names = sorted({*parts[0], *parts[1]})
    moved = [one.column for one in report.columns if one.verdict == "drift"]
    moved = [label for label in moved if label not in (None, column)]
    columns: list[dict[str, list[Column]]] = [
        {
            name: [one for one in selected(part.table, reading) if one.label in moved]
            for name, part in found.items()
        }
        for reading, found in zip(readings, parts, strict=True)
    ]
    shared = [name for name in names if moved and all(name in side for side in columns)]
    verdicts = _verdicts(profile, columns, shared, options)
    rows = [{name: part.rows for name, part in side.items()} for side in parts]
    sizes = [[side.get(name, 0) for name in names] for side in rows]
    mix = shift(sizes[1], sizes[0], "js").effect or 0.0
    shares = [_shares(side) for side in rows]
    return replace(report, within=tuple(
        _column(label, by, names, shares, verdicts, max(mix, 0.0), options)
        for label in moved if label is not None
    ))  # fmt: skip


def _verdicts(
    profile: Profile,
    columns: Sequence[dict[str, list[Column]]],
    shared: Sequence[str],
    options: DriftOptions,
) -> dict[tuple[str, str | None], ColumnDrift]:
    """The verdict on each column within each segment, adjusted for all of them together."""
    engine = engine_of(profile, [side[name] for side in columns for name in shared], options)
    found = []
    for name in shared:
        reference = profile_columns(columns[0][name], options.settings, engine, profile)
        own = options._replace(settings=options.settings.of_these(
            [one.column for one in reference.columns]))  # fmt: skip
        found += [(name, one) for one in Findings(reference, columns[1][name], own, engine).all()]
    judgements = judged([one for _, one in found], options)
    return {(name, one.column): one for (name, _), one in zip(found, judgements, strict=True)}


def _shares(rows: dict[str, int]) -> dict[str, float]:
    total = sum(rows.values())
    return {name: n / total for name, n in rows.items()}


def _column(
    label: str,
    by: By,
    names: Sequence[str],
    shares: Sequence[dict[str, float]],
    verdicts: dict[tuple[str, str | None], ColumnDrift],
    mix: float,
    options: DriftOptions,
) -> ColumnSegments:
    segments = []
    for name in names:
        q, p = (side.get(name, 0.0) for side in shares)
        found = verdicts.get((name, label))
        carried = 0.0
        if found is not None and found.sides is not None:
            carried = _carried(*found.sides, p, q)
        segments.append(Segment(name, q, p, options.unit.amount(carried), found))
    segments.sort(key=lambda one: -one.carried)
    return ColumnSegments(label, str(by), options.unit.amount(mix), tuple(segments))


def _carried(p: Distribution, q: Distribution, p_share: float, q_share: float) -> float:
    """A segment's part of the JS divergence in nats, from the column within it on either side."""
    weight = p_share / (p_share + q_share)
    here, there = p.probabilities, q.probabilities
    mean = weight * here + (1 - weight) * there
    divergence = _entropy(mean) - weight * _entropy(here) - (1 - weight) * _entropy(there)
    bias = weight * (1 - weight) / 2 * (len(p) - 1) * (1 / max(p.n or 1, 1) + 1 / max(q.n or 1, 1))
    return (p_share + q_share) / 2 * max(divergence - bias, 0.0)


def _entropy(shares: FloatArray) -> float:
    seen = shares[shares > 0]
    return -float(seen @ np.log(seen))
