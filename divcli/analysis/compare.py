"""Comparing two columns: every measure asked for, and what each symbol contributes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.analysis.significance import InferenceOptions, inference_of
from divcli.catalog import MEASURES, Measure, measure, resolve
from divcli.counting.align import CountingOptions, distributions
from divcli.errors import CommandLineError
from divcli.measures.cells import SCALE
from divcli.measures.pair import normalise
from divcli.measures.totals import all_terms, root, scaled_sums, sums
from divcli.model.comparison import RATIOS, Comparison, Contributions, Score
from divcli.model.distribution import Distribution
from divcli.model.units import BITS, Unit
from divcli.sources.columns import Column

if TYPE_CHECKING:
    from divcli.measures.cells import Cells
    from divcli.measures.pair import Pair
    from divcli.model.arrays import FloatArray, IndexArray
    from divcli.model.inference import Inference

_NO_LINE = "one side has no values on the line"
_NAMED = 3  # how many symbols a note lists


class MeasureOptions(NamedTuple):
    """What to measure and how to state it; the options of the command line, by name.

    measures: names, or "all"; empty for the default set. also: names wanted beside them.
    order: α of Rényi and Tsallis. top: how many symbols to list, None for all. smoothing:
    pseudo-count added to every cell, or None.
    """

    measures: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    unit: Unit = BITS
    order: float | None = None
    top: int | None = None
    smoothing: float | None = None
    inference: InferenceOptions = InferenceOptions()


def compare_columns(
    p: Column, q: Column, counting: CountingOptions, options: MeasureOptions
) -> Comparison:
    """The comparison of two columns on one alphabet or grid, or of two models."""
    if p.model is not None and q.model is not None:
        from divcli.analysis.models import compare_models

        return compare_models(p, q, counting, options)
    left, right = distributions([p, q], counting)
    return compare_distributions(left, right, options)


def compare_distributions(p: Distribution, q: Distribution, options: MeasureOptions) -> Comparison:
    """The comparison of two distributions with the same symbols in the same order."""
    rows = chosen(options, p)
    notes = list(dict.fromkeys((*p.notes, *q.notes)))
    sampled = p, q
    if options.smoothing is not None:
        from divcli.analysis.smoothing import smoothed

        p, q, said = smoothed(p, q, options.smoothing)
        notes.append(said)
    pair = normalise(p.weights, q.weights)
    scores = _scores(pair, p, q, rows, options, notes)
    inference = inference_of(*sampled, rows, options.unit, options.inference)
    notes += _support_notes(p, q, inference)
    if inference is not None:
        notes += inference.warnings
    contributions = _contributions(pair, rows, options)
    return Comparison(p, q, options.unit, scores, contributions, tuple(notes), inference)


def chosen(options: MeasureOptions, p: Distribution) -> list[Measure]:
    """The catalogue rows asked for, or those that apply to the data."""
    rows = [measure(name) for name in dict.fromkeys(options.measures) if name != "all"]
    if not options.measures or "all" in options.measures:
        rows += [row for row in MEASURES if row not in rows and _applies(row, p, options)]
    rows += [row for row in map(measure, dict.fromkeys(options.also)) if row not in rows]
    for row in rows:
        if row.takes_order and options.order is None:
            raise CommandLineError(f"{row.name} needs an order", hint="--alpha-order 2")
    return sorted(rows, key=MEASURES.index)


def _applies(row: Measure, p: Distribution, options: MeasureOptions) -> bool:
    if row.ordered:
        return p.line is not None
    return not row.asked or (row.takes_order and options.order is not None)


def _scores(
    pair: Pair,
    p: Distribution,
    q: Distribution,
    rows: Sequence[Measure],
    options: MeasureOptions,
    notes: list[str],
) -> tuple[Score, ...]:
    totals = _totals(pair, rows)
    on_line = _on_line(p, q, notes) if any(row.ordered for row in rows) else None
    scores = []
    for row in rows:
        if row.ordered and on_line is None:
            scores.append(Score(row.name, None, "", reason=_NO_LINE))
            continue
        if row.ordered:
            assert on_line is not None
            value = min(float(resolve(row.whole or "")(*on_line)), row.greatest or math.inf)
        elif row.whole is not None:
            order = [options.order] if row.takes_order else []
            value = float(resolve(row.whole)(pair, *order))
        else:
            value = _finished(row, totals[row.terms or ""])
        scores.append(_score(row, value, totals, options.unit, p.kind))
    return tuple(scores)


def _on_line(p: Distribution, q: Distribution, notes: list[str]) -> tuple[Pair, FloatArray] | None:
    from divcli.analysis.ordered import ordered_pair

    return ordered_pair(p, q, notes)


def _totals(pair: Pair, rows: Sequence[Measure]) -> dict[str, float]:
    """The sum of each kind of terms that the rows need, times SCALE, by the terms' name."""
    needed = [*rows]
    if any(row.name == "tv" for row in rows):
        needed += [measure("kl_pq"), measure("kl_qp")]
    functions = {row.terms: resolve(row.terms) for row in needed if row.terms is not None}
    by_function = scaled_sums(pair, functions.values())
    return {terms: by_function[function] for terms, function in functions.items()}


