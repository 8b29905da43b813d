"""`[columns."glob*"]` of the configuration: settings for single columns."""

from __future__ import annotations

from typing import Any

import click

from divcli.catalog import MEASURES
from divcli.cli.config_file import ConfigFile
from divcli.cli.config_values import converted, written
from divcli.errors import CommandLineError, did_you_mean
from divcli.model.column_settings import ColumnRule, ColumnSettings


def parsed(file: ConfigFile, section: str, table: dict[str, Any]) -> tuple[ColumnRule, ...]:
    """The rules of the section, checked, in the order of the file."""
    return tuple(_rule(file, (section, pattern), value) for pattern, value in table.items())


def _rule(file: ConfigFile, names: tuple[str, str], table: object) -> ColumnRule:
    where = f"{file.path}: {file.key(*names)}"
    if not isinstance(table, dict):
        hint = f'{file.key(names[0], "price*")} = {{ kind = "numeric" }}'
        raise CommandLineError(f"expected a table, found {written(table)}", where=where, hint=hint)
    known = {option.opts[0].removeprefix("--"): option for option in options()}
    given: dict[str, Any] = {}
    for name, value in table.items():
        where = f"{file.path}: {file.key(*names, name)}"
        if name not in known:
            hint = did_you_mean(name, list(known))
            raise CommandLineError("no such setting of a column", where=where, hint=hint)
        option = known[name]
        assert option.name is not None
        given[option.name] = _understood(option.name, converted(option, value, where), where)
    return ColumnRule(names[1], ColumnSettings(**given), file.key(*names))


def options() -> list[click.Option]:
    """The settings of a column as options: those of counting as commands have them, and others."""
    from divcli.cli.options import counting_options

    command = click.command()(counting_options(lambda: None))
    shared = [
        option
        for option in command.params
        if isinstance(option, click.Option) and option.name in ColumnSettings._fields
    ]
    return [
        *shared,
        click.Option(["--min-effect"]),
        click.Option(["--alpha"], type=click.FloatRange(0, 1, min_open=True, max_open=True)),
        click.Option(["--ignore"], is_flag=True),
    ]


def _understood(name: str, value: Any, where: str) -> Any:
    """The value, of settings that are more than a type tells."""
    if name == "min_effect":
        return _min_effect(value, where)
    if name == "bins":
        from divcli.counting.grid import parse_bins

        try:
            parse_bins(value)
        except CommandLineError as error:
            raise CommandLineError(str(error), where=where, hint=error.hint) from error
    return value


def _min_effect(text: str, where: str) -> tuple[str, float]:
    name, equals, limit = text.partition("=")
    known = [row.name for row in MEASURES]
    if name not in known:
        raise CommandLineError(f"no measure {name!r}", where=where, hint=did_you_mean(name, known))
    try:
        value = float(limit)
    except ValueError:
        value = -1.0
    if not equals or not 0 <= value < float("inf"):
        hint = 'min-effect = "js=0.01"'
        raise CommandLineError(f"expected MEASURE=VALUE, found {text!r}", where=where, hint=hint)
    return name, value
