"""`divcli score SOURCE`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from divcli.cli import options, output
from divcli.cli import values as given
from divcli.cli.sides import sources_or_stdin

if TYPE_CHECKING:
    from divcli.model.score import ScoreReport

_EPILOG = """\b
Examples:
  printf '%s\\n' label,cat,dog cat,.9,.1 dog,.3,.7 cat,.4,.6 | divcli score
  printf '%s\\n' y,p 1,.9 0,.2 1,.6 | divcli score -u nats --torch --json"""

_LIMITED = ["cross_entropy_pq", "kl_pq", "perplexity", "brier", "calibration_error"]


@click.command(epilog=_EPILOG, short_help="score")
@click.argument("sources", nargs=-1, metavar="SOURCE")
@options.one_side_options
@options.option("--classes", metavar="COLS", help="The columns of probabilities, comma-separated "
                "(default: all others).")  # fmt: skip
@options.option("--normalize", is_flag=True, help="Rescale rows that do not sum to 1.")
@options.option("--bins", type=click.IntRange(1, 10_000), default=15, metavar="N",
                help="Bins of confidence.")  # fmt: skip
@options.option("--torch", is_flag=True, help="What torch's CrossEntropyLoss and KLDivLoss print.")
@options.option("-u", "--unit", type=click.Choice(["bits", "nats", "bans"]), default="bits",
                help="The unit of information.")  # fmt: skip
@options.option("--base", type=float, metavar="B", help="The base of logarithms, for a unit.")
@options.option("--top", type=click.IntRange(min=0), metavar="N",
                help="List the N classes with the largest loss.")  # fmt: skip
@options.option("--fail-over", multiple=True, metavar="MEASURE=LIMIT",
                help="Exit with status 1 where a measure (" + ", ".join(_LIMITED) + ") is above a "
                "limit; repeatable.")  # fmt: skip
@options.engine_options
@options.output_options
def score(**values: Any) -> int:
    """Predicted class probabilities against true labels: log loss, KL, calibration.

    SOURCE is a table with a column of true labels (-c, or called label, y, target) and a column of
    probabilities for each class, named like the labels; or JSON with arrays of probabilities.
    """
    from dataclasses import replace

    limits = given.limits_of(values, _LIMITED)
    report = _report(values)
    if values["top"] is not None:
        report = replace(report, classes=report.classes[: values["top"]])
    report = replace(report, checks=given.checks_of(limits, dict(report.measures), {}))
    return output.deliver(report, values)


def _report(values: given.Values) -> ScoreReport:
    from divcli.analysis.predictions import PredictionOptions
    from divcli.analysis.score import ScoreOptions, score_table
    from divcli.sources.parts import read_again
    from divcli.sources.resolve import open_source

    sources = sources_or_stdin(values)
    if len(sources) > 1:
        raise click.UsageError(f"scores one source, found {len(sources)}")
    reading = given.side_input(values)
    classes = tuple(name.strip() for name in (values["classes"] or "").split(",") if name.strip())
    columns = PredictionOptions(
        reading.column, classes, reading.sample_weight, reading.na, values["normalize"]
    )
    asked = ScoreOptions(columns, given.unit_of(values), values["bins"], values["torch"])
    return score_table(read_again(open_source(sources[0], reading)), asked)
