"""`divcli drift --init`: a first configuration from the data."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from divcli.cli import output
from divcli.cli.config_file import OWN
from divcli.cli.values import Values, side_input
from divcli.errors import CommandLineError, Status

if TYPE_CHECKING:
    from divcli.sources.columns import Column


def write_starter(sources: Sequence[str], values: Values) -> Status:
    """Write divcli.toml (or the file of -o) from a reference and, where given, a current table."""
    from divcli.analysis.starter import starter_of
    from divcli.render.toml import starter

    if not 1 <= len(sources) <= 2:
        raise click.UsageError("--init takes REFERENCE, or REFERENCE and CURRENT")
    path: str = values["output"] or OWN
    if path != "-" and os.path.lexists(path):
        hint = "-o FILE writes another file, -o - to the terminal"
        raise CommandLineError("there is such a file already", where=path, hint=hint)
    reference, *current = (_columns(source, values) for source in sources)
    found = starter_of(reference, current[0] if current else None)
    output.write(starter(found), path)
    if not values["quiet"]:
        output.say_notes((*found.notes, *([] if path == "-" else [f"wrote {path}"])))
    return Status.OK


def _columns(source: str, values: Values) -> list[Column]:
    from divcli.sources.resolve import columns_of, open_source

    reading = side_input(values)
    return columns_of(open_source(source, reading), reading)
