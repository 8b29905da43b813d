"""`divcli dependence FILE --target COL`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from divcli.cli import options, output
from divcli.cli import values as given
from divcli.cli.gates import Place, without_estimators, worst_checks
from divcli.cli.sides import sources_or_stdin
from divcli.errors import CommandLineError

if TYPE_CHECKING:
    from divcli.model.dependence import DependenceReport
    from divcli.sources.columns import Column, InputOptions

_NAMES = ["mutual_information", "adjusted_mutual_information"]
_EPILOG = """\b
Examples:
  divcli dependence sample_data/orders_current.csv --target channel
  divcli dependence sample_data/orders_current.csv --target gift -c country -c items --json"""


@click.command(epilog=_EPILOG, short_help="dependence")
@click.argument("sources", nargs=-1, metavar="FILE")
@options.option("--target", metavar="COL", required=True, help="The column to learn about.")
@options.one_side_options
@options.counting_options
@options.unit_options
@options.option(
    "--top",
    type=click.IntRange(min=1),
    metavar="N",
    help="List the N columns that tell most (default: 20 in tables, all elsewhere).",
)
@options.inference_options
@options.engine_options
@options.output_options
def dependence(**values: Any) -> int:
    """Which columns of a table tell most of one of them.

    Mutual information of each column with the target, corrected for what chance alone gives, with
    p-values adjusted over all columns (Holm). All columns unless -c names some. Numbers and times
    stand on equal-frequency cells, at most 20, unless --bins says otherwise. Exit status 1 only
    where --fail-over mutual_information=LIMIT is exceeded.
    """
    from dataclasses import replace

    from divcli.analysis.dependence import dependence as dependence_of

    measuring = given.measuring_of(values | _FIXED, _NAMES)
    limits = given.limits_of(values, _NAMES)
    report = dependence_of(*_columns(values), given.counting_of(values), measuring)
    checks, notes = worst_checks(limits, _places(report))
    notes += without_estimators(values)
    report = replace(report, checks=checks, notes=(*report.notes, *notes))
    return output.deliver(report, values)


_FIXED: dict[str, Any] = {"measures": (), "alpha_order": None, "value": False}


def _columns(values: given.Values) -> tuple[Column, list[Column], Column | None]:
    """The target, the columns to rank, and that of the rows' weights where there is one."""
    from divcli.sources.joint import target_columns
    from divcli.sources.resolve import open_source

    sources = sources_or_stdin(values)
    if len(sources) != 1:
        raise click.UsageError("the columns are those of one table; name one source")
    names: tuple[str, ...] = values["column"]
    reading: InputOptions = given.side_input(values)._replace(column=None, columns=names)
    if values["target"] in names:
        raise CommandLineError(f"--target {values['target']} is among the columns of -c")
    return target_columns(open_source(sources[0], reading), values["target"], reading)


def _places(report: DependenceReport) -> list[Place]:
    from divcli.model.inference import MeasureInference

    places = []
    for one in report.columns:
        measured = dict(zip(_NAMES, (one.mutual_information, one.adjusted), strict=True))
        inferred = {}
        if one.told is not None:
            told = one.told
            inferred[_NAMES[0]] = MeasureInference(
                told.estimate, None, None, told.noise_floor, told.noise_mean, told.estimator
            )
        places.append(Place(repr(one.label), measured, inferred))
    return places
