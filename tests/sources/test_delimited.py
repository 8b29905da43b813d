"""Delimited text: what is a header, what is a record, and where it stands."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divcli.sources.columns import Column, InputOptions
from divcli.sources.delimited import DelimitedTable, read_csv, read_lines, read_tsv
from divcli.sources.stream import Stream

AUTO = InputOptions()


def table(text: str | bytes, options: InputOptions = AUTO) -> DelimitedTable:
    data = text.encode() if isinstance(text, str) else text
    source = read_csv(Stream("in.csv", data), options)
    assert isinstance(source, DelimitedTable)
    return source


def columns(source: DelimitedTable) -> dict[str, list[Any]]:
    return {label: list(source.values(label)) for label in source.header}


READ: dict[str, tuple[str | bytes, dict[str, list[str]]]] = {
    "plain": ("a,b\n1,2\n3,4\n", {"a": ["1", "3"], "b": ["2", "4"]}),
    "no line feed at the end": ("a,b\n1,2", {"a": ["1"], "b": ["2"]}),
    "CRLF": ("a,b\r\n1,2\r\n", {"a": ["1"], "b": ["2"]}),
    "CR": ("a,b\r1,2\r", {"a": ["1"], "b": ["2"]}),
    "a byte-order mark": (b"\xef\xbb\xbfa,b\n1,2\n", {"a": ["1"], "b": ["2"]}),
    "quotes": ('a,b\n"1,5","say ""hi"""\n', {"a": ["1,5"], "b": ['say "hi"']}),
    "quoted names": ('"a ","b,c"\n1,2\n', {"a ": ["1"], "b,c": ["2"]}),
    "a line feed in quotes": ('a,b\n"1\n2",3\n', {"a": ["1\n2"], "b": ["3"]}),
    "a CRLF in quotes": ('a,b\r\n"1\r\n2",3\r\n', {"a": ["1\r\n2"], "b": ["3"]}),
    "a quote within": ('a,b\n5" pipe,2\n', {"a": ['5" pipe'], "b": ["2"]}),
    "blanks are kept": ("a,b\n 1 ,\t2\n", {"a": [" 1 "], "b": ["\t2"]}),
    "semicolons": ("a;b\n1,5;2\n", {"a": ["1,5"], "b": ["2"]}),
    "tabs": ("a\tb\n1\t2\n", {"a": ["1"], "b": ["2"]}),
    "bars": ("a|b\n1|2\n", {"a": ["1"], "b": ["2"]}),
    "the delimiter of every row": ("a;b,c\n1;2,3,4\n", {"a": ["1"], "b,c": ["2,3,4"]}),
    "blank lines in a wide table": ("\na,b\n\n1,2\n\n", {"a": ["1"], "b": ["2"]}),
    "blank lines in one column": ("a\n1\n\n2\n\n", {"a": ["1", "", "2", ""]}),
    "missing fields": ("a,b\n,\n1,\n", {"a": ["", "1"], "b": ["", ""]}),
    "beyond the basic plane": ("a,b\n👩‍👩‍👧,\u202e\n", {"a": ["👩‍👩‍👧"], "b": ["\u202e"]}),
    "markup": ("a,b\n[/],[red]x\n", {"a": ["[/]"], "b": ["[red]x"]}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ.values(), ids=READ)
def test_a_table_is_read_to_the_letter(text: str | bytes, expected: dict[str, list[str]]) -> None:
    assert columns(table(text)) == expected


field = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


