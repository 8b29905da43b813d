"""The pages of joint tables, dependence, rankings, matrices and samples of a population."""

from __future__ import annotations

import math
from collections import Counter

from divcli.model.dependence import DependenceReport
from divcli.model.distribution import Distribution
from divcli.model.joint import Independence, JointEntropy
from divcli.model.matrix import Matrix
from divcli.model.ranking import Ranking
from divcli.model.sample import SampleReport
from divcli.render.page import Heading, Page, Prose, Surface, Table, bar, name, number, percent
from divcli.render.views import check_table, page_of

_VARIABLES = "XYZ"
_SHADES = "·░▒▓█"


@page_of.register
def _(result: JointEntropy, surface: Surface) -> Page:
    blocks: list[str | Prose | Table] = [_columns(result.table.margins), _quantities(result)]
    if result.inference is not None:
        blocks.append(Prose(_independence(result.inference, result.unit.name)))
    blocks.append(_joint_cells(result, surface.rows))
    if result.checks:
        blocks.append(check_table(result.checks))
    return Page(tuple(blocks), result.notes)


@page_of.register
def _(report: DependenceReport, surface: Surface) -> Page:
    side, unit = report.target, report.unit.name
    blocks: list[str | Prose | Table] = [
        f"Target  {name(side.name)}  {name(side.column or '')}: {_size(side)}{side.occupied:,} "
        f"{_word(side)}, entropy {number(report.entropy)} {unit}",
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


@page_of.register
def _(result: Matrix, surface: Surface) -> Page:
    blocks: list[str | Prose | Table] = []
    if result.nearest_only:
        blocks.append(_nearest(result, surface.rows))
    else:
        blocks.append(_shaded(result, surface.rows))
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


@page_of.register
def _(result: Ranking, surface: Surface) -> Page:
    side = result.p
    blocks: list[str | Prose | Table] = [
        f"P  {name(side.name)}  {name(side.column or '')}: {_size(side)}{side.occupied:,} "
        f"{_word(side)}",
        _candidates(result),
        Prose(_winner(result)),
    ]
    if result.checks:
        blocks.append(check_table(result.checks))
    return Page(tuple(blocks), result.notes)


def _candidates(result: Ranking) -> Table:
    unit = f", {result.value_unit}" if result.value_unit else ""
    headings = [Heading(""), Heading("candidate", "left"), Heading(f"{result.label}{unit}")]
    inferred = result.confidence is not None
    if inferred:
        share = f"[{100 * (result.confidence or 0):g}%]"
        headings += [Heading(f"estimate {share}"), Heading(f"farther by {share}"), Heading("p")]
    rows = []
    for one in result.ranking:
        rank = "–" if one.rank is None else f"{one.rank}{' ≈' if one.tied_with else ''}"
        row = [rank, name(one.source), "not measured" if one.value is None else number(one.value)]
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


def p_text(p_value: float | None) -> str:
    """A p-value for people: three significant digits."""
    return "" if p_value is None else f"{p_value:.3g}"


def _columns(margins: tuple[Distribution, ...]) -> str:
    return "\n".join(
        f"{_VARIABLES[i] if i < len(_VARIABLES) else ' '}  {name(one.name)}  "
        f"{name(one.column or '')}: {_size(one)}{one.occupied:,} {_word(one)}"
        for i, one in enumerate(margins)
    )


def _size(side: Distribution) -> str:
    return "" if side.n is None else f"{side.n:,} rows, "


def _word(side: Distribution) -> str:
    word = "symbol" if side.grid is None else "cell"
    return word if side.occupied == 1 else f"{word}s"


def _quantities(result: JointEntropy) -> Table:
    rows = tuple(
        (label, number(value), unit if value is not None else "not measurable")
        for label, value, unit in result.rows_of()
    )
    return Table((Heading("quantity", "left"), Heading("value"), Heading("unit", "left")), rows)


def _independence(told: Independence, unit: str) -> str:
    """What the counts say about dependence, in a sentence."""
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
