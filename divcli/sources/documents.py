"""JSON documents and newline-delimited JSON, in every shape that distributions come in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from divcli.errors import CommandLineError, DataError, did_you_mean
from divcli.sources.columns import Column, InputOptions, TwoSided, Value
from divcli.sources.inline import positional_column
from divcli.sources.models import document_column
from divcli.sources.stream import Stream, decode, text_bytes
from divcli.sources.weights import as_weight, weighted_column

if TYPE_CHECKING:
    from divcli.sources.columns import Source

_PROFILE = "divcli/profile/"  # how the schema of a profile begins, of whatever version
_NUMBER_AS_WEIGHT = ("counts", "probabilities", "weights")


@dataclass(frozen=True, slots=True, eq=False)
class TypedTable:
    """A table whose values have declared types: records or columns of a document."""

    name: str
    header: Sequence[str]
    columns: Mapping[str, Sequence[Value]]
    place: str = "record"
    notes: tuple[str, ...] = ()
    na: tuple[str, ...] = ()
    typed: bool = True

    def values(self, label: str) -> Sequence[Value]:
        """All values of a column, in order; None where missing."""
        return self.columns[label]

    def locate(self, row: int) -> str:
        """The record, counted from 1."""
        return f"{self.name}: {self.place} {row + 1}"


def read_json(stream: Stream, options: InputOptions) -> Source:
    """The distribution, table or pair in a JSON document."""
    text = _text(stream)
    try:
        document = _loads(text, stream.name)
    except json.JSONDecodeError as error:
        if options.input_format is None and is_ndjson(text):
            return read_ndjson(stream, options)
        raise _syntax(stream.name, error, error.lineno) from error
    if options.path is not None:
        document = _reach(document, options.path, stream.name)
    return from_value(document, stream.name, options)


def read_ndjson(stream: Stream, options: InputOptions) -> Source:
    """One record or sample a line."""
    items = []
    for number, line in enumerate(_text(stream).split("\n"), start=1):
        if line.strip():
            where = f"{stream.name}:{number}"
            try:
                item = _loads(line, where)
            except json.JSONDecodeError as error:
                raise _syntax(stream.name, error, number) from error
            items.append(item if options.path is None else _reach(item, options.path, where))
    return from_value(items, stream.name, options)


def _text(stream: Stream) -> str:
    text = decode(text_bytes(stream), stream.name)
    if not text.strip():
        raise DataError("the file is empty", where=stream.name)
    return text


def from_value(value: Any, name: str, options: InputOptions) -> Source:
    """The source in a decoded document: objects, arrays, records or columns."""
    if isinstance(value, dict):
        return _from_object(value, name, options)
    if isinstance(value, list) and value:
        return _from_array(value, name, options)
    raise DataError(
        f"expected an object or an array, found {_word(value)}",
        where=name,
        hint="--path a.b.c reaches inside a document",
    )


def _from_object(value: dict[str, Any], name: str, options: InputOptions) -> Source:
    if not value:
        raise DataError("an empty object: no symbols", where=name)
    if (model := document_column(value, name, options)) is not None:
        return model
    if str(value.get("schema")).startswith(_PROFILE):
        from divcli.sources.profiles import from_profile

        return from_profile(value, name, options)
    if set(value) == {"p", "q"} and all(isinstance(v, (dict, list)) for v in value.values()):
        return TwoSided(
            name,
            from_value(value["p"], f"{name}: p", options),
            from_value(value["q"], f"{name}: q", options),
        )
    if all(isinstance(column, list) for column in value.values()):
        return _columnar(value, name)
    weights = [None if isinstance(v, str) else as_weight(v) for v in value.values()]
    known = [weight for weight in weights if weight is not None]
    if len(known) == len(value):
        return weighted_column(name, None, list(value), known, options.given)
    odd = list(value)[weights.index(None)]
    nested = [key for key, v in value.items() if isinstance(v, (dict, list))]
    raise DataError(
        f"the weight of {odd!r} is {_word(value[odd])}, not a number",
        where=name,
        hint=f"--path reaches inside: {', '.join(nested[:20])}" if nested else None,
    )


def _from_array(values: list[Any], name: str, options: InputOptions) -> Source:
    if all(isinstance(value, dict) for value in values):
        return _records(values, name)
    nested = next((v for v in values if isinstance(v, (dict, list))), None)
    if nested is not None:
        raise DataError(
            f"expected numbers and strings, or records, in the array; it holds {_word(nested)} too",
            where=name,
            hint="--path a.b.c reaches inside a document",
        )
    if options.given in _NUMBER_AS_WEIGHT:
        return positional_column(name, None, _all_weights(values, name), options)
    na = options.na if options.na is not None else ()
    return Column(name, None, values, True, na=na,
                  locate=lambda row: f"{name}: item {row + 1}")  # fmt: skip


def _all_weights(values: list[Any], name: str) -> list[float]:
    weights = [None if isinstance(v, str) else as_weight(v) for v in values]
    for i, weight in enumerate(weights):
        if weight is None:
            found = _word(values[i])
            raise DataError(f"expected a number, found {found}", where=f"{name}: item {i + 1}")
    return [weight for weight in weights if weight is not None]


def _records(records: list[dict[str, Any]], name: str) -> TypedTable:
    header = list(dict.fromkeys(key for record in records for key in record))
    columns = {key: [flat_value(record.get(key)) for record in records] for key in header}
    return TypedTable(name, header, columns)


def _columnar(columns: dict[str, list[Any]], name: str) -> TypedTable:
    first, *rest = columns
    length = len(columns[first])
    odd = next((key for key in rest if len(columns[key]) != length), None)
    if odd is not None:
        raise DataError(
            f"columns of different lengths: {first!r} has {length:,} values, "
            f"{odd!r} {len(columns[odd]):,}",
            where=name,
        )
    if not length:
        raise DataError("columns without values", where=name)
    flat = {key: [flat_value(value) for value in column] for key, column in columns.items()}
    return TypedTable(name, list(columns), flat, "item")


def flat_value(value: Any) -> Value:
    """A value of a table: scalars as they are, objects and arrays as their JSON text."""
    if not isinstance(value, (dict, list)):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


class _RepeatedKeyError(Exception):
    """A key that stands twice in one object."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        [(key, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise _RepeatedKeyError(key)
    return result


