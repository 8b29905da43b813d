"""Text in files, globs, folders and pipes that is read where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from divcli.errors import CommandLineError, DataError
from divcli.sources.columns import TEXT_NA, Column, InputOptions, TwoSided, Value
from divcli.sources.database import Database, database
from divcli.sources.dealer import dealt
from divcli.sources.faults import told
from divcli.sources.places import Place
from divcli.sources.plain_text import plain_text
from divcli.sources.sql import READING, quoted
from divcli.sources.stored import StoredTable
from divcli.sources.stream import Stream, text_bytes

if TYPE_CHECKING:
    from divcli.sources.delimited import Dialect

HEAD_BYTES = 1 << 20
_HEAD_ROWS = 1000
# A byte that stands in no line of text that divcli takes.
_NO_DELIMITER = "chr(1) || chr(2) || chr(3)"
_LINES = f"{READING}, header=false, delim={_NO_DELIMITER}, quote='', escape=''"


def files_sql(place: Place) -> str:
    """The files as SQL takes them, or the pipe, for its one reading."""
    paths = place.paths if place.pump is None else (place.pump.path(place.name),)
    packing = f", compression={quoted(place.compression)}" if place.compression else ""
    return "[" + ", ".join(map(quoted, paths)) + "]" + packing


def store_csv(place: Place, options: InputOptions) -> StoredTable:
    """Delimited text."""
    return _store_delimited(place, options, options.delimiter)


def store_tsv(place: Place, options: InputOptions) -> StoredTable:
    """Tab-separated text."""
    return _store_delimited(place, options, options.delimiter or "\t")


def _store_delimited(place: Place, options: InputOptions, delimiter: str | None) -> StoredTable:
    from divcli.sources.delimited import dialect_of

    base = database(options.resources)
    head = _head(place, base)
    dialect = dialect_of(place.name, head, delimiter, options.header)
    if place.pump is None:
        _check_headers(place, base, dialect, options)
    raw = [f"c{i}" for i in range(len(dialect.names))]
    types = "{" + ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in raw) + "}"
    form = (
        f"{READING}, header={str(dialect.has_header).lower()}, strict_mode=true, "
        f"delim={quoted(dialect.delimiter)}, quote='\"', escape='\"', columns={types}"
    )

    def rows(files: str) -> str:
        return f"read_csv({files}, {form})"

    text = plain_text(place, dialect.delimiter, raw, has_header=dialect.has_header)
    header = None if text is None else text.header()
    return StoredTable(
        place.name,
        dialect.names,
        (dialect.note,) if dialect.note else (),
        base,
        lambda _: rows(files_sql(place)),
        {name: (sql, "text") for name, sql in zip(dialect.names, raw, strict=True)},
        TEXT_NA,
        _columns(dialect, head) if len(place.paths) < 2 else None,
        place.pump,
        typed=False,
        size=place.size,
        serial=place.serial,
        fault=partial(_placed, place),
        first_rows=lambda _: rows(files_sql(_kept(place, head))),
        dealt=dealt(place, options.resources, rows, header, b'\r"'),
        text=None if options.engine == "duckdb" else text,
    )


def _placed(place: Place, error: DataError) -> DataError:
    """The error with the line of the pipe."""
    if place.pump is None or error.__cause__ is None:
        return error
    return told(error.__cause__, place.name, place.pump.line)


def _kept(place: Place, head: bytes) -> Place:
    """A file of the first lines of a pipe."""
    from divcli.sources.pipe import kept

    return Place(place.name, (kept(head),))


def _columns(dialect: Dialect, head: bytes) -> Mapping[str, Sequence[Value]]:
    rows = dialect.records(head, _HEAD_ROWS)
    return {name: [row[i] for row in rows] for i, name in enumerate(dialect.names)}


def _check_headers(place: Place, base: Database, dialect: Dialect, options: InputOptions) -> None:
    """Several files as one table have the same columns in the same order."""
    from divcli.sources.delimited import dialect_of

    for path in place.paths[1:]:
        other = dialect_of(path, _head(Place(path, (path,)), base), dialect.delimiter,
                           dialect.has_header)  # fmt: skip
        if other.names != dialect.names:
            raise DataError(
                f"other columns than {place.paths[0]}: {', '.join(other.names[:20])}",
                where=path,
                hint="files taken as one have the same columns in the same order",
            )


def store_lines(place: Place, options: InputOptions) -> StoredTable:
    """Each line as one sample."""
    base = database(options.resources)
    head = _head(place, base)
    lines = head.decode("utf-8", "replace").split("\n")[:_HEAD_ROWS]
    return StoredTable(
        place.name,
        ["line"],
        (),
        base,
        lambda _: _lines(files_sql(place)),
        {"line": ("line", "text")},
        TEXT_NA,
        {"line": lines},
        place.pump,
        typed=False,
        size=place.size,
        serial=place.serial,
        fault=partial(_placed, place),
        first_rows=lambda _: _lines(files_sql(_kept(place, head))),
        dealt=dealt(place, options.resources, _lines, b"", b"\r"),
    )


def _lines(files: str) -> str:
    """Lines as they are, as what stands after FROM."""
    return f"read_csv({files}, {_LINES}, columns={{'line': 'VARCHAR'}})"


def store_ndjson(place: Place, options: InputOptions) -> StoredTable:
    """Newline-delimited JSON: the fields of its records."""
    base = database(options.resources)
    head = _head(place, base)
    records = _records(place, head, options)
    header = list(dict.fromkeys(key for record in records for key in record))
    steps = [] if options.path is None else options.path.split(".")
    inside = "".join(f"/{_step(step)}" for step in steps)

    def rows(files: str) -> str:
        return f"(SELECT line FROM {_lines(files)} WHERE line IS NOT NULL)"

    def is_somewhere(key: str) -> bool:
        found = f"json_exists(line, {quoted(f'{inside}/{_step(key)}')})"
        return bool(
            base.rows(f"SELECT 1 FROM {rows(files_sql(place))} WHERE {found} LIMIT 1", place.name)
        )

    named = (options.column, options.weights, options.by, options.sample_weight, *options.columns)
    late = [key for key in dict.fromkeys(named) if key is not None and key not in header]
    if place.pump is None:
        header += filter(is_somewhere, late)
    pointers = {key: quoted(f"{inside}/{_step(key)}") for key in header}
    return StoredTable(
        place.name,
        header,
        (),
        base,
        lambda _: rows(files_sql(place)),
        {key: (f"(line -> {pointer})::VARCHAR", "json") for key, pointer in pointers.items()},
        (),
        _fields(header, records) if len(place.paths) < 2 else None,
        place.pump,
        size=place.size,
        serial=place.serial,
        fault=lambda error: _malformed(place, error),
        fields={f"(line -> {pointer})::VARCHAR": pointer for pointer in pointers.values()},
        first_rows=lambda _: rows(files_sql(_kept(place, head))),
        dealt=dealt(place, options.resources, rows, b"", b"\r"),
    )


def _malformed(place: Place, error: DataError) -> DataError:
    """The error with the file and line of the first line that is no JSON, where it can be found."""
    if not str(error).startswith(f"{place.name}: not JSON") or place.compression == "zstd":
        return error
    import gzip
    import json

    for path in place.paths:
        with (gzip.open if place.compressed else open)(path, "rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    json.loads(line.strip() or b"null")
                except ValueError as reason:
                    what = getattr(reason, "msg", "invalid UTF-8")
                    return DataError(f"not JSON: {what}", where=f"{path}:{number}")
    return error


def _step(key: str) -> str:
    """A key as a step of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def _records(place: Place, head: bytes, options: InputOptions) -> list[dict[str, Value]]:
    from divcli.sources.documents import read_ndjson

    lines = [line for line in head.split(b"\n") if line.strip()]
    if len(head) >= HEAD_BYTES and len(lines) > 1:
        lines.pop()  # cut short
    stream = Stream(place.name, b"\n".join(lines[:_HEAD_ROWS]))
    table = read_ndjson(stream, options)
    if isinstance(table, (Column, TwoSided)):
        raise CommandLineError(
            f"{place.name}: lines of JSON that are no records",
            hint="--engine python reads them, in memory",
        )
    columns = {label: list(table.values(label)) for label in table.header}
    count = len(next(iter(columns.values())))
    return [{label: column[i] for label, column in columns.items()} for i in range(count)]


