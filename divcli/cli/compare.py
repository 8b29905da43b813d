"""`divcli compare P Q`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from divcli.cli import completion, options, output
from divcli.cli import values as given
from divcli.cli.sides import column_pairs, expect, two_columns, two_point_sets
from divcli.errors import CommandLineError, DataError

if TYPE_CHECKING:
    from divcli.model.comparison import Check, Comparison, Report

_EPILOG = """\b
Examples:
  divcli compare 0.5,0.4,0.1 0.5,0.1,0.4
  divcli compare sample_data/letters.csv -c letter --p-weights english --q-weights german
  divcli compare A=120,B=80 A=110,B=90 --json | jq .measures.js

Any input option may be given for one side as --p-… or --q-…."""


@click.command(epilog=_EPILOG, short_help="compare")
@click.argument("sources", nargs=-1, metavar="P [Q]", shell_complete=completion.files)
@options.input_options
@options.option("--all", "all_columns", is_flag=True, help="Every column that both tables have.")
@options.by_option
@options.counting_options
@options.option("--smoothing", metavar="none|kt|laplace|ALPHA",
                help="Pseudo-count for every cell of both sides; counts only.")  # fmt: skip
@options.measure_options
@options.option("--sensitivity", is_flag=True, help="Repeat the verdict on other grids.")
@options.option("--subset", is_flag=True, help="P is a part of Q, drawn without replacement.")
@options.inference_options
@options.engine_options
@options.output_options
def compare(**values: Any) -> int:
    """Every measure between two distributions, with the contribution of each symbol.

    P and Q are files, '-' for standard input, or weights such as 0.5,0.4,0.1 and A=0.5,B=0.5. One
    table or document that holds both sides is given once. Q is the reference of KL(P‖Q).
    """
    expect(values)
    if values["all_columns"]:
        return output.deliver(_every_column(values), values)
    comparison = comparison_of(values)
    if values["value"]:
        return print_value(comparison, values)
    from divcli.model.comparison import Report

    return output.deliver(Report((comparison,), _checks(comparison, values)), values)


def _every_column(values: given.Values) -> Report:
    """The columns that both tables have, each compared."""
    for option in ("value", "sensitivity", "by"):
        if values[option]:
            raise CommandLineError(f"--{option} does not go with --all")
    if values["top"] is None:
        values = {**values, "top": given.SCREENFUL}
    measuring = given.measuring_of(values, given.MEASURE_NAMES)
    pairs, notes = column_pairs(values)
    from divcli.analysis.every_column import compare_pairs
    from divcli.model.comparison import Report

    found = compare_pairs(pairs, given.counting_of(values), measuring)
    checks = [
        check for one in found.comparisons for check in _checks(one, values, column=one.p.column)
    ]
    return Report(found.comparisons, tuple(checks), True, tuple(notes), found.failed)


def _checks(
    comparison: Comparison, values: given.Values, *, column: str | None = None
) -> tuple[Check, ...]:
    """The limits; of several columns, those that a column can be held to."""
    limits = given.limits_of(values, given.MEASURE_NAMES)
    if column is not None:
        measured = comparison.measures
        limits = [(name, limit) for name, limit in limits if name.partition(".")[0] in measured]
    inferred = {} if comparison.inference is None else comparison.inference.measures
    return given.checks_of(limits, comparison.measures, inferred, column)


def comparison_of(values: given.Values) -> Comparison:
    """The comparison that the command line asks for."""
    measuring = given.measuring_of(values, given.MEASURE_NAMES)
    if values["value"]:
        single_measure(values)
    counting = given.counting_of(values)
    from divcli.analysis.compare import compare_columns

    if len(values["column"] or values["p_column"]) > 1:
        from divcli.analysis.points import compare_points

        for option in ("smoothing", "sensitivity", "subset", "by"):
            if values[option]:
                raise CommandLineError(f"--{option} does not go with several columns")
        return compare_points(*two_point_sets(values), measuring.unit)
    p, q = two_columns(values)
    comparison = compare_columns(p, q, counting, measuring)
    if not values["sensitivity"]:
        return comparison
    from divcli.analysis.sensitivity import with_sensitivity

    return with_sensitivity(comparison, p, q, counting, measuring)


def single_measure(values: given.Values) -> str:
    """The one measure that --value prints."""
    names: tuple[str, ...] = values["measures"]
    if len(names) != 1 or names[0] == "all":
        raise click.UsageError("--value prints one measure: name it with -m, as in -m js --value")
    return names[0]


def print_value(comparison: Comparison, values: given.Values) -> int:
    """Print the bare number, and return the status of the limits."""
    from divcli.model.comparison import Report

    name = single_measure(values)
    value = comparison[name]
    if value is None:
        reason = next(score.reason for score in comparison.scores if score.measure == name)
        raise DataError(f"{name} cannot be measured: {reason}")
    output.write(f"{value!r}\n", None)
    if not values["quiet"]:
        output.say_notes(comparison.notes)
    return Report((comparison,), _checks(comparison, values)).exit_status
