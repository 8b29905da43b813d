"""JSON in every shape that distributions come in."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divcli.errors import CommandLineError, DataError
from divcli.sources.columns import Column, InputOptions, TwoSided
from divcli.sources.documents import TypedTable, read_json, read_ndjson
from divcli.sources.stream import Stream

AUTO = InputOptions()
WEIGHTS = InputOptions(given="weights")


def read(text: str, options: InputOptions = AUTO) -> Any:
    return read_json(Stream("in.json", text.encode()), options)


SYMBOLS: dict[str, tuple[str, list[Any], list[float] | None]] = {
    "an object": ('{"a": 1, "b": 2.5}', ["a", "b"], [1, 2.5]),
    "an empty name": ('{"": 1, "b": 2}', ["", "b"], [1, 2]),
    "big integers": (f'{{"a": {2**70}, "b": 1}}', ["a", "b"], [2**70, 1]),
    "one symbol": ('{"v": 1}', ["v"], [1]),
    "p without q": ('{"p": 1, "r": 2}', ["p", "r"], [1, 2]),
    "p and q as symbols": ('{"p": 1, "q": 2}', ["p", "q"], [1, 2]),
    "an array of numbers": ("[1, 2.5, 1e3]", [1, 2.5, 1000.0], None),
    "an array of strings": ('["a", "7", "NA", ""]', ["a", "7", "NA", ""], None),
    "an array of everything flat": ('[1, 1.0, true, null, "x"]', [1, 1.0, True, None, "x"], None),
    "a byte-order mark": ('\ufeff["a"]', ["a"], None),
}  # fmt: skip


@pytest.mark.parametrize(("text", "values", "weights"), SYMBOLS.values(), ids=SYMBOLS)
def test_flat_documents_are_one_column(
    text: str, values: list[Any], weights: list[float] | None
) -> None:
    column = read(text)
    assert isinstance(column, Column)
    assert [(type(v), v) for v in column.values] == [(type(v), v) for v in values]
    assert column.weights == weights


TABLES: dict[str, tuple[str, dict[str, list[Any]]]] = {
    "records": ('[{"x": 1, "y": "a"}, {"x": 2.5, "y": null}]',
                {"x": [1, 2.5], "y": ["a", None]}),
    "records of different keys": ('[{"x": 1}, {"y": 2}]', {"x": [1, None], "y": [None, 2]}),
    "columns": ('{"x": [1, 2], "y": ["a", true]}', {"x": [1, 2], "y": ["a", True]}),
    "columns named p and r": ('{"p": [1], "r": [2]}', {"p": [1], "r": [2]}),
    "records with more inside": ('[{"x": {"b": [1, "ü"]}}]', {"x": ['{"b": [1, "ü"]}']}),
    "lines of records": ('{"x": 1}\n\n{"x": 2}\r\n', {"x": [1, 2]}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "columns"), TABLES.values(), ids=TABLES)
def test_records_and_columns_are_tables(text: str, columns: dict[str, list[Any]]) -> None:
    table = read(text)
    assert isinstance(table, TypedTable)
    assert {label: list(table.values(label)) for label in table.header} == columns


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"v": 1}\n{"v": 2}\n', [1, 2]),
        ('{"v": 1}', [1]),
        ("\n\n  {\"v\": 1}\n", [1]),
    ],
)  # fmt: skip
def test_newline_delimited_records_are_a_table(text: str, values: list[int]) -> None:
    table = read_ndjson(Stream("in.ndjson", text.encode()), AUTO)
    assert isinstance(table, TypedTable)
    assert table.values("v") == values


def test_newline_delimited_values_are_samples() -> None:
    column = read_ndjson(Stream("in.ndjson", b'1\n"a"\nnull\n'), AUTO)
    assert isinstance(column, Column)
    assert column.values == [1, "a", None]


def test_a_pair_is_both_sides_each_as_it_comes() -> None:
    pair = read('{"q": [1, 2], "p": {"a": 3, "b": 1}}')
    assert isinstance(pair, TwoSided)
    assert isinstance(pair.p, Column)
    assert isinstance(pair.q, Column)
    assert (pair.p.name, pair.p.weights, pair.q.values) == ("in.json: p", [3, 1], [1, 2])


def test_an_array_is_weights_where_declared() -> None:
    column = read("[0.5, 0.25, 0.25]", WEIGHTS)
    assert (column.values, column.weights, column.positional) == (
        ["A", "B", "C"], [0.5, 0.25, 0.25], True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "values"),
    [("a.b", [1]), ("list.1.b", [3]), ("", [9]), ("7.x", [5])],
)
def test_a_path_reaches_inside(path: str, values: list[int]) -> None:
    text = '{"a": {"b": [1]}, "list": [[2], {"b": [3]}], "": [9], "7": {"x": [5]}}'
    assert read(text, InputOptions(path=path)).values == values


@pytest.mark.parametrize("path", ["x", "a.x", "list.2", "list.-1", "list.٠", "a.b.0.0", "a..b"])
def test_a_path_that_leads_nowhere_is_an_error(path: str) -> None:
    with pytest.raises(CommandLineError, match="nothing at"):
        read('{"a": {"b": [1]}, "list": [[2], [3]]}', InputOptions(path=path))


def test_tokens_that_are_no_json_are_samples_but_never_weights() -> None:
    values = read("[NaN, 1, Infinity, -Infinity]").values
    assert [repr(value) for value in values] == ["nan", "1", "inf", "-inf"]
    with pytest.raises(DataError, match="the weight of 'B' is inf"):
        read("[1, Infinity]", WEIGHTS)


def test_one_key_twice_among_a_hundred_thousand_is_refused() -> None:
    keys = [f'"k{i}": 1' for i in range(100_000)]
    with pytest.raises(DataError, match="the key 'k99999' stands twice"):
        read("{" + ", ".join([*keys, '"k99999": 2']) + "}")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner,
                                                                max_size=3),
)  # fmt: skip


def read_or_refused(text: str, options: InputOptions) -> Any:
    """The source, or the message of the error."""
    try:
        return read(text, options)
    except DataError as error:
        return str(error)


@given(json_values, st.sampled_from([None, "samples", "counts", "probabilities", "weights"]))
def test_every_document_is_read_or_refused_by_name(value: Any, declared: Any) -> None:
    source = read_or_refused(json.dumps(value), InputOptions(given=declared))
    if isinstance(source, str):
        assert source.startswith("in.json: ")
    if isinstance(source, Column) and source.weights is not None:
        assert all(0 <= weight < math.inf for weight in source.weights)
        assert len(source.weights) == len(source.values)
