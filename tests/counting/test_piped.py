"""A column counted in the bytes of a pipe is the column that the database counts in that pipe."""

import io
import os
import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from divcli.analysis.every_column import compare_pairs
from divcli.counting import duck, piped, tallies
from divcli.counting.align import CountingOptions
from divcli.counting.processes import Crew
from divcli.errors import DivcliError
from divcli.model.comparison import Report
from divcli.render.json import render
from divcli.render.page import Surface
from divcli.sources import opening, pipe, plain_text, relay, stream
from divcli.sources.columns import InputOptions, Resources
from divcli.sources.resolve import column_of, open_source
from tests.counting import test_direct
from tests.counting.test_direct import (
    ALONE,
    OTHER,
    TOGETHER,
    VALUES,
    Watched,
    watched,
)
from tests.counting.test_engines import MEASURING

assert watched
pytestmark = test_direct.pytestmark


@pytest.fixture
def small(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Blocks and lines of few bytes, in what is taken for a long pipe after its first lines."""
    monkeypatch.setattr(stream, "LOOKED_AT", 0)
    monkeypatch.setattr(stream, "LOOKED_AT_LINES", 2)
    monkeypatch.setattr(stream, "_BLOCK", 40)
    monkeypatch.setattr(pipe, "_BLOCK", 50)
    for module in (plain_text, relay):
        monkeypatch.setattr(module, "LONGEST_LINE", 60)
    return watched


@contextmanager
def pipe_of(data: bytes) -> Iterator[BinaryIO]:
    """A pipe that these bytes come through."""
    source, sink = os.pipe()

    def fill() -> None:
        with suppress(BrokenPipeError), open(sink, "wb") as out:
            out.write(data)

    thread = threading.Thread(target=fill)
    thread.start()
    with open(source, "rb") as read:
        yield read
    thread.join()


def said(data: bytes, other: Path, options: InputOptions) -> str:
    """The whole document of a comparison of one column in a pipe to one in a file, or the error."""
    try:
        with pipe_of(data) as read:
            opened = opening._from_stdin(stream.open_stdin(read), options)
            columns = (
                column_of(opened, options),
                column_of(open_source(str(other), options), options),
            )
            found = compare_pairs([columns], CountingOptions(), MEASURING)
    except DivcliError as error:
        return str(error)
    return render(Report(found.comparisons, whole=True, failed=found.failed), Surface())


def thrice(data: bytes, other: Path, options: InputOptions = ALONE) -> list[str]:
    """What the database, in one thread and in several, and numpy say of the column c1."""
    alone = options._replace(engine="duckdb", resources=Resources(threads=1))
    several = alone._replace(resources=Resources(threads=3))
    return [said(data, other, one) for one in (alone, several, options)]


def text_of(rows: Sequence[tuple[str, ...]], path: Path) -> bytes:
    """The rows as CSV."""
    return test_direct.write(path, rows).read_bytes()


def test_a_pipe_is_counted_as_the_database_counts_it(small: Watched, tmp_path: Path) -> None:
    directly = []
    row = partial(st.tuples, OTHER)

    def table(values: st.SearchStrategy[str]) -> st.SearchStrategy[list[tuple[str, ...]]]:
        return st.lists(row(values, OTHER), min_size=6, max_size=40)

    @settings(max_examples=150)
    @example([("", "-0", "")] * 9, False)
    @example([("", "1e-300", "")] * 9, False)
    @example([("", "0.1", "")] * 9 + [("", "\n", ""), ("", "0.3", "")], True)
    @given(st.sampled_from(VALUES).flatmap(table), st.booleans())
    def check(rows: list[tuple[str, ...]], together: bool) -> None:
        path = tmp_path / "p.csv"
        data = text_of(rows, path)
        small.asked.clear()
        database, dealt, counted = thrice(data, path, TOGETHER if together else ALONE)
        assert counted == dealt == database
        directly.extend(small.asked)

    check()
    assert 0.2 < sum(directly) / len(directly) < 0.98  # some of each kind


def broken(row: str, of_texts: bool) -> bytes:
    """A long table whose blocks are counted in their bytes, until a row in the middle of it."""
    value = "t{}" if of_texts else "{}.5"
    rows = [f"a,{value.format(i % 7)},b" for i in range(900)]
    return "\n".join(["c0,c1,c2", *rows, row, *rows]).encode("latin-1")


@pytest.mark.parametrize("options", [ALONE, TOGETHER], ids=["alone", "together"])
@pytest.mark.parametrize("of_texts", [False, True])
@pytest.mark.parametrize("row", [
    'x,"1",y', 'x,"1,y', 'x"y",1,y', "x,1,y\r", "x,1", "x,1,y,z", "\nx,1,y", "x" * 900 + ",1,y",
    "x,\xff,y", 'x,1,"' + "a\n" * 200 + '"', 'x,"' + "a\n" * 200 + '",y',
])  # fmt: skip
def test_what_is_not_as_expected_is_left_to_the_database_with_all_that_follows(
    row: str, of_texts: bool, options: InputOptions, small: Watched, tmp_path: Path
) -> None:
    data = broken(row, of_texts)
    other = tmp_path / "q.csv"
    other.write_bytes(broken("x,1,y", of_texts))
    database, dealt, counted = thrice(data, other, options)
    assert counted == dealt == database
    assert small.asked[-1] is (row == 'x,"1",y')


def test_more_texts_than_are_held_are_put_together_in_the_database(
    small: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "_MOST_SYMBOLS", 20)
    path = tmp_path / "q.csv"
    few = text_of([("", f"text {i % 20}", "x") for i in range(600)], path)
    many = text_of([("", f"text {max(i - 400, 0) % 30}", "x") for i in range(600)], path)
    for options in (ALONE, TOGETHER):
        for data in (few, many):
            small.asked.clear()
            database, dealt, counted = thrice(data, path, options)
            assert counted == dealt == database
            # Where the texts of the file are too many, none in the pipe are counted in bytes.
            assert small.asked == [False]
        path.write_bytes(few)
        small.asked.clear()
        assert len(set(thrice(many, path, options))) == 1
        assert small.asked == [True, False]
        path.write_bytes(many)


def test_numbers_are_put_back_under_their_keys(
    small: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duck, "EXACT_ROWS", 3)
    chance = random.Random(2)
    values = [repr(chance.gauss(3, 1) * 10 ** chance.choice([-9, 0, 9])) for _ in range(900)]
    values += ["", "nan", "1e300", "-1e-7", " 2"]
    rows = [("", value, "") for value in chance.sample(values, len(values))]
    path = tmp_path / "q.csv"
    data = text_of([*rows, ("a\n" * 200, "1.5", ""), *rows], path)
    for options in (ALONE, TOGETHER):
        small.asked.clear()
        assert len(set(thrice(data, path, options))) == 1
        assert small.asked == [False, False]


def test_one_column_and_no_header(small: Watched, tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    for text in (
        "a\n\nb\n" * 90,
        "a\nb\n" * 90 + "\n\n",
        "\ufeffa\nb\nc\n" * 90,
        "a\nb\n" * 90 + "c",
    ):
        path.write_text(text)
        options = ALONE._replace(column="column1", header=False)
        assert len(set(thrice(path.read_bytes(), path, options))) == 1, text
        assert small.asked[-2:] == [True, True]


def test_a_stream_without_a_descriptor_is_left_to_the_database(
    small: Watched, tmp_path: Path
) -> None:
    path = tmp_path / "q.csv"
    data = text_of([("", "a", "")] * 90, path)
    opened = opening._from_stdin(stream.open_stdin(io.BytesIO(data)), ALONE)
    columns = column_of(opened, ALONE), column_of(open_source(str(path), ALONE), ALONE)
    found = compare_pairs([columns], CountingOptions(), MEASURING)
    assert found.comparisons[0].p.total == 90
    assert small.asked == [True, False]


def test_where_nothing_can_be_shared_the_database_counts(
    small: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(name: str) -> int:
        raise PermissionError(name)

    monkeypatch.setattr(os, "memfd_create", refused)
    path = tmp_path / "q.csv"
    data = text_of([("", "1.5", "")] * 90, path)
    assert len(set(thrice(data, path))) == 1
    assert small.asked == [True, False]


def test_a_pipe_is_read_once(small: Watched, tmp_path: Path) -> None:
    moved = pipe.Pump(b"a\n1\n", io.BytesIO())
    moved.use("standard input")
    with pytest.raises(DivcliError, match="read once only"):
        moved.use("standard input")


def test_a_process_that_dies_is_an_error(
    small: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, share = os.getpid(), piped._share

    def dying(tally: tallies.Tally, lines: relay.Relay, is_over: object) -> object:
        if os.getpid() != here:
            lines.take(tally.buffer, lambda: False)
            os._exit(9)
        return share(tally, lines, is_over)  # type: ignore[arg-type]

    monkeypatch.setattr(piped, "_share", dying)
    path = tmp_path / "q.csv"
    data = text_of([("", "a", "")] * 9000, path)
    assert "a process that counted failed" in said(data, path, TOGETHER)


def test_every_line_is_in_one_block(small: Watched) -> None:
    @given(st.lists(st.binary(max_size=40).filter(lambda line: b"\n" not in line), min_size=1),
           st.integers(0, 200), st.booleans())  # fmt: skip
    def check(lines: list[bytes], known: int, ended: bool) -> None:
        data = b"\n".join(lines) + b"\n" * (ended or lines[-1] == b"")
        with pipe_of(data[known:]) as read:
            one = relay.Relay(data[:known], 0, read.fileno(), blank=True)
            found = b""
            buffer = plain_text.buffer_for(70)
            while (block := one.take(buffer, lambda: False)) is not None:
                assert block.whole
                assert one.agreed(block.number, lambda: False, sure=True)
                part = bytes(buffer[block.first : block.last])
                assert part[:1] == part[-1:] == b"\n"
                found += part[1:]
            one.close()
        assert found == b"\n".join(lines) + b"\n"
        assert (one.moved, one.rest()) == (len(data), b"")

    check()


def test_what_is_not_counted_comes_back_in_order(small: Watched) -> None:
    data = b"".join(b"%d\n" % i for i in range(900))
    with pipe_of(data[100:]) as read:
        one = relay.Relay(data[:100], 0, read.fileno(), blank=True)

        def work(is_over: object) -> tuple[bytes, dict[int, bytes]]:
            buffer, counted = plain_text.buffer_for(30), b""
            while (block := one.take(buffer, is_over)) is not None:  # type: ignore[arg-type]
                part = bytes(buffer[1 : block.last])
                if not one.agreed(block.number, is_over, sure=b"500\n" not in part):  # type: ignore[arg-type]
                    return counted, {block.number: part}
                counted += part
            return counted, {}

        results = Crew(work, 3).results()
        left = dict(pair for _, own in results for pair in own.items())
        rest = b"".join(left[number] for number in sorted(left)) + one.rest() + read.read()
        one.close()
    counted = b"".join(own for own, _ in results)
    assert sorted(counted.split() + rest.split(), key=int) == data.split()
    assert data.endswith(rest)
    assert b"500\n" in rest
