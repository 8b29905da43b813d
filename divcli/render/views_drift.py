"""The page of drift: every verdict, and what moved in the columns that drifted; its test cases."""

from __future__ import annotations

import math

from divcli.catalog import measure
from divcli.model.drift import MEANINGS, ColumnDrift, DriftReport
from divcli.model.pairs import PairDrift
from divcli.render.cases import Case, Cases, Outcome, cases_by_type
from divcli.render.page import Heading, Page, Prose, Surface, Table, name, number, percent
from divcli.render.views import page_of
from divcli.render.views_relations import pairs_table, segments_table

SHADES = " ▁▂▃▄▅▆▇█"
_WIDE = 40  # cells of a picture; more are summed by neighbours
_CELLS = 8  # rows of an explanation, unless all are asked for


@page_of.register
def _(report: DriftReport, surface: Surface) -> Page:
    blocks: list[str | Prose | Table] = [
        f"reference  {name(report.reference)}\ncurrent    {name(report.current)}",
        Prose(summary(report)),
        _columns(report),
    ]
    for one in report.columns:
        if one.verdict == "drift":
            blocks += explanation(one, surface, report.top)
    if report.pairs:
        blocks.append(pairs_table(report, surface))
    blocks += [segments_table(one) for one in report.within]
    return Page(tuple(blocks), report.notes)


def summary(report: DriftReport) -> str:
    """The verdict of the table in a sentence or two."""
    tested, drifted = len(report.tested), report.drifted
    named = ", ".join(name(one.label) for one in drifted[:5])
    more = f" and {len(drifted) - 5} more" if len(drifted) > 5 else ""
    moved = (
        f"{_columns_word(len(drifted))} drifted: {named}{more}." if drifted else "Nothing drifted."
    )
    pairs = [one for one in report.pairs if one.verdict == "drift"]
    if pairs:
        moved += f" The dependence of {name(pairs[0].label)} did"
        moved += f", and of {len(pairs) - 1:,} more pairs." if len(pairs) > 1 else "."
    allowed = ""
    if (drifted or pairs) and report.verdict != "drift":
        allowed = f" {report.rules.max_drifted} may."
    vague = sum(one.verdict == "insufficient" for one in report.columns)
    few = f" Of {_columns_word(vague)} there are too few rows to tell." if vague else ""
    correction = {"holm": "Holm", "bh": "Benjamini–Hochberg", "none": "not corrected"}
    rules = report.rules
    limits = (one.limit for one in report.tested if one.limit is not None)
    unit = next((f" {one.unit}" for one in limits if one.measure == rules.measure), "")
    how = (
        f" {_columns_word(tested)} tested at α = {rules.alpha:g} ({correction[rules.correction]}), "
        f"{label_of(rules.measure)} above {rules.min_effect:g}{unit.rstrip()}."
    )
    return f"{report.verdict.upper()}. {moved}{allowed}{few}{how}"


def label_of(measure_name: str) -> str:
    """A measure of the current (P) and the reference (Q), its direction in words."""
    label = measure(measure_name).label
    words = label.replace("(P‖Q)", "(current‖reference)")
    return words.replace("(Q‖P)", "(reference‖current)")


def _columns_word(count: int) -> str:
    return f"{count:,} column{'' if count == 1 else 's'}"


def _columns(report: DriftReport) -> Table:
    label = label_of(report.rules.measure)
    own = any(one.limit is not None and one.limit.measure != report.rules.measure
              for one in report.columns)  # fmt: skip
    headings = (
        Heading("column", "left"), Heading("kind", "left"), Heading("verdict", "left"),
        Heading("effect" if own else label), Heading("least found"), Heading("p adjusted"),
        Heading("missing"), Heading("symbols"),
    )  # fmt: skip
    return Table(headings, tuple(_row(one) for one in report.columns))


def _row(one: ColumnDrift) -> tuple[str, ...]:
    head = (name(one.label), one.kind, one.verdict)
    if one.limit is None:
        return (*head, "", "", "", "", "")
    shares = one.missing()
    missing = ""
    if any(shares.values()):
        missing = f"{percent(shares['reference'])} → {percent(shares['current'])}"
    new, gone = len(one.symbols(new=True)), len(one.symbols(new=False))
    symbols = " ".join([*([f"+{new}"] if new else []), *([f"−{gone}"] if gone else [])])
    p_value = "" if one.p_adjusted is None else f"{one.p_adjusted:.2g}"
    effect = "" if one.limit.effect is None else number(max(one.limit.effect, 0.0))
    least = "none" if one.limit.detectable is None else number(one.limit.detectable)
    return (*head, effect, least, p_value, missing, symbols)


