"""The Python interface: what the command line does, with objects in and objects out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar, Unpack, get_args

from divcli.analysis.compare import MeasureOptions, compare_columns
from divcli.analysis.drift import drift as drift_report
from divcli.analysis.drift_options import DriftOptions, check_options
from divcli.analysis.entropy import entropy_of_column
from divcli.analysis.profile import Settings, profile_columns, whole
from divcli.analysis.significance import InferenceOptions
from divcli.analysis.smoothing import parse_smoothing
from divcli.catalog import ESTIMATORS
from divcli.counting.align import CountingOptions, KindOption, MissingPolicy
from divcli.errors import CommandLineError, did_you_mean
from divcli.model.column_settings import ColumnSettings
from divcli.model.comparison import Comparison
from divcli.model.distribution import Distribution, Given
from divcli.model.drift import DriftReport
from divcli.model.entropy import EntropyResult
from divcli.model.profile import Profile
from divcli.model.units import UNITS, Unit, unit_of_base
from divcli.sources.columns import Column, EngineName, InputOptions, Resources, TwoSided
from divcli.sources.objects import source_of
from divcli.sources.resolve import column_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from divcli.model.family import Model
    from divcli.model.fit import FitReport
    from divcli.model.score import ScoreReport
    from divcli.sources.columns import Source

    Data = (
        str | os.PathLike[str] | Distribution | Mapping[Any, Any] | Sequence[Any]
        | NDArray[np.generic] | pd.Series[Any] | pd.DataFrame | Model
    )  # fmt: skip

S = TypeVar("S", bound=str)
UnitName = Literal["bits", "nats", "bans"]


class Options(TypedDict, total=False):
    """The options that `compare` and `entropy` share, named as on the command line.

    column, weights: of tables, the sample or symbol column and that of its weights. given: what
    numbers are (samples, counts, probabilities, weights). kind, bins, missing, limit_symbols: how
    values become cells. unit, base, alpha_order: how measures are stated. smoothing: none, kt,
    laplace or a number. inference: False for exact values alone; confidence, resamples and seed
    of it; estimators by quantity, {"kl": "plugin"}; subset: P was drawn from Q itself. engine:
    what reads and counts files; where, sample_rows: the rows of them, seed that of both;
    threads, memory_limit: what the database may use.
    """

    column: str | None
    weights: str | None
    given: Given | None
    kind: KindOption
    bins: int | str | Sequence[float] | None
    missing: MissingPolicy
    limit_symbols: int | None
    unit: UnitName
    base: float | None
    alpha_order: float | None
    smoothing: str | float | None
    inference: bool
    confidence: float
    resamples: int
    seed: int
    estimators: Mapping[str, str]
    subset: bool
    engine: EngineName
    where: str | None
    sample_rows: int | None
    threads: int | None
    memory_limit: str | None


class ColumnOptions(TypedDict, total=False):
    """The options that `drift` and `profile` share, named as on the command line.

    columns: labels, all where none is named. given, kind, bins, missing: as in `compare`, for all
    columns. settings: for single ones, `ColumnSettings` by label.
    """

    columns: Sequence[str]
    given: Given | None
    kind: KindOption
    bins: int | str | Sequence[float] | None
    missing: MissingPolicy
    settings: Mapping[str, ColumnSettings]


def compare(
    p: Data,
    q: Data | None = None,
    *,
    measures: Sequence[str] = (),
    p_column: str | None = None,
    q_column: str | None = None,
    p_weights: str | None = None,
    q_weights: str | None = None,
    **options: Unpack[Options],
) -> Comparison:
    """Compare two distributions: every measure, and what each symbol contributes.

    p, q: file names (globs and folders too), Arrow tables, weights such as "0.5,0.5", mappings of
    symbols to weights, sequences, arrays or Series of samples (of weights with `given`), data
    frames, or `Distribution`s; q is the reference of KL(P‖Q). One table that holds both sides is
    given as p alone, with p_column and q_column, or column, p_weights and q_weights. measures:
    names as in `divcli measures`.
    Returns a `Comparison`: values as attributes (`result.js`), `to_frame()`, `to_dict()`.
    Raises DivcliError where the options or the data are wrong.

    >>> compare({"A": 0.5, "B": 0.5}, {"A": 0.25, "B": 0.75}).kl_pq
    0.20751874963942196
    """
    measuring = _measuring(options, measures)
    counting = _counting(options)
    sides = [
        _reading(options, p_column, p_weights),
        _reading(options, q_column, q_weights),
    ]
    if q is None:
        left, right = _both(source_of(p, "p", sides[0]), sides)
    else:
        left = column_of(source_of(p, "p", sides[0]), sides[0])
        right = column_of(source_of(q, "q", sides[1]), sides[1])
    return compare_columns(left, right, counting, measuring)


def entropy(source: Data, **options: Unpack[Options]) -> EntropyResult:
    """Entropy, perplexity, redundancy and self-information of one distribution.

    source: as in `compare`. Returns an `EntropyResult`: quantities as attributes
    (`result.entropy`), `to_frame()`, `to_dict()`.
    Raises DivcliError where the options or the data are wrong.

    >>> entropy([1, 1, 2, 3], unit="bits").entropy
    1.5
    """
    reading = _reading(options, None, None)
    column = column_of(source_of(source, "source", reading), reading)
    return entropy_of_column(column, _counting(options), _measuring(options, ()))


def fit(source: Data, *, families: Sequence[str] = (), **options: Unpack[Options]) -> FitReport:
    """Families of distributions fitted to a sample by maximum likelihood, the best first.

    source: as in `compare`. families: names as in `divcli fit --help`; those that suit the data if
    none are given. Returns a `FitReport`: `result.best`, `result["normal"]`, `to_dict()`.
    Raises DivcliError where the options or the data are wrong.

    >>> fit([0.5, 1.5, 2.5], families=["normal"]).best.model.parameters[0]
    ('mu', 1.5)
    """
    from divcli.analysis.fit import fit_column
    from divcli.analysis.goodness import FitOptions

    reading = _reading(options, None, None)
    column = column_of(source_of(source, "source", reading), reading)
    names = (families,) if isinstance(families, str) else tuple(families)
    return fit_column(column, FitOptions(names, _unit(options), _counting(options)))


def score(
    predictions: Data,
    *,
    label: str | None = None,
    classes: Sequence[str] = (),
    sample_weight: str | None = None,
    normalize: bool = False,
    bins: int = 15,
    torch: bool = False,
    unit: UnitName = "bits",
    base: float | None = None,
) -> ScoreReport:
    """Predicted class probabilities against true labels: log loss, KL, calibration.

    predictions: a table (file name, data frame, mapping of columns, records) with a column of
    labels and one of probabilities for each class. Returns a `ScoreReport`:
    `result["cross_entropy_pq"]`, `to_dict()`.
    Raises DivcliError where the options or the data are wrong.

    >>> score({"label": ["a", "b"], "a": [0.5, 0.5], "b": [0.5, 0.5]})["cross_entropy_pq"]
    1.0
    """
    from divcli.analysis.predictions import PredictionOptions
    from divcli.analysis.score import ScoreOptions, score_table

    columns = PredictionOptions(label, tuple(classes), sample_weight, None, normalize)
    asked = ScoreOptions(columns, _unit({"unit": unit, "base": base}), bins, torch)
    return score_table(source_of(predictions, "predictions", InputOptions()), asked)


def profile(source: Data, **options: Unpack[ColumnOptions]) -> Profile:
    """A small baseline of a table: every column as counts, no rows.

    source: as in `compare`, all columns of it, or those named. Returns a `Profile`, which `drift`
    takes; `to_dict()` is what the command line writes.
    Raises DivcliError where the options or the data are wrong.
    """
    made = _profiled(source, "source", options)
    return made if isinstance(made, Profile) else profile_columns(made, _settings(options))


def drift(
    reference: Data | Profile,
    current: Data | Profile,
    *,
    min_effect: tuple[str, float] = ("js", 0.01),
    alpha: float = 0.01,
    correction: str = "holm",
    max_drifted: int = 0,
    on_insufficient: Literal["pass", "fail"] = "pass",
    unit: UnitName = "bits",
    **options: Unpack[ColumnOptions],
) -> DriftReport:
    """Whether the columns of a table moved: verdicts by two keys, chance and effect.

    reference, current: as in `compare`, all columns of them, or `Profile`s. min_effect: a
    measure and the smallest value of it that matters. Returns a `DriftReport`: `report.verdict`,
    `report.drifted`, `report["column"]`, `to_dict()`.
    Raises DivcliError where the options or the data are wrong.

    >>> drift({"A": 5000, "B": 5000}, {"A": 6000, "B": 4000}, min_effect=("tv", 0.05)).verdict
    'drift'
    """
    settings = _settings(options)
    wanted = DriftOptions(
        min_effect, alpha, correction, max_drifted, on_insufficient,
        UNITS[_one_of(unit, UNITS, "unit")], settings,
    )  # fmt: skip
    check_options(wanted)
    left, right = _profiled(reference, "reference", options), _profiled(current, "current", options)
    if not isinstance(left, Profile):
        left = profile_columns(left, settings, naming_ignored=True)
    return drift_report(left, right, wanted)


def _profiled(data: Data | Profile, name: str, options: ColumnOptions) -> Profile | list[Column]:
    """A profile as it is, or the columns of a source."""
    if isinstance(data, Profile):
        return data
    reading = InputOptions(columns=tuple(options.get("columns", ())), given=options.get("given"))
    return whole(source_of(data, name, reading._replace(columns=())), reading, name)


def _settings(options: ColumnOptions) -> Settings:
    """What is set for all columns, and what for single ones."""
    own = dict(options.get("settings", {}))
    for one in own.values():
        _one_of(one.kind or "auto", get_args(KindOption), "kind")
        _one_of(one.missing or "symbol", get_args(MissingPolicy), "missing policy")
    bins = options.get("bins")
    missing = _one_of(options.get("missing", "symbol"), get_args(MissingPolicy), "missing policy")
    kind = _one_of(options.get("kind", "auto"), get_args(KindOption), "kind")
    text = None if bins is None else _bins(bins)
    return Settings(ColumnSettings(kind=kind, bins=text, missing=missing), own)


def _bins(bins: int | str | Sequence[float]) -> str:
    if isinstance(bins, (int, str)):
        return str(bins)
    return ",".join(map(repr, map(float, bins)))


def _both(source: Source, sides: list[InputOptions]) -> list[Column]:
    if isinstance(source, TwoSided):
        halves = (source.p, source.q)
        return [column_of(one, options) for one, options in zip(halves, sides, strict=True)]
    if isinstance(source, Column) or sides[0] == sides[1]:
        raise CommandLineError(
            "one source for two sides", hint="give q, or a table with p_column and q_column"
        )
    return [column_of(source, options) for options in sides]


def _reading(options: Options, column: str | None, weights: str | None) -> InputOptions:
    if (given := options.get("given")) is not None:
        _one_of(given, get_args(Given), "kind of numbers")
    return InputOptions(
        column=column if column is not None else options.get("column"),
        weights=weights if weights is not None else options.get("weights"),
        given=given,
        engine=_one_of(options.get("engine", "auto"), get_args(EngineName), "engine"),
        where=options.get("where"),
        sample=options.get("sample_rows"),
        seed=options.get("seed", 0),
        resources=Resources(options.get("threads"), options.get("memory_limit")),
    )


def _counting(options: Options) -> CountingOptions:
    kind, missing = options.get("kind", "auto"), options.get("missing", "symbol")
    _one_of(kind, get_args(KindOption), "kind")
    _one_of(missing, get_args(MissingPolicy), "missing policy")
    bins = options.get("bins")
    return CountingOptions(
        kind,
        None if bins is None else _bins(bins),
        missing,
        options.get("limit_symbols"),
    )


def _measuring(options: Options, measures: Sequence[str]) -> MeasureOptions:
    smoothing = options.get("smoothing")
    return MeasureOptions(
        measures=(measures,) if isinstance(measures, str) else tuple(measures),
        unit=_unit(options),
        order=options.get("alpha_order"),
        smoothing=None if smoothing is None else parse_smoothing(str(smoothing)),
        inference=_inferring(options),
    )


def _inferring(options: Options) -> InferenceOptions:
    estimators = dict(options.get("estimators", {}))
    for quantity, name in estimators.items():
        _one_of(quantity, {row.quantity for row in ESTIMATORS}, "quantity to estimate")
        _one_of(name, [row.name for row in ESTIMATORS if row.quantity == quantity], "estimator")
    default = InferenceOptions()
    return InferenceOptions(
        wanted=options.get("inference", default.wanted),
        confidence=options.get("confidence", default.confidence),
        resamples=options.get("resamples", default.resamples),
        seed=options.get("seed", default.seed),
        subset=options.get("subset", default.subset),
        **estimators,
    )


def _unit(options: Options) -> Unit:
    base, name = options.get("base"), options.get("unit", "bits")
    if base is not None:
        return unit_of_base(base)
    return UNITS[_one_of(name, UNITS, "unit")]


def _one_of(value: S, known: Iterable[str], what: str) -> S:
    """The value if it is known; values that a type checker would have refused are refused here."""
    words = list(known)
    if value not in words:
        raise CommandLineError(f"no {what} {value!r}", hint=did_you_mean(str(value), words))
    return value
