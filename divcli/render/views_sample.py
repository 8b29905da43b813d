"""The page of a sample and its population, a row a column."""

from __future__ import annotations

from collections import Counter

from divcli.model.sample import SampleReport
from divcli.render.page import Heading, Page, Prose, Surface, Table, name, number, p_text
from divcli.render.views import check_table, page_of


@page_of.register
def _(report: SampleReport, surface: Surface) -> Page:
    blocks: list[str | Prose | Table] = [
        f"Sample      {name(report.sample)}\nPopulation  {name(report.population)}",
        _sample_columns(report),
        Prose(_representative(report)),
    ]
    if report.checks:
        blocks.append(check_table(report.checks))
    return Page(tuple(blocks), report.notes)


def _sample_columns(report: SampleReport) -> Table:
    unit = report.unit.name
    headings = (
        Heading("column", "left"), Heading("n"), Heading("of"), Heading(f"KL, {unit}"),
        Heading(f"JS, {unit}"), Heading("noise"), Heading("KS"), Heading("p, adjusted"),
        Heading("verdict", "left"),
    )  # fmt: skip
    rows = tuple(
        (name(one.label), _whole(one.n), _whole(one.population), number(one.kl), number(one.js),
         number(one.noise_floor), number(one.ks), p_text(one.p_adjusted), one.verdict)
        for one in report.columns
    )  # fmt: skip
    return Table(headings, rows)


def _whole(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


def _representative(report: SampleReport) -> str:
    """The verdict on all columns, in a sentence."""
    count = Counter(one.verdict for one in report.columns)
    share = f"{100 * (1 - report.confidence):g} %"
    if count["not representative"]:
        return (
            f"Not representative in {count['not representative']} of {len(report.columns)} "
            f"columns; of random samples, {share} would be called so in some column."
        )
    if count["representative"]:
        return (
            f"Nothing that a random draw would not explain: {count['representative']} columns "
            f"representative, {count['insufficient']} insufficient to tell."
        )
    return "Too little to tell whether the sample is representative."
