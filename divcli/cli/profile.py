"""`divcli profile SOURCE -o FILE`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from divcli.cli import options, output
from divcli.cli import values as given
from divcli.cli.drift import settings_of
from divcli.cli.sides import sources_or_stdin
from divcli.errors import CommandLineError

if TYPE_CHECKING:
    from divcli.model.profile import Profile
    from divcli.sources.columns import InputOptions

_EPILOG = """\b
Examples:
  divcli profile sample_data/letters.csv -o all.json && divcli drift all.json all.json
  divcli profile sample_data/orders_reference.csv -f table

A profile stands wherever a source does."""


@click.command(epilog=_EPILOG, short_help="profile")
@click.argument("sources", nargs=-1, metavar="SOURCE")
@options.one_side_options
@options.column_options
@options.option("--like", metavar="PROFILE", help="Count on the cells and symbols of another, "
                "so that the two can be merged.")  # fmt: skip
@options.option("--merge", is_flag=True, help="One profile of several, exactly their sum.")
@options.engine_options
@options.output_options
def profile(**values: Any) -> int:
    """A small baseline of a table: every column as counts, no rows.

    Numbers and times are counted in up to 1,000 cells of equal frequency, symbols one by one (of
    many those that stand out), missing values apart. The format is JSON unless -f says otherwise.
    """
    if not values["formats"]:
        values["as_json"] = True
    made = merged(values) if values["merge"] else made_of(values)
    return output.deliver(made, values)


def made_of(values: given.Values) -> Profile:
    """The profile of one source."""
    from divcli.analysis.profile import narrowed, opened, profile_columns, selected
    from divcli.sources.resolve import open_source

    sources = sources_or_stdin(values)
    if len(sources) != 1:
        raise click.UsageError("profile takes one source; --merge takes several profiles")
    side, settings = given.side_input(values), settings_of(values)
    source = open_source(sources[0], side._replace(column=None, columns=()))
    if opened(source) is not None:
        raise CommandLineError(f"{sources[0]} is a profile", hint="--merge takes profiles")
    columns = selected(source, side)
    settings.check([one.label for one in columns], sources[0])
    like = None
    if values["like"] is not None:
        like = narrowed(saved(values["like"], side), side, values["like"])
    return profile_columns(columns, settings, like=like)


def merged(values: given.Values) -> Profile:
    """The profile of several."""
    from divcli.analysis.profile_merge import merge

    if len(values["sources"]) < 2:
        raise click.UsageError("--merge takes two profiles or more")
    side = given.side_input(values)
    return merge([saved(text, side) for text in values["sources"]])


def saved(text: str, side: InputOptions) -> Profile:
    """The profile in a file; CommandLineError where it holds something else."""
    from divcli.analysis.profile import opened
    from divcli.sources.resolve import open_source

    found = opened(open_source(text, side._replace(column=None, columns=())))
    if found is None:
        raise CommandLineError(f"{text} is no profile", hint=f"divcli profile {text} -o FILE")
    return found