def _fields(
    header: Sequence[str], records: Sequence[Mapping[str, Value]]
) -> Mapping[str, Sequence[Value]]:
    return {key: [record.get(key) for record in records] for key in header}


def _head(place: Place, base: Database) -> bytes:
    """The first bytes of the first file, decompressed, to the end of a line where it is cut."""
    data = _first_bytes(place, base)
    if not data:
        raise DataError("the file is empty", where=place.name)
    whole = text_bytes(Stream(place.name, data))
    if len(data) < HEAD_BYTES and place.pump is None:
        return whole
    return whole[: whole.rfind(b"\n") + 1] or whole


def _first_bytes(place: Place, base: Database) -> bytes:
    if place.compression == "zstd":
        return _through(place, base)
    packed = place.compression == "gzip"
    if place.beginning is None:
        return _beginning(place.paths[0], place.name, packed=packed)
    if not packed:
        return place.beginning[:HEAD_BYTES]
    import zlib

    return zlib.decompressobj(wbits=31).decompress(place.beginning, HEAD_BYTES)


def _beginning(path: str, name: str, *, packed: bool) -> bytes:
    import gzip

    opened = gzip.open if packed else open
    try:
        with opened(path, "rb") as file:
            return file.read(HEAD_BYTES)
    except (OSError, EOFError) as error:
        raise DataError(f"{getattr(error, 'strerror', None) or error}", where=name) from error


def _through(place: Place, base: Database) -> bytes:
    """The first lines of a file that only the database can decompress."""
    if place.pump is not None:
        raise CommandLineError("zstandard data in a pipe", hint="zstdcat file.zst | divcli …")
    query = f"SELECT line FROM {_lines(files_sql(place))} LIMIT 20000"
    lines = [line or "" for (line,) in base.rows(query, place.name)]
    return ("\n".join(lines) + "\n").encode()[:HEAD_BYTES]
