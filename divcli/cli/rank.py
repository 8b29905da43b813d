"""`divcli rank P Q1 Q2 ...`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from divcli.cli import options, output
from divcli.cli import values as given
from divcli.cli.gates import Place, worst_checks
from divcli.cli.matrix import one_measure
from divcli.cli.sides import sources_or_stdin

if TYPE_CHECKING:
    from divcli.analysis.gather import Labelled
    from divcli.model.ranking import Ranking
    from divcli.sources.columns import Column

_EPILOG = """\b
Examples:
  divcli rank sample_data/coin.csv -c side --p-weights fair --q-weights model_1 --q-weights model_2
  divcli rank A=30,B=50,C=20 A=0.3,B=0.5,C=0.2 A=1,B=1,C=1 -m js

Any input option may be given for one side as --p-… or --q-…."""


@click.command(epilog=_EPILOG, short_help="rank")
@click.argument("sources", nargs=-1, metavar="P Q1 Q2...")
@options.candidate_options
@options.option("--by", metavar="COL", help="Split a table by the values of a column.")
@click.option("--p-group", metavar="VALUE", help="The group that is P; the others are candidates.")
@options.counting_options
@options.option("-m", "--measure", "measures", multiple=True, metavar="NAME",
                help="The measure (default: kl_pq). See divcli measures.")  # fmt: skip
@options.option("--alpha-order", type=click.FloatRange(min=0), metavar="ALPHA",
                help="The order of Rényi and Tsallis measures.")  # fmt: skip
@options.unit_options
@options.inference_options
@options.engine_options
@options.output_options
def rank(**values: Any) -> int:
    """Which candidate is nearest P, with the uncertainty of the order.

    Every bootstrap sample of P is measured against all candidates, so that their differences are
    known better than their values; candidates that these do not tell apart share a rank. One
    table that holds all is given once, with --p-weights and several --q-weights, or --p-column and
    --q-column. --fail-over MEASURE=LIMIT holds for the nearest.
    """
    from dataclasses import replace

    from divcli.analysis.rank import rank as rank_of

    name = one_measure(values, "kl_pq")
    limits = given.limits_of(values, [name])
    fixed = {"measures": (name,), "value": False, "top": None}
    measuring = given.measuring_of(values | fixed, given.MEASURE_NAMES)
    result = rank_of(*_columns(values), given.counting_of(values), measuring)
    checks, notes = worst_checks(limits, _first(result))
    result = replace(result, checks=checks, notes=(*result.notes, *notes))
    return output.deliver(result, values)


def _columns(values: given.Values) -> tuple[Column, list[Labelled]]:
    from divcli.analysis.gather import candidates
    from divcli.sources.opening import STDIN
    from divcli.sources.resolve import open_source

    sources = sources_or_stdin(values)
    if sources.count(STDIN) > 1:
        raise click.UsageError("standard input can be read for one side only")
    weights: tuple[str, ...] = values["q_weights"]
    p = given.side_input(values | {"q_weights": None}, "p_")
    q = given.side_input(values | {"q_weights": None}, "q_")
    opened = [open_source(sources[0], p), *(open_source(text, q) for text in sources[1:])]
    return candidates(opened, p, q, weights, values["p_group"])


def _first(result: Ranking) -> list[Place]:
    from divcli.model.inference import MeasureInference

    first = result.ranking[0]
    told = MeasureInference(first.estimate, first.low, first.high, None, None, "", first.reason)
    return [Place(repr(first.source), {result.measure: first.value}, {result.measure: told})]