def explanation(one: ColumnDrift, surface: Surface, top: int | None) -> list[str | Prose | Table]:
    """Which cells moved, by how much, and both histograms side by side."""
    assert one.comparison is not None
    assert one.residuals is not None
    limit = top if surface.rows is None else min(surface.rows, _CELLS)
    shown = one.comparison.contributions
    shown = shown if limit is None else shown.head(limit)
    p, q = one.comparison.p, one.comparison.q
    headings = (
        Heading(name(one.label), "left"), Heading("reference"), Heading("current"),
        Heading("change"), Heading("residual"), Heading("KL(current‖reference)"),
        Heading("share"), Heading("", "left", picture=True),
    )  # fmt: skip
    lists = {key: shown.columns[key].tolist() for key in ("p", "q", "kl_pq", "share")}
    texts = p.texts_of(shown.index)
    rows = []
    for row, i in enumerate(shown.index.tolist()):
        here, there = lists["p"][row], lists["q"][row]
        rows.append((
            name(texts[row]), percent(there), percent(here),
            f"{100 * (here - there):+.1f}", f"{one.residuals[i]:+.1f}",
            number(lists["kl_pq"][row]), percent(lists["share"][row]), _both(there, here),
        ))  # fmt: skip
    if shown.rest is not None:
        here, there = shown.rest["p"], shown.rest["q"]
        rows.append((
            f"({shown.left_out:,} more)", percent(there), percent(here),
            f"{100 * (here - there):+.1f}", "", number(shown.rest["kl_pq"]),
            percent(shown.rest["share"]), "",
        ))  # fmt: skip
    blocks: list[str | Prose | Table] = [Table(headings, tuple(rows))]
    if p.grid is not None:
        blocks.append(_histograms(q.probabilities.tolist(), p.probabilities.tolist()))
    return blocks


def _both(there: float, here: float) -> str:
    """Two bars, reference then current, on one scale."""
    return f"{_eighths(there):<8}│{_eighths(here):<8}"


def _eighths(share: float) -> str:
    eighths = round(64 * min(max(share, 0.0), 1.0))
    full, part = divmod(eighths, 8)
    return "█" * full + (" ▏▎▍▌▋▊▉"[part] if part else "")


def _histograms(reference: list[float], current: list[float]) -> str:
    """Both histograms as blocks on one scale, in the order of the cells."""
    rows = [_summed(one) for one in (reference, current)]
    greatest = max(max(row) for row in rows)
    pictures = ["".join(SHADES[math.ceil(8 * v / greatest)] for v in row) for row in rows]
    return f"  reference  {pictures[0]}\n  current    {pictures[1]}"


def _summed(shares: list[float]) -> list[float]:
    """At most `_WIDE` shares, neighbours together."""
    step = -(-len(shares) // _WIDE)
    return [sum(shares[i : i + step]) for i in range(0, len(shares), step)]


@cases_by_type.register
def _(report: DriftReport) -> Cases:
    columns = (case_of(one, report) for one in report.columns)
    return Cases(summary(report), (*columns, *(_pair_case(one, report) for one in report.pairs)))


def _pair_case(one: PairDrift, report: DriftReport) -> Case:
    """A pair fails where the table does, is a warning where it may drift."""
    outcome: Outcome = "passed"
    if one.verdict == "drift":
        outcome = "failed" if report.verdict == "drift" else "warned"
    elif one.verdict == "insufficient":
        outcome = "failed" if report.rules.on_insufficient == "fail" else "skipped"
    return Case(
        name(one.label), outcome,
        f"{one.verdict}: dependence; JS divergence {number(one.effect)} {one.unit}, limit "
        f"{one.min_effect:g}; adjusted p = {one.p_adjusted:.2g}; mutual information "
        f"{number(one.reference)} → {number(one.current)} {one.unit}",
    )  # fmt: skip


def case_of(one: ColumnDrift, report: DriftReport) -> Case:
    """A column that drifted fails where the table does, and is a warning where it may drift."""
    outcome: Outcome = "passed"
    if one.drifted:
        outcome = "failed" if report.verdict == "drift" else "warned"
    elif one.verdict == "insufficient":
        outcome = "failed" if report.rules.on_insufficient == "fail" else "skipped"
    elif one.verdict in ("identifier", "ignored"):
        outcome = "skipped"
    return Case(name(one.label), outcome, f"{one.verdict}: {MEANINGS[one.verdict]}{_why(one)}")


def _why(one: ColumnDrift) -> str:
    """Effect and p-value of what was tested, and which cells moved most."""
    limit = one.limit
    if limit is None:
        return ""
    label, unit = label_of(limit.measure), f" {limit.unit}" if limit.unit else ""
    why = f"; {label} {number(limit.effect)}{unit}, limit {limit.min_effect:g}"
    why += f"; adjusted p = {one.p_adjusted:.2g}"
    if one.verdict != "drift" or one.comparison is None:
        return why
    p, moved = one.comparison.p, one.comparison.contributions.head(3)
    pairs = zip(*(moved.columns[side].tolist() for side in "qp"), strict=True)
    told = (
        f"{name(text)} {percent(there)} → {percent(here)}"
        for text, (there, here) in zip(p.texts_of(moved.index), pairs, strict=True)
    )
    return f"{why}; most of it: {', '.join(told)}"
