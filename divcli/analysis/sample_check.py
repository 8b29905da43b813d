"""Does a sample represent the population it was drawn from, column by column?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.analysis.compare import MeasureOptions, compare_distributions
from divcli.analysis.significance import InferenceOptions, counts_of
from divcli.counting.align import CountingOptions, distributions
from divcli.counting.choice import engine_for
from divcli.counting.engine import Asked
from divcli.errors import DataError
from divcli.model.sample import SampleColumn, SampleReport, Verdict
from divcli.model.units import BITS, Unit

if TYPE_CHECKING:
    from divcli.counting.engine import Engine
    from divcli.inference.representative import Representation
    from divcli.model.distribution import Distribution
    from divcli.sources.columns import Column

_SMALLEST = 0.05
_NO_PART = "the sample holds more of a value than the population: no part of it, so tested as two "
_NO_PART += "samples, without the correction for a finite population"


class SampleOptions(NamedTuple):
    """How to judge; the options of the command line, by name.

    smallest: the JS divergence, in the unit, that a sample must be able to show.
    """

    unit: Unit = BITS
    smallest: float = _SMALLEST
    strict: bool = False
    inference: InferenceOptions = InferenceOptions()


def sample_check(
    sample: Mapping[str, Column],
    population: Mapping[str, Column],
    counting: CountingOptions,
    options: SampleOptions,
    engine: Engine | None = None,
) -> SampleReport:
    """Every column of either side with its verdict, family-wise over the columns (Holm).

    A column that only one side has, or that cannot be counted, is insufficient, with the reason.
    """
    engine = engine or engine_for([*sample.values(), *population.values()])
    pairs = [(sample[label], population[label]) for label in sample if label in population]
    notes: list[str] = []
    found = []
    with engine.ahead([Asked(pair, counting.wanted) for pair in pairs]):
        for label in dict.fromkeys((*sample, *population)):
            if label in sample and label in population:
                pair = (sample[label], population[label])
                found.append(_column(label, *pair, counting, options, engine, notes))
            else:
                side = "sample" if label not in sample else "population"
                reason = f"the {side} has no such column"
                found.append(SampleColumn(label, "insufficient", reason=reason))
    notes += [f"{one.label!r}: {one.reason}" for one in found if one.reason is not None]
    return SampleReport(
        _name(sample), _name(population), options.unit, options.inference.confidence,
        options.smallest, tuple(_judged(found, options)), tuple(dict.fromkeys(notes)),
        options.strict,
    )  # fmt: skip


def _name(columns: Mapping[str, Column]) -> str:
    return next((column.name for column in columns.values()), "")


def _column(
    label: str,
    sample: Column,
    population: Column,
    counting: CountingOptions,
    options: SampleOptions,
    engine: Engine | None,
    notes: list[str],
) -> SampleColumn:
    try:
        p, q = distributions([sample, population], counting, engine)
    except DataError as error:
        return SampleColumn(label, "insufficient", reason=str(error))
    notes += [*p.notes, *q.notes]
    return represented(label, p, q, options)


def represented(
    label: str, sample: Distribution, population: Distribution, options: SampleOptions
) -> SampleColumn:
    """One column, not yet judged together with the others."""
    names = ("kl_pq", "js", *(("ks",) if sample.line is not None else ()))
    measuring = MeasureOptions(
        measures=names, unit=options.unit, top=0, inference=InferenceOptions(wanted=False)
    )
    exact = compare_distributions(sample, population, measuring)
    column = SampleColumn(
        label, "insufficient", sample.kind, sample.n, population.n, population.occupied,
        exact["kl_pq"], exact["js"], exact["ks"] if "ks" in names else None,
    )  # fmt: skip
    reason = _obstacle(sample, population)
    if reason is not None:
        return column._replace(reason=reason)
    return _tested(column, _representation(sample, population, options), options)


def _obstacle(sample: Distribution, population: Distribution) -> str | None:
    """Why nothing can be tested, if it cannot."""
    if sample.n is None or population.n is None:
        return "probabilities have no sample size"
    if population.occupied > 1 and population.occupied == population.n:
        return "every row of the population has a value of its own"
    return None


def _representation(
    sample: Distribution, population: Distribution, options: SampleOptions
) -> Representation:
    from divcli.inference.representative import representation

    counts = (np.asarray(counts_of(one)) for one in (sample, population))
    return representation(
        *counts,
        confidence=options.inference.confidence,
        resamples=options.inference.resamples,
        seed=options.inference.seed,
    )


def _tested(column: SampleColumn, told: Representation, options: SampleOptions) -> SampleColumn:
    unit = options.unit
    reason = None if told.corrected else _NO_PART
    if column.cells == 1 and told.corrected:
        reason = "the population has a single value"
    return column._replace(
        noise_floor=None if told.noise_floor is None else unit.amount(told.noise_floor),
        p_value=told.p_value,
        detectable=None if told.detectable is None else unit.amount(told.detectable),
        method=told.method,
        corrected=told.corrected,
        reason=reason,
    )


def _judged(found: list[SampleColumn], options: SampleOptions) -> list[SampleColumn]:
    """The verdict of each column, by p-values that hold over all of them together."""
    from divcli.inference.multiplicity import holm

    tested = [i for i, one in enumerate(found) if one.p_value is not None]
    p_values = [one.p_value for one in found if one.p_value is not None]
    adjusted = holm(np.array(p_values)).tolist()
    for i, p_value in zip(tested, adjusted, strict=True):
        found[i] = found[i]._replace(
            p_adjusted=p_value, verdict=_verdict(found[i], p_value, options)
        )
    return found


def _verdict(column: SampleColumn, p_value: float, options: SampleOptions) -> Verdict:
    if p_value <= 1 - options.inference.confidence:
        return "not representative"
    if column.cells == 1:
        return "representative"
    if column.detectable is None or column.detectable > options.smallest:
        return "insufficient"
    return "representative"
