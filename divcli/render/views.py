"""The page of each kind of result: which rows, in which order, under which headings."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from divcli.catalog import MEASURES, measure
from divcli.model.comparison import Comparison, Report
from divcli.model.distribution import Distribution, text_of
from divcli.model.entropy import EntropyReport, EntropyResult
from divcli.model.explanation import Explanation
from divcli.model.listing import Listing
from divcli.render.page import Heading, Page, Prose, Surface, Table, bar, name, number, percent

_THEOREMS = {"pinsker": "Pinsker", "bretagnolle_huber": "Bretagnolle–Huber"}
_GIVEN = {"samples": "samples", "counts": "counted", "probabilities": "", "weights": ""}


@singledispatch
def page_of(result: Any, surface: Surface) -> Page:
    """The page of a result; each kind registers its own."""
    raise TypeError(f"no page for {type(result).__name__}")


@page_of.register
def _(report: Report, surface: Surface) -> Page:
    blocks: list[str | Table] = []
    for one in report.comparisons:
        blocks += [_sides(one.p, one.q), _measures(one)]
        if len(one.contributions.index):
            blocks.append(_contributions(one, surface.rows))
    if report.checks:
        blocks.append(_checks(report))
    return Page(tuple(blocks), report.notes)


@page_of.register
def _(report: EntropyReport, surface: Surface) -> Page:
    blocks: list[str | Table] = []
    if len(report.results) > 1:
        blocks.append(_entropies(report))
    for result in report.results:
        blocks += [_side("", result.distribution), *_entropy(result, surface.rows)]
    return Page(tuple(blocks), report.notes)


@page_of.register
def _(explanation: Explanation, surface: Surface) -> Page:
    blocks: list[str | Prose | Table] = []
    for i, step in enumerate(explanation.steps, start=1):
        blocks.append(f"{i}. {step.title}")
        blocks.append(Prose(name(step.text)))
        if step.rows:
            headings = tuple(
                Heading(title, "left" if not i else "right") for i, title in enumerate(step.header)
            )
            rows = tuple(
                tuple(name(v) if isinstance(v, str) else number(v) for v in row)
                for row in step.rows
            )
            blocks.append(Table(headings, rows))
    return Page(tuple(blocks), explanation.notes)


@page_of.register
def _(listing: Listing, surface: Surface) -> Page:
    if len(listing.rows) == 1:
        record = listing.rows[0]
        rows = tuple((title, value) for title, value in record.items())
        return Page((Table((Heading("", "left"), Heading("", "left")), rows),))
    headings = tuple(Heading(title, "left") for title in listing.rows[0])
    return Page((Table(headings, tuple(tuple(record.values()) for record in listing.rows)),))


def _sides(p: Distribution, q: Distribution) -> str:
    return f"{_side('P  ', p)}\n{_side('Q  ', q)}"


def _side(label: str, side: Distribution) -> str:
    column = "" if side.column is None else f"  {name(side.column)}"
    size = "" if side.n is None else f"{side.n:,} {_GIVEN[side.given]}, "
    word = "cell" if side.grid is not None else "symbol"
    missing = f", {side.missing:,} missing" if side.missing else ""
    plural = "s" if side.occupied != 1 else ""
    return f"{label}{name(side.name)}{column}: {size}{side.occupied:,} {word}{plural}{missing}"


def _measures(one: Comparison) -> Table:
    rows: list[tuple[str, ...]] = []
    for score in one.scores:
        rows.append((measure(score.measure).label, number(score.value), score.unit))
        rows += [(f"  ≤ {_THEOREMS[name]}", number(bound), "") for name, bound in score.bounds]
    return Table(
        (Heading("measure", "left"), Heading("value"), Heading("unit", "left")), tuple(rows)
    )


def _contributions(one: Comparison, limit: int | None) -> Table:
    shown = one.contributions if limit is None else one.contributions.head(limit)
    direction = "kl_qp" if shown.ranked_by == "kl_qp" else "kl_pq"
    extra = [
        row for row in MEASURES
        if row.name in shown.columns and row.name not in ("kl_pq", "kl_qp", "js")
    ]  # fmt: skip
    headings = (
        Heading("symbol", "left"),
        Heading("p"),
        Heading("q"),
        Heading("p/q"),
        Heading(f"{one.unit.log} p/q"),
        Heading(measure(direction).label),
        Heading("KL ≥ 0"),
        Heading("JS"),
        *(Heading(row.label) for row in extra),
        Heading("share"),
        Heading("", "left", picture=True),
    )
    names = ["p", "q", "ratio", "log_ratio", direction, f"{direction}_nonnegative", "js"]
    names += [row.name for row in extra]
    lists = [shown.columns[column].tolist() for column in names]
    shares = shown.columns["share"].tolist()
    rows = [
        (name(text_of(one.p.symbols[i])), *(number(values[row]) for values in lists),
         percent(shares[row]), bar(shares[row]))
        for row, i in enumerate(shown.index.tolist())
    ]  # fmt: skip
    if shown.rest is not None:
        rest = (number(shown.rest.get(column)) for column in names)
        rows.append((f"({shown.left_out:,} more)", *rest, percent(shown.rest["share"]), ""))
    ranked = measure(shown.ranked_by).label
    title = f"Contributions in {one.unit.name}, by share of {ranked}"
    return Table(headings, tuple(rows), title)


def _checks(report: Report) -> Table:
    rows = tuple(
        (measure(check.measure).label, number(check.value), f"{check.limit:g}",
         "ok" if check.passed else "OVER")
        for check in report.checks
    )  # fmt: skip
    headings = (Heading("check", "left"), Heading("value"), Heading("limit"), Heading("", "left"))
    return Table(headings, rows)


def _entropies(report: EntropyReport) -> Table:
    names = list(report.results[0].quantities)
    titles = (f"entropy, {report.unit.name}" if name == "entropy" else name for name in names)
    headings = (Heading("source", "left"), *map(Heading, titles))
    rows = tuple(
        (_source(one.distribution), *(number(one.quantities[name]) for name in names))
        for one in report.results
    )
    return Table(headings, rows)


def _source(side: Distribution) -> str:
    return name(side.name if side.column is None else f"{side.name} {side.column}")


def _entropy(result: EntropyResult, limit: int | None) -> list[Table]:
    headings = (Heading("quantity", "left"), Heading("value"), Heading("unit", "left"))
    facts = tuple(
        (label, number(value), unit if value is not None else "not measurable")
        for label, value, unit in result.facts()
    )
    shown = result.symbols if limit is None else result.symbols.head(limit)
    symbol_headings = (
        Heading("symbol", "left"),
        Heading("p"),
        Heading("−log p"),
        Heading("−p log p"),
        Heading("share"),
        Heading("", "left", picture=True),
    )
    rows = [
        (name(text_of(result.distribution.symbols[i])), *(number(v) for v in values),
         percent(share), bar(share))
        for i, *values, share in shown.listed()
    ]  # fmt: skip
    if shown.rest is not None:
        p, term, share = shown.rest
        more = f"({shown.left_out:,} more)"
        rows.append((more, number(p), "", number(term), percent(share), ""))
    title = f"Self-information in {result.unit.name}"
    return [Table(headings, facts), Table(symbol_headings, tuple(rows), title)]
