"""Writing results: each format to where it was asked for, whole or not at all."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, Protocol, TextIO

from divcli.catalog import RENDERERS, Renderer, resolve
from divcli.cli.values import Values
from divcli.errors import CommandLineError, DataError, Status, did_you_mean
from divcli.inert import inert

if TYPE_CHECKING:
    from divcli.render.page import Surface


class Result(Protocol):
    """What every command hands to the renderers."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done to the data."""

    @property
    def exit_status(self) -> Status:
        """The status that the process ends with."""


def deliver(result: Result, values: Values) -> Status:
    """Render the result in every format asked for, write each, and say the notes."""
    wanted = _wanted(values)
    for row, target in wanted:
        write(resolve(row.target)(result, _surface(values, target)), target)
        if row.page_in is not None and os.environ.get(row.page_in):
            _add_page(result, values, os.environ[row.page_in])
    if not values["quiet"] and not all(row.carries_notes for row, _ in wanted):
        say_notes(result.notes)
    return result.exit_status


def _add_page(result: Result, values: Values, path: str) -> None:
    """Add the Markdown page to the end of a file that others write too."""
    text = resolve(_renderer("markdown").target)(result, _surface(values, path))
    try:
        with open(path, "a", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise DataError(f"cannot write: {error.strerror or error}", where=path) from error


def say_notes(notes: tuple[str, ...]) -> None:
    """The notes, one a line, on standard error."""
    for note in notes:
        print(f"divcli: note: {inert(note)}", file=sys.stderr)


def write(text: str, target: str | None) -> None:
    """Write to a file, or to standard output where none is named."""
    if target is None or target == "-":
        _write_stdout(text)
    else:
        _write_file(text, target)


def _wanted(values: Values) -> list[tuple[Renderer, str | None]]:
    """Formats with their files; at most one goes to standard output."""
    names = [*values["formats"], *(["json"] if values["as_json"] else [])] or ["table"]
    wanted = []
    for text in names:
        name, _, target = text.partition(":")
        wanted.append((_renderer(name), target or values["output"]))
    targets = [target for _, target in wanted]
    if len(set(targets)) < len(targets):
        raise CommandLineError(
            "two formats for one place", hint="name a file for each: -f json:result.json"
        )
    return wanted


def _renderer(name: str) -> Renderer:
    for row in RENDERERS:
        if row.name == name:
            return row
    known = [row.name for row in RENDERERS]
    raise CommandLineError(f"no output format {name!r}", hint=did_you_mean(name, known))


def _surface(values: Values, target: str | None) -> Surface:
    from divcli.render.page import Surface

    on_terminal = target in (None, "-") and sys.stdout.isatty()
    color = values["color"] == "always" or (
        values["color"] == "auto" and on_terminal and not os.environ.get("NO_COLOR")
    )
    return Surface(
        width=_terminal_width() if on_terminal else None,
        rows=None if values.get("top") is not None else 20,
        color=color,
    )


def _terminal_width() -> int:
    import shutil

    return shutil.get_terminal_size().columns


def _write_stdout(text: str) -> None:
    try:
        if isinstance(sys.stdout, io.TextIOWrapper):
            encoding = None if sys.stdout.isatty() else "utf-8"
            sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        discard(sys.stdout)
    except OSError as error:
        discard(sys.stdout)
        raise DataError(f"{error.strerror}", where="standard output") from error


def discard(stream: TextIO) -> None:
    """Send what is left in the stream's buffer nowhere, so that no exit handler trips over it."""
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


def _write_file(text: str, path: str) -> None:
    """Replace the file by a finished one beside it; devices and pipes are written as they are."""
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "w", encoding="utf-8", newline="") as device:
                device.write(text)
        else:
            _replace_file(text, os.path.realpath(path))
    except OSError as error:
        raise DataError(f"cannot write: {error.strerror or error}", where=path) from error


def _replace_file(text: str, path: str) -> None:
    import tempfile

    folder, name = os.path.split(path)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(temporary, _mode(path))
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _mode(path: str) -> int:
    """The mode of the file that is replaced, or what the umask leaves a new one."""
    if os.path.exists(path):
        return os.stat(path).st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
