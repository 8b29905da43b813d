"""Fields found in bytes are those that splitting lines finds."""

import csv
import io

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from divcli.counting.fields import WORD, starts_of

pytestmark = pytest.mark.skipif(
    not hasattr(np, "bitwise_count"), reason="before numpy 2.0 all is left to the database"
)

FIELD = st.one_of(st.text("ab1", max_size=3), st.text("x", min_size=50, max_size=200))


@st.composite
def lines(draw: st.DrawFn) -> tuple[list[list[str]], int]:
    """Lines of as many fields each, and one of the places."""
    width = draw(st.integers(1, 70))
    line = st.lists(FIELD, min_size=width, max_size=width)
    return draw(st.lists(line, min_size=1, max_size=20)), draw(st.integers(0, width - 1))


def found(text: str, width: int, place: int) -> list[int] | None:
    """Where the fields start, in a text that begins with a line end."""
    data = text.encode() + bytes(-len(text) % WORD)
    starts = starts_of(np.frombuffer(data, dtype=np.uint8), ord(","), width, place)
    return None if starts is None else starts.tolist()


@given(lines())
@example(([[""]], 0))
@example(([["", ""]] * 20, 1))  # many lines in a word
def test_fields_start_where_they_do_in_split_lines(table: tuple[list[list[str]], int]) -> None:
    rows, place = table
    text, starts = "\n", []
    for row in rows:
        starts.append(len(text) + sum(len(field) + 1 for field in row[:place]))
        text += ",".join(row) + "\n"
    assert found(text, len(rows[0]), place) == starts


@given(lines(), st.data())
def test_a_line_with_a_field_too_many_or_too_few_is_told(
    table: tuple[list[list[str]], int], data: st.DataObject
) -> None:
    rows, place = table
    width = len(rows[0])
    changed = [list(row) for row in rows]
    here = data.draw(st.integers(0, len(rows) - 1), "line")
    other = data.draw(st.integers(0, len(rows) - 1), "line that makes up for it")
    changed[here].append("")
    if other != here and width > 1:  # as many delimiters as before
        changed[other].pop()
    text = "\n" + "".join(",".join(row) + "\n" for row in changed)
    assert found(text, width, place) is None


QUOTED = st.text('ab,"\n', max_size=90)


@given(st.lists(st.tuples(FIELD, QUOTED, FIELD), min_size=1, max_size=9), st.integers(0, 2))
@example([("", '"' * 63, "")] * 3, 2)
def test_what_is_quoted_has_no_delimiters(rows: list[tuple[str, str, str]], place: int) -> None:
    text, starts = "\n", []
    for first, second, third in rows:
        fields = first, '"' + second.replace('"', '""') + '"', third
        starts.append(len(text) + sum(len(field) + 1 for field in fields[:place]))
        text += ",".join(fields) + "\n"
    assert found(text, 3, place) == starts


@given(st.lists(st.text('ab,"', max_size=12), min_size=1, max_size=9), st.integers(0, 1))
def test_other_quotes_are_not_understood_or_read_as_the_csv_module_does(
    texts: list[str], place: int
) -> None:
    text = "\n" + "".join(f"{text}\n" for text in texts)
    starts = found(text, 2, place)
    if starts is None:
        return
    records = list(csv.reader(io.StringIO(text[1:], newline=""), strict=True))
    assert {len(record) for record in records} == {2}
    for start, record in zip(starts, records, strict=True):
        field = record[place]
        written = f'"{field}"'.replace('"', '""')[1:-1] if text[start] == '"' else field
        assert text[start : start + len(written)] == written


def test_no_line_has_no_fields() -> None:
    assert found("\n", 3, 1) == []
