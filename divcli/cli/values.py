"""What the command line gave, as the options of the layers below."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from divcli.catalog import ESTIMATORS, MEASURES, QUANTITIES, RENDERERS
from divcli.errors import CommandLineError, did_you_mean

if TYPE_CHECKING:
    from divcli.analysis.compare import MeasureOptions
    from divcli.analysis.significance import InferenceOptions
    from divcli.counting.align import CountingOptions
    from divcli.model.comparison import Check
    from divcli.model.inference import MeasureInference
    from divcli.model.units import Unit
    from divcli.sources.columns import InputOptions, Resources

Values = dict[str, Any]

MEASURE_NAMES = [row.name for row in MEASURES]
QUANTITY_NAMES = [
    row.name for row in QUANTITIES if row.name != "self_information" and not row.joint
]
JOINT_NAMES = [row.name for row in QUANTITIES if row.joint]
SCREENFUL = 20
# What --fail-over can hold to a limit instead of the exact value, as in js.low=0.01.
BOUNDS = ("estimate", "low", "high")


def side_input(values: Values, side: str = "") -> InputOptions:
    """How one side is read: its own options before those for both."""
    from divcli.sources.columns import InputOptions

    def pick(name: str) -> Any:
        own = values.get(f"{side}{name}")
        return values.get(name) if own is None or own == () else own

    columns = tuple(pick("column") or ())
    given, na = pick("as"), pick("na")
    delimiter = pick("delimiter")
    return InputOptions(
        column=columns[0] if len(columns) == 1 else None,
        columns=columns if len(columns) > 1 else (),
        sample_weight=pick("sample_weight"),
        weights=pick("weights"),
        given=None if given in (None, "auto") else given,
        path=pick("path"),
        input_format=pick("input_format"),
        delimiter="\t" if delimiter == "\\t" else delimiter,
        header=pick("header"),
        na=None if na is None else tuple(token.strip(" \t") for token in na.split(",")),
        by=values.get("by"),
        where=pick("where"),
        sample=pick("sample"),
        seed=values.get("seed") or 0,
        engine=values.get("engine") or "auto",
        resources=_resources(values),
    )


def _resources(values: Values) -> Resources:
    """What a database may use; progress is for those who watch."""
    from divcli.sources.columns import Resources

    watched = sys.stderr is not None and sys.stderr.isatty()
    return Resources(
        values.get("threads"),
        values.get("memory_limit"),
        watched and not values.get("quiet") and values.get("progress") is not False,
    )


def counting_of(values: Values) -> CountingOptions:
    """How values become cells."""
    from divcli.counting.align import CountingOptions

    return CountingOptions(
        values["kind"], values["bins"], values["missing"], values["limit_symbols"]
    )


def measuring_of(values: Values, known: list[str]) -> MeasureOptions:
    """What is measured: the measures asked for and those that a limit names."""
    from divcli.analysis.compare import MeasureOptions

    for name in values["measures"]:
        require_measure(name, [*known, "all"], "-m")
    smoothing = values.get("smoothing")
    return MeasureOptions(
        measures=values["measures"],
        also=tuple(name.partition(".")[0] for name, _ in limits_of(values, known)),
        unit=unit_of(values),
        order=values["alpha_order"],
        top=top_of(values),
        smoothing=None if smoothing is None else _pseudo_count(smoothing),
        inference=inferring_of(values),
    )


def _pseudo_count(text: str) -> float | None:
    from divcli.analysis.smoothing import parse_smoothing

    return parse_smoothing(text)


def top_of(values: Values) -> int | None:
    """How many symbols to list: as asked, else all for programs and a screenful for people."""
    if values["top"] is not None or machine_formats(values):
        top: int | None = values["top"]
        return top
    return SCREENFUL


def machine_formats(values: Values) -> bool:
    """Whether any format asked for is read by programs."""
    named = {text.partition(":")[0] for text in values["formats"]}
    return values["as_json"] or bool(named & {row.name for row in RENDERERS if row.for_programs})


def inferring_of(values: Values) -> InferenceOptions:
    """What is inferred, and by which estimators."""
    from divcli.analysis.significance import InferenceOptions

    chosen: dict[str, Any] = {}
    for text in values["estimators"]:
        quantity, _, name = text.rpartition("=")
        rows = [row for row in ESTIMATORS if row.name == name and quantity in ("", row.quantity)]
        if not rows:
            known = [f"{row.quantity}={row.name}" for row in ESTIMATORS]
            known += [row.name for row in ESTIMATORS]
            hint = did_you_mean(text, list(dict.fromkeys(known)))
            raise CommandLineError(f"--estimator: no estimator {text!r}", hint=hint)
        chosen |= {row.quantity: name for row in rows}
    return InferenceOptions(
        wanted=not values["no_inference"] and _asks_for_inference(values),
        confidence=values["confidence"],
        resamples=values["resamples"],
        seed=values["seed"],
        subset=bool(values.get("subset")),
        **chosen,
    )


def _asks_for_inference(values: Values) -> bool:
    """Whether anything inferred is shown or held to a limit: a bare value shows none."""
    return not values["value"] or any("." in text.partition("=")[0] for text in values["fail_over"])


def unit_of(values: Values) -> Unit:
    """The unit of --unit, or of --base."""
    from divcli.model.units import UNITS, unit_of_base

    return UNITS[values["unit"]] if values["base"] is None else unit_of_base(values["base"])


def limits_of(values: Values, known: list[str]) -> list[tuple[str, float]]:
    """The limits of --fail-over, each a measure and a number."""
    limits = []
    for text in values["fail_over"]:
        name, equals, limit = text.partition("=")
        require_measure(name.partition(".")[0], known, "--fail-over")
        if name.partition(".")[2] not in ("", *BOUNDS):
            hint = f"{name.partition('.')[0]}.low is one of: {', '.join(BOUNDS)}"
            raise CommandLineError(f"--fail-over {text}: no such part of an estimate", hint=hint)
        try:
            number = float(limit)
        except ValueError:
            number = float("nan")
        if not equals or number != number:
            raise CommandLineError(
                f"--fail-over {text}: expected MEASURE=LIMIT", hint="--fail-over js=0.1"
            )
        limits.append((name, number))
    return limits


def require_measure(name: str, known: list[str], option_name: str) -> None:
    """Refuse a measure that is not known, with the closest name."""
    if name not in known:
        raise CommandLineError(
            f"{option_name}: no measure {name!r}", hint=did_you_mean(name, known)
        )


def checks_of(
    limits: list[tuple[str, float]],
    measured: dict[str, float | None],
    inferred: Mapping[str, MeasureInference],
    column: str | None = None,
) -> tuple[Check, ...]:
    """Each limit with the value it holds; an error where there is none: no gate is blind."""
    from divcli.errors import DataError
    from divcli.model.comparison import Check

    checks = []
    for name, limit in limits:
        measure, _, part = name.partition(".")
        told = inferred.get(measure)
        value = measured.get(measure) if not part else getattr(told, part, None)
        if value is None:
            why = "nothing was inferred" if told is None else told.reason
            raise DataError(
                f"--fail-over {name}: it cannot be measured here", hint=why if part else None
            )
        checks.append(Check(name, value, limit, column))
    return tuple(checks)
