"""Delimited text and bare lines: CSV, TSV and whatever `cut` and `awk` put into a pipe."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, islice
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from divcli.errors import CommandLineError, DataError
from divcli.sources.columns import TEXT_NA, Column, InputOptions, Value
from divcli.sources.stream import Stream, decode, text_bytes
from divcli.sources.table import check_header
from divcli.sources.weights import parse_weight

if TYPE_CHECKING:
    from _csv import Reader

    from divcli.sources.columns import Source

_DELIMITERS = (",", "\t", ";", "|")
_SNIFFED = 50  # records
_BLOCK = 128  # records at once: many enough to save steps, few enough for the processor's cache


class _Text(NamedTuple):
    """Delimited text, read anew in one pass whenever its records are asked for."""

    name: str
    data: bytes
    delimiter: str
    whole: bool = True  # or the beginning of something longer, which may end in a quoted field

    def blocks(self, width: int) -> Iterator[list[list[str]]]:
        """Lists of records; DataError at the first that is not this wide."""
        reader = self._reader()
        while rows := self._take(reader, _BLOCK):
            if not all(rows):
                rows = _blanks_read(rows, width)
            if any(map(width.__ne__, map(len, rows))):
                raise self._ragged(width)
            yield rows

    def head(self) -> list[list[str]]:
        """The first records, of whatever width."""
        rows = self._take(self._reader(), _SNIFFED)
        return _blanks_read(rows, max(map(len, rows), default=0))

    def first(self, width: int, start: int, most: int) -> list[list[str]]:
        """So many records of this width after the start, without one that is cut."""
        rows = _blanks_read(self._take(self._reader(), start + 2 * most), width)
        return [row for row in rows if len(row) == width][start:][:most]

    def find(self, wanted: Callable[[list[str]], bool]) -> tuple[int, list[str]]:
        """The first record that is wanted or cannot be read, with the line where it begins."""
        reader = self._reader()
        line, row = 1, list[str]()
        try:
            for row in reader:
                if wanted(row):
                    break
                line = reader.line_num + 1
        except csv.Error:
            pass
        return line, row

    def _reader(self) -> Reader:
        csv.field_size_limit(2**31 - 1)
        # newline="" leaves line ends inside quoted fields as they are.
        text = io.TextIOWrapper(io.BytesIO(self.data), encoding="utf-8", newline="")
        return csv.reader(text, delimiter=self.delimiter, strict=self.whole)

    def _take(self, reader: Reader, most: int) -> list[list[str]]:
        try:
            return list(islice(reader, most))
        except csv.Error as error:
            line, _ = self.find(lambda _: False)
            raise DataError(
                f"not well-formed CSV: {error}",
                where=f"{self.name}:{line}",
                hint="a quote is not closed, or is followed by text; -i lines takes lines as they "
                "are",
            ) from error
        except UnicodeDecodeError:
            decode(self.data, self.name)  # names the line, which the reader does not know
            raise

    def _ragged(self, width: int) -> DataError:
        line, row = self.find(lambda row: bool(row) and len(row) != width)
        return DataError(
            f"expected {width} field{'s' * (width != 1)}, found {len(row)}",
            where=f"{self.name}:{line}",
            hint="quote fields that hold the delimiter, name it with --delimiter, or take whole "
            "lines with -i lines",
        )


def _blanks_read(rows: list[list[str]], width: int) -> list[list[str]]:
    """A blank line is a missing value in a table of one column, nothing in a wider one."""
    return [row for row in rows if row] if width > 1 else [row or [""] for row in rows]


@dataclass(frozen=True, slots=True, eq=False)
class DelimitedTable:
    """A table in delimited text; each column is read by one pass over the bytes in memory."""

    name: str
    header: Sequence[str]
    notes: tuple[str, ...]
    text: _Text
    first: int  # how many records stand before the data
    na: tuple[str, ...] = TEXT_NA
    typed: bool = False

    def values(self, label: str) -> Sequence[Value]:
        """All values of a column, as text."""
        pick = itemgetter(self.header.index(label))
        blocks = self.text.blocks(len(self.header))
        return list(
            islice(chain.from_iterable(map(pick, rows) for rows in blocks), self.first, None)
        )

    def locate(self, row: int) -> str:
        """File and line of a record."""
        records = count()
        one_column = len(self.header) == 1

        def reached(record: list[str]) -> bool:
            return (bool(record) or one_column) and next(records) == self.first + row

        line, _ = self.text.find(reached)
        return f"{self.name}:{line}"


def read_csv(stream: Stream, options: InputOptions) -> Source:
    """A table whose delimiter is the one given, or the one that its first rows agree on."""
    data = text_bytes(stream)
    delimiter = options.delimiter
    if delimiter is None:
        delimiter = _sniff(stream.name, data)
    return _table(_Text(stream.name, data, delimiter), options.header)


def read_tsv(stream: Stream, options: InputOptions) -> Source:
    """A tab-separated table."""
    delimiter = "\t" if options.delimiter is None else options.delimiter
    return _table(_Text(stream.name, text_bytes(stream), delimiter), options.header)


def read_lines(stream: Stream, options: InputOptions) -> Source:
    """Each line as one sample, to the letter."""
    of_tables = options.column, options.weights, options.delimiter, options.header
    if options.input_format is None and any(option is not None for option in of_tables):
        raise CommandLineError(
            f"{stream.name}: its lines are samples, without columns or a header",
            hint="-i csv reads a table, -i lines says that lines are meant",
        )
    text = decode(text_bytes(stream), stream.name)
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    if not lines:
        raise DataError("no lines: there is nothing to measure", where=stream.name)
    values = [line.removesuffix("\r") for line in lines]
    na = options.na if options.na is not None else TEXT_NA
    return Column(stream.name, None, values, False, na=na,
                  locate=lambda row: f"{stream.name}:{row + 1}")  # fmt: skip


class Dialect(NamedTuple):
    """How a delimited text is to be read: its delimiter, its columns, and what said so."""

    delimiter: str
    names: Sequence[str]
    has_header: bool
    note: str | None

    def records(self, head: bytes, most: int) -> list[list[str]]:
        """The first records of data in the beginning of a text, without the one that is cut."""
        return _Text("", head, self.delimiter, whole=False).first(
            len(self.names), int(self.has_header), most
        )


def dialect_of(name: str, head: bytes, delimiter: str | None, forced: bool | None) -> Dialect:
    """The dialect of a text that begins so."""
    if delimiter is None:
        delimiter = _sniff(name, head)
    return _dialect(_Text(name, head, delimiter, whole=False), forced)


def _table(text: _Text, forced: bool | None) -> Source:
    dialect = _dialect(text, forced)
    if dialect.has_header and len(text.head()) == 1:
        raise DataError(
            "a header and no rows", where=text.name, hint="--no-header takes the first line as data"
        )
    notes = (dialect.note,) if dialect.note else ()
    return DelimitedTable(text.name, dialect.names, notes, text, int(dialect.has_header))


def _dialect(text: _Text, forced: bool | None) -> Dialect:
    if len(text.delimiter) != 1 or text.delimiter in '"\r\n':
        raise CommandLineError(
            f"--delimiter: expected one character, found {text.delimiter!r}", hint=r"\t is a tab"
        )
    head = text.head()
    if not any(map(any, head)) and not text.data.strip():
        raise DataError("the file is empty", where=text.name)
    has_header, why = (forced, None) if forced is not None else _has_header(text, head)
    header = head[0] if has_header else [f"column{i}" for i in range(1, len(head[0]) + 1)]
    check_header(header, text.name)
    return Dialect(text.delimiter, header, has_header, why)


def _has_header(text: _Text, head: list[list[str]]) -> tuple[bool, str | None]:
    """Whether the first record names the columns, and the note that says why."""
    first, name = head[0], text.name
    if all(parse_weight(field) is not None for field in first):
        return False, f"{name}: the first row is nothing but numbers, taken as data"
    if len(first) > 1:
        return True, None
    if first == [""]:
        return False, f"{name}: the first line is blank, taken as data"
    if _comes_again(text, first[0]):
        return False, f"{name}: the first line comes again, taken as data"
    return True, f"{name}: the first row is taken as the header"


def _comes_again(text: _Text, first: str) -> bool:
    """Whether the first value of the only column stands in another record too."""
    # Mostly its bytes stand nowhere else, which is sooner known than by reading the records.
    needle = first.encode()
    if '"' not in first and text.data.count(needle) == 1:
        return False
    rest = islice(chain.from_iterable(text.blocks(1)), 1, None)
    return any(row[0] == first for row in rest)


def _sniff(name: str, data: bytes) -> str:
    """The delimiter by which the first rows all have the same number of fields, two or more."""
    best, most = ",", 1
    for delimiter in _DELIMITERS:
        try:
            rows = _Text(name, data, delimiter).head()
        except DataError:
            continue
        widths = {len(row) for row in rows}
        if len(widths) == 1 and (width := widths.pop()) > most:
            best, most = delimiter, width
    return best
