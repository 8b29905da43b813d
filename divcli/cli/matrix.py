"""`divcli matrix A B C`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from divcli.catalog import measure
from divcli.cli import options, output
from divcli.cli import values as given
from divcli.cli.gates import Place, without_estimators, worst_checks
from divcli.cli.sides import sources_or_stdin
from divcli.errors import CommandLineError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from divcli.analysis.gather import Labelled
    from divcli.analysis.matrix import MatrixOptions
    from divcli.model.matrix import Matrix

_EPILOG = """\b
Examples:
  divcli matrix sample_data/orders_reference.csv --by channel -c country --order similarity
  divcli matrix sample_data/coin.csv --columns fair,model_1,model_2 --as probabilities -m kl_pq"""


@click.command(epilog=_EPILOG, short_help="matrix")
@click.argument("sources", nargs=-1, metavar="A B C...")
@options.one_side_options
@options.option("--columns", metavar="A,B,C", help="Columns of one table, compared pairwise.")
@options.option("--all", "every_column", is_flag=True, help="Every column of each table.")
@options.option("--by", metavar="COL", help="Compare the groups of a column's values.")
@options.option("--order", type=click.Choice(["given", "similarity"]), default="given",
                help="Of rows and columns; similarity puts like beside like.")  # fmt: skip
@options.option("--nearest", is_flag=True, help="Of each the nearest of the others alone.")
@options.option("--mixture", metavar="equal|size|W1,W2,…", default="equal",
                help="The weights of the generalised JS divergence of all.")  # fmt: skip
@options.counting_options
@options.option("-m", "--measure", "measures", multiple=True, metavar="NAME",
                help="The measure (default: js). See divcli measures.")  # fmt: skip
@options.option("--alpha-order", type=click.FloatRange(min=0), metavar="ALPHA",
                help="The order of Rényi and Tsallis measures.")  # fmt: skip
@options.unit_options
@options.option(
    "--top",
    type=click.IntRange(min=1),
    metavar="N",
    help="Show the first N rows and columns of a table (default: 20).",
)
@options.inference_options
@options.engine_options
@options.output_options
def matrix(**values: Any) -> int:
    """One measure between every two of files, of columns, or of the groups of a column.

    The row is P, the column Q. Below it the generalised Jensen-Shannon divergence of all, and
    whether chance alone explains that they differ. --fail-over MEASURE=LIMIT holds for any pair.
    """
    from dataclasses import replace

    from divcli.analysis.matrix import matrix as matrix_of

    choices = _choices(values)
    known = [choices.measure, "generalized_js"]
    limits = given.limits_of(values, known)
    result = matrix_of(_columns(values), given.counting_of(values), choices)
    of_pairs = [limit for limit in limits if limit[0] != known[1]]
    checks, notes = worst_checks(of_pairs, list(_pairs(result)) if of_pairs else [])
    whole, _ = worst_checks(
        [limit for limit in limits if limit[0] == known[1]],
        [Place("all", {known[1]: result.generalized_js}, {})],
    )
    notes += without_estimators(values)
    result = replace(
        result,
        checks=(*checks, *whole),
        notes=(*result.notes, *notes),
        top=values["top"],
    )
    return output.deliver(result, values)


def _choices(values: given.Values) -> MatrixOptions:
    from divcli.analysis.matrix import MatrixOptions

    return MatrixOptions(
        measure=one_measure(values, "js"),
        unit=given.unit_of(values),
        alpha_order=values["alpha_order"],
        order=values["order"],
        mixture=values["mixture"],
        nearest=values["nearest"],
        pooled=values["by"] is not None,
        inference=given.inferring_of(values | {"value": False}),
    )


def one_measure(values: given.Values, default: str) -> str:
    """The one measure of -m, or the default."""
    names: tuple[str, ...] = values["measures"] or (default,)
    if len(names) > 1 or names[0] == "all":
        raise CommandLineError("one measure at a time", hint=f"-m {default}")
    given.require_measure(names[0], given.MEASURE_NAMES, "-m")
    return names[0]


def _columns(values: given.Values) -> list[Labelled]:
    from divcli.analysis.gather import gathered
    from divcli.sources.opening import STDIN
    from divcli.sources.resolve import open_source

    reading = given.side_input(values)
    if values["columns"] is not None:
        named = tuple(part.strip() for part in values["columns"].split(","))
        reading = reading._replace(columns=named)
    sources = sources_or_stdin(values)
    if sources.count(STDIN) > 1:
        raise CommandLineError("standard input can be read once only")
    if values["by"] is not None and (len(sources) > 1 or reading.columns):
        raise CommandLineError("--by splits one column of one table")
    opened = [open_source(text, reading) for text in sources]
    return gathered(opened, reading, values["every_column"])


def _pairs(result: Matrix) -> Iterator[Place]:
    """Each pair with its measure, in both orders where that matters."""
    both = not measure(result.measure).symmetric
    for i, p in enumerate(result.labels):
        for j, q in enumerate(result.labels):
            if i < j or (both and i > j):
                yield Place(f"{p!r} and {q!r}", {result.measure: result.cell(i, j)}, {})
