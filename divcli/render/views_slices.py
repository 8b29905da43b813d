"""The page of drift slice by slice: a timeline, and the first slice that moved."""

from __future__ import annotations

import math

from divcli.model.drift import ColumnDrift
from divcli.model.slices import Slice, SlicedReport
from divcli.render.cases import Cases, cases_by_type
from divcli.render.page import Heading, Page, Prose, Surface, Table, name, number
from divcli.render.views import page_of
from divcli.render.views_drift import SHADES, case_of, explanation


@page_of.register
def _(report: SlicedReport, surface: Surface) -> Page:
    reference = report.slices[0].report.reference
    blocks: list[str | Prose | Table] = [
        f"reference  {name(reference)}\ncurrent    {name(report.current)}, by {name(report.by)}",
        Prose(_summary(report)),
        _timeline(report),
    ]
    moved = _effects(report)
    if moved.rows:
        blocks.append(moved)
    if report.first is not None:
        blocks.append(f"{name(report.by)} {name(report.first.name)}, the first that moved:")
        for one in report.first.report.drifted:
            if one.comparison is not None:
                blocks += explanation(one, surface, report.first.report.top)
    return Page(tuple(blocks), report.notes)


def _summary(report: SlicedReport) -> str:
    drifted = [one for one in report.slices if one.report.verdict == "drift"]
    slices = f"{len(report.slices):,} slices"
    if report.first is None:
        return f"{report.verdict.upper()}. None of {slices} drifted."
    return f"DRIFT. {len(drifted):,} of {slices} drifted, first {name(report.first.name)}."


def _timeline(report: SlicedReport) -> Table:
    headings = (
        Heading(name(report.by), "left"), Heading("rows"), Heading("verdict", "left"),
        Heading("greatest effect"), Heading("drifted", "left"),
    )  # fmt: skip
    return Table(headings, tuple(_row(one) for one in report.slices))


def _row(one: Slice) -> tuple[str, ...]:
    effects = [_effect(column) for column in one.report.tested]
    moved = ", ".join(name(column.label) for column in one.report.drifted)
    greatest = number(max(effects)) if effects else ""
    return (name(one.name), f"{one.rows:,}", one.report.verdict, greatest, moved)


def _effect(column: ColumnDrift) -> float:
    effect = None if column.limit is None else column.limit.effect
    return 0.0 if effect is None else max(effect, 0.0)


def _effects(report: SlicedReport) -> Table:
    """The effect on each column that drifted anywhere, slice by slice, in blocks on one scale."""
    labels = dict.fromkeys(c.label for one in report.slices for c in one.report.drifted)
    rows = []
    for label in labels:
        effects = [
            max((_effect(c) for c in one.report.columns if c.label == label), default=0.0)
            for one in report.slices
        ]
        greatest = max(effects)
        if greatest > 0 and math.isfinite(greatest):
            picture = "".join(SHADES[math.ceil(8 * effect / greatest)] for effect in effects)
            rows.append((name(label), number(greatest), picture))
    headings = (Heading("column", "left"), Heading("greatest effect"), Heading("slices", "left"))
    return Table(headings, tuple(rows))


@cases_by_type.register
def _(report: SlicedReport) -> Cases:
    cases = tuple(
        case._replace(name=f"{name(one.name)}: {case.name}")
        for one in report.slices
        for case in (case_of(column, one.report) for column in one.report.columns)
    )
    return Cases(_summary(report), cases)
