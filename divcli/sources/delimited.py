"""Delimited text and bare lines: CSV, TSV and whatever `cut` and `awk` put into a pipe."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from divcli.errors import DataError
from divcli.sources.columns import Column, InputOptions, Value
from divcli.sources.stream import Stream, decode
from divcli.sources.table import check_header
from divcli.sources.weights import parse_weight

if TYPE_CHECKING:
    from _csv import Reader

    from divcli.sources.columns import Source

_DELIMITERS = (",", "\t", ";", "|")
_SNIFFED_ROWS = 50
_NA = ("",)


@dataclass(frozen=True, slots=True, eq=False)
class DelimitedTable:
    """A table in delimited text; each column is read by one pass over the bytes in memory."""

    name: str
    header: Sequence[str]
    notes: tuple[str, ...]
    data: bytes
    delimiter: str
    first: int  # how many records stand before the data
    typed: bool = False

    def values(self, label: str) -> Sequence[Value]:
        """All values of a column, as text."""
        i = self.header.index(label)
        return [row[i] for row in self.rows()]

    def rows(self) -> Iterator[list[str]]:
        """The records, each as wide as the header; blank lines of a wide table are none."""
        width = len(self.header)
        reader = _reader(self.name, self.data, self.delimiter)
        for row in islice(_records(self.name, reader, width), self.first, None):
            if len(row) != width:
                raise _ragged(self.name, reader.line_num, width, len(row))
            yield row

    def locate(self, row: int) -> str:
        """File and line of a record."""
        reader = _reader(self.name, self.data, self.delimiter)
        records = _records(self.name, reader, len(self.header))
        next(islice(records, self.first + row, None), None)
        return f"{self.name}:{reader.line_num}"


def read_csv(stream: Stream, options: InputOptions) -> Source:
    """A table whose delimiter is the one given, or the one that its first rows agree on."""
    data = _text_bytes(stream)
    return _table(stream.name, data, options.delimiter or _sniff(stream.name, data), options)


def read_tsv(stream: Stream, options: InputOptions) -> Source:
    """A tab-separated table."""
    return _table(stream.name, _text_bytes(stream), options.delimiter or "\t", options)


def read_lines(stream: Stream, options: InputOptions) -> Source:
    """Each line as one sample, to the letter."""
    text = decode(_text_bytes(stream), stream.name)
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    if not lines:
        raise DataError("no lines: there is nothing to measure", where=stream.name)
    values = [line.removesuffix("\r") for line in lines]
    na = options.na if options.na is not None else _NA
    return Column(stream.name, None, values, False, na=na,
                  locate=lambda row: f"{stream.name}:{row + 1}")  # fmt: skip


def _text_bytes(stream: Stream) -> bytes:
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
    return data


def _table(name: str, data: bytes, delimiter: str, options: InputOptions) -> Source:
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise DataError(f"a delimiter is one character, found {delimiter!r}", where=name)
    head = list(islice(_records(name, _reader(name, data, delimiter), 2), _SNIFFED_ROWS))
    if not head:
        raise DataError("the file is empty", where=name)
    has_header, why = _has_header(name, data, delimiter, head, options.header)
    header = head[0] if has_header else [f"column{i}" for i in range(1, len(head[0]) + 1)]
    check_header(header, name)
    if has_header and not _any_record(name, data, delimiter, len(header)):
        raise DataError(
            "a header and no rows", where=name, hint="--no-header takes the first line as data"
        )
    return DelimitedTable(name, header, (why,) if why else (), data, delimiter, int(has_header))


def _any_record(name: str, data: bytes, delimiter: str, width: int) -> bool:
    records = _records(name, _reader(name, data, delimiter), width)
    return next(islice(records, 1, None), None) is not None


def _has_header(
    name: str, data: bytes, delimiter: str, head: list[list[str]], forced: bool | None
) -> tuple[bool, str | None]:
    """Whether the first record names the columns, and the note that says why."""
    if forced is not None:
        return forced, None
    first = head[0]
    if all(parse_weight(text) is not None for text in first):
        return False, f"{name}: the first row is nothing but numbers, taken as data"
    if len(first) == 1:
        rest = islice(_records(name, _reader(name, data, delimiter), 1), 1, None)
        if any(row == first for row in rest):
            return False, f"{name}: the first line comes again, taken as data"
    return True, f"{name}: the first row is taken as the header" if len(first) == 1 else None


def _reader(name: str, data: bytes, delimiter: str) -> Reader:
    # newline="" leaves line ends inside quoted fields as they are.
    csv.field_size_limit(sys.maxsize)
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
    return csv.reader(text, delimiter=delimiter, strict=True)


def _records(name: str, reader: Reader, width: int) -> Iterator[list[str]]:
    """Records; a blank line is a missing value in a table of one column, nothing in a wider one."""
    try:
        for row in reader:
            if row:
                yield row
            elif width == 1:
                yield [""]
    except csv.Error as error:
        raise DataError(
            f"not well-formed CSV: {error}",
            where=f"{name}:{reader.line_num}",
            hint="a quote is not closed, or is followed by text; -i lines takes lines as they are",
        ) from error
    except UnicodeDecodeError:
        raise DataError("invalid UTF-8", where=f"{name}:{reader.line_num + 1}") from None


def _ragged(name: str, line: int, width: int, found: int) -> DataError:
    return DataError(
        f"expected {width} field{'s' * (width != 1)}, found {found}",
        where=f"{name}:{line}",
        hint="quote fields that hold the delimiter, name it with --delimiter, or take whole lines "
        "with -i lines",
    )


def _sniff(name: str, data: bytes) -> str:
    """The delimiter by which the first rows all have the same number of fields, two or more."""
    best, most = ",", 1
    for delimiter in _DELIMITERS:
        try:
            rows = list(islice(_records(name, _reader(name, data, delimiter), 2), _SNIFFED_ROWS))
        except DataError:
            continue
        widths = {len(row) for row in rows}
        if len(widths) == 1 and (width := widths.pop()) > most:
            best, most = delimiter, width
    return best
