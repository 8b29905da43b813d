"""`divcli entropy SOURCE...`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from divcli.cli import completion, options, output
from divcli.cli import values as given
from divcli.cli.joint import joint
from divcli.cli.sides import sources_or_stdin

if TYPE_CHECKING:
    from divcli.model.comparison import Check
    from divcli.model.entropy import EntropyReport
    from divcli.sources.columns import Column

_EPILOG = """\b
Examples:
  divcli entropy 0.5,0.25,0.25
  divcli entropy sample_data/orders_current.csv -c country -c channel
  cut -d, -f5 sample_data/orders_current.csv | divcli entropy --json"""


@click.command(epilog=_EPILOG, short_help="entropy")
@click.argument("sources", nargs=-1, metavar="SOURCE...", shell_complete=completion.files)
@options.one_side_options
@options.option("--by", metavar="COL", help="Split a table by the values of a column.")
@options.option("--all", "every_column", is_flag=True, help="Every column of each table.")
@options.counting_options
@options.measure_options
@options.inference_options
@options.engine_options
@options.output_options
def entropy(**values: Any) -> int:
    """Entropy, perplexity, redundancy and the self-information of each symbol.

    SOURCE is a file, '-' for standard input, or weights such as 0.5,0.5; several are measured one
    by one. Several -c of one table are measured together: joint and conditional entropies and
    mutual information.
    """
    from divcli.analysis.entropy import entropies

    if len(values["column"]) > 1:
        return joint(values)

    measuring = given.measuring_of(values, given.QUANTITY_NAMES)
    limits = given.limits_of(values, given.QUANTITY_NAMES)
    report = entropies(_columns(values), given.counting_of(values), measuring)
    report = _with_checks(report, limits)
    if values["value"]:
        return _print_values(report, values)
    return output.deliver(report, values)


def _columns(values: given.Values) -> list[Column]:
    from divcli.sources.columns import Column, TwoSided
    from divcli.sources.resolve import column_of, columns_of, group_columns, open_source

    reading = given.side_input(values)
    columns: list[Column] = []
    for text in sources_or_stdin(values):
        source = open_source(text, reading)
        if reading.by is not None and not isinstance(source, (Column, TwoSided)):
            columns += group_columns(source, reading).values()
        elif values["every_column"] or isinstance(source, TwoSided):
            columns += columns_of(source, reading)
        else:
            columns.append(column_of(source, reading))
    return columns


def _with_checks(report: EntropyReport, limits: list[tuple[str, float]]) -> EntropyReport:
    from dataclasses import replace

    checks: list[Check] = []
    for one in report.results:
        told = {} if one.inference is None else {"entropy": one.inference.measures["entropy_p"]}
        checks += given.checks_of(limits, one.quantities, told)
    return replace(report, checks=tuple(checks))


def _print_values(report: EntropyReport, values: given.Values) -> int:
    """One bare number a source."""
    names = values["measures"] or ("entropy",)
    if len(names) != 1 or names[0] == "all":
        raise click.UsageError("--value prints one quantity: name it with -m")
    lines = [repr(one.quantities[names[0]]) for one in report.results]
    output.write("".join(f"{line}\n" for line in lines), None)
    if not values["quiet"]:
        output.say_notes(report.notes)
    return report.exit_status
