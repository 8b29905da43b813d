"""A value of TOML as an option has it, or an error that says what was expected."""

from __future__ import annotations

from typing import Any, NamedTuple

import click

from divcli.errors import CommandLineError, did_you_mean


class _Expected(NamedTuple):
    """What TOML must hold for a type of click's."""

    kind: type
    values: tuple[type, ...]
    words: str


_TRUTH, _TEXT = "true or false", "a text"
# The first that fits; a number does where a text is expected, as in bins = 20.
_EXPECTED = (
    _Expected(click.types.BoolParamType, (bool,), _TRUTH),
    _Expected(click.Choice, (str,), _TEXT),
    _Expected(click.types.IntParamType, (int,), "a whole number"),
    _Expected(click.types.FloatParamType, (int, float), "a number"),
    _Expected(click.ParamType, (str, int, float), _TEXT),
)


def converted(option: click.Option, value: object, where: str) -> Any:
    """The value that the option would have if it were typed; repeatable ones take a list."""
    if not option.multiple:
        return _converted(option, value, where)
    values = value if isinstance(value, list) else [value]
    return tuple(_converted(option, one, where) for one in values)


def _converted(option: click.Option, value: object, where: str) -> Any:
    expected = next(row for row in _EXPECTED if isinstance(option.type, row.kind))
    truth = isinstance(value, bool)
    if not isinstance(value, expected.values) or truth != (expected.words == _TRUTH):
        raise CommandLineError(f"expected {expected.words}, found {written(value)}", where=where)
    if expected.words == _TEXT:
        value = value if isinstance(value, str) else repr(value)
    if isinstance(option.type, click.Choice) and value not in option.type.choices:
        hint = did_you_mean(str(value), list(map(str, option.type.choices)))
        raise CommandLineError(f"no choice {value!r}", where=where, hint=hint)
    try:
        return option.type.convert(value, option, None)
    except click.BadParameter as error:
        raise CommandLineError(error.message, where=where) from error


def written(value: object) -> str:
    """A value about as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(written, value))}]"
    return repr(value) if isinstance(value, (str, int, float)) else str(value)
