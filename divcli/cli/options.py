"""Option groups that commands share, and how their values become the options of the layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from divcli.catalog import ESTIMATORS, MEASURES, QUANTITIES, READERS, RENDERERS
from divcli.errors import CommandLineError, did_you_mean

if TYPE_CHECKING:
    from divcli.analysis.compare import MeasureOptions
    from divcli.analysis.significance import InferenceOptions
    from divcli.counting.align import CountingOptions
    from divcli.model.comparison import Check
    from divcli.model.inference import MeasureInference
    from divcli.model.units import Unit
    from divcli.sources.columns import InputOptions

SCREENFUL = 20
# What --fail-over can hold to a limit instead of the exact value, as in js.low=0.01.
BOUNDS = ("estimate", "low", "high")

F = TypeVar("F", bound=Callable[..., Any])
Values = dict[str, Any]


def option(*names: str, **attributes: Any) -> Callable[[F], F]:
    """A click option that the environment can set too, as DIVCLI_NAME."""
    long = next(name for name in names if name.startswith("--"))
    variable = long.partition("/")[0].removeprefix("--").upper().replace("-", "_")
    return click.option(*names, envvar=f"DIVCLI_{variable}", **attributes)


class InputOption(NamedTuple):
    """One option about how a source is read: names, the field it sets, and click's attributes."""

    names: tuple[str, ...]
    attributes: Values

    @property
    def parameter(self) -> str:
        """The name of click's parameter."""
        return self.names[-1].partition("/")[0].removeprefix("--").replace("-", "_")


_GIVEN = ("auto", "samples", "counts", "probabilities", "weights")

INPUT_OPTIONS: tuple[InputOption, ...] = (
    InputOption(("-c", "--column"), {"metavar": "COL", "multiple": True, "help": "The sample or "
                "symbol column; several take their rows as points."}),
    InputOption(("-w", "--weights"), {"metavar": "COL", "help": "The column of counts, "
                "probabilities or weights of each symbol."}),
    InputOption(("--sample-weight",), {"metavar": "COL", "help": "The column with the weight of "
                "each row of raw samples."}),
    InputOption(("--as",), {"type": click.Choice(_GIVEN), "help": "What the numbers are; "
                "auto decides and says so in the notes."}),
    InputOption(("-i", "--input-format"), {"metavar": "FORMAT", "help": "The format, where the "
                "file name does not tell: " + ", ".join(row.name for row in READERS) + "."}),
    InputOption(("--path",), {"metavar": "A.B.C", "help": "Reach inside a JSON document."}),
    InputOption(("-d", "--delimiter"), {"metavar": "CHAR", "help": "The delimiter; \\t is a tab."}),
    InputOption(("--header/--no-header",), {"default": None, "help": "Whether the first row names "
                "the columns."}),
    InputOption(("--na",), {"metavar": "TOKENS", "help": "Texts that mean missing, "
                "comma-separated (default: the empty text)."}),
)  # fmt: skip


def input_options(function: F) -> F:
    """Each input option, for both sides at once and, hidden, as --p-… and --q-… for one."""
    for row in reversed(INPUT_OPTIONS):
        for side in ("q-", "p-"):
            function = click.option(*_sided(row, side), **row.attributes, hidden=True)(function)
        function = option(*row.names, **row.attributes)(function)
    return function


def one_side_options(function: F) -> F:
    """Each input option, for commands whose sources are all read alike."""
    for row in reversed(INPUT_OPTIONS):
        function = option(*row.names, **row.attributes)(function)
    return function


def _sided(row: InputOption, side: str) -> list[str]:
    long = row.names[-1].replace("--", f"--{side}")
    return [long]


def by_option(function: F) -> F:
    """The options that split a table into groups, and say which two to compare."""
    for side in ("q", "p"):
        help_text = f"The group that is {side.upper()}, by its value in that column."
        function = click.option(f"--{side}-group", metavar="VALUE", help=help_text)(function)
    return option("--by", metavar="COL", help="Split a table by the values of a column.")(function)


