"""`divcli explain P Q`."""

from __future__ import annotations

from typing import Any

import click

from divcli.cli import completion, options, output
from divcli.cli import values as given
from divcli.cli.sides import two_columns


@click.command(
    epilog="""\b
Examples:
  divcli explain 0.5,0.4,0.1 0.5,0.1,0.4
  divcli explain sample_data/coin.csv -c side --p-weights fair --q-weights model_1 -u nats""",
    short_help="explain",
)
@click.argument("sources", nargs=-1, metavar="P [Q]", shell_complete=completion.files)
@options.input_options
@options.by_option
@options.counting_options
@options.option("-u", "--unit", type=click.Choice(["bits", "nats", "bans"]), default="bits",
                help="The unit of information.")  # fmt: skip
@options.option("--base", type=float, metavar="B", help="The base of logarithms.")
@options.option("--top", type=click.IntRange(min=1), default=10, metavar="N",
                help="Show the N symbols that contribute most.")  # fmt: skip
@options.engine_options
@options.output_options
def explain(**values: Any) -> int:
    """The calculation of KL and JS shown step by step, on the numbers given, and what it means."""
    from divcli.analysis.compare import MeasureOptions, compare_columns
    from divcli.analysis.explain import MEASURES
    from divcli.analysis.explain import explain as explain_comparison
    from divcli.analysis.significance import InferenceOptions

    measuring = MeasureOptions(
        measures=MEASURES,
        unit=given.unit_of(values),
        top=values["top"],
        inference=InferenceOptions(wanted=False),
    )
    p, q = two_columns(values)
    comparison = compare_columns(p, q, given.counting_of(values), measuring)
    return output.deliver(explain_comparison(comparison, values["top"]), values)
