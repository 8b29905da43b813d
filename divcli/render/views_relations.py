"""Tables of drift beyond single columns: of pairs, and of the segments that carry it."""

from __future__ import annotations

from divcli.model.drift import ColumnDrift, DriftReport
from divcli.model.segments import ColumnSegments
from divcli.render.page import Heading, Surface, Table, bar, name, number, percent


def pairs_table(report: DriftReport, surface: Surface) -> Table:
    """The pairs whose dependence moved, then those that come nearest to it."""
    shown = report.pairs if surface.rows is None else report.pairs[: surface.rows]
    unit = report.pairs[0].unit
    headings = (
        Heading("pair", "left"), Heading("verdict", "left"), Heading("effect, JS"),
        Heading("least found"), Heading("p adjusted"), Heading("information, reference"),
        Heading("current"),
    )  # fmt: skip
    rows = [
        (name(one.label), one.verdict, number(max(one.effect, 0.0)),
         "none" if one.detectable is None else number(one.detectable), f"{one.p_adjusted:.2g}",
         number(one.reference), number(one.current))
        for one in shown
    ]  # fmt: skip
    if len(shown) < len(report.pairs):
        rows.append((f"({len(report.pairs) - len(shown):,} more)", "", "", "", "", "", ""))
    return Table(headings, tuple(rows), f"Dependence of columns, mutual information in {unit}")


def segments_table(one: ColumnSegments) -> Table:
    """Which segments carry the drift of a column."""
    headings = (
        Heading(name(one.by), "left"), Heading("reference"), Heading("current"),
        Heading("verdict within", "left"), Heading("effect"), Heading("p adjusted"),
        Heading("carried"), Heading("", "left", picture=True),
    )  # fmt: skip
    rows = [
        (name(segment.name), percent(segment.reference), percent(segment.current),
         *_within(segment.drift), percent(one.share(segment.carried)),
         bar(one.share(segment.carried)))
        for segment in one.segments
    ]  # fmt: skip
    mix = one.share(one.mix)
    rows.append(("(their mix)", "", "", "", "", "", percent(mix), bar(mix)))
    return Table(
        headings,
        tuple(rows),
        f"Drift of {name(one.column)} and {name(one.by)} together, by what carries it",
    )


def _within(column: ColumnDrift | None) -> tuple[str, str, str]:
    if column is None or column.limit is None:
        return ("", "", "")
    effect = "" if column.limit.effect is None else number(max(column.limit.effect, 0.0))
    p_value = "" if column.p_adjusted is None else f"{column.p_adjusted:.2g}"
    return (column.verdict, effect, p_value)
