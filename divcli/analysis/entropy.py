"""The entropy of one distribution, and what each symbol tells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from divcli.analysis.compare import MeasureOptions
from divcli.analysis.neighbours import differential_entropy
from divcli.analysis.significance import entropy_inference
from divcli.counting.align import CountingOptions, distributions
from divcli.counting.choice import engine_for
from divcli.counting.engine import Asked, Engine
from divcli.measures.pair import normalise
from divcli.measures.terms import entropy_p_terms
from divcli.measures.totals import all_terms, renyi_entropy, tsallis_entropy
from divcli.model.distribution import Distribution
from divcli.model.entropy import EntropyReport, EntropyResult, SymbolTable
from divcli.sources.columns import Column

if TYPE_CHECKING:
    from divcli.measures.pair import Pair


def entropies(
    columns: Sequence[Column], counting: CountingOptions, options: MeasureOptions
) -> EntropyReport:
    """The entropy of each column, on its own alphabet or grid."""
    engine = engine_for(columns)
    groups: dict[int, list[Column]] = {}
    for one in columns:
        groups.setdefault(id(one if one.whole is None else one.whole), []).append(one)
    with engine.ahead([Asked(group, counting.wanted) for group in groups.values()]):
        results = [entropy_of_column(one, counting, options, engine) for one in columns]
    return EntropyReport(options.unit, tuple(results))


def entropy_of_column(
    column: Column,
    counting: CountingOptions,
    options: MeasureOptions,
    engine: Engine | None = None,
) -> EntropyResult:
    """The entropy of a column on its own alphabet or grid; of a density the differential one."""
    if column.model is not None and not column.model.row.discrete:
        from divcli.analysis.models import entropy_of_density

        return entropy_of_density(column, options)
    return entropy_of(distributions([column], counting, engine)[0], options)


def entropy_of(distribution: Distribution, options: MeasureOptions) -> EntropyResult:
    """Entropy, perplexity, redundancy and the self-information of each symbol."""
    distribution = _noting_cells(distribution)
    pair = normalise(distribution.weights, distribution.weights)
    nats = float(all_terms(pair, entropy_p_terms).sum())
    k = len(distribution)
    normalized = min(nats / math.log(k), 1.0) if k > 1 else None
    quantities: dict[str, float | None] = {
        "entropy": options.unit.amount(nats),
        "perplexity": math.exp(nats),
        "normalized": normalized,
        "redundancy": None if normalized is None else 1 - normalized,
    }
    if options.order is not None:
        quantities["renyi_entropy"] = options.unit.amount(renyi_entropy(pair, options.order))
        quantities["tsallis_entropy"] = tsallis_entropy(pair, options.order)
    if "differential_entropy" in (*options.measures, *options.also):
        nats = differential_entropy(distribution)
        quantities["differential_entropy"] = options.unit.amount(nats)
    asked = {*options.measures, *options.also}
    if options.measures and "all" not in asked:
        quantities = {name: value for name, value in quantities.items() if name in asked}
    inference = entropy_inference(distribution, options.unit, options.inference)
    return EntropyResult(distribution, options.unit, quantities, _symbols(pair, options), inference)


def _noting_cells(distribution: Distribution) -> Distribution:
    grid = distribution.grid
    if grid is None or grid.rule == "one cell a value" or not len(distribution):
        return distribution
    note = (
        f"{distribution.name}: the entropy of a histogram of {len(distribution)} cells "
        f"({grid.rule}); it changes with the cells"
    )
    return replace(distribution, notes=(*distribution.notes, note))


def _symbols(pair: Pair, options: MeasureOptions) -> SymbolTable:
    terms = all_terms(pair, entropy_p_terms)
    whole = float(terms.sum())
    order = np.argsort(-terms, kind="stable")
    index = order if options.top is None else order[: options.top]
    cells = pair.take(index)
    left = order[len(index) :]
    scale = options.unit.nats
    shares = terms / whole if whole > 0 else np.zeros(len(terms))
    rest = None
    if len(left):
        probability = max(1 - math.fsum(cells.p), 0.0)
        rest = (probability, float(terms[left].sum()) / scale, float(shares[left].sum()))
    return SymbolTable(
        index,
        cells.p,
        np.where(cells.log_p == 0, 0.0, -cells.log_p / scale),
        terms[index] / scale,
        shares[index],
        rest,
        len(left),
    )
