"""`divcli fit SOURCE`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from divcli.catalog import FAMILIES
from divcli.cli import options, output
from divcli.cli import values as given
from divcli.cli.sides import sources_or_stdin
from divcli.errors import CommandLineError, DataError, did_you_mean

if TYPE_CHECKING:
    from divcli.model.fit import FitReport

_EPILOG = """\b
Examples:
  divcli fit sample_data/worms.csv --family 'poisson,binomial(n=10)'
  divcli fit sample_data/orders_reference.csv -c amount --family lognormal,gamma -u nats

A saved fit is a SOURCE: divcli compare worms.csv model.json. So is a model typed in place:
divcli compare worms.csv 'binomial(10,0.57)'."""

_BETWEEN = re.compile(r",(?![^(]*\))")  # commas outside parentheses
_FITTED = [row.name for row in FAMILIES if row.dimensions == 1]
_LIMITED = ["cross_entropy_pq", "kl_pq", "ks"]


@click.command(epilog=_EPILOG, short_help="fit")
@click.argument("sources", nargs=-1, metavar="SOURCE")
@options.one_side_options
@options.counting_options
@options.option("--family", "families", metavar="NAMES", multiple=True,
                help=f"Families, comma-separated, or auto: {', '.join(_FITTED)}.")  # fmt: skip
@options.option("-u", "--unit", type=click.Choice(["bits", "nats", "bans"]), default="bits",
                help="The unit of information; AIC and BIC are in nats.")  # fmt: skip
@options.option("--base", type=float, metavar="B", help="The base of logarithms, for a unit.")
@options.option("--fail-over", multiple=True, metavar="MEASURE=LIMIT",
                help="Exit with status 1 where kl_pq, ks or cross_entropy_pq of the best fit is "
                "above a limit; repeatable.")  # fmt: skip
@click.option("--save", metavar="FILE", help="Write the best fit to a file that is a SOURCE.")
@options.engine_options
@options.output_options
def fit(**values: Any) -> int:
    """Families of distributions fitted to a sample by maximum likelihood, the best first.

    For each: parameters, mean negative log-likelihood (the cross-entropy of data and model), AIC,
    BIC, an estimate of KL(data‖model) with its standard error, and Kolmogorov-Smirnov distance.
    """
    from dataclasses import replace

    limits = given.limits_of(values, _LIMITED)
    report = _report(values)
    report = replace(report, checks=given.checks_of(limits, report.measures, {}))
    if values["save"] is not None:
        _save(report, values["save"])
    return output.deliver(report, values)


def _report(values: given.Values) -> FitReport:
    from divcli.analysis.fit import fit_column
    from divcli.analysis.goodness import FitOptions
    from divcli.sources.resolve import column_of, open_source

    sources = sources_or_stdin(values)
    if len(sources) > 1:
        raise click.UsageError(f"fits one source, found {len(sources)}")
    reading = given.side_input(values)
    asked = FitOptions(_families(values), given.unit_of(values), given.counting_of(values))
    return fit_column(column_of(open_source(sources[0], reading), reading), asked)


def _families(values: given.Values) -> tuple[str, ...]:
    names = [name.strip() for text in values["families"] for name in _BETWEEN.split(text)]
    for name in (text.partition("(")[0] for text in names):
        if name not in (*_FITTED, "auto"):
            hint = did_you_mean(name, ["auto", *_FITTED])
            raise CommandLineError(f"--family: no family {name!r}", hint=hint)
    return tuple(names)


def _save(report: FitReport, path: str) -> None:
    from divcli.model.family import SavedModel
    from divcli.render.json import render
    from divcli.render.page import Surface

    if report.best is None:
        raise DataError("nothing was fitted, so nothing is saved", where=path)
    saved = SavedModel(report.best.model, report.source, report.column, report.n)
    output.write(render(saved, Surface()), path)
