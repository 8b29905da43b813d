"""Options from the configuration, taken where nothing stronger is given.

The order is: what is typed, DIVCLI_* variables, the file, the default.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from divcli.cli import config_file
from divcli.cli.config_checks import Configuration, Configured, checked, option_name, parameters
from divcli.errors import CommandLineError

if TYPE_CHECKING:
    from divcli.model.column_settings import ColumnRule
    from divcli.model.settings import Origin

F = TypeVar("F", bound=Callable[..., Any])

_META = "divcli.configuration"
_STRENGTH = (
    ParameterSource.COMMANDLINE,
    ParameterSource.ENVIRONMENT,
    ParameterSource.DEFAULT_MAP,
    ParameterSource.DEFAULT,
)
# The first gives way where the second comes from a stronger place, and is left out: what is typed
# must not be undone by what a file says in other words.
_YIELDS = (
    ("base", "unit"),
    ("formats", "as_json"),
    ("as_json", "formats"),
)
_SIDES = ("p_", "q_")


def configured(function: F) -> F:
    """A command that takes from the configuration what is neither typed nor in the environment."""

    @functools.wraps(function)
    def run(*arguments: Any, **values: Any) -> Any:
        context = click.get_current_context()
        given, without = values.pop("config", None), values.pop("no_config", False)
        configuration = load(context, given, without)
        context.meta[_META] = configuration
        values = effective(context, values, configuration)
        try:
            return function(*arguments, **values)
        except CommandLineError as error:
            raise _located(error, context, configuration) from error

    return run  # type: ignore[return-value]  # the signature is that of the function


def load(context: click.Context, given: str | None, without: bool) -> Configuration | None:
    """The configuration that the options ask for, checked; None where there is none."""
    if given is not None and without:
        if context.get_parameter_source("config") is context.get_parameter_source("no_config"):
            raise CommandLineError("--config and --no-config exclude each other")
        without = context.get_parameter_source("no_config") is ParameterSource.COMMANDLINE
    if without:
        return None
    file = config_file.find() if given is None else config_file.read(given)
    return None if file is None else checked(file)


def current() -> Configuration | None:
    """The configuration of the command that runs."""
    found: Configuration | None = click.get_current_context().meta.get(_META)
    return found


def rules() -> tuple[ColumnRule, ...]:
    """The rules for columns in the configuration of the command that runs.

    What is typed, or in the environment, for all columns goes before what the file says of one.
    """
    found, context = current(), click.get_current_context()
    if found is None or not found.columns:
        return ()
    weaker_than = _STRENGTH.index(ParameterSource.DEFAULT_MAP)
    single = [one.name for one in parameters(context.command).values() if not one.multiple]
    given = [
        name
        for name in found.columns[0].settings._fields
        if name in single and _strength(context, name) < weaker_than
    ]
    return tuple(rule.without(given) for rule in found.columns)


def effective(
    context: click.Context, values: dict[str, Any], configuration: Configuration | None
) -> dict[str, Any]:
    """The values with those of the file in place of defaults; sources are marked in the context."""
    found = {} if configuration is None else configuration.options.get(_command(context), {})
    taken = dict(values)
    for name, one in found.items():
        if name in taken and context.get_parameter_source(name) is ParameterSource.DEFAULT:
            taken[name] = one.value
            context.set_parameter_source(name, ParameterSource.DEFAULT_MAP)
    for weaker, stronger in _yields(taken):
        if _strength(context, stronger) < _strength(context, weaker) < len(_STRENGTH) - 1:
            taken[weaker] = () if isinstance(taken[weaker], tuple) else None
            context.set_parameter_source(weaker, ParameterSource.DEFAULT)
    return taken


def _command(context: click.Context) -> str:
    return context.info_name or ""


def _yields(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The pairs of which both are options here; what is for one side yields to both sides'."""
    yield from (pair for pair in _YIELDS if values.keys() >= set(pair))
    sided = ((name, name.removeprefix(side)) for side in _SIDES for name in values
             if name.startswith(side))  # fmt: skip
    yield from (pair for pair in sided if pair[1] in values)


def _strength(context: click.Context, name: str) -> int:
    source = context.get_parameter_source(name)
    return _STRENGTH.index(source) if source in _STRENGTH else len(_STRENGTH) - 1


def origin_of(
    context: click.Context, option: click.Option, configuration: Configuration | None
) -> Origin:
    """Where the value of an option comes from."""
    from divcli.model.settings import Origin

    source = context.get_parameter_source(option.name or "")
    if source is ParameterSource.COMMANDLINE:
        return Origin("flag", f"--{option_name(option)}")
    if source is ParameterSource.ENVIRONMENT:
        return Origin("variable", str(option.envvar))
    if source is ParameterSource.DEFAULT_MAP and configuration is not None:
        return Origin("file", _from_file(context, option, configuration).key)
    return Origin("default")


def _from_file(
    context: click.Context, option: click.Option, configuration: Configuration
) -> Configured:
    return configuration.options[_command(context)][option.name or ""]


def _located(
    error: CommandLineError, context: click.Context, configuration: Configuration | None
) -> CommandLineError:
    """The error with the variable or key by which the option that it names was set, if it was."""
    words = set(str(error).replace(":", " ").split())
    for option in context.command.params:
        if not (isinstance(option, click.Option) and words & {*option.opts}):
            continue
        origin = origin_of(context, option, configuration)
        if origin.place == "variable":
            return CommandLineError(str(error), where=origin.name, hint=error.hint)
        if origin.place == "file" and configuration is not None:
            hint = error.hint or ""
            if _from_file(context, option, configuration).shared:
                hint += (
                    f" (for {_command(context)} alone: {_command(context)}.{option_name(option)})"
                )
            where = f"{configuration.path}: {origin.name}"
            return CommandLineError(str(error), where=where, hint=hint.strip() or None)
    return error
