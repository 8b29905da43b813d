"""The file that holds the configuration: divcli.toml, or [tool.divcli] of a pyproject.toml.

Most runs have none, so that looking must cost next to nothing: names are asked of the system, and
the reader of TOML is loaded only for a file that speaks of divcli.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from divcli.errors import CommandLineError

OWN = "divcli.toml"
PYPROJECT = "pyproject.toml"
_SECTION = ("tool", "divcli")
# Every way to write that table in TOML: as a dotted key, or within a table named tool.
_SPEAKS = re.compile(
    rb"""tool["']?\s*\.\s*["']?divcli|^\s*\[\s*["']?tool["']?\s*\]|^\s*["']?tool["']?\s*=""",
    re.MULTILINE,
)


class ConfigFile(NamedTuple):
    """What a file says: its path as it is shown, the table, and the keys that lead to it."""

    path: str
    table: dict[str, Any]
    section: tuple[str, ...] = ()

    def key(self, *names: str) -> str:
        """A key of the table in full, as TOML writes it."""
        from divcli.render.toml import key

        return ".".join(map(key, (*self.section, *names)))


def find(folder: str | None = None) -> ConfigFile | None:
    """The configuration nearest to a folder (the current one), in it or in those above it.

    divcli.toml goes before pyproject.toml in one folder; the first that is found is the whole
    configuration.
    """
    for path in _candidates(folder):
        if os.path.isfile(path) and (file := _read(path)) is not None:
            return file
    return None


def read(path: str) -> ConfigFile:
    """The configuration in a file that the user named; CommandLineError where it holds none."""
    file = _read(path)
    if file is None:
        raise CommandLineError("no table [tool.divcli]", where=path)
    return file


def _candidates(folder: str | None) -> Iterator[str]:
    try:
        here = os.path.abspath(folder or os.getcwd())
    except FileNotFoundError:  # the current folder was deleted
        return
    while True:
        yield from (os.path.join(here, name) for name in (OWN, PYPROJECT))
        above = os.path.dirname(here)
        if above == here:
            return
        here = above


def _read(path: str) -> ConfigFile | None:
    """The table of divcli in the file; None for a pyproject.toml that has none."""
    shown, project = _shown(path), os.path.basename(path) == PYPROJECT
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        hint = "--no-config reads none"
        raise CommandLineError(error.strerror or str(error), where=shown, hint=hint) from error
    if project and not _SPEAKS.search(data):
        return None
    table = _parsed(data, shown)
    if not project:
        return ConfigFile(shown, table)
    for name in _SECTION:
        if name not in table:
            return None
        table = as_table(ConfigFile(shown, table), name)
    return ConfigFile(shown, table, _SECTION)


def _parsed(data: bytes, shown: str) -> dict[str, Any]:
    import tomllib

    try:
        # A mark of byte order at the start, which some editors write, is no TOML.
        return tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CommandLineError(f"no TOML: {error}", where=shown) from error


def as_table(file: ConfigFile, name: str) -> dict[str, Any]:
    """The table under a key of the file; CommandLineError where something else is."""
    value = file.table[name]
    if not isinstance(value, dict):
        where = f"{file.path}: {file.key(name)}"
        raise CommandLineError(f"expected a table, found {value!r}", where=where)
    return value


def _shown(path: str) -> str:
    """The path from the current folder, where that is the shorter one."""
    try:
        return min(path, os.path.relpath(path), key=len)
    except (ValueError, FileNotFoundError):
        return path