_DECODER = json.JSONDecoder(object_pairs_hook=_unique)


def _loads(text: str, where: str) -> Any:
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise DataError("nested too deeply", where=where) from None
    except _RepeatedKeyError as error:
        message = f"the key {error.args[0]!r} stands twice in one object"
        raise DataError(message, where=where) from None
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        # Python refuses to convert whole numbers of more than 4,300 digits.
        raise DataError("a whole number of thousands of digits", where=where) from error


def is_ndjson(text: str) -> bool:
    """Whether the first line that is not blank is a document of its own."""
    try:
        json.loads(text.lstrip().partition("\n")[0])
    except (ValueError, RecursionError):
        return False
    return True


def _reach(document: Any, path: str, name: str) -> Any:
    """The value at a dotted path; whole numbers index arrays."""
    for step in path.split("."):
        if isinstance(document, list) and step in map(str, range(len(document))):
            document = document[int(step)]
        elif isinstance(document, dict) and step in document:
            document = document[step]
        else:
            keys = list(document) if isinstance(document, dict) else []
            raise CommandLineError(
                f"--path {path}: nothing at {step!r}",
                where=name,
                hint=did_you_mean(step, keys) if keys else None,
            )
    return document


def _syntax(name: str, error: json.JSONDecodeError, line: int) -> DataError:
    return DataError(
        f"not JSON: {error.msg}",
        where=f"{name}:{line}:{error.colno}",
        hint="-i names the format where it is another: csv, tsv, ndjson, lines",
    )


def _word(value: Any) -> str:
    """What a JSON value is, briefly."""
    if isinstance(value, (dict, list)):
        kind = "object" if isinstance(value, dict) else "array"
        return f"an {kind}" if value else f"an empty {kind}"
    return json.dumps(value, ensure_ascii=False, default=str)
