"""Bytes from a file or from standard input, and their text."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from divcli.errors import CommandLineError, DataError

if TYPE_CHECKING:
    from divcli.sources.places import Place

BOM = b"\xef\xbb\xbf"
STDIN_NAME = "standard input"
# Of what comes through a pipe, so much is read before it is decided how; what ends before is
# treated as a small file would be, and value by value.
LOOKED_AT = 5_000_000
LOOKED_AT_LINES = 100_000
_BLOCK = 1 << 20


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


class Piped(NamedTuple):
    """What came through standard input so far, and the stream where it goes on."""

    data: bytes
    stream: BinaryIO
    goes_on: bool

    def whole(self) -> bytes:
        """All of it, in memory."""
        return self.data + self.stream.read() if self.goes_on else self.data

    def place(self) -> Place:
        """Where it can be read from: a pipe where it goes on, else a file of its own."""
        from divcli.sources.pipe import Pump, kept
        from divcli.sources.places import Place

        if not self.goes_on:
            return Place(STDIN_NAME, (kept(self.data),), beginning=self.data)
        pump = Pump(self.data, self.stream)
        return Place(STDIN_NAME, (), pump=pump, beginning=self.data)


def open_stdin(stdin: BinaryIO | None = None) -> Piped:
    """The bytes piped into this process; CommandLineError where nothing is piped."""
    stream = stdin or getattr(sys.stdin, "buffer", None)  # sys.stdin is None where it is closed
    if stream is None or stream.isatty():
        raise CommandLineError(
            "'-' reads standard input, but nothing is piped into it",
            hint="cut -d, -f3 orders.csv | divcli …",
        )
    try:
        data, ended = _peek(stream)
    except OSError as error:
        raise DataError(f"{error.strerror or error}", where=STDIN_NAME) from error
    if not data:
        raise DataError("nothing came through the pipe", where=STDIN_NAME)
    return Piped(data, stream, not ended)


def _peek(stream: BinaryIO) -> tuple[bytes, bool]:
    """The beginning of a stream, long in bytes and in lines, and whether that is all of it."""
    blocks: list[bytes] = []
    size = lines = 0
    # Without a buffer in between, whose content would be lost to whoever reads on.
    bare = getattr(stream, "raw", stream)
    while size < LOOKED_AT or lines <= LOOKED_AT_LINES:
        block = bare.read(_BLOCK)
        if not block:
            return b"".join(blocks), True
        blocks.append(block)
        size += len(block)
        lines += block.count(b"\n")
    return b"".join(blocks), False


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