@given(
    st.integers(2, 4).flatmap(
        lambda width: st.lists(st.lists(field, min_size=width, max_size=width), min_size=1)
    ),
    st.sampled_from(",;\t|:x"),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_python_writes_is_what_is_read(
    rows: list[list[str]], delimiter: str, line_end: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows(rows)
    read = table(text.getvalue(), InputOptions(delimiter=delimiter, header=False))
    assert [list(column) for column in columns(read).values()] == [
        list(column) for column in zip(*rows, strict=True)
    ]


HEADERS: dict[str, tuple[str, bool | None, list[str], str | None]] = {
    "words": ("a,b\n1,2\n", None, ["a", "b"], None),
    "nothing but numbers": ("1,2\n3,4\n", None, ["column1", "column2"],
                            "in.csv: the first row is nothing but numbers, taken as data"),
    "numbers and a word": ("1,x\n3,4\n", None, ["1", "x"], None),
    "numbers as names": ("1,2\n3,4\n", True, ["1", "2"], None),
    "words as data": ("a,b\n1,2\n", False, ["column1", "column2"], None),
    "one column": ("city\nParis\nRome\nParis\n", None, ["city"],
                   "in.csv: the first row is taken as the header"),
    "one column of numbers": ("1\n2\n", None, ["column1"],
                              "in.csv: the first row is nothing but numbers, taken as data"),
    "one column, first value again": ("Paris\nRome\nParis\n", None, ["column1"],
                                      "in.csv: the first line comes again, taken as data"),
    "again as a part only": ("city\ncity hall\nmy city\n", None, ["city"],
                             "in.csv: the first row is taken as the header"),
    "again in quotes only": ('a\n"a"\n', None, ["column1"],
                             "in.csv: the first line comes again, taken as data"),
    "again, itself quoted": ('"say ""a"""\nb\n"say ""a"""\n', None, ["column1"],
                             "in.csv: the first line comes again, taken as data"),
    "again after ten thousand": ("a\n" + "b\n" * 10_000 + "a\n", None, ["column1"],
                                 "in.csv: the first line comes again, taken as data"),
    "one column, blank first": ("\nParis\n", None, ["column1"],
                                "in.csv: the first line is blank, taken as data"),
    "one column, forced": ("Paris\nRome\nParis\n", True, ["Paris"], None),
}  # fmt: skip


@pytest.mark.parametrize(("text", "forced", "header", "note"), HEADERS.values(), ids=HEADERS)
def test_what_is_a_header_is_decided_and_said(
    text: str, forced: bool | None, header: list[str], note: str | None
) -> None:
    read = table(text, InputOptions(header=forced))
    assert (list(read.header), read.notes) == (header, () if note is None else (note,))
    records = len(text.splitlines()) - (header[0] != "column1")
    assert len(read.values(header[0])) == records


LINES = 'a,b\n1,2\n\n"3\n4",5\n6,7\n'


@pytest.mark.parametrize(("row", "line"), [(0, 2), (1, 4), (2, 6)])
def test_a_record_is_located_by_the_line_where_it_begins(row: int, line: int) -> None:
    assert table(LINES).locate(row) == f"in.csv:{line}"


def test_blank_lines_of_one_column_count_as_records() -> None:
    assert table("a\n\n\nx\n").locate(2) == "in.csv:4"


def test_a_long_table_is_read_whole() -> None:
    rows = [(str(i), f"x{i}") for i in range(1000)]
    text = "i,x\n" + "".join(f"{i},{x}\n" for i, x in rows)
    assert table(text).values("x") == [x for _, x in rows]


@pytest.mark.parametrize(
    ("data", "values"),
    [
        (b"a\nb\n", ["a", "b"]),
        (b"a\nb", ["a", "b"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"\xef\xbb\xbfa\n", ["a"]),
        (b"a\n\nb\n", ["a", "", "b"]),
        (b" a\t,b\n", [" a\t,b"]),
        (b'"a\nb"\n', ['"a', 'b"']),
        (b"a\x0bb\x0c\xe2\x80\xa8c\n", ["a\x0bb\x0c\u2028c"]),
        (b"\n", [""]),
    ],
)  # fmt: skip
def test_lines_are_samples_to_the_letter(data: bytes, values: list[str]) -> None:
    column = read_lines(Stream("in.txt", data), AUTO)
    assert isinstance(column, Column)
    assert column.values == values
    assert column.locate(0) == "in.txt:1"


def test_tab_separated_values_know_no_other_delimiter() -> None:
    source = read_tsv(Stream("in.tsv", b"a,x\tb\n1,2\t3\n"), AUTO)
    assert isinstance(source, DelimitedTable)
    assert columns(source) == {"a,x": ["1,2"], "b": ["3"]}
