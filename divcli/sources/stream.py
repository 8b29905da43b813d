"""Bytes from a file or from standard input, and their text."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO, NamedTuple

from divcli.errors import CommandLineError, DataError

_BOM = b"\xef\xbb\xbf"


class Stream(NamedTuple):
    """A named run of bytes; path where it is a file."""

    name: str
    data: bytes
    path: str | None = None


def open_file(path: str) -> Stream:
    """The bytes of a file; DataError where it cannot be read or is empty."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except IsADirectoryError:
        raise DataError("this is a directory", where=path, hint="name a file in it") from None
    except OSError as error:
        raise DataError(f"{error.strerror or error}", where=path) from error
    if not data:
        raise DataError("the file is empty", where=path)
    return Stream(path, data, path)


def open_stdin(stdin: BinaryIO | None = None) -> Stream:
    """The bytes piped into this process; CommandLineError where nothing is piped."""
    stream = stdin or sys.stdin.buffer
    if stream.isatty():
        raise CommandLineError("'-' reads standard input, but nothing is piped into it")
    data = stream.read()
    if not data:
        raise DataError("nothing came through the pipe", where="standard input")
    return Stream("standard input", data)


def decode(data: bytes, name: str) -> str:
    """UTF-8 text without a byte-order mark; DataError with the line of the first bad byte."""
    try:
        return data.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"invalid UTF-8 (byte 0x{data[error.start]:02x})",
            where=f"{name}:{line}",
            hint="convert it: iconv -f ISO-8859-1 -t UTF-8",
        ) from None


def exists(text: str) -> bool:
    """Whether the text names something in the file system; false where it cannot be a name."""
    try:
        return os.path.lexists(text)
    except ValueError:
        return False
