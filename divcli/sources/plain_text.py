"""Delimited text, block by block, for whoever finds its fields without the database."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from divcli.sources.stream import BOM

if TYPE_CHECKING:
    from divcli.sources.pipe import Pump
    from divcli.sources.places import Place

LONGEST_LINE = 1 << 16
ROOM = 256  # bytes behind the last line, for whoever looks beyond it
LINE_END = ord("\n")


class Block(NamedTuple):
    """The lines of a file that start at one of its bytes from `start` on, `length` of them.

    begins: whether a line is known to start at the first.
    """

    path: str
    start: int
    length: int
    begins: bool

    def read(self, buffer: bytearray, *, blank: bool) -> tuple[int, int] | None:
        """Read the lines; the part of the buffer they are in, with the line end before them.

        buffer: of `buffer_for`. blank: whether blank lines at the end of a file count. None where
        a line is longer than the buffer.
        """
        most = len(buffer) - ROOM
        buffer[0] = LINE_END
        with open(self.path, "rb", buffering=0) as file:
            file.seek(self.start - (not self.begins))
            read = file.readinto(memoryview(buffer)[self.begins : most])
        end = self.begins + read
        if end < most:
            end = ended(buffer, end, blank=blank)
        first = buffer.find(b"\n", 0, min(self.length, end))
        last = buffer.find(b"\n", self.length, end)
        if last < 0 and end == most:
            return None
        last = last if last >= 0 else end - 1
        return (first, last + 1) if first >= 0 else (last, last + 1)


def ended(buffer: bytearray, end: int, *, blank: bool) -> int:
    """Where the last line of a file ends, with a line end of its own."""
    while not blank and buffer[max(end - 2, 0) : end] == b"\n\n":
        end -= 1
    if end and buffer[end - 1] != LINE_END:
        buffer[end] = LINE_END
        end += 1
    return end


def buffer_for(length: int) -> bytearray:
    """A buffer for blocks of this length."""
    return bytearray(1 + length + LONGEST_LINE + ROOM)


class PlainText(NamedTuple):
    """Files of delimited text, which may have quotes or not, and how a line is cut into fields.

    columns: what the database calls each column, in the order of the fields. pump: where the text
    comes through a pipe.
    """

    paths: tuple[str, ...]
    delimiter: str
    columns: Sequence[str]
    has_header: bool
    pump: Pump | None = None

    def blocks(self, length: int) -> list[Block] | None:
        """Blocks of all lines but the headers; None where those are not the first lines."""
        blocks = []
        for path in self.paths:
            first = _start(path, self.has_header)
            if first is None:
                return None
            starts = range(first, os.path.getsize(path), length)
            blocks += [Block(path, start, length, start == first) for start in starts]
        return blocks

    def header(self) -> bytes | None:
        """What comes through a pipe before the data; None where it is not the first line."""
        beginning = b"" if self.pump is None else self.pump.beginning
        line = beginning[: beginning.find(b"\n", 0, LONGEST_LINE) + 1]
        length = _header_length(line, self.has_header)
        return None if length is None else beginning[:length]


def plain_text(
    place: Place, delimiter: str, columns: Sequence[str], *, has_header: bool
) -> PlainText | None:
    """The files of a place or its pipe, unless they are packed or delimited by several bytes."""
    if place.compressed or not delimiter.isascii():
        return None
    return PlainText(place.paths, delimiter, columns, has_header, place.pump)


def _start(path: str, has_header: bool) -> int | None:
    """Where the data begin in a file; None where it is none, or its header is not one line."""
    if not os.path.isfile(path):
        return None
    with open(path, "rb") as file:
        return _header_length(file.readline(LONGEST_LINE), has_header)


def _header_length(first: bytes, has_header: bool) -> int | None:
    """The length of a header, or of a mark of the byte order, that begins with this line."""
    if not has_header:
        return len(BOM) if first.startswith(BOM) else 0
    is_line = first.endswith(b"\n") and bool(first.strip()) and first.count(b'"') % 2 == 0
    return len(first) if is_line else None
