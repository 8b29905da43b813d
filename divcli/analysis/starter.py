"""A first configuration of a drift check: the kind of each column, and what would be found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from divcli.counting.choice import engine_for
from divcli.counting.engine import Asked
from divcli.counting.grid import mann_wald_cells
from divcli.counting.kinds import common_kind
from divcli.counting.profiling import profile_column
from divcli.counting.side import Side, counted
from divcli.errors import CommandLineError
from divcli.inference.power import minimum_detectable_js
from divcli.model.column_settings import ColumnSettings
from divcli.model.starter import Starter, StarterColumn
from divcli.model.units import BITS

if TYPE_CHECKING:
    from divcli.counting.engine import Engine, Points, Scan
    from divcli.model.distribution import Kind
    from divcli.sources.columns import Column

_NOUNS = {"numeric": "numbers", "datetime": "times"}


def starter_of(
    reference: Sequence[Column],
    current: Sequence[Column] | None = None,
    *,
    alpha: float = 0.01,
    min_effect: float = 0.01,
    engine: Engine | None = None,
) -> Starter:
    """What the columns of a reference are, and what a check against as many rows could find.

    current: the table that will be checked, for its size; without it, as many rows as the
    reference has. alpha: the level that the columns share. min_effect: JS in bits.
    """
    columns = [*reference, *(current or ())]
    engine = engine or engine_for(columns)
    engine.prepare([Asked([column]) for column in columns])
    _refuse_what_is_no_table(columns)
    sides = [Side(column, engine.scan(column), drops_missing=False) for column in reference]
    n = max(side.size or 0 for side in sides)
    m = n if current is None else max((int(engine.scan(one).total) for one in current), default=0)
    labels = None if current is None else {one.label for one in current}
    told = [_column(side, engine, m, alpha / len(sides), labels) for side in sides]
    checked = [one for one in told if one.ignored is None]
    if len(checked) < len(told):
        # Columns that are left out take no share of alpha.
        share = alpha / max(1, len(checked))
        told = [_column(side, engine, m, share, labels) for side in sides]
    current_name = current[0].name if current else None
    notes = tuple(dict.fromkeys(note for column in columns for note in column.notes))
    return Starter(reference[0].name, current_name, n, m, alpha, min_effect, tuple(told), notes)


def _refuse_what_is_no_table(columns: Sequence[Column]) -> None:
    for column in columns:
        if column.label is None or column.is_ready:
            raise CommandLineError(
                "a configuration is made from the columns of a table", where=column.name
            )


def _column(
    side: Side, engine: Engine, m: int, alpha: float, labels: set[str | None] | None
) -> StarterColumn:
    scan, label = side.scan, side.column.label
    kind, notes = common_kind([side], None)
    points = None if kind == "categorical" else engine.points(side.column, times=kind == "datetime")
    cells = _cells(side, points, m)
    found = minimum_detectable_js(side.size or 1, m, cells, alpha=alpha) if m else None
    return StarterColumn(
        name=label or "",
        kind=kind,
        reasons=(_reason(kind, scan), *notes),
        missing=scan.missing,
        cells=cells,
        detectable=None if found is None else BITS.amount(found),
        ignored=_why_ignored(kind, scan, identifier=_is_identifier(side, engine)),
        current=None if labels is None else label in labels,
    )


def _is_identifier(side: Side, engine: Engine) -> bool:
    """Whether drift would set the column aside."""
    return profile_column(side.column, engine, ColumnSettings()).identifier


def _reason(kind: Kind, scan: Scan) -> str:
    """What the values are that made the kind, distinct ones of text."""
    values = scan.total - scan.missing
    if not values:
        return "every value is missing"
    if kind == "categorical":
        text = "" if scan.odd is None else f"text (first {scan.odd!r}): "
        return f"{text}{counted(_distinct(scan), 'distinct value')} in {counted(values, 'row')}"
    others = scan.masses.get("not finite", 0)
    but = f", {others:,} of them not finite" if others else ""
    return f"{_NOUNS[kind]} in {counted(values, 'row')}{but}"


def _distinct(scan: Scan) -> int:
    return sum(scan.kinds.values())


def _cells(side: Side, points: Points | None, m: int) -> int:
    """How many cells a check has: symbols, or what the smaller sample supports of a line."""
    apart = int(side.scan.missing > 0)
    if points is None:
        return _distinct(side.scan) + apart
    smaller = max(1, min(side.size or 1, m))
    return min(len(points.positions), mann_wald_cells(smaller)) + len(points.apart)


def _why_ignored(kind: Kind, scan: Scan, *, identifier: bool) -> str | None:
    """Why no drift can be told of the column: it names or numbers the rows, or holds nothing."""
    if scan.total == scan.missing:
        return "no values"
    if not identifier:
        return None
    if kind == "numeric":
        return "a counter: its numbers are those of the rows"
    return "an identifier: nearly every row has a value of its own"
