"""What is read where it is: compressed, in several files, in databases, through a pipe."""

import contextlib
import gzip
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from pyarrow import feather, parquet

from divcli.errors import CommandLineError
from divcli.sources import opening, stream
from divcli.sources.columns import EngineName, InputOptions, Resources
from divcli.sources.database import Database, database
from divcli.sources.progress import Reading
from divcli.sources.resolve import open_source
from divcli.sources.sqlite import SqliteTable
from divcli.sources.stored import StoredColumn, StoredTable
from divcli.sources.waiting import finished
from tests.conftest import Run

HEADER = "city,n,price,day\n"
ROWS = [f"{city},{n},{n * 1.25},2024-01-{n:02}" for n in range(1, 29) for city in ("Rome", "Oslo")]
TEXT = HEADER + "\n".join(ROWS) + "\n"


@pytest.fixture
def whole(folder: Path) -> str:
    """The table in one small file."""
    (folder / "whole.csv").write_text(TEXT)
    return "whole.csv"


def measured(run: Run, *arguments: str, stdin: bytes = b"") -> object:
    """What a comparison says, but for the names of the sources."""
    result = run("compare", *arguments, "--json", "--no-inference", stdin=stdin)
    assert result.status == 0, result.stderr
    document = json.loads(result.stdout)
    return document["measures"], document["contributions"], document["p"]["n"], document["q"]["n"]


def write_zst(path: str) -> None:
    duckdb.sql("COPY (SELECT * FROM read_csv('whole.csv', all_varchar=true)) "
               f"TO '{path}' (HEADER, COMPRESSION zstd)")  # fmt: skip


def write_parts(folder: str) -> None:
    os.mkdir(folder)
    for i in range(3):
        Path(folder, f"part-{i}.csv").write_text(HEADER + "\n".join(ROWS[i::3]) + "\n")
    Path(folder, "_SUCCESS").write_text("")


def write_typed(path: str, form: str) -> None:
    duckdb.sql("COPY (SELECT city, n::INT AS n, price::DOUBLE AS price, day::DATE AS day FROM "
               f"read_csv('whole.csv', all_varchar=true)) TO '{path}' (FORMAT {form})")  # fmt: skip


def write_arrow(path: str) -> None:
    write_typed("arrow.parquet", "parquet")
    feather.write_feather(parquet.read_table("arrow.parquet"), path, compression="lz4")


def write_duckdb(path: str) -> None:
    with duckdb.connect(path) as connection:
        connection.sql("CREATE TABLE orders AS SELECT * FROM read_csv('whole.csv')")


