"""Writing results: each format to where it was asked for, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from divcli.catalog import RENDERERS, Renderer, resolve
from divcli.errors import CommandLineError, DataError, Status, did_you_mean
from divcli.inert import inert

if TYPE_CHECKING:
    from divcli.render.page import Surface

Values = dict[str, Any]


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
    if not values["quiet"] and not all(row.carries_notes for row, _ in wanted):
        say_notes(result.notes)
    return result.exit_status


def say_notes(notes: tuple[str, ...]) -> None:
    """The notes, one a line, on standard error."""
    for note in notes:
        print(f"divcli: note: {inert(note)}", file=sys.stderr)


def write(text: str, target: str | None) -> None:
    """Write to a file, or to standard output where none is named."""
    if target is None or target == "-":
        _write_stdout(text)
    else:
        _write_file(text, Path(target))


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
        width=shutil.get_terminal_size().columns if on_terminal else None,
        rows=None if values.get("top") is not None else 20,
        color=color,
    )


def _write_stdout(text: str) -> None:
    try:
        with contextlib.suppress(AttributeError):
            if not sys.stdout.isatty():
                sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
            sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
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


def _write_file(text: str, path: Path) -> None:
    """Replace the file by a finished one beside it; devices and pipes are written as they are."""
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
            return
        handle, temporary = tempfile.mkstemp(dir=path.parent or ".", prefix=f".{path.name}.")
        try:
            with open(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            _keep_mode(Path(temporary), path)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        word = error.strerror or errno.errorcode.get(error.errno or 0, str(error))
        raise DataError(f"cannot write: {word}", where=str(path)) from error


def _keep_mode(temporary: Path, path: Path) -> None:
    """The mode of the file that is replaced, or what the umask leaves a new one."""
    if path.exists():
        temporary.chmod(path.stat().st_mode & 0o777)
        return
    mask = os.umask(0)
    os.umask(mask)
    temporary.chmod(0o666 & ~mask)