def counting_options(function: F) -> F:
    """How values become symbols or cells, for both sides together."""
    for decorator in reversed((
        option("--kind", type=click.Choice(["auto", "categorical", "numeric", "datetime"]),
               default="auto", help="What the column holds."),
        option("--bins", metavar="N|RULE|EDGES", help="Cells of a numeric column: how many of "
               "equal frequency, a rule of numpy's, or edges e0,e1,…"),
        option("--missing", type=click.Choice(["symbol", "drop", "error"]), default="symbol",
               help="What missing values are."),
        option("--limit-symbols", type=click.IntRange(min=1), metavar="K",
               help="Keep the K most frequent symbols; the rest is one cell."),
    )):  # fmt: skip
        function = decorator(function)
    return function


def measure_options(function: F) -> F:
    """What to measure, and in which unit."""
    for decorator in reversed((
        option("-m", "--measure", "measures", multiple=True, metavar="NAME",
               help="A measure by name, or all; repeatable. See divcli measures."),
        option("-u", "--unit", type=click.Choice(["bits", "nats", "bans"]), default="bits",
               help="The unit of information."),
        option("--base", type=float, metavar="B", help="The base of logarithms, for a unit."),
        option("--alpha-order", type=click.FloatRange(min=0), metavar="ALPHA",
               help="The order of Rényi and Tsallis measures."),
        option("--top", type=click.IntRange(min=0), metavar="N",
               help="List the N largest symbols (default: 20 in tables, all elsewhere)."),
        option("--fail-over", multiple=True, metavar="MEASURE=LIMIT",
               help="Exit with status 1 where a measure is above a limit; repeatable."),
        click.option("--value", is_flag=True, help="Print the bare number of one measure."),
    )):  # fmt: skip
        function = decorator(function)
    return function


def inference_options(function: F) -> F:
    """What is inferred from counts, and how."""
    for decorator in reversed((
        option("--estimator", "estimators", multiple=True, metavar="NAME",
               help="An estimator of entropy, KL or JS by name, or as kl=plugin; repeatable."),
        option("--confidence", type=click.FloatRange(0, 1, min_open=True, max_open=True),
               default=0.95, help="Of intervals, noise floors and the verdict."),
        option("--resamples", type=click.IntRange(min=0), default=999, metavar="N",
               help="Permutations, and as many bootstrap samples; 0 for closed forms."),
        option("--seed", type=click.IntRange(min=0), default=0, help="Of all resampling."),
        option("--no-inference", is_flag=True, help="The exact values alone."),
    )):  # fmt: skip
        function = decorator(function)
    return function


def output_options(function: F) -> F:
    """Where the result goes, in which format."""
    formats = ", ".join(row.name for row in RENDERERS)
    for decorator in reversed((
        option("-f", "--format", "formats", multiple=True, metavar="FORMAT[:FILE]",
               help=f"The output format: {formats}; repeatable with files."),
        click.option("--json", "as_json", is_flag=True, help="The same as -f json."),
        click.option("-o", "--output", metavar="FILE", help="Write to a file, whole or not."),
        option("-q", "--quiet", is_flag=True, help="No notes on standard error."),
        option("-v", "--verbose", is_flag=True, help="Show the traceback of a fault."),
        option("--color", type=click.Choice(["auto", "always", "never"]), default="auto",
               help="Colour in tables."),
    )):  # fmt: skip
        function = decorator(function)
    return function


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
    from divcli.analysis.smoothing import parse_smoothing

    for name in values["measures"]:
        require_measure(name, [*known, "all"], "-m")
    smoothing = values.get("smoothing")
    return MeasureOptions(
        measures=values["measures"],
        also=tuple(name.partition(".")[0] for name, _ in limits_of(values, known)),
        unit=unit_of(values),
        order=values["alpha_order"],
        top=top_of(values),
        smoothing=None if smoothing is None else parse_smoothing(smoothing),
        inference=inferring_of(values),
    )


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
        checks.append(Check(name, value, limit))
    return tuple(checks)


MEASURE_NAMES = [row.name for row in MEASURES]
QUANTITY_NAMES = [row.name for row in QUANTITIES if row.name != "self_information"]
