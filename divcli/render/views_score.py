"""The page of predictions against labels."""

from __future__ import annotations

from divcli.model.score import ScoreReport
from divcli.render.page import Heading, Page, Prose, Surface, Table, bar, name, number, percent
from divcli.render.views import check_table, page_of

_LABELS = {
    "cross_entropy_pq": "Log loss H(labels, predictions)",
    "standard_error": "  its standard error",
    "kl_pq": "KL(labels‖predictions)",
    "perplexity": "Perplexity",
    "entropy_of_shares": "Log loss of predicting the shares",
    "kl_of_shares": "KL(label shares‖mean prediction)",
    "accuracy": "Accuracy",
    "brier": "Brier score",
    "calibration_error": "Expected calibration error",
}
_IN_UNIT = ("cross_entropy_pq", "standard_error", "kl_pq", "entropy_of_shares", "kl_of_shares")


@page_of.register
def _(report: ScoreReport, surface: Surface) -> Page:
    left = f", {report.left_out:,} left out" if report.left_out else ""
    rows = f"{report.n:,} row{'s' * (report.n != 1)}"
    blocks: list[str | Prose | Table] = [
        f"{name(report.source)}  {name(report.column)}: {rows}{left}",
        _measures(report),
        _classes(report, surface.rows),
        _reliability(report),
    ]
    if report.torch:
        blocks.append(_torch(report))
    if report.checks:
        blocks.append(check_table(report.checks))
    return Page(tuple(blocks), report.notes)


def _measures(report: ScoreReport) -> Table:
    headings = (Heading("measure", "left"), Heading("value"), Heading("unit", "left"))
    rows = tuple(
        (_LABELS[key], "not measurable" if value is None else number(value),
         report.unit.name if key in _IN_UNIT else "")
        for key, value in report.measures.items()
    )  # fmt: skip
    return Table(headings, rows)


def _classes(report: ScoreReport, limit: int | None) -> Table:
    shown = report.classes if limit is None else report.classes[:limit]
    whole = report.measures["cross_entropy_pq"] or 1.0
    headings = (
        Heading("class", "left"), Heading("rows"), Heading("share"), Heading("predicted"),
        Heading("chosen"), Heading("loss"), Heading("of the whole"),
        Heading("", "left", picture=True),
    )  # fmt: skip
    rows = [
        (name(one.name), f"{one.n:,.6g}", number(one.share), number(one.predicted),
         f"{one.chosen:,}", number(one.loss), number(one.cross_entropy),
         bar(one.cross_entropy / whole) if one.cross_entropy < whole else "")
        for one in shown
    ]  # fmt: skip
    if len(shown) < len(report.classes):
        rest = report.classes[len(shown) :]
        rows.append((f"({len(rest):,} more)", f"{sum(one.n for one in rest):,.6g}",
                     number(sum(one.share for one in rest)),
                     number(sum(one.predicted for one in rest)),
                     f"{sum(one.chosen for one in rest):,}", "",
                     number(sum(one.cross_entropy for one in rest)), ""))  # fmt: skip
    return Table(headings, tuple(rows), f"Loss by class, in {report.unit.name}")


def _reliability(report: ScoreReport) -> Table:
    headings = (
        Heading("confidence", "left"), Heading("rows"), Heading("mean"), Heading("right"),
        Heading("gap"),
    )  # fmt: skip
    rows = tuple(
        (f"({one.low:.3g}, {one.high:.3g}]", f"{one.n:,}", number(one.confidence),
         percent(one.accuracy), f"{one.gap:+.4f}")
        for one in report.reliability
    )  # fmt: skip
    return Table(headings, rows, "Reliability")


def _torch(report: ScoreReport) -> Table:
    headings = (
        Heading("loss of torch", "left"), Heading("reduction", "left"), Heading("nats"),
        Heading("which is", "left"),
    )  # fmt: skip
    rows = tuple(
        (one.loss, one.reduction, "nan" if one.value is None else number(one.value),
         one.reason or one.meaning)
        for one in report.torch
    )  # fmt: skip
    return Table(headings, rows, "What torch prints, q the predictions and t the labels")
