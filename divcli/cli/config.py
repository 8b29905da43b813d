"""`divcli config [COMMAND]`."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import TYPE_CHECKING, Any

import click

from divcli.catalog import COMMANDS, resolve
from divcli.cli import completion, configuration, options, output
from divcli.cli.config_checks import parameters
from divcli.errors import CommandLineError, did_you_mean
from divcli.model.column_settings import ColumnRule, ColumnSettings, rules_for

if TYPE_CHECKING:
    from divcli.model.settings import ColumnSetting, Setting, SettingValue

_EPILOG = """\b
Examples:
  divcli config
  DIVCLI_UNIT=nats divcli config compare --top 5
  divcli config --column price

Files are divcli.toml and [tool.divcli] of pyproject.toml, in the current folder or the nearest
above that has one. What is typed goes first, then DIVCLI_* variables, then the file."""


@click.command(
    epilog=_EPILOG, short_help="config", context_settings={"ignore_unknown_options": True}
)
@click.argument("command", required=False, metavar="[COMMAND]", shell_complete=completion.commands)
@click.argument("typed", nargs=-1, type=click.UNPROCESSED, metavar="[OPTION]...")
@click.option("--column", "asked_column", metavar="COL",
              help="What is set for the column of this name.")  # fmt: skip
@options.output_options
def config(command: str | None, typed: tuple[str, ...], **values: Any) -> int:
    """Each option's value and where it comes from: flag, variable, file or default.

    With COMMAND, its options alone, those that are typed after it included; else those of all
    commands.
    """
    from divcli.model.settings import SettingsReport

    found, column = configuration.current(), values["asked_column"]
    settings: list[Setting] = []
    if column is None or command is not None:
        names = [row.name for row in COMMANDS] if command is None else [_known(command)]
        settings = _together(one for name in names for one in _settings(name, typed))
    rules = configuration.rules()
    columns = [one for rule in rules for one in _of_rule(rule)]
    if column is not None:
        columns = list(_of_column(column, rules))
    path = None if found is None else found.path
    return output.deliver(SettingsReport(path, tuple(settings), tuple(columns), column), values)


def _known(command: str) -> str:
    known = [row.name for row in COMMANDS]
    if command.startswith("-"):
        raise click.NoSuchOption(command)
    if command not in known:
        raise CommandLineError(f"no command {command!r}", hint=did_you_mean(command, known))
    return command


def _settings(name: str, typed: tuple[str, ...]) -> list[Setting]:
    """The options of one command as they would be with these words after its name."""
    from divcli.model.settings import Setting

    command: click.Command = resolve(next(row.target for row in COMMANDS if row.name == name))
    known = parameters(command)
    # Its options alone: sources that are not there yet must not keep anybody from asking.
    asked: list[click.Parameter] = [_optional(one) for one in known.values()]
    bare = click.Command(name, params=asked, add_help_option=False)
    context = bare.make_context(name, list(typed), allow_extra_args=True)
    found = configuration.current()
    values = configuration.effective(context, context.params, found)
    return [
        Setting(
            option_name,
            _value(values[option.name or ""]),
            configuration.origin_of(context, option, found),
            (name,),
        )
        for option_name, option in known.items()
        if not option.hidden or values[option.name or ""] not in (None, ())
    ]


def _optional(option: click.Option) -> click.Option:
    """The option as one that can be left out."""
    if not option.required:
        return option
    optional = copy(option)
    optional.required = False
    return optional


def _together(settings: Iterable[Setting]) -> list[Setting]:
    """What is the same for several commands, once."""
    commands: dict[Setting, list[str]] = {}
    for one in settings:
        commands.setdefault(one._replace(commands=()), []).extend(one.commands)
    return [one._replace(commands=tuple(names)) for one, names in commands.items()]


def _of_rule(rule: ColumnRule) -> list[ColumnSetting]:
    from divcli.model.settings import ColumnSetting

    return [
        ColumnSetting(rule.pattern, _spelt(name), _value(value), f"{rule.key}.{_spelt(name)}")
        for name, value in _typed(rule.settings).items()
        if value is not None
    ]


def _typed(settings: ColumnSettings) -> dict[str, Any]:
    """The settings as they are typed."""
    effect = settings.min_effect
    typed = None if effect is None else f"{effect[0]}={effect[1]!r}"
    return settings._asdict() | {"min_effect": typed}


def _of_column(column: str, rules: tuple[ColumnRule, ...]) -> list[ColumnSetting]:
    """Each setting by the most specific rule that has it, or as nothing sets it."""
    from divcli.model.settings import ColumnSetting

    told = [one for rule in rules_for(column, rules) for one in _of_rule(rule)]
    names = map(_spelt, ColumnSettings._fields)
    return [
        next((one for one in told if one.setting == name), ColumnSetting(None, name, None, None))
        for name in names
    ]


def _spelt(name: str) -> str:
    return name.replace("_", "-")


def _value(value: Any) -> SettingValue:
    """An option's value as documents and tables have it."""
    known = value is None or isinstance(value, (str, int, float))
    return value if known else tuple(map(str, value))
