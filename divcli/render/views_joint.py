"""The page of several columns together, and that of what columns tell of a target."""

from __future__ import annotations

from divcli.model.dependence import DependenceReport
from divcli.model.distribution import Distribution
from divcli.model.joint import Independence, JointEntropy
from divcli.render.page import (
    Heading,
    Page,
    Prose,
    Surface,
    Table,
    bar,
    name,
    number,
    p_text,
    percent,
)
from divcli.render.sides import described
from divcli.render.views import check_table, page_of

_VARIABLES = "XYZ"


@page_of.register
def _(result: JointEntropy, surface: Surface) -> Page:
    blocks: list[str | Prose | Table] = [_columns(result.table.margins), _quantities(result)]
    if result.inference is not None:
        blocks.append(Prose(_independence(result.inference, result.unit.name)))
    blocks.append(_joint_cells(result, surface.rows))
    if result.checks:
        blocks.append(check_table(result.checks))
    return Page(tuple(blocks), result.notes)


def _columns(margins: tuple[Distribution, ...]) -> str:
    return "\n".join(
        f"{_VARIABLES[i] if i < len(_VARIABLES) else ' '}  {described(one)}"
        for i, one in enumerate(margins)
    )


def _quantities(result: JointEntropy) -> Table:
    rows = tuple(
        (label, number(value), unit if value is not None else "not measurable")
        for label, value, unit in result.rows_of()
    )
    return Table((Heading("quantity", "left"), Heading("value"), Heading("unit", "left")), rows)


def _independence(told: Independence, unit: str) -> str:
    """What the counts say about dependence, in a sentence."""
    if not told.noise_floor and not told.estimate:
        return f"Nothing could depend: {told.method}."
    chance = f"p = {told.p_value:.3g}, {told.method}"
    share = f"{100 * told.confidence:g} %"
    floor = (
        f"independent columns would show {number(told.noise_mean)} {unit} in the mean and up to "
        f"{number(told.noise_floor)} in {share} of such samples"
    )
    if told.p_value <= 1 - told.confidence:
        return (
            f"The columns depend on each other ({chance}): about {number(told.estimate)} {unit} "
            f"of mutual information, corrected for chance; {floor}."
        )
    return f"No dependence that chance would not explain ({chance}); {floor}."


def _joint_cells(result: JointEntropy, limit: int | None) -> Table:
    shown = result.records(result.top if limit is None else limit)
    headings = (
        *(Heading(name(margin.column or margin.name), "left") for margin in result.table.margins),
        Heading("p"), Heading("if independent"), Heading("term"),
        Heading("", "left", picture=True),
    )  # fmt: skip
    rows = tuple(
        (
            *(name(cell["symbol"]) for cell in one["cells"]),
            number(one["p"]),
            number(one["expected"]),
            number(one["term"]),
            bar(one["p"]),
        )
        for one in shown
    )
    left = len(result.order) - len(rows)
    if left:
        blank = ("",) * (len(headings) - 1)
        rows = (*rows, (f"({left:,} more)", *blank))
    title = f"Joint cells by their term of the mutual information, in {result.unit.name}"
    return Table(headings, rows, title)


@page_of.register
def _(report: DependenceReport, surface: Surface) -> Page:
    side, unit = report.target, report.unit.name
    blocks: list[str | Prose | Table] = [
        f"Target  {described(side)}, entropy {number(report.entropy)} {unit}",
        _ranked_columns(report),
    ]
    if report.checks:
        blocks.append(check_table(report.checks))
    return Page(tuple(blocks), report.notes)


def _ranked_columns(report: DependenceReport) -> Table:
    headings = (
        Heading("column", "left"), Heading(f"I, {report.unit.name}"), Heading("estimate"),
        Heading("noise"), Heading("of target"), Heading("adjusted"), Heading("p, adjusted"),
        Heading("", "left"), Heading("", "left", picture=True),
    )  # fmt: skip
    rows = tuple(
        (name(one.label), number(one.mutual_information),
         number(one.told.estimate if one.told else None),
         number(one.told.noise_floor if one.told else None), percent(one.share),
         number(one.adjusted), p_text(one.p_adjusted),
         one.verdict(report.alpha) or "not measured", bar(one.adjusted or 0.0))
        for one in report.columns
    )  # fmt: skip
    return Table(headings, rows, "Mutual information with the target, most first")
