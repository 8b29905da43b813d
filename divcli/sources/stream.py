"""Bytes from a file or from standard input, and their text."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO, NamedTuple

from divcli.errors import CommandLineError, DataError

BOM = b"\xef\xbb\xbf"
STDIN_NAME = "standard input"


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
    stream = stdin or getattr(sys.stdin, "buffer", None)  # sys.stdin is None where it is closed
    if stream is None or stream.isatty():
        raise CommandLineError(
            "'-' reads standard input, but nothing is piped into it",
            hint="cut -d, -f3 orders.csv | divcli …",
        )
    try:
        data = stream.read()
    except OSError as error:
        raise DataError(f"{error.strerror or error}", where=STDIN_NAME) from error
    if not data:
        raise DataError("nothing came through the pipe", where=STDIN_NAME)
    return Stream(STDIN_NAME, data)


def text_bytes(stream: Stream) -> bytes:
    """The bytes of text, without a byte-order mark; DataError where it is no text."""
    data = stream.data
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(
            "UTF-16 text", where=stream.name, hint="convert it: iconv -f UTF-16 -t UTF-8"
        )
    nul = data.find(b"\0")
    if nul >= 0:
        raise DataError(
            "a NUL byte: this is no text file",
            where=f"{stream.name}:{data.count(10, 0, nul) + 1}",
            hint="-i names the format where the file name does not",
        )
    return data.removeprefix(BOM)


def decode(data: bytes, name: str) -> str:
    """UTF-8 text; DataError with the line of the first bad byte."""
    try:
        return data.decode("utf-8")
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
