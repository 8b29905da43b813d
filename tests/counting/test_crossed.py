"""Columns crossed in the database tell the same as rows looked at one by one, to the byte."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from divcli.analysis.compare import MeasureOptions
from divcli.analysis.dependence import dependence
from divcli.analysis.joint import joint_entropy
from divcli.analysis.significance import InferenceOptions
from divcli.counting import crossed, duck, python, texts
from divcli.counting.align import CountingOptions
from divcli.errors import DivcliError
from divcli.render.json import render
from divcli.render.page import Surface
from divcli.sources.columns import EngineName, InputOptions
from divcli.sources.joint import joint_columns, target_columns
from divcli.sources.resolve import open_source
from divcli.sources.stored import StoredColumn
from tests.conftest import Run
from tests.counting.test_engines import COUNTING, ENGINES, SQLITE, pairs, records, write

MEASURING = MeasureOptions(inference=InferenceOptions(resamples=9))


@pytest.fixture(params=["value by value", "by the ruler"])
def rows_kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of a few rows, as if they were large, and as they are."""
    if request.param == "by the ruler":
        for module in (duck, python):
            monkeypatch.setattr(module, "EXACT_ROWS", 3)
        monkeypatch.setattr(texts, "_FEW", 0)
        monkeypatch.setattr(crossed, "_MOST_GROUPS", 2)


def attempt(document: Callable[[], str]) -> str:
    """A document, or the error instead."""
    try:
        return document()
    except DivcliError as error:
        return str(error)


def told(file: Path, name: EngineName, counting: CountingOptions) -> list[str]:
    """What a table says of its first column and all others, and of two and three together."""
    options = InputOptions(engine=name)

    def ranked() -> str:
        source = open_source(str(file), options)
        header = getattr(source, "header", ["c0"])
        return render(
            dependence(*target_columns(source, header[0], options), counting, MEASURING), Surface()
        )

    def together(number: int) -> str:
        source = open_source(str(file), options)
        named = options._replace(columns=tuple(getattr(source, "header", ())[:number]))
        return render(joint_entropy(*joint_columns(source, named), counting, MEASURING), Surface())

    return [attempt(ranked), attempt(lambda: together(2)), attempt(lambda: together(3))]


def same(file: Path, counting: CountingOptions) -> list[str]:
    """What both engines say, after a look that it is the same."""
    by_row, crossed_there = (told(file, name, counting) for name in ENGINES)
    assert by_row == crossed_there
    return by_row


@pytest.mark.usefixtures("rows_kept")
@pytest.mark.parametrize("counting", COUNTING, ids=str)
def test_hostile_tables_are_crossed_the_same(counting: CountingOptions, tmp_path: Path) -> None:
    @settings(max_examples=6)
    @example((["a", "b"], [["1", "x"], ["", ""], ["nan", "x"], ["+2", "1"], ["-0.0", ""]], []))
    @example((["a", "b"], [["2024-01-01", "007"], ["2024-01-01T12:00", " 7"], ["", "7"]], []))
    @given(pairs())
    def check(tables: tuple[list[str], list[list[str]], list[list[str]]]) -> None:
        header, p, q = tables
        same(write(tmp_path / "p.csv", header, [*p, *q, *p]), counting)

    check()


@pytest.mark.usefixtures("rows_kept")
@pytest.mark.parametrize("counting", COUNTING, ids=str)
def test_hostile_records_are_crossed_the_same(counting: CountingOptions, tmp_path: Path) -> None:
    @settings(max_examples=6)
    @example(([["", "a"], [{"a": 1}, True], [1, 1.0], [None, "1"]], []))
    @given(records())
    def check(sides: tuple[list[list[object]], list[list[object]]]) -> None:
        rows = [*sides[0], *sides[1], *sides[0]]
        lines = [json.dumps({f"c{i}": value for i, value in enumerate(row)}) for row in rows]
        (tmp_path / "p.ndjson").write_text("\n".join(lines), encoding="utf-8")
        same(tmp_path / "p.ndjson", counting)

    check()


@pytest.mark.usefixtures("rows_kept")
def test_hostile_databases_are_crossed_the_same(tmp_path: Path) -> None:
    file = tmp_path / "p.sqlite"

    @settings(max_examples=10)
    @given(st.lists(st.tuples(SQLITE, SQLITE, SQLITE), min_size=1, max_size=12))
    def check(rows: list[tuple[object, ...]]) -> None:
        file.unlink(missing_ok=True)
        with closing(sqlite3.connect(file)) as connection:
            connection.execute('CREATE TABLE rows (a, "b""c", d)')
            connection.executemany("INSERT INTO rows VALUES (?, ?, ?)", rows * 2)
            connection.commit()
        same(file, CountingOptions())

    check()