def write_sqlite(path: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE orders (city TEXT, n INT, price REAL, day TEXT)")
        rows = [row.split(",") for row in ROWS]
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", rows)


FORMS: dict[str, tuple[str, Callable[[str], object]]] = {
    "gz": ("x.csv.gz", lambda path: Path(path).write_bytes(gzip.compress(TEXT.encode()))),
    "zst": ("x.csv.zst", write_zst),
    "folder": ("parts", write_parts),
    "parquet": ("x.parquet", lambda path: write_typed(path, "parquet")),
    "arrow": ("x.arrow", write_arrow),
    "ndjson": ("x.ndjson", lambda path: write_typed(path, "json")),
    "duckdb": ("x.duckdb", write_duckdb),
    "duckdb table": ("y.duckdb", write_duckdb),
    "sqlite": ("x.sqlite", write_sqlite),
    "tsv": ("x.tsv", lambda path: Path(path).write_text(TEXT.replace(",", "\t"))),
}  # fmt: skip


@pytest.mark.parametrize("column", ["city", "n", "price", "day"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_what_the_small_file_says(
    run: Run, whole: str, form: str, column: str
) -> None:
    path, write = FORMS[form]
    write(path)
    source = f"{path}#orders" if form == "duckdb table" else path
    expected = measured(run, whole, whole, "-c", column, "--q-where", "n > 5")
    assert measured(run, source, source, "-c", column, "--q-where", "n > 5") == expected


def test_a_glob_is_one_table(run: Run, whole: str) -> None:
    write_parts("parts")
    expected = measured(run, whole, whole, "-c", "n")
    assert measured(run, "parts/part-*.csv", whole, "-c", "n") == expected
    nothing = run("compare", "parts/none-*.csv", whole, "-c", "n")
    assert nothing.status in (2, 3)


def test_files_of_one_table_have_the_same_columns(run: Run, whole: str) -> None:
    write_parts("parts")
    Path("parts/part-2.csv").write_text("n,city,price,day\n1,Rome,1,2024-01-01\n")
    result = run("compare", "parts", whole, "-c", "n")
    assert (result.status, "parts/part-2.csv: other columns" in result.stderr) == (3, True)
    Path("parts/more.ndjson").write_text("{}")
    assert "files of several kinds: .csv, .ndjson" in run("entropy", "parts").stderr


@pytest.mark.parametrize("option", [("--where", "n >"), ("--where", "nn > 5")])
def test_a_wrong_condition_is_an_error_of_the_command_line(
    run: Run, whole: str, option: tuple[str, str]
) -> None:
    result = run("entropy", whole, "-c", "n", *option)
    assert (result.status, "--where: " in result.stderr) == (2, True)


def test_a_condition_sees_numbers_as_numbers_and_is_noted(run: Run, whole: str) -> None:
    result = run("entropy", whole, "-c", "n", "--where", "n > 9 AND city = 'Rome'", "--json")
    document = json.loads(result.stdout)
    assert document["distributions"][0]["n"] == 19
    assert f"{whole}: the rows where n > 9 AND city = 'Rome'" in document["notes"]
    refused = run("entropy", whole, "-c", "n", "--where", "n > 9", "--engine", "python")
    assert (refused.status, "--engine python" in refused.stderr) == (2, True)


def test_a_sample_is_the_same_for_the_same_seed_and_is_noted(run: Run, whole: str) -> None:
    def drawn(seed: str) -> str:
        command = ("entropy", whole, "-c", "price", "--sample", "20", "--seed", seed)
        return run(*command, "--json", "--no-inference").stdout

    assert drawn("1") == drawn("1") != drawn("2")
    document = json.loads(drawn("1"))
    assert document["distributions"][0]["n"] == 20
    assert f"{whole}: a sample of 20 rows, seed 1" in document["notes"]


def test_a_sample_is_uniform_over_the_rows(run: Run, folder: Path) -> None:
    (folder / "rows.csv").write_text("x\n" + "\n".join(map(str, range(1000))) + "\n")
    seen = [0, 0]
    for seed in range(20):
        result = run("entropy", "rows.csv", "-c", "x", "--sample", "100", "--seed", str(seed),
                     "--kind", "categorical", "--json", "--no-inference")  # fmt: skip
        symbols = json.loads(result.stdout)["distributions"][0]["symbols"]
        assert len({one["symbol"] for one in symbols}) == 100
        for one in symbols:
            seen[int(one["symbol"]) >= 500] += 1
    # 2,000 draws, half of them from either half: within five standard deviations.
    assert abs(seen[0] - 1000) < 5 * 22.4


BAD: dict[str, tuple[str | bytes, str]] = {
    "ragged": ("city,n\nRome,1\nOslo\n", ":3: expected 2 fields, found 1"),
    "too wide": ("city,n\nRome,1\nOslo,2,3\n", ":3: expected 2 fields, found 3"),
    "open quote": ('city,n\nRome,1\n"Oslo,2\n', ":3: not well-formed CSV"),
    "text after a quote": ('city,n\nRome,1\n"Oslo"x,2\n', ":3: not well-formed CSV"),
    "not utf-8": (b"city,n\nRome,1\nOsl\xf8,2\n", ":3: invalid UTF-8"),
}


@pytest.mark.parametrize("engine", ["python", "duckdb"])
@pytest.mark.parametrize("fault", BAD)
def test_what_is_no_table_is_named_with_its_line(
    run: Run, folder: Path, fault: str, engine: str
) -> None:
    text, said = BAD[fault]
    data = text.encode() if isinstance(text, str) else text
    (folder / "bad.csv").write_bytes(data)
    result = run("entropy", "bad.csv", "-c", "n", "--engine", engine)
    assert (result.status, f"bad.csv{said}" in result.stderr) == (3, True), result.stderr


@pytest.mark.parametrize("engine", ["python", "duckdb"])
def test_a_late_change_of_type_is_counted_and_named(run: Run, folder: Path, engine: str) -> None:
    (folder / "late.csv").write_text("n\n" + "\n".join(map(str, range(3000))) + "\nabc\n")
    result = run("entropy", "late.csv", "-c", "n", "--engine", engine, "--limit-symbols", "2")
    assert result.status == 0
    assert "1 of 3,001 values are no plain number (first 'abc')" in result.stderr


def test_a_truncated_gzip_is_an_error(run: Run, folder: Path) -> None:
    packed = gzip.compress(os.urandom(200_000).hex().encode())
    (folder / "cut.csv.gz").write_bytes(packed[: len(packed) // 2])
    result = run("entropy", "cut.csv.gz")
    assert (result.status, "cut.csv.gz" in result.stderr) == (3, True)


def test_two_compressed_files_are_read_at_once(
    run: Run, whole: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries: list[str] = []
    keep = StoredTable.keep

    def heard(table: StoredTable, query: str, *, ordered: bool = False) -> str:
        queries.append(query)
        return keep(table, query, ordered=ordered)

    monkeypatch.setattr(StoredTable, "keep", heard)
    for name, text in (("p.csv.gz", TEXT), ("q.csv.gz", HEADER + "\n".join(ROWS[::3]))):
        Path(name).write_bytes(gzip.compress(text.encode()))
    Path("q.csv").write_text(HEADER + "\n".join(ROWS[::3]))
    for columns in (["-c", "city"], ["-c", "price"], ["--all"]):
        queries.clear()
        said = [
            json.loads(run("compare", *files, *columns, "--json", "--no-inference").stdout)
            for files in (("p.csv.gz", "q.csv.gz"), (whole, "q.csv"))
        ]
        assert len(queries) == 1
        for document in said:
            for one in document.get("columns", [document]):
                del one["p"]["source"], one["q"]["source"]
        assert said[0] == said[1]


@pytest.mark.parametrize("at", [0, 1])
def test_of_two_compressed_files_the_one_at_fault_is_named(run: Run, whole: str, at: int) -> None:
    for i, name in enumerate(("p.csv.gz", "q.csv.gz")):
        text = TEXT + "Rome,1\n" * (i == at)
        Path(name).write_bytes(gzip.compress(text.encode()))
    result = run("compare", "p.csv.gz", "q.csv.gz", "-c", "city")
    assert result.status == 3
    assert f"{'pq'[at]}.csv.gz:58: expected 4 fields, found 2" in result.stderr
    assert f"{'qp'[at]}.csv.gz" not in result.stderr


def test_one_column_is_held_in_less_memory_than_many(run: Run, whole: str) -> None:
    def room(threads: int, *options: str) -> str:
        threads_of = ("--threads", str(threads), "--engine", "duckdb", "--no-inference")
        run("compare", whole, whole, *options, *threads_of)
        [(limit,)] = database(Resources(threads=threads)).rows(
            "SELECT current_setting('memory_limit')", "the test"
        )
        return str(limit)

    database.cache_clear()
    assert room(2, "-c", "city") == "219.3 MiB"
    assert room(2, "--all") == "505.4 MiB"
    assert room(2, "-c", "city") == "505.4 MiB"  # what it holds by then is not thrown away
    assert room(12, "-c", "city") == "438.6 MiB"  # each thread has buffers and groups of its own
    database.cache_clear()


def test_a_malformed_line_of_json_is_named(run: Run, folder: Path) -> None:
    lines = [json.dumps({"n": n}) for n in range(1500)] + ["{broken"]
    (folder / "bad.ndjson").write_text("\n".join(lines))
    result = run("entropy", "bad.ndjson", "-c", "n", "--engine", "duckdb")
    assert (result.status, "bad.ndjson:1501" in result.stderr) == (3, True), result.stderr


@pytest.mark.parametrize(
    "options", [("--all",), ("-c", "n", "--where", "city = 'Rome'"), ("-c", "n", "--sample", "9")]
)
def test_a_sqlite_table_is_streamed_where_it_is_large(
    run: Run, whole: str, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    write_sqlite("x.sqlite")
    comparison = ("compare", "x.sqlite", "x.sqlite", *options, "--json")
    held = run(*comparison)
    monkeypatch.setattr(opening, "IN_MEMORY", 100)
    table = open_source("x.sqlite", InputOptions())
    assert isinstance(table, SqliteTable)
    assert isinstance(table.values("city"), StoredColumn)
    assert run(*comparison) == held
    assert held.status == 0, held.stderr


def test_groups_of_a_sqlite_table(run: Run, whole: str) -> None:
    write_sqlite("x.sqlite")
    asked = ("compare", "x.sqlite", "--by", "city", "-c", "n", "--json")
    assert run(*asked, "--engine", "duckdb") == run(*asked)


@pytest.mark.parametrize("engine", ["python", "duckdb"])
def test_a_sqlite_file_that_is_damaged_is_named(run: Run, folder: Path, engine: str) -> None:
    with contextlib.closing(sqlite3.connect("bad.sqlite")) as connection:
        connection.execute("CREATE TABLE orders (n INT, city TEXT)")
        rows = ((n, f"city {n % 7} of many") for n in range(50_000))
        connection.executemany("INSERT INTO orders VALUES (?, ?)", rows)
        connection.commit()
    data = bytearray((folder / "bad.sqlite").read_bytes())
    data[len(data) // 2 :] = random.Random(1).randbytes(len(data) - len(data) // 2)
    (folder / "bad.sqlite").write_bytes(data)
    result = run("entropy", "bad.sqlite", "-c", "city", "--engine", engine)
    assert (result.status, result.stdout) == (3, "")
    assert "divcli: error: bad.sqlite: SQLite: database disk image is malformed" in result.stderr


def test_lines_are_long_or_too_long(run: Run, folder: Path) -> None:
    for megabytes in (1, 3):
        (folder / f"{megabytes}.csv").write_text(
            f"a,b\n1,x\n2,{'y' * megabytes * 10**6}\n3,z\n" * 2
        )
    assert json.loads(run("entropy", "1.csv", "-c", "a", "--json", "--engine", "duckdb").stdout)
    result = run("entropy", "3.csv", "-c", "a", "--engine", "duckdb")
    assert (result.status, "3.csv:3: lines of more than 2 MB" in result.stderr) == (3, True), (
        result.stderr
    )


@pytest.mark.parametrize("engine", ["python", "duckdb"])
def test_a_field_that_comes_late_is_found_by_its_name(run: Run, folder: Path, engine: str) -> None:
    lines = [json.dumps({"n": n}) for n in range(1500)] + [json.dumps({"n": 1, "late": "x"})]
    (folder / "x.ndjson").write_text("\n".join(lines))
    found = run("entropy", "x.ndjson", "-c", "late", "--engine", engine, "--json")
    assert json.loads(found.stdout)["distributions"][0]["missing"] == 1500
    missed = run("entropy", "x.ndjson", "-c", "lane", "--engine", engine)
    assert (missed.status, "no column 'lane'" in missed.stderr) == (3, True), missed.stderr


def test_a_large_pipe_is_read_once_without_a_copy(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LOOKED_AT", 1000)
    monkeypatch.setattr(stream, "LOOKED_AT_LINES", 10)
    monkeypatch.setattr(stream, "_BLOCK", 100)
    lines = [f"{i % 7},{i % 10}" for i in range(5000)]
    text = "a,b\n" + "\n".join(lines) + "\n"
    (folder / "same.csv").write_text(text)
    piped = measured(run, "-", "same.csv", "-c", "a", stdin=text.encode())
    assert piped == measured(run, "same.csv", "same.csv", "-c", "a")
    both = measured(run, "-", "--p-column", "a", "--q-column", "b", stdin=text.encode())
    assert both[2:] == (5000, 5000)  # type: ignore[index]
    groups = ("-c", "a", "--by", "b", "--json")
    parts = [run("matrix", *one, *groups, stdin=text.encode()) for one in (["-"], ["same.csv"])]
    assert parts[0].stdout.replace("standard input", "same.csv") == parts[1].stdout
    assert parts[1].status == 0, parts[1].stderr


@pytest.mark.parametrize(
    "command",
    [
        ("entropy", "-", "-c", "b", "--sample-weight", "w"),
        ("entropy", "-", "-c", "b", "-w", "w"),
        ("entropy", "-", "-c", "a", "--by", "b"),
        ("compare", "-", "other.csv", "--all", "--sample-weight", "w"),
        ("compare", "-", "--by", "b", "--p-group", "1", "--q-group", "2", "-c", "a", "-w", "w"),
        ("rank", "-", "--by", "b", "--p-group", "1", "-c", "a"),
        ("drift", "other.csv", "-", "--by", "b"),
        ("drift", "other.csv", "-", "--pairs"),
        ("profile", "-", "--sample-weight", "w"),
        ("score", "-", "-c", "label"),
    ],
    ids=" ".join,
)
def test_what_reads_a_large_pipe_several_times_copies_it(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr(stream, "LOOKED_AT", 1000)
    monkeypatch.setattr(stream, "LOOKED_AT_LINES", 10)
    lines = [f"{i % 7},{i % 5},{1 + i % 3},{'xy'[i % 2]},0.{i % 9}1,0.{99 - i % 9 * 10}"
             for i in range(2000)]  # fmt: skip
    text = "a,b,w,label,x,y\n" + "\n".join(lines) + "\n"
    for name in ("same.csv", "other.csv"):
        (folder / name).write_text(text)
    file = run(*[one.replace("-", "same.csv") if one == "-" else one for one in command], "--json")
    assert file.status in (0, 1), file.stderr
    piped = run(*command, "--json", stdin=text.encode())
    assert piped.stdout.replace("standard input", "same.csv") == file.stdout, piped.stderr


@pytest.mark.parametrize(
    ("form", "condition"),
    [("csv", "b > 5"), ("csv", "b > 99"), ("csv", "a = '3'"), ("ndjson", "b > 5"),
     ("lines", "line LIKE '%9'")],
)  # fmt: skip
def test_a_condition_on_a_large_pipe(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, form: str, condition: str
) -> None:
    for name, value in (("LOOKED_AT", 1000), ("LOOKED_AT_LINES", 10), ("_BLOCK", 100)):
        monkeypatch.setattr(stream, name, value)
    # No row of the first thousand bytes is one of those with b above 99.
    rows = [{"a": str(i % 7), "b": i % 10 + 100 * (i > 4000)} for i in range(5000)]
    texts = ["a,b"] * (form != "ndjson")
    texts += [json.dumps(row) if form == "ndjson" else f"{row['a']},{row['b']}" for row in rows]
    text = "\n".join(texts)
    (folder / f"same.{form}").write_text(text)
    asked = ("-c", "line" if form == "lines" else "b", "-i", form, "--where", condition, "--json")
    piped = run("entropy", "-", *asked, stdin=text)
    stored = run("entropy", f"same.{form}", *asked, "--engine", "duckdb")
    assert (piped.status, stored.status) == (0, 0), piped.stderr
    documents = [json.loads(result.stdout)["distributions"][0] for result in (piped, stored)]
    assert documents[0] | {"source": f"same.{form}"} == documents[1]


@pytest.mark.parametrize(("form", "goes_on"), [("csv", False), ("csv", True), ("ndjson", False)])
def test_what_comes_compressed_through_a_pipe_is_unpacked(
    run: Run, whole: str, form: str, goes_on: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if goes_on:
        monkeypatch.setattr(stream, "LOOKED_AT", 300)
        monkeypatch.setattr(stream, "LOOKED_AT_LINES", 1)
        monkeypatch.setattr(stream, "_BLOCK", 300)
    path, write = FORMS["ndjson"] if form == "ndjson" else (whole, lambda path: None)
    write(path)
    packed = gzip.compress(Path(path).read_bytes())
    assert measured(run, "-", whole, "-c", "city", stdin=packed) == measured(
        run, whole, whole, "-c", "city"
    )


def test_a_small_pipe_of_zstandard_is_unpacked_and_a_damaged_gzip_named(
    run: Run, whole: str
) -> None:
    write_zst("x.csv.zst")
    packed = Path("x.csv.zst").read_bytes()
    assert measured(run, "-", whole, "-c", "n", stdin=packed) == measured(
        run, whole, whole, "-c", "n"
    )
    result = run("entropy", "-", "-c", "n", stdin=gzip.compress(TEXT.encode())[:60])
    assert (result.status, "standard input" in result.stderr) == (3, True), result.stderr
    assert "fault" not in result.stderr


def test_small_files_are_read_in_memory(whole: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not isinstance(open_source(whole, InputOptions()), StoredTable)
    monkeypatch.setattr(opening, "IN_MEMORY", 100)
    assert isinstance(open_source(whole, InputOptions()), StoredTable)


def test_temporary_files_are_gone(folder: Path) -> None:
    (folder / "x.csv").write_text("x\n" + "\n".join(f"{n:050}" for n in range(300_000)) + "\n")
    (folder / "tmp").mkdir()
    command = [sys.executable, "-m", "divcli", "entropy", "x.csv", "--kind", "categorical",
               "--engine", "duckdb", "--threads", "1", "--memory-limit", "90MB",
               "--top", "1"]  # fmt: skip
    environment = os.environ | {"TMPDIR": str(folder / "tmp")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert list((folder / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "every", "engine", "expected"),
    [
        ("a.parquet", False, "auto", True),
        ("small.ndjson", False, "auto", False),
        ("large.ndjson", False, "auto", True),
        ("large.ndjson", False, "python", False),
        ("large.csv", False, "auto", False),  # one column is counted without it
        ("large.csv", True, "auto", True),
        ("small.csv.gz", False, "auto", True),
        ("a.json", True, "auto", False),
        ("0.5,0.5", True, "auto", False),
    ],
)
def test_the_database_begins_early_where_it_will_be_asked(
    folder: Path, name: str, every: bool, engine: EngineName, expected: bool
) -> None:
    for one in ("a.parquet", "a.json", "small.ndjson", "small.csv.gz"):
        (folder / one).touch()
    for one in ("large.ndjson", "large.csv"):
        with (folder / one).open("wb") as file:
            file.truncate(opening.IN_MEMORY + 1)
    assert opening.is_for_database(name, InputOptions(engine=engine), every=every) is expected


@pytest.mark.parametrize("limit", ["200MB", "much"])
def test_a_database_that_begins_early_is_the_one_that_is_asked(limit: str) -> None:
    # Whatever is wrong is told to whoever asks, not lost in a thread.
    early, late = Database(Resources(1, limit)), Database(Resources(1, limit))
    early.begin()
    said = []
    for base in (early, late):
        try:
            said.append(base.rows("SELECT current_setting('memory_limit')", "the test"))
        except CommandLineError as error:
            said.append([str(error)])
    assert said[0] == said[1]
    assert ("MiB" in str(said[0])) is (limit == "200MB")


def test_limits_of_the_database_are_checked(run: Run, whole: str) -> None:
    result = run("entropy", whole, "-c", "n", "--engine", "duckdb", "--memory-limit", "much")
    assert (result.status, "--memory-limit" in result.stderr) == (2, True)


def test_every_column_in_one_go(run: Run, whole: str, folder: Path) -> None:
    (folder / "other.csv").write_text("city,n,extra\nRome,1,x\nOslo,2,y\n")
    document = json.loads(run("compare", whole, "other.csv", "--all", "--json").stdout)
    assert [one["column"] for one in document["columns"]] == ["city", "n"]
    notes = document["notes"]
    assert "column 'price' is in whole.csv only" in notes
    assert "column 'extra' is in other.csv only" in notes
    alone = json.loads(run("compare", whole, "other.csv", "-c", "n", "--json").stdout)
    assert document["columns"][1]["measures"] == alone["measures"]


def test_every_column_is_held_to_the_limits(run: Run, whole: str, folder: Path) -> None:
    (folder / "other.csv").write_text(TEXT.replace("Rome", "Bari"))
    result = run("compare", whole, "other.csv", "--all", "--fail-over", "js=0.1")
    assert result.status == 1
    assert "JS divergence of city" in result.stdout
    assert result.stdout.count("OVER") == 1


def test_progress_tells_bytes_rate_and_time_left() -> None:
    moved = iter([100, 400_000_100])
    said = Reading("x.csv", 1_000_000_000, lambda: next(moved))()
    assert re.fullmatch(r"x.csv: 400 MB of 1,000 MB, [\d,]+ MB/s, \d+ s left", said)
    piped = iter([0, 5_000_000])
    assert re.fullmatch(r"pipe: 5 MB, [\d,]+ MB/s", Reading("pipe", 0, lambda: next(piped))())


def test_progress_is_for_those_who_watch(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> str:
        time.sleep(1.3)
        return "done"

    assert finished(work, lambda: None, lambda: "\x1b[31mhalf") == "done"
    said = capsys.readouterr().err
    assert "half" in said
    assert "\x1b[31m" not in said
    assert said.endswith("\r\x1b[K")
    assert finished(work, lambda: None, None) == "done"
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("engine", ["auto", "duckdb"])
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_whoever_ends_it_leaves_no_temporary_file(folder: Path, name: str, engine: str) -> None:
    (folder / "tmp").mkdir()
    command = [sys.executable, "-m", "divcli", "entropy", "-", "-c", "a", "--engine", engine]
    environment = os.environ | {"TMPDIR": str(folder / "tmp")}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # fmt: skip
        assert process.stdin is not None
        # As many lines as are looked at, and then a pipe that waits for more.
        process.stdin.write(
            b"a,b\n" + b"1234567890,1234567890123456789012345678901234567890\n" * 150_000
        )
        process.stdin.flush()
        for _ in range(100 if engine == "duckdb" else 10):
            if list((folder / "tmp").iterdir()):
                break
            time.sleep(0.1)
        process.send_signal(signal.Signals[name])
        status = process.wait(timeout=20)
        process.stdin.close()
    assert status == {"SIGINT": 130}.get(name, 128 + signal.Signals[name])
    assert list((folder / "tmp").iterdir()) == []
