"""The page of a matrix: each value shaded, or the nearest alone."""

from __future__ import annotations

import math

from divcli.model.matrix import Matrix
from divcli.render.page import Heading, Page, Prose, Surface, Table, name, number, p_text
from divcli.render.views import check_table, page_of

_SHADES = "·░▒▓█"


@page_of.register
def _(result: Matrix, surface: Surface) -> Page:
    blocks: list[str | Prose | Table] = []
    if result.nearest_only:
        blocks.append(_nearest(result, result.top or surface.rows))
    else:
        blocks.append(_shaded(result, result.top or surface.rows))
    blocks.append(Prose(_all_of_them(result)))
    if result.checks:
        blocks.append(check_table(result.checks))
    return Page(tuple(blocks), result.notes)


def _in_unit(result: Matrix) -> str:
    return f"{result.label}, {result.value_unit}" if result.value_unit else result.label


def _shaded(result: Matrix, limit: int | None) -> Table:
    """The matrix with each value shaded by its share of the greatest."""
    g = len(result.labels)
    shown = range(g if limit is None else min(limit, g))
    off = [v for i in range(g) for j, v in enumerate(result.row(i)) if i != j and v is not None]
    greatest = max((v for v in off if not math.isinf(v)), default=0.0)
    names = [name(label) for label in result.labels]
    rows = [
        (names[i], *(_shade(result.cell(i, j), greatest, i == j) for j in shown)) for i in shown
    ]
    title = f"{_in_unit(result)}: rows P, columns Q"
    if len(shown) < g:
        title += f" (the first {len(shown)} of {g:,}; --top {g} or -f csv for all)"
    headings = (Heading("", "left"), *(Heading(names[j]) for j in shown))
    return Table(headings, tuple(rows), title)


def _shade(value: float | None, greatest: float, own: bool) -> str:
    if value is None:
        return "–"
    share = 1.0 if math.isinf(value) else value / greatest if greatest > 0 else 0.0
    shade = _SHADES[0] if own else _SHADES[min(int(share * len(_SHADES)), len(_SHADES) - 1)]
    return f"{number(value)} {shade}"


def _nearest(result: Matrix, limit: int | None) -> Table:
    found = result.nearest()
    shown = found if limit is None else found[:limit]
    rows = [(name(one.label), name(one.nearest or "–"), number(one.value)) for one in shown]
    if len(shown) < len(found):
        rows.append((f"({len(found) - len(shown):,} more)", "", ""))
    headings = (Heading("", "left"), Heading("nearest", "left"), Heading(_in_unit(result)))
    return Table(headings, tuple(rows), "The nearest of the others")


def _all_of_them(result: Matrix) -> str:
    """The generalised JS divergence, and what chance has to do with it."""
    if result.generalized_js is None or result.mixture is None:
        return "There is no mixture of distributions of different kinds."
    mixed = "equal" if len(set(result.mixture)) == 1 else "unequal"
    told = (
        f"The generalised JS divergence of all {len(result.labels):,}, with {mixed} weights, is "
        f"{number(result.generalized_js)} {result.unit.name}."
    )
    test = result.homogeneity
    if test is None:
        return told
    if test.p_value is None:
        return f"{told} Whether chance explains it was not tested: {test.reason}."
    chance = f"p = {p_text(test.p_value)} ({test.method})"
    return f"{told} If all were samples of one distribution, {chance}."
