"""`divcli drift REFERENCE CURRENT`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from divcli.cli import completion, configuration, options, output
from divcli.cli import values as given
from divcli.errors import CommandLineError

if TYPE_CHECKING:
    from divcli.analysis.drift_options import DriftOptions
    from divcli.analysis.profile import Settings
    from divcli.model.drift import DriftReport
    from divcli.model.slices import SlicedReport

KINDS = ("auto", "categorical", "numeric", "datetime")
# A column's contributions in documents, unless more are asked for.
_MOST_CELLS = 1000

_EPILOG = """\b
Examples:
  divcli drift sample_data/orders_reference.csv sample_data/orders_current.csv --max-drifted 2
  divcli drift A=120,B=80 A=110,B=90 --min-effect tv=0.1 --json | jq .verdict

Exit status 1 means drift, and nothing else does. REFERENCE and CURRENT can be profiles."""


@click.command(epilog=_EPILOG, short_help="drift")
@click.argument("sources", nargs=-1, metavar="REFERENCE CURRENT",
                shell_complete=completion.files)  # fmt: skip
@options.input_options
@options.column_options
@options.option("--min-effect", metavar="MEASURE=VALUE", default="js=0.01", show_default=True,
                help="The smallest effect that matters, of any divergence.")  # fmt: skip
@options.option("--alpha", type=click.FloatRange(0, 1, min_open=True, max_open=True),
                default=0.01, show_default=True, help="The level of the tests.")  # fmt: skip
@options.option("--correction", type=click.Choice(["holm", "bh", "none"]), default="holm",
                show_default=True, help="For testing several columns.")  # fmt: skip
@options.option("--max-drifted", type=click.IntRange(min=0), default=0, metavar="N",
                help="How many columns may drift before the table does.")  # fmt: skip
@options.option("--on-insufficient", type=click.Choice(["pass", "fail"]), default="pass",
                help="What too few rows to tell amount to.")  # fmt: skip
@options.option(
    "--by",
    metavar="COL[:PERIOD]",
    help="Each slice of the current by itself: by the "
    "values of a column, or hour, day, week, month, quarter, year of a date column.",
)
@options.option(
    "--within",
    metavar="COL",
    help="Say which segments, by the values of a column, carry the drift of others.",
)
@options.option("--pairs", is_flag=True, help="Whether the dependence between columns moved.")
@options.option("-u", "--unit", type=click.Choice(["bits", "nats", "bans"]), default="bits",
                help="The unit of information.")  # fmt: skip
@options.option("--top", type=click.IntRange(min=0), metavar="N",
                help="List the N cells of a column that moved most.")  # fmt: skip
@options.option("--seed", type=click.IntRange(min=0), default=0, help="Of all resampling.")
@click.option("--init", is_flag=True, help="Write divcli.toml from the data, and check nothing.")
@options.engine_options
@options.output_options
def drift(**values: Any) -> int:
    """Every column, with a verdict by two keys, and an exit status for CI.

    A column drifts where its p-value, adjusted for all columns, is below --alpha and its effect,
    corrected for bias, above --min-effect. REFERENCE and CURRENT are files, profiles, or '-' for
    standard input; the reference alone decides the kinds and the cells.
    """
    if values["init"]:
        from divcli.cli.starter import write_starter

        return write_starter(values["sources"], values)
    return output.deliver(report_of(values), values)


def report_of(values: given.Values) -> DriftReport | SlicedReport:
    """The report that the command line asks for."""
    if values["by"] is not None and (values["within"] is not None or values["pairs"]):
        raise CommandLineError("--by goes with neither --within nor --pairs: ask one at a time")
    wanted = drift_options(values)
    sources = two_sources(values["sources"])
    from divcli.analysis.drift import drift
    from divcli.analysis.drift_options import check_options
    from divcli.analysis.profile import profile_columns, selected, whole
    from divcli.analysis.slices import table_of
    from divcli.sources.parts import read_again
    from divcli.sources.resolve import open_source

    check_options(wanted)
    sides = [given.side_input(values, side) for side in ("p_", "q_")]
    opened = [
        open_source(text, side._replace(column=None, columns=()))
        for text, side in zip(sources, sides, strict=True)
    ]
    if values["within"] is not None or values["pairs"]:
        opened = list(map(read_again, opened))
    reference = whole(opened[0], sides[0], sources[0])
    if isinstance(reference, list):
        reference = profile_columns(reference, wanted.settings, naming_ignored=True)
    if values["by"] is not None:
        from divcli.analysis.slices import drift_by

        return drift_by(reference, table_of(opened[1], "--by"), values["by"], sides[1], wanted)
    report = drift(reference, whole(opened[1], sides[1], sources[1]), wanted)
    if values["pairs"]:
        from divcli.analysis.pairs import with_pairs

        columns = [selected(table_of(one, "--pairs"), side)
                   for one, side in zip(opened, sides, strict=True)]  # fmt: skip
        report = with_pairs(report, reference, columns[0], columns[1], wanted)
    if values["within"] is not None:
        from divcli.analysis.segments import with_segments

        tables = (table_of(opened[0], "--within"), table_of(opened[1], "--within"))
        report = with_segments(
            report, reference, tables, values["within"], (sides[0], sides[1]), wanted
        )
    return report


def two_sources(sources: tuple[str, ...]) -> tuple[str, str]:
    """The reference and the current; a usage error where they are not two."""
    if len(sources) != 2:
        raise click.UsageError(
            f"drift takes a reference and a current, found {len(sources)} sources"
        )
    if sources[0] == sources[1] == "-":
        raise CommandLineError("standard input can be read for one side only")
    return sources[0], sources[1]


def drift_options(values: given.Values) -> DriftOptions:
    """What decides, from the command line."""
    from divcli.analysis.drift_options import DriftOptions
    from divcli.model.units import UNITS

    top = values["top"]
    return DriftOptions(
        min_effect=min_effect_of(values["min_effect"]),
        alpha=values["alpha"],
        correction=values["correction"],
        max_drifted=values["max_drifted"],
        on_insufficient=values["on_insufficient"],
        unit=UNITS[values["unit"]],
        settings=settings_of(values),
        seed=values["seed"],
        top=_MOST_CELLS if top is None else top,
    )


def min_effect_of(text: str) -> tuple[str, float]:
    """The measure and the value of --min-effect."""
    name, _, number = text.partition("=")
    given.require_measure(name, given.MEASURE_NAMES, "--min-effect")
    try:
        value = float(number)
    except ValueError:
        value = float("nan")
    if not value >= 0:
        raise CommandLineError(
            f"--min-effect {text}: expected MEASURE=VALUE", hint="--min-effect js=0.01"
        )
    return name, value


def settings_of(values: given.Values) -> Settings:
    """How columns are counted: --kind, --bins, --missing and --ignore."""
    from divcli.analysis.profile import Settings
    from divcli.model.column_settings import ColumnSettings

    kinds: dict[str, Any] = {}
    default: Any = "auto"
    for text in values["kind"]:
        column, equals, kind = text.rpartition("=")
        if kind not in KINDS:
            raise CommandLineError(f"--kind {text}: no kind {kind!r}", hint=", ".join(KINDS))
        if equals:
            kinds[column] = kind
        else:
            default = kind
    others = ColumnSettings(kind=default, bins=values["bins"], missing=values["missing"])
    columns = {label: ColumnSettings(kind=kind) for label, kind in kinds.items()}
    for label in values["ignore"]:
        columns[label] = columns.get(label, ColumnSettings())._replace(ignore=True)
    return Settings(others, columns, configuration.rules())
