"""`divcli sample-check SAMPLE POPULATION`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from divcli.cli import options, output
from divcli.cli import values as given
from divcli.cli.gates import Place, without_estimators, worst_checks
from divcli.errors import CommandLineError

if TYPE_CHECKING:
    from divcli.model.sample import SampleReport
    from divcli.sources.columns import Column

_NAMES = {"kl": "kl", "kl_pq": "kl", "js": "js", "ks": "ks"}
_EPILOG = """\b
Examples:
  divcli sample-check A=12,B=8 A=120,B=80
  head -n 31 sample_data/worms.csv | divcli sample-check - sample_data/worms.csv

Exit status 1 only where --fail-over is exceeded, or with --strict where a column is not
representative."""


@click.command("sample-check", epilog=_EPILOG, short_help="sample-check")
@click.argument("sources", nargs=-1, metavar="SAMPLE POPULATION")
@options.one_side_options
@options.counting_options
@options.option("--min-effect", type=click.FloatRange(min=0, min_open=True), default=0.05,
                metavar="JS", help="The JS divergence that a sample must be able to show, else it "
                "is insufficient (default: 0.05).")  # fmt: skip
@options.option("--strict", is_flag=True,
                help="Exit with status 1 where a column is not representative.")  # fmt: skip
@options.unit_options
@options.inference_options
@options.engine_options
@options.output_options
def sample_check(**values: Any) -> int:
    """Does a sample represent the population it was drawn from, column by column?

    KL and JS divergence of SAMPLE from POPULATION, Kolmogorov-Smirnov distance of numbers and
    times, and the p-value of a random draw without replacement, which knows how much of the
    population was drawn. Verdicts hold over all columns together (Holm). All columns unless -c
    names some. kl is KL(sample‖population).
    """
    from dataclasses import replace

    from divcli.analysis.sample_check import SampleOptions
    from divcli.analysis.sample_check import sample_check as checked

    limits = given.limits_of(values, list(_NAMES))
    judging = SampleOptions(
        given.unit_of(values), values["min_effect"], values["strict"],
        given.inferring_of(values | {"value": False}),
    )  # fmt: skip
    report = checked(*_columns(values), given.counting_of(values), judging)
    checks, notes = worst_checks(limits, _places(report))
    notes += without_estimators(values)
    report = replace(report, checks=checks, notes=(*report.notes, *notes))
    return output.deliver(report, values)


def _columns(values: given.Values) -> tuple[dict[str, Column], dict[str, Column]]:
    from divcli.sources.matched import matched_columns
    from divcli.sources.opening import STDIN
    from divcli.sources.resolve import open_source

    sources: tuple[str, ...] = values["sources"]
    if len(sources) != 2:
        raise click.UsageError(f"a sample and its population: two sources, found {len(sources)}")
    if sources == (STDIN, STDIN):
        raise CommandLineError("standard input can be read for one side only")
    reading = given.side_input(values)
    names: tuple[str, ...] = values["column"]
    sample, population = (open_source(text, reading) for text in sources)
    return matched_columns(sample, population, reading, names)


def _places(report: SampleReport) -> list[Place]:
    return [
        Place(
            f"column {one.label!r}",
            {name: getattr(one, field) for name, field in _NAMES.items()},
            {},
        )
        for one in report.columns
    ]
