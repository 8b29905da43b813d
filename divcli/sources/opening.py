"""From what the user named to a source: which files, which format, in memory or where they are."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from divcli.catalog import READERS, Reader, resolve
from divcli.errors import CommandLineError, did_you_mean
from divcli.sources.columns import InputOptions
from divcli.sources.places import Place, place_of
from divcli.sources.stream import BOM, STDIN_NAME, Piped, Stream, open_file, open_stdin

if TYPE_CHECKING:
    from divcli.sources.columns import Source
    from divcli.sources.stored import StoredTable

STDIN = "-"
# Below, reading into memory is over before a database has begun.
IN_MEMORY = 5_000_000
_TELLING = 1 << 20  # bytes that tell the format
_PLAIN = ("csv", "tsv")


def opener(text: str) -> Callable[[InputOptions], Source]:
    """What reads the source that an argument names, as options say."""
    if text == STDIN:
        return partial(_from_stdin, open_stdin())
    place = place_of(text)
    if place is not None:
        return partial(_from_files, place)
    from divcli.sources.inline import read_inline

    return partial(read_inline, text)


def is_for_database(text: str, options: InputOptions, *, every: bool) -> bool:
    """Whether an argument names a file for the database, as far as its name and size tell.

    every: whether all its columns are asked for; one of plain text may be counted without.
    """
    if options.input_format is not None or not os.path.isfile(text):
        return False
    place = Place(text, (text,))
    reader = _reader_of(place, options)
    if reader is None or reader.stored is None:
        return False
    plain = reader.name in _PLAIN and not place.compressed and not every
    return reader.target is None or (_stays(place, options) and not plain)


def _from_files(place: Place, options: InputOptions) -> Source:
    reader = _reader_of(place, options)
    if reader is None:
        # Only its beginning can tell: it is small, or a table.
        reader = (
            _named("csv") if _stays(place, options) else _by_content(open_file(place.name).data)
        )
    if reader.stored is not None and (reader.target is None or _stays(place, options)):
        return _stored(reader, place, options)
    _refuse(reader, place.name, options)
    if len(place.paths) > 1:
        raise CommandLineError(f"{place.name}: several files as one are no {reader.name}")
    return _read(reader, open_file(place.paths[0]), options)


def _stays(place: Place, options: InputOptions) -> bool:
    """Whether files are read where they are, by the database."""
    if options.engine == "python" and not place.compressed and len(place.paths) == 1:
        return False
    asked = options.engine == "duckdb" or _selects(options)
    return asked or place.compressed or len(place.paths) > 1 or place.size > IN_MEMORY


def _selects(options: InputOptions) -> bool:
    return options.where is not None or options.sample is not None


def _from_stdin(piped: Piped, options: InputOptions) -> Source:
    """Standard input: in memory where it is small, else through the database in one reading."""
    named = None if options.input_format is None else _named(options.input_format)
    compression = Place(STDIN_NAME, (), beginning=piped.data).compression
    reader = named or _by_content(_unpacked(piped.data) if compression == "gzip" else piped.data)
    asked = options.engine == "duckdb" or _selects(options) or reader.target is None
    asked = asked or compression is not None
    if reader.stored is not None and (asked or (piped.goes_on and options.engine != "python")):
        return _stored(reader, piped.place(), options)
    _refuse(reader, STDIN_NAME, options)
    return _read(reader, Stream(STDIN_NAME, piped.whole()), options)


def _unpacked(data: bytes) -> bytes:
    """The beginning of what gzip has packed."""
    import zlib

    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data, _TELLING)
    except zlib.error:
        return data  # whoever reads it says what is wrong


def _stored(reader: Reader, place: Place, options: InputOptions) -> Source:
    from divcli.sources.selection import selected

    table: StoredTable = resolve(reader.stored or "")(place, options)
    return selected(table, options)


def _read(reader: Reader, stream: Stream, options: InputOptions) -> Source:
    source: Source = resolve(reader.target or "")(stream, options)
    return source


def _refuse(reader: Reader, name: str, options: InputOptions) -> None:
    """Refuse to pass over what only the database does."""
    if _selects(options):
        option = "--where" if options.where is not None else "--sample"
        known = ", ".join(row.name for row in READERS if row.stored is not None)
        raise CommandLineError(
            f"{option} does not go with {reader.name} read in memory: {name}",
            hint=f"it works on {known}, without --engine python",
        )


def _reader_of(place: Place, options: InputOptions) -> Reader | None:
    """The reader named, or the one of the files' ending; None where neither tells."""
    if options.input_format is not None:
        return _named(options.input_format)
    return next((reader for reader in READERS if place.ending in reader.endings), None)


def _by_content(data: bytes) -> Reader:
    """JSON by its first character, else delimited text."""
    start = data.removeprefix(BOM).lstrip()[:1]
    if start not in (b"{", b"["):
        return _named("csv")
    from divcli.sources.documents import is_ndjson

    first = data.lstrip().partition(b"\n")[0]
    records = (
        start == b"{"
        and len(first) < len(data.rstrip())
        and is_ndjson(first.decode("utf-8", "replace"))
    )
    return _named("ndjson" if records else "json")


def _named(name: str) -> Reader:
    for reader in READERS:
        if reader.name == name:
            return reader
    known = [reader.name for reader in READERS]
    raise CommandLineError(f"no input format {name!r}", hint=did_you_mean(name, known))
