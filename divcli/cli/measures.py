"""`divcli measures [NAME]`."""

from __future__ import annotations

from typing import Any

import click

from divcli.catalog import MEASURES, QUANTITIES, Measure, Quantity
from divcli.cli import options, output
from divcli.errors import CommandLineError, did_you_mean

_UNITS = {
    "information": "--unit",
    "root": "√ of --unit",
    "nats": "nats",
    "data": "that of the data",
    "root data": "√ of that of the data",
    "none": "none",
}


@click.command(
    epilog="""\b
Examples:
  divcli measures
  divcli measures js""",
    short_help="measures",
)
@click.argument("name", required=False)
@options.output_options
def measures(name: str | None, **values: Any) -> int:
    """Each measure's formula, range, unit, properties and source."""
    from divcli.model.listing import Listing

    rows: tuple[Measure | Quantity, ...] = (*QUANTITIES, *MEASURES)
    if name is not None:
        known = [row.name for row in rows]
        if name not in known:
            raise CommandLineError(f"no measure {name!r}", hint=did_you_mean(name, known))
        rows = tuple(row for row in rows if row.name == name)
    return output.deliver(Listing(tuple(_record(row) for row in rows)), values)


def _record(row: Measure | Quantity) -> dict[str, str]:
    return {
        "name": row.name,
        "label": row.label,
        "formula": row.formula,
        "range": row.range,
        "unit": _UNITS[row.unit],
        "properties": row.properties,
        "source": row.source,
    }
