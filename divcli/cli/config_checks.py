"""A configuration file against what the commands know.

Every key is checked, those of other commands too, so that a misspelt one never waits for its
command to be run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from divcli.catalog import COMMANDS, resolve
from divcli.cli import config_file
from divcli.cli.config_file import ConfigFile
from divcli.errors import CommandLineError, did_you_mean

if TYPE_CHECKING:
    from divcli.model.column_settings import ColumnRule

_COLUMNS = "columns"
# Which file is read is not in the file, how a fault is shown is decided before there is one, and
# what `divcli config` is asked is a question.
_NOT_IN_FILES = ("config", "no_config", "verbose", "asked_column")


class Configured(NamedTuple):
    """A value of the file as click has it, its key in full, and whether other commands share it."""

    value: Any
    key: str
    shared: bool


class Configuration(NamedTuple):
    """A file that was read and checked.

    options: of each command, by the parameter's name; columns: the rules for columns, in order.
    """

    path: str
    options: Mapping[str, Mapping[str, Configured]]
    columns: tuple[ColumnRule, ...]


def parameters(command: click.Command) -> dict[str, click.Option]:
    """The options that a file can set, by their names there."""
    return {
        option_name(one): one
        for one in command.params
        if isinstance(one, click.Option) and one.expose_value and one.name not in _NOT_IN_FILES
    }


def option_name(option: click.Option) -> str:
    """The long name of an option, without its dashes."""
    return next(name for name in option.opts if name.startswith("--")).removeprefix("--")


def checked(file: ConfigFile) -> Configuration:
    """The file with every key known and every value of its type; CommandLineError otherwise."""
    from divcli.cli import column_rules

    known = {row.name: parameters(resolve(row.target)) for row in COMMANDS}
    options: dict[str, dict[str, Configured]] = {name: {} for name in known}
    sections: dict[str, dict[str, Any]] = {}
    columns: tuple[ColumnRule, ...] = ()
    for name, value in file.table.items():
        commands = [command for command in known if name in known[command]]
        if name == _COLUMNS:
            columns = column_rules.parsed(file, name, config_file.as_table(file, name))
        elif name in known and (isinstance(value, dict) or not commands):
            sections[name] = config_file.as_table(file, name)
        else:
            _require(file, (name,), _names(known))
        # `columns` at the top is the table of settings; an option of that name has its command's.
        for command in commands if name not in (*sections, _COLUMNS) else ():
            _take(file, (name,), value, known[command], options[command])
    # After the keys for all commands, wherever they stand: those for one go before them.
    for command, section in sections.items():
        for name, value in section.items():
            _require(file, (command, name), list(known[command]))
            _take(file, (command, name), value, known[command], options[command])
    return Configuration(file.path, options, columns)


def _names(known: Mapping[str, Mapping[str, click.Option]]) -> list[str]:
    """What can stand at the top: options that anybody sees, tables of commands, and columns."""
    options = (name for one in known.values() for name, option in one.items() if not option.hidden)
    hidden = (name for one in known.values() for name, option in one.items() if option.hidden)
    return list(dict.fromkeys((*options, *known, _COLUMNS, *hidden)))


def _require(file: ConfigFile, names: tuple[str, ...], known: list[str]) -> None:
    if names[-1] not in known:
        where = f"{file.path}: {file.key(*names)}"
        raise CommandLineError("no such key", where=where, hint=did_you_mean(names[-1], known))


def _take(
    file: ConfigFile,
    names: tuple[str, ...],
    value: object,
    known: Mapping[str, click.Option],
    options: dict[str, Configured],
) -> None:
    from divcli.cli.config_values import converted

    option, key = known[names[-1]], file.key(*names)
    assert option.name is not None
    taken = converted(option, value, f"{file.path}: {key}")
    options[option.name] = Configured(taken, key, shared=len(names) == 1)