def _score(row: Measure, value: float, totals: dict[str, float], unit: Unit, kind: str) -> Score:
    if row.unit in ("information", "root"):
        value /= math.sqrt(unit.nats) if row.unit == "root" else unit.nats
    if row.name != "tv":
        return Score(row.name, value, unit_name(row, unit, kind))
    forth, back = (totals[measure(name).terms or ""] for name in ("kl_pq", "kl_qp"))
    return Score(row.name, value, unit_name(row, unit, kind), bounds=tv_bounds(min(forth, back)))


def _finished(row: Measure, scaled: float) -> float:
    """The value in nats of a sum that is given times SCALE, no greater than rounding allows."""
    if row.greatest is not None:
        scaled = min(scaled, row.greatest * SCALE)
    return root(scaled) if row.root else scaled / SCALE


def tv_bounds(scaled: float) -> tuple[tuple[str, float], ...]:
    """Upper bounds of the total variation by the smaller KL, in nats and times SCALE."""
    kl = scaled / SCALE
    return (
        ("pinsker", root(scaled / 2)),
        ("bretagnolle_huber", root(scaled) if kl < 1e-16 else math.sqrt(-math.expm1(-kl))),
    )


def unit_name(row: Measure, unit: Unit, kind: str) -> str:
    """The name of the unit that a measure is stated in; empty where it has none."""
    names = {"information": unit.name, "root": f"√{unit.name}", "nats": "nats"}
    if kind == "datetime":
        names |= {"data": "s", "root data": "√s"}
    return names.get(row.unit, "")


def _support_notes(p: Distribution, q: Distribution, inference: Inference | None) -> list[str]:
    """Which side lacks symbols that the other has, and what that makes infinite."""
    word = "symbol" if p.grid is None else "cell"
    shared = (p.weights > 0) & (q.weights > 0)
    if not shared.any():
        return [f"P and Q share no {word}: both KL divergences are infinite, JS is at its maximum"]
    told = {} if inference is None else inference.measures
    notes = []
    for lacks, has, full, bare, name in (("Q", "P", p, q, "kl_pq"), ("P", "Q", q, p, "kl_qp")):
        lacking = np.flatnonzero((full.weights > 0) & (bare.weights == 0))
        if len(lacking):
            shown = ", ".join(map(repr, full.texts_of(lacking[:_NAMED])))
            more = ", …" if len(lacking) > _NAMED else ""
            finite = told[name].estimate if name in told else None
            estimate = "" if finite is None else f", estimate {finite:.3g}"
            notes.append(
                f"{lacks} lacks {len(lacking):,} {word}{'s' * (len(lacking) > 1)} that {has} has "
                f"({shown}{more}): {measure(name).label} is infinite{estimate}"
            )
    return notes


# Listed for each symbol, beside p, q and their ratio, before whatever else was asked for.
_LISTED = ("kl_pq", "kl_qp", "js")


_TINY, _UP = 2.0**-900, 2.0**600


