"""Two models compared: closed forms of KL where there are any, integrals for the rest."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.analysis.compare import MeasureOptions, chosen, tv_bounds, unit_name
from divcli.analysis.significance import size_of
from divcli.catalog import Measure
from divcli.counting.align import CountingOptions, distributions
from divcli.errors import CommandLineError
from divcli.families import multivariate
from divcli.families.divergences import (
    LawPair,
    chi2_terms,
    hellinger_terms,
    js_terms,
    kl_terms,
    renyi_integral,
)
from divcli.families.law import law_of
from divcli.measures.cells import SCALE
from divcli.model.comparison import Comparison, Contributions, Score
from divcli.model.distribution import Distribution
from divcli.model.entropy import EntropyResult, SymbolTable

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray
    from divcli.model.family import Model
    from divcli.sources.columns import Column

_NOT_OF_MODELS = "not computed between two models"
_WORST = 1e-9  # relative error of an integral from which on it is told


class _Values(NamedTuple):
    """Values by measure, in nats where they have a unit, None where not computed; and notes.

    least_kl: the smaller KL of the two directions, in nats.
    """

    values: dict[str, float | None]
    least_kl: float
    notes: list[str]


@np.errstate(all="ignore")  # the tails of a density over- and underflow, as they should
def compare_models(
    p: Column, q: Column, counting: CountingOptions, options: MeasureOptions
) -> Comparison:
    """The comparison of two models: values of the models themselves, not of any cells."""
    assert p.model is not None
    assert q.model is not None
    if p.model.row.dimensions != 1 or q.model.row.dimensions != 1:
        return _of_points(p, q, p.model, q.model, options)
    if law_of(p.model).discrete != law_of(q.model).discrete:
        raise CommandLineError(
            f"{p.model} and {q.model} share no mass: one is a density, the other gives whole "
            "numbers probabilities",
            hint="a sample compares with either",
        )
    if options.smoothing is not None:
        raise CommandLineError("--smoothing adds to counts; models have none")
    # Their own integrals need no points on a line.
    left, right = (replace(one, line=None) for one in distributions([p, q], CountingOptions()))
    pair = LawPair(p.model, q.model, _edges(left))
    rows = chosen(options, left)
    found = _values(pair, rows, options)
    contributions = _contributions(pair, left, options)
    notes = [*p.notes, *q.notes, *found.notes, *_unused(counting)]
    return Comparison(left, right, options.unit, _scores(found, rows, options), contributions,
                      tuple(dict.fromkeys(notes)))  # fmt: skip


def _unused(counting: CountingOptions) -> list[str]:
    """The notes on options that change nothing between two models."""
    given = {"--bins": counting.bins, "--limit-symbols": counting.limit_symbols}
    return [f"{name} has no effect between two models" for name, value in given.items() if value]


def _edges(side: Distribution) -> FloatArray:
    """The inner edges of the cells on which contributions are listed."""
    assert side.grid is not None
    lows = [low for low in side.grid.low if isinstance(low, float)]
    return np.array([low for low in lows if math.isfinite(low)])


def _values(pair: LawPair, rows: Sequence[Measure], options: MeasureOptions) -> _Values:
    """The value of each measure asked for."""
    notes: list[str] = []
    kl = [_kl(pair, reverse, notes) for reverse in (False, True)]
    entropies = pair.entropies()
    js = _integral(pair, js_terms, "js", notes)
    hellinger = _integral(pair, hellinger_terms, "hellinger", notes)
    known: dict[str, Callable[[], float]] = {
        "entropy_p": lambda: entropies[0],
        "entropy_q": lambda: entropies[1],
        "cross_entropy_pq": lambda: entropies[0] + kl[0],
        "cross_entropy_qp": lambda: entropies[1] + kl[1],
        "kl_pq": lambda: kl[0],
        "kl_qp": lambda: kl[1],
        "jeffreys": lambda: sum(kl),
        "psi": lambda: sum(kl),
        "js": lambda: min(js, math.log(2)),
        "js_distance": lambda: math.sqrt(min(js, math.log(2))),
        "tv": pair.total_variation,
        "hellinger": lambda: math.sqrt(min(hellinger, 1.0)),
        "bhattacharyya": lambda: _bhattacharyya(hellinger),
        "chi2": lambda: _integral(pair, chi2_terms, "chi2", notes),
        "ks": pair.kolmogorov_smirnov,
        "renyi_pq": lambda: _renyi(pair, options.order or 1.0, kl[0]),
        "tsallis_pq": lambda: _tsallis(pair, options.order or 1.0, kl[0]),
    }
    values = {row.name: known[row.name]() if row.name in known else None for row in rows}
    for side, held in zip("PQ", pair.held, strict=True):
        if abs(held - 1) > _WORST:
            notes.append(f"doubles hold {held:.6g} of the mass of {side}: integrals are rough")
    if not pair.laws[0].discrete and any(name.startswith("entropy") for name in values):
        notes.append("entropies of densities are differential: they may be negative, and change "
                     "with the unit of the data")  # fmt: skip
    return _Values(values, min(kl), list(dict.fromkeys(notes)))


def _kl(pair: LawPair, reverse: bool, notes: list[str]) -> float:
    closed = pair.closed_kl(reverse=reverse)
    name = "kl_qp" if reverse else "kl_pq"
    return _integral(pair, kl_terms, name, notes, reverse) if closed is None else closed


def _integral(
    pair: LawPair,
    terms: Callable[[FloatArray, FloatArray], FloatArray],
    name: str,
    notes: list[str],
    reverse: bool = False,
) -> float:
    value = pair.integral(terms, reverse=reverse)
    how = "summation" if pair.laws[0].discrete else "quadrature"
    if name.startswith("kl"):
        notes.append(f"KL by {how}: no closed form for {' and '.join(_families(pair))}")
    error = (
        0.0 if pair.laws[0].discrete or math.isinf(value) else pair.error(terms, reverse=reverse)
    )
    if error > _WORST:
        notes.append(f"{name}: the quadrature may be off by {error:.1g} of its value")
    return value


def _families(pair: LawPair) -> list[str]:
    return list(dict.fromkeys(model.family for model in pair.models))


def _bhattacharyya(hellinger: float) -> float:
    return -math.log1p(-hellinger) if hellinger < 1 - 1e-12 else math.inf


def _renyi(pair: LawPair, order: float, kl: float) -> float:
    if order == 1:
        return kl
    total = renyi_integral(pair, order)
    if total == 0:
        return math.inf
    return max(math.log(total) / (order - 1), 0.0) if total < math.inf else math.inf


def _tsallis(pair: LawPair, order: float, kl: float) -> float:
    return kl if order == 1 else max((renyi_integral(pair, order) - 1) / (order - 1), 0.0)


def _scores(found: _Values, rows: Sequence[Measure], options: MeasureOptions) -> tuple[Score, ...]:
    scores = []
    for row in rows:
        value = found.values.get(row.name)
        if value is None:
            scores.append(Score(row.name, None, "", reason=_NOT_OF_MODELS))
            continue
        name = unit_name(row, options.unit, "numeric")
        bounds = tv_bounds(found.least_kl * SCALE) if row.name == "tv" else ()
        scores.append(Score(row.name, value / size_of(row, options.unit), name, bounds=bounds))
    return tuple(scores)


def _contributions(pair: LawPair, side: Distribution, options: MeasureOptions) -> Contributions:
    """What each cell contributes to the integrals, by share of JS: the terms sum to the values."""
    unit = options.unit.nats
    p, q = (masses[_used(pair)] for masses in pair.masses())
    terms = {
        "kl_pq": pair.cells(kl_terms),
        "kl_qp": pair.cells(kl_terms, reverse=True),
        "js": pair.cells(js_terms),
    }
    terms = {name: values[_used(pair)] for name, values in terms.items()}
    whole = float(terms["js"].sum())
    with np.errstate(all="ignore"):
        ratio = np.where((p == 0) & (q == 0), 1.0, p / q)
        columns = {"p": p, "q": q, "ratio": ratio, "log_ratio": np.log(ratio) / unit}
    columns["kl_pq"] = (terms["kl_pq"] + p - q) / unit
    columns["kl_pq_nonnegative"] = terms["kl_pq"] / unit
    columns["kl_qp"] = (terms["kl_qp"] + q - p) / unit
    columns["kl_qp_nonnegative"] = terms["kl_qp"] / unit
    columns["js"] = terms["js"] / unit
    columns["share"] = terms["js"] / whole if whole > 0 else np.zeros(len(p))
    assert len(p) == len(side), "cells of the laws and of their distributions differ"
    order = np.argsort(-terms["js"], kind="stable")
    ordered = Contributions(
        order, {name: values[order] for name, values in columns.items()}, None, 0, "js"
    )
    return ordered if options.top is None else ordered.head(options.top)


def _used(pair: LawPair) -> np.ndarray:
    """Which cells hold mass of either law."""
    p, q = pair.masses()
    return np.asarray(p + q > 0)


def _of_points(
    p: Column, q: Column, left: Model, right: Model, options: MeasureOptions
) -> Comparison:
    """Normals of several dimensions: what has a closed form."""
    one, two = multivariate.normals(left, right)
    kl = [multivariate.kl(one, two), multivariate.kl(two, one)]
    entropies = [multivariate.entropy(one), multivariate.entropy(two)]
    distance = multivariate.bhattacharyya(one, two)
    values: dict[str, float | None] = {
        "entropy_p": entropies[0],
        "entropy_q": entropies[1],
        "cross_entropy_pq": entropies[0] + kl[0],
        "cross_entropy_qp": entropies[1] + kl[1],
        "kl_pq": kl[0],
        "kl_qp": kl[1],
        "jeffreys": sum(kl),
        "psi": sum(kl),
        "hellinger": math.sqrt(-math.expm1(-distance)),
        "bhattacharyya": distance,
    }
    sides = [_point_side(column) for column in (p, q)]
    rows = [row for row in chosen(options, sides[0])
            if row.name in values or row.name in options.measures]  # fmt: skip
    nothing = Contributions(np.array([], dtype=np.intp), {}, None, 0, "js")
    notes = [*p.notes, *q.notes, f"normals of {len(one.mean)} dimensions, by closed forms"]
    scores = _scores(_Values(values, min(kl), []), rows, options)
    return Comparison(sides[0], sides[1], options.unit, scores, nothing, tuple(notes))


def _point_side(column: Column) -> Distribution:
    return Distribution(column.name, ("(points)",), np.array([1.0]), "numeric", None,
                        "probabilities", notes=column.notes)  # fmt: skip


def entropy_of_density(column: Column, options: MeasureOptions) -> EntropyResult:
    """The differential entropy of a density: it has no symbols, and no other quantity."""
    assert column.model is not None
    wrong = [one for one in (*options.measures, *options.also)
             if one not in ("differential_entropy", "all")]  # fmt: skip
    if wrong:
        raise CommandLineError(
            f"{wrong[0]} is of symbols; {column.name} is a density",
            hint="a density has a differential_entropy",
        )
    if column.model.row.dimensions == 1:
        nats = law_of(column.model).entropy()
    else:
        nats = multivariate.entropy(multivariate.normals(column.model, column.model)[0])
    none = np.array([])
    table = SymbolTable(np.array([], dtype=np.intp), none, none, none, none, None, 0)
    quantities: dict[str, float | None] = {"differential_entropy": options.unit.amount(nats)}
    return EntropyResult(_point_side(column), options.unit, quantities, table)
