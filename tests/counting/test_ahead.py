"""What is made ahead of its use comes in order, once, and whatever stops it stops all."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from divcli.analysis.compare import MeasureOptions
from divcli.analysis.every_column import compare_pairs
from divcli.counting.ahead import Ahead
from divcli.counting.align import CountingOptions
from divcli.counting.choice import engine_for
from divcli.counting.engine import Asked
from divcli.errors import DataError
from divcli.sources.columns import Column, InputOptions
from divcli.sources.resolve import columns_of, open_source
from divcli.sources.waiting import Turn


def test_the_first_result_is_there_before_the_second_is_made() -> None:
    used = threading.Event()

    def work() -> Iterator[int]:
        yield 1
        assert used.wait(10)
        yield 2

    ahead = Ahead(work())
    assert next(ahead) == 1
    used.set()
    assert list(ahead) == [2]
    assert list(ahead) == []


def test_a_failure_is_raised_after_what_was_made_and_as_often_as_asked() -> None:
    def work() -> Iterator[int]:
        yield 1
        raise DataError("broken")

    ahead = Ahead(work())
    assert next(ahead) == 1
    for _ in range(2):
        with pytest.raises(DataError, match="broken"):
            next(ahead)


def test_work_that_is_stopped_ends() -> None:
    before = sys.getswitchinterval()
    interrupted, ended = threading.Event(), threading.Event()

    def work() -> Iterator[int]:
        try:
            yield 1
            assert interrupted.wait(10)
            yield 2
            yield 3  # never asked for: it was stopped
        finally:
            ended.set()

    ahead = Ahead(work())
    assert sys.getswitchinterval() < before
    assert next(ahead) == 1
    ahead.stop(interrupted.set)
    assert list(ahead) == [2]
    assert sys.getswitchinterval() == before
    del ahead
    assert ended.wait(10)


def test_a_turn_goes_to_whoever_waits() -> None:
    turn, first, order = Turn(), threading.Event(), list[str]()

    def other() -> None:
        first.set()
        with turn:
            order.append("other")

    with turn:
        thread = threading.Thread(target=other)
        thread.start()
        assert first.wait(10)
        while not turn._next.locked():  # until it waits
            pass
    with turn:  # at once again, and yet after the one that waited
        order.append("this")
    thread.join(10)
    assert order == ["other", "this"]


@pytest.fixture
def tables(tmp_path: Path) -> list[Path]:
    """Two tables of three columns, in several groups of rows each."""
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for seed, path in enumerate(paths):
        duckdb.sql(
            f"COPY (SELECT 't' || (i * {seed + 3}) % 7 AS t, (i * 7919 + {seed}) % 1000 / 8 AS x, "
            f"md5((i + {seed})::VARCHAR) AS y FROM range(20000) r(i)) TO '{path}' "
            "(FORMAT parquet, ROW_GROUP_SIZE 4096)"
        )
    return paths


def _pairs(paths: list[Path]) -> list[tuple[Column, Column]]:
    p, q = (columns_of(open_source(str(one), InputOptions()), InputOptions()) for one in paths)
    return list(zip(p, q, strict=True))


def test_columns_counted_ahead_are_the_same(tables: list[Path]) -> None:
    pairs = _pairs(tables)
    columns = [one for pair in pairs for one in pair]
    waited, ahead = engine_for(columns), engine_for(columns)
    waited.prepare([Asked(pair) for pair in pairs])
    with ahead.ahead([Asked(pair) for pair in pairs]):
        # The last one first: what comes before it is kept until it is asked for.
        found = [ahead.scan(one) for one in reversed(columns)][::-1]
    assert found == [waited.scan(one) for one in columns]


def test_what_is_wrong_with_a_table_is_no_fault_of_its_first_column(tables: list[Path]) -> None:
    data = bytearray(tables[1].read_bytes())
    middle = data.rindex(b"PAR1") - 200_000  # in the last groups of rows, where texts are
    data[middle : middle + 60_000] = bytes(60_000)
    tables[1].write_bytes(data)
    pairs = _pairs(tables)
    with pytest.raises(DataError, match=r"b\.parquet"):
        compare_pairs(pairs, CountingOptions(), MeasureOptions())
    assert not [one for one in threading.enumerate() if one.name.startswith("divcli")]


def test_who_fails_meanwhile_stops_the_counting(tables: list[Path]) -> None:
    pairs = _pairs(tables)
    engine = engine_for([pairs[0][0]])
    with pytest.raises(KeyboardInterrupt), engine.ahead([Asked(pair) for pair in pairs]):
        raise KeyboardInterrupt
    assert not [one for one in threading.enumerate() if one.name.startswith("divcli")]
    # And the database is there for whoever asks next.
    assert engine.scan(pairs[2][1]).total == 20_000