def _contributions(pair: Pair, rows: Sequence[Measure], options: MeasureOptions) -> Contributions:
    ranked_by = _ranking(pair, rows, options)
    terms = resolve(ranked_by.terms or "")
    weights = all_terms(pair, terms)
    whole = float(weights.sum())
    if 0 < whole < _TINY:
        # Shares are the same of all times a power of two, with which subnormal numbers divide well.
        weights, whole = weights * _UP, whole * _UP
    index = _greatest(weights, options.top)
    listed = _listed(rows, options)
    columns = _columns(pair.take(index), listed, options.unit)
    columns["share"] = weights[index] / whole if whole > 0 else np.zeros(len(index))
    left_out = len(weights) - len(index)
    rest = None
    if left_out:
        rest = _rest(pair, index, listed, options.unit)
        rest["share"] = float(np.delete(weights, index).sum()) / whole if whole > 0 else 0.0
    return Contributions(index, columns, rest, left_out, ranked_by.name)


def _greatest(weights: FloatArray, most: int | None) -> IndexArray:
    """Where the greatest of them are, or all, in descending order; of equal ones the first."""
    if not most or most >= len(weights):
        return np.argsort(-weights, kind="stable")[:most]
    least = np.partition(weights, -most)[-most]
    above, level = np.flatnonzero(weights > least), np.flatnonzero(weights == least)
    found = np.concatenate([above, level[: most - len(above)]])
    return found[np.argsort(-weights[found], kind="stable")]


def _listed(rows: Sequence[Measure], options: MeasureOptions) -> list[Measure]:
    asked = [row for row in rows if row.additive and row.name in options.measures]
    always = [measure(name) for name in _LISTED]
    return always + [row for row in asked if row not in always]


def _ranking(pair: Pair, rows: Sequence[Measure], options: MeasureOptions) -> Measure:
    """The measure whose shares order the symbols: the first asked for that has finite shares."""
    asked = [measure(name) for name in options.measures if name != "all"]
    for row in asked:
        if row.additive and not row.name.startswith(("entropy", "cross")):
            terms = resolve(row.terms or "")
            if math.isfinite(sums(pair, [terms])[terms]):
                return row
    return measure("js")


def _columns(cells: Cells, rows: Sequence[Measure], unit: Unit) -> dict[str, FloatArray]:
    """Name -> shape (r,): p, q, p/q and its logarithm, then the terms of each measure."""
    with np.errstate(over="ignore"):
        ratio = np.exp(cells.log_ratio)
    near = (cells.q > 0) & (np.abs(cells.log_ratio) < 1)
    np.divide(cells.p, cells.q, out=ratio, where=near)
    columns = {
        "p": cells.p,
        "q": cells.q,
        "ratio": ratio,
        "log_ratio": unit.amount(1.0) * cells.log_ratio,
    }
    for row in rows:
        scale = unit.nats if row.unit == "information" else 1.0
        terms = resolve(row.terms or "")(cells) / scale
        if row.signed is None:
            columns[row.name] = terms
            continue
        weights, sign = columns[row.signed[0]], row.signed[1]
        columns[row.name] = _product(weights, sign * columns["log_ratio"])
        columns[f"{row.name}_nonnegative"] = terms
    return columns


def _product(weights: FloatArray, logs: FloatArray) -> FloatArray:
    """Weights · logs, 0 (never -0) where the weight is 0 or the logarithm is."""
    return np.multiply(weights, logs, out=np.zeros_like(weights), where=(weights > 0) & (logs != 0))


def _rest(pair: Pair, index: IndexArray, rows: Sequence[Measure], unit: Unit) -> dict[str, float]:
    """Sums over the cells not listed, in bounded memory; ratios of a sum would mislead."""
    totals: dict[str, list[float]] = {}
    for cells in pair.rest(index):
        block = _columns(cells, rows, unit)
        for name in block.keys() - RATIOS:
            totals.setdefault(name, []).append(float((block[name] * cells.times).sum()))
    return {name: math.fsum(parts) for name, parts in totals.items()}
