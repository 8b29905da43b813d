"""Families fitted to a column by maximum likelihood, ranked, and how far each is off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.analysis.goodness import (
    NEIGHBOURS,
    VALUES,
    FitOptions,
    Sample,
    criteria,
    judged,
)
from divcli.catalog import FAMILIES, Family, family, resolve
from divcli.counting.align import check_side
from divcli.counting.choice import engine_for
from divcli.counting.engine import Asked
from divcli.counting.kinds import common_kind
from divcli.counting.side import Side, counted
from divcli.counting.typing_policy import number_text
from divcli.errors import CommandLineError, DataError
from divcli.model.distribution import Special, text_of
from divcli.model.family import Model
from divcli.model.fit import Fit, FitReport, KlEstimate, NotFitted
from divcli.model.units import Unit
from divcli.sources.models import family_of, model_of

if TYPE_CHECKING:
    from divcli.counting.engine import Engine
    from divcli.model.arrays import FloatArray
    from divcli.sources.columns import Column

CATEGORICAL = "categorical"
# Whole numbers over a wider range are often rounded measurements, and a density at each of them is
# near the mass of a cell of width 1.
_NARROW = 20
_EXTREME = "values so large or small that doubles cannot tell its likelihood"
_DEFAULTS = FitOptions()


class Wanted(NamedTuple):
    """A family to fit, and its parameters that are known."""

    row: Family
    known: Mapping[str, float]


def fit_column(
    column: Column, options: FitOptions = _DEFAULTS, engine: Engine | None = None
) -> FitReport:
    """Each family fitted to the column, the one with the least AIC first."""
    asked = _asked(options.families)
    if column.model is not None:
        raise CommandLineError(f"{column.name} is a model already: fit takes a sample")
    engine = engine or engine_for([column])
    engine.prepare([Asked([column])])
    side = Side(column, engine.scan(column), drops_missing=True)
    check_side(side, "error" if options.counting.missing == "error" else "drop")
    wanted = None if options.counting.kind == "auto" else options.counting.kind
    kind, notes = common_kind([side], wanted)
    notes = [*column.notes, *notes]
    if kind == "datetime":
        raise DataError("times have no family here", where=side.place,
                        hint="--kind categorical takes each as a symbol")  # fmt: skip
    if kind == CATEGORICAL:
        return _of_symbols(side, asked, options, engine, notes)
    return _of_numbers(side, asked, options, engine, notes)


def _asked(families: Sequence[str]) -> list[Wanted] | None:
    """The families asked for, each once; None where those that suit the data are."""
    if not families or "auto" in families:
        return None
    asked = []
    for name, known in map(family_of, dict.fromkeys(families)):
        row = family(name)
        if row.dimensions != 1:
            names = ", ".join(one.name for one in FAMILIES if one.dimensions == 1)
            raise CommandLineError(f"--family {row.name}: a family of points", hint=names)
        asked.append(Wanted(row, known))
    return asked


def _of_numbers(
    side: Side,
    asked: Sequence[Wanted] | None,
    options: FitOptions,
    engine: Engine,
    notes: list[str],
) -> FitReport:
    points = engine.points(side.column, times=False)
    left_out = float(sum(points.apart.values()))
    if not len(points.positions):
        raise DataError("no finite numbers to fit to", where=side.place)
    if left_out:
        told = ", ".join(f"{v:,} {text_of(s)}" for s, v in points.apart.items() if v)
        notes.append(f"{side.place}: {told} left out of the fits")
    weights = points.masses.astype(np.float64)
    sample = Sample(side.column, points.positions, weights, _size(side, points.apart))
    tried = asked or [Wanted(row, {}) for row in _suitable(sample)]
    found = [_fitted(one, sample, options, engine) for one in tried]
    fits = [one for one in found if isinstance(one, Fit)]
    failed = [one for one in found if isinstance(one, NotFitted)]
    notes += _on_densities(fits, sample)
    return _report(side, "numeric", sample.n, left_out, fits, failed, options, notes)


def _size(side: Side, apart: Mapping[Special, float]) -> int | None:
    """The sample size without what is no number."""
    if side.size is None:
        return None
    others = sum(mass for special, mass in apart.items() if special is not Special.MISSING)
    kept = side.scan.total - side.scan.missing
    return max(1, round(side.size * (1 - others / kept)))


def _suitable(sample: Sample) -> list[Family]:
    """Discrete families for whole numbers, densities for others and for whole ones far apart."""
    of_line = [row for row in FAMILIES if row.fit is not None]
    densities = [row for row in of_line if not row.discrete]
    if not sample.whole:
        return densities
    discrete = [row for row in of_line if row.discrete]
    return [*discrete, *densities] if np.ptp(sample.values) > _NARROW else discrete


def _fitted(asked: Wanted, sample: Sample, options: FitOptions, engine: Engine) -> Fit | NotFitted:
    row = asked.row
    if row.fit is None:
        symbols = [number_text(value) for value in sample.values.tolist()]
        return _categorical(symbols, sample.shares, sample.n, options.unit)
    try:
        with np.errstate(all="ignore"):
            found = resolve(row.fit)(sample.values, sample.weights, **asked.known)
    except ArithmeticError:
        return NotFitted(row.name, _EXTREME)
    except ValueError as error:
        hint = f"; --family '{row.name}({row.known[0]}=…)' takes it as known" if row.known else ""
        return NotFitted(row.name, f"{error}{'' if asked.known else hint}")
    names = [name for name, _ in row.parameters]
    try:
        model = model_of(row, dict(zip(names, found, strict=True)), row.name)
        return judged(model, len(names) - len(asked.known), sample, options, engine)
    except DataError:
        return NotFitted(row.name, _EXTREME)


def _of_symbols(
    side: Side,
    asked: Sequence[Wanted] | None,
    options: FitOptions,
    engine: Engine,
    notes: list[str],
) -> FitReport:
    """Symbols have one family: their own probabilities."""
    counts = dict(engine.symbols(side.column))
    missing = float(counts.pop(Special.MISSING, 0))
    if missing:
        notes.append(f"{side.place}: {counted(int(missing), 'missing value')} left out of the fits")
    shares = np.array(list(counts.values()), dtype=np.float64)
    odd = f" ({side.scan.odd!r})" if side.scan.odd is not None else ""
    failed = [
        NotFitted(one.row.name, f"it has numbers only; the values are text{odd}")
        for one in asked or []
        if one.row.name != CATEGORICAL
    ]
    fits = []
    if asked is None or len(failed) < len(asked):
        fits = [_categorical([text_of(s) for s in counts], shares / shares.sum(), side.size,
                             options.unit)]  # fmt: skip
    return _report(side, "categorical", side.size, missing, fits, failed, options, notes)


def _categorical(symbols: Sequence[str], shares: FloatArray, n: int | None, unit: Unit) -> Fit:
    """The empirical distribution: KL 0, and as many parameters as symbols but one."""
    held = shares > 0
    nll = -float(np.log(shares[held]) @ shares[held])
    parameters = tuple(zip(symbols, shares.tolist(), strict=True))
    aic, bic = criteria(nll, len(symbols) - 1, n)
    kl = KlEstimate(0.0, 0.0, VALUES)
    return Fit(Model(CATEGORICAL, parameters), unit.amount(nll), aic, bic, kl, None)


def _report(
    side: Side,
    kind: str,
    n: int | None,
    left_out: float,
    fits: Sequence[Fit],
    failed: Sequence[NotFitted],
    options: FitOptions,
    notes: Sequence[str],
) -> FitReport:
    ranked = sorted(fits, key=lambda fit: fit.nll if fit.aic is None else fit.aic)
    column = side.column
    said = list(notes)
    if not ranked:
        said.append(f"{side.place}: no family could be fitted")
    if n is None:
        said.append(f"{side.place}: no sample size, so ranked by likelihood without AIC and BIC")
    return FitReport(
        column.name, column.label, kind, n, left_out, options.unit, tuple(ranked), tuple(failed),
        tuple(dict.fromkeys(said)),
    )  # fmt: skip


def _on_densities(fits: Sequence[Fit], sample: Sample) -> list[str]:
    """How KL was estimated, and what mixing densities and probabilities means."""
    notes = []
    used = dict.fromkeys(fit.kl.density for fit in fits if fit.kl is not None)
    used.pop(NEIGHBOURS, None)
    if VALUES in used and sample.n:
        bias = (len(sample.values) - 1) / (2 * sample.n)
        notes.append(
            f"KL by empirical probabilities: with {len(sample.values):,} values and "
            f"n = {sample.n:,} it is about {bias:.2g} nats too large"
        )
    for rule in (one for one in used if one != VALUES):
        notes.append(f"values repeat: KL as compare has it, by {rule}; at most the KL of the "
                     "values themselves")  # fmt: skip
    if len({fit.model.row.discrete for fit in fits}) == 2:
        notes.append("a density at a whole number stands for the mass of a cell of width 1: fair "
                     "where the spread is many times that")  # fmt: skip
    return notes