DECLARED = "x DOUBLE, i BIGINT, t TIMESTAMP, b BOOLEAN, s VARCHAR, d DATE"
ROW = st.tuples(*(
    st.one_of(st.none(), values) for values in (
        st.one_of(st.floats(), st.floats(-9, 9, width=16)),
        st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-3, 3)),
        st.datetimes(), st.booleans(), st.text("a1 \t", max_size=2), st.dates(),
    )
))  # fmt: skip


@pytest.mark.usefixtures("rows_kept")
@pytest.mark.parametrize("counting", COUNTING, ids=str)
def test_declared_types_are_crossed_as_their_values_are(
    counting: CountingOptions, tmp_path: Path
) -> None:
    file = tmp_path / "p.parquet"

    @settings(max_examples=10)
    @given(st.lists(ROW, min_size=1, max_size=12))
    def check(rows: list[tuple[object, ...]]) -> None:
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE rows ({DECLARED})")
            connection.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)", rows)
            connection.execute(f"COPY rows TO '{file}'")
        crossed_there = told(file, "duckdb", counting)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("divcli.analysis.joint.crossing_engine_for", lambda *_: None)
            patch.setattr("divcli.analysis.dependence.crossing_engine_for", lambda *_: None)
            assert told(file, "duckdb", counting) == crossed_there

    check()


def large(rows: int) -> str:
    """A table of text, numbers of both sorts, gaps and a flag that depends on them."""
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=rows), rng.integers(40, size=rows)
    flag = np.where(rng.random(rows) < 0.7, x > 0, y > 20)
    lines = (f"n{name},{a!r},{'' if b == 7 else b},{c}\n" for name, a, b, c in
             zip(rng.integers(rows, size=rows).tolist(), x.tolist(), y.tolist(), flag.tolist(),
                 strict=True))  # fmt: skip
    return "name,x,y,flag\n" + "".join(lines)


def no_rows(_: StoredColumn) -> list[object]:
    raise AssertionError("all rows of a stored column were fetched")


def test_a_long_pipe_is_read_once_and_its_rows_are_never_fetched(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = large(150_000)
    (folder / "t.csv").write_text(text)
    commands = (
        ("dependence", "--target", "flag"),
        ("entropy", "-c", "name", "-c", "flag", "--top", "9"),
        ("entropy", "-c", "x", "-c", "y", "-c", "flag", "--bins", "300"),
    )
    expected = [
        run(*command, "t.csv", "--engine", "python", "--resamples", "0", "--json").stdout
        for command in commands
    ]
    monkeypatch.setattr(StoredColumn, "_all", property(no_rows))
    for command, whole in zip(commands, expected, strict=True):
        piped = run(*command, "-", "--engine", "duckdb", "--resamples", "0", "--json", stdin=text)
        assert piped.status == 0, piped.stderr
        assert piped.stdout.replace("standard input", "t.csv") == whole
    assert {one["column"] for one in json.loads(expected[0])["columns"]} == {"name", "x", "y"}


def test_a_heavy_value_at_the_end_of_a_line_is_in_its_own_cell(tmp_path: Path, run: Run) -> None:
    # The ruler puts 1.1 a little below; the cell of an atom holds what it puts there.
    rng = np.random.default_rng(5)
    x = np.minimum(rng.normal(size=150_000), 1.1)
    file = tmp_path / "clipped.csv"
    lines = (f"{a!r},{'end' if a == 1.1 else 'line'}\n" for a in x.tolist())
    file.write_text("x,side\n" + "".join(lines))
    said = []
    for engine in ENGINES:
        arguments = ("-c", "x", "-c", "side", "--resamples", "0", "--engine", engine, "--json")
        result = run("entropy", str(file), *arguments)
        assert result.status == 0, result.stderr
        said.append(result.stdout)
    assert said[0] == said[1]
    # All that the side tells is whether a value is the greatest: nothing of it is left over.
    found = json.loads(said[0])["quantities"]
    assert found["conditional_entropy_yx"] == pytest.approx(0, abs=1e-3)
