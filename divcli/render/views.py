"""The page of each kind of result: which rows, in which order, under which headings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from importlib import import_module
from typing import Any

from divcli.catalog import MEASURES, PAGES, QUANTITIES, measure
from divcli.model.comparison import Check, Comparison, Report
from divcli.model.distribution import Distribution
from divcli.model.entropy import EntropyReport, EntropyResult
from divcli.model.explanation import Explanation
from divcli.model.inference import Inference, MeasureInference
from divcli.model.listing import Listing
from divcli.render.page import Heading, Page, Prose, Surface, Table, bar, name, number, percent

# What says at a glance how far a column moved.
_OVERVIEW = ("kl_pq", "psi", "js", "tv", "wasserstein")
_THEOREMS = {"pinsker": "Pinsker", "bretagnolle_huber": "Bretagnolle–Huber"}
_LABELS = {row.name: row.label for row in MEASURES} | {row.name: row.label for row in QUANTITIES}
_GIVEN = {"samples": "samples", "counts": "counted", "probabilities": "", "weights": ""}


@singledispatch
def page_of(result: Any, surface: Surface) -> Page:
    """The page of a result; each kind registers its own, here or in the module of its row."""
    if (module := PAGES.get(type(result).__name__)) is None:
        raise TypeError(f"no page for {type(result).__name__}")
    import_module(module)
    page: Page = page_of.dispatch(type(result))(result, surface)
    return page


@page_of.register
def _(report: Report, surface: Surface) -> Page:
    if report.whole:
        tables = [_columns(report)] + ([check_table(report.checks)] if report.checks else [])
        return Page(tuple(tables), report.notes)
    blocks: list[str | Prose | Table] = []
    for one in report.comparisons:
        blocks += [_sides(one.p, one.q), _measures(one)]
        if one.inference is not None:
            blocks.append(Prose(_sentence(one.inference)))
        if one.sensitivity:
            blocks += [_sensitivity(one), Prose(_holds(one))]
        if len(one.contributions.index):
            blocks.append(_contributions(one, surface.rows))
    if report.checks:
        blocks.append(check_table(report.checks))
    return Page(tuple(blocks), report.notes)


@page_of.register
def _(report: EntropyReport, surface: Surface) -> Page:
    blocks: list[str | Table] = []
    if len(report.results) > 1:
        blocks.append(_entropies(report))
    for result in report.results:
        blocks += [_side("", result.distribution), *_entropy(result, surface.rows)]
    if report.checks:
        blocks.append(check_table(report.checks))
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


def _columns(report: Report) -> Table:
    """A row for each column: its kind, its rows, and the measures that say how far it moved."""
    asked = {score.measure for one in report.comparisons for score in one.scores}
    shown = [row for row in MEASURES if row.name in asked and row.name in _OVERVIEW] or [
        row for row in MEASURES if row.name in asked
    ]
    unit = report.comparisons[0].unit.name
    inferred = any(one.inference is not None for one in report.comparisons)
    headings = (
        Heading("column", "left"), Heading("kind", "left"), Heading("n of P"), Heading("n of Q"),
        Heading("cells"), *(Heading(row.label) for row in shown),
        *([Heading("p-value")] if inferred else []),
    )  # fmt: skip
    rows = []
    for one in report.comparisons:
        told = [_p_value(one.inference)] * inferred
        sizes = ["" if side.n is None else f"{side.n:,}" for side in (one.p, one.q)]
        values = [number(one.measures.get(row.name)) for row in shown]
        rows.append(
            (name(str(one.p.column)), one.p.kind, *sizes, f"{len(one.p):,}", *values, *told)
        )
    return Table(headings, tuple(rows), f"Columns; information in {unit}, PSI in nats")


def _p_value(inference: Inference | None) -> str:
    p_value = None if inference is None else inference.p_value
    return "" if p_value is None else f"{p_value:.3g}"


def _sides(p: Distribution, q: Distribution) -> str:
    return f"{_side('P  ', p)}\n{_side('Q  ', q)}"


def _side(label: str, side: Distribution) -> str:
    column = "" if side.column is None else f"  {name(side.column)}"
    size = "" if side.n is None else f"{side.n:,} {_GIVEN[side.given]}, "
    if side.n is None and side.symbols == ("(points)",):
        return f"{label}{name(side.name)}{column}: a density"
    word = "cell" if side.grid is not None else "symbol"
    missing = f", {side.missing:,} missing" if side.missing else ""
    plural = "s" if side.occupied != 1 else ""
    return f"{label}{name(side.name)}{column}: {size}{side.occupied:,} {word}{plural}{missing}"


def _measures(one: Comparison) -> Table:
    told = one.inference.measures if one.inference is not None else {}
    rows: list[tuple[str, ...]] = []
    for score in one.scores:
        about = _told(told.get(score.measure)) if told else ()
        rows.append((measure(score.measure).label, number(score.value), score.unit, *about))
        blank = ("",) * (len(about) + 1)
        rows += [(f"  ≤ {_THEOREMS[name]}", number(bound), *blank) for name, bound in score.bounds]
    headings = (Heading("measure", "left"), Heading("value"), Heading("unit", "left"))
    return Table((*headings, *_told_headings(one.inference)), tuple(rows))


def _told_headings(inference: Inference | None) -> tuple[Heading, ...]:
    if inference is None or not inference.measures:
        return ()
    return (Heading(_estimated(inference)), Heading("noise"))


def _estimated(inference: Inference) -> str:
    return f"estimate [{100 * inference.confidence:g}%]"


def _told(one: MeasureInference | None) -> tuple[str, str]:
    """The estimate with its interval, and the noise floor, as far as they are known."""
    if one is not None and one.p_value is not None:
        return f"p = {one.p_value:.3g}", ""
    if one is None or one.estimate is None:
        return "", number(None if one is None else one.noise_floor)
    interval = "" if one.low is None else f" [{number(one.low)}, {number(one.high)}]"
    return number(one.estimate) + interval, number(one.noise_floor)


def _sentence(inference: Inference) -> str:
    return f"{inference.verdict[:1].upper()}{inference.verdict[1:]}."


def _sensitivity(one: Comparison) -> Table:
    headings = (
        Heading("grid", "left"), Heading("cells"), Heading(f"JS, {one.unit.name}"), Heading("p"),
        Heading("", "left"),
    )  # fmt: skip
    words = {True: "more than chance", False: "chance", None: "cannot be told"}
    rows = tuple(
        (grid.rule, str(grid.cells), number(grid.js), number(grid.p_value),
         words[grid.more_than_chance])
        for grid in one.sensitivity
    )  # fmt: skip
    return Table(headings, rows, "The verdict on other grids")


def _holds(one: Comparison) -> str:
    tried = len(one.sensitivity)
    if one.verdict_holds:
        return f"The verdict holds on all {tried} grids."
    return f"The verdict depends on the grid: the {tried} tried do not agree."


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
        (name(text), *(number(values[row]) for values in lists),
         percent(shares[row]), bar(shares[row]))
        for row, text in enumerate(one.p.texts_of(shown.index))
    ]  # fmt: skip
    if shown.rest is not None:
        rest = (number(shown.rest.get(column)) for column in names)
        rows.append((f"({shown.left_out:,} more)", *rest, percent(shown.rest["share"]), ""))
    ranked = measure(shown.ranked_by).label
    title = f"Contributions in {one.unit.name}, by share of {ranked}"
    return Table(headings, tuple(rows), title)


def check_table(checks: Sequence[Check]) -> Table:
    """Each limit with the value it holds."""
    rows = tuple(
        (_limited(check.measure) + _of_column(check), number(check.value), f"{check.limit:g}",
         "ok" if check.passed else "OVER")
        for check in checks
    )  # fmt: skip
    headings = (Heading("check", "left"), Heading("value"), Heading("limit"), Heading("", "left"))
    return Table(headings, rows)


def _of_column(check: Check) -> str:
    return "" if check.column is None else f" of {name(check.column)}"


def _limited(name: str) -> str:
    """A measure, or the part of its estimate that is held to a limit."""
    first, _, part = name.partition(".")
    label = _LABELS.get(first, first)
    return f"{label}, {part}" if part else label


def _entropies(report: EntropyReport) -> Table:
    names = list(dict.fromkeys(name for one in report.results for name in one.quantities))
    titles = (f"entropy, {report.unit.name}" if name == "entropy" else name for name in names)
    headings = (Heading("source", "left"), *map(Heading, titles))
    rows = tuple(
        (_source(one.distribution), *(number(one.quantities.get(name)) for name in names))
        for one in report.results
    )
    return Table(headings, rows)


def _source(side: Distribution) -> str:
    return name(side.name if side.column is None else f"{side.name} {side.column}")


def _entropy(result: EntropyResult, limit: int | None) -> list[Table]:
    facts: list[tuple[str, ...]] = [
        (label, number(value), unit if value is not None else "not measurable")
        for label, value, unit in result.facts()
    ]
    headings = [Heading("quantity", "left"), Heading("value"), Heading("unit", "left")]
    if result.inference is not None and "entropy" in result.quantities:
        headings.append(Heading(_estimated(result.inference)))
        estimate, _ = _told(result.inference.measures["entropy_p"])
        facts = [(*row, estimate if i == 0 else "") for i, row in enumerate(facts)]
    shown = result.symbols if limit is None else result.symbols.head(limit)
    texts = result.distribution.texts_of(shown.index)
    symbol_headings = (
        Heading("symbol", "left"),
        Heading("p"),
        Heading("−log p"),
        Heading("−p log p"),
        Heading("share"),
        Heading("", "left", picture=True),
    )
    rows: list[tuple[str, ...]] = [
        (name(text), *(number(v) for v in values), percent(share), bar(share))
        for text, (*values, share) in zip(texts, shown.listed(), strict=True)
    ]
    if shown.rest is not None:
        p, term, share = shown.rest
        more = f"({shown.left_out:,} more)"
        rows.append((more, number(p), "", number(term), percent(share), ""))
    title = f"Self-information in {result.unit.name}"
    quantities = Table(tuple(headings), tuple(facts))
    return [quantities, Table(symbol_headings, tuple(rows), title)] if rows else [quantities]
