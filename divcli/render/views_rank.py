"""The page of a ranking: candidates in order, with what is known of the order."""

from __future__ import annotations

from divcli.model.ranking import Ranking
from divcli.render.page import Heading, Page, Prose, Surface, Table, name, number, p_text
from divcli.render.sides import described
from divcli.render.views import check_table, page_of


@page_of.register
def _(result: Ranking, surface: Surface) -> Page:
    blocks: list[str | Prose | Table] = [
        f"P  {described(result.p)}",
        _candidates(result),
        Prose(_winner(result)),
    ]
    if result.checks:
        blocks.append(check_table(result.checks))
    return Page(tuple(blocks), result.notes)


def _candidates(result: Ranking) -> Table:
    unit = f", {result.value_unit}" if result.value_unit else ""
    headings = [Heading("candidate", "left"), Heading(""), Heading(f"{result.label}{unit}")]
    inferred = result.confidence is not None
    if inferred:
        share = f"[{100 * (result.confidence or 0):g}%]"
        headings += [Heading(f"estimate {share}"), Heading(f"farther by {share}"), Heading("p")]
    rows = []
    for one in result.ranking:
        rank = "–" if one.rank is None else f"{one.rank}{' ≈' if one.tied_with else ''}"
        row = [name(one.source), rank, "not measured" if one.value is None else number(one.value)]
        if inferred:
            gap = one.difference
            row += [
                _interval(one.estimate, one.low, one.high),
                "" if gap is None else _interval(gap.value, gap.low, gap.high),
                p_text(one.p_value),
            ]
        rows.append(tuple(row))
    return Table(tuple(headings), tuple(rows))


def _interval(value: float | None, low: float | None, high: float | None) -> str:
    limits = "" if low is None else f" [{number(low)}, {number(high)}]"
    return "" if value is None else f"{number(value)}{limits}"


def _winner(result: Ranking) -> str:
    """What the ranking says, in a sentence."""
    first, *others = map(name, result.nearest)
    if not others:
        return f"{first} is the nearest to P."
    if result.confidence is None:
        return f"A tie: {', '.join((first, *others))} are equally far from P."
    return (
        f"A tie (≈): {first} is the nearest to P, but these samples do not tell it from "
        f"{', '.join(others)}."
    )
