"""The groups of a table's rows, as both engines count them."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from divcli.analysis.drift_options import DriftOptions
from divcli.analysis.gather import grouped
from divcli.analysis.profile import Settings, profile_columns
from divcli.analysis.slices import PERIODS, drift_by, table_of
from divcli.counting import duck, python
from divcli.counting.align import CountingOptions
from divcli.counting.many import kinds_apart
from divcli.errors import DivcliError
from divcli.render.json import render
from divcli.render.page import Surface
from divcli.sources import stored_parts
from divcli.sources.columns import InputOptions
from divcli.sources.database import Database
from divcli.sources.resolve import columns_of, open_source
from divcli.sources.stored import StoredColumn
from tests.conftest import Run
from tests.counting.test_engines import (
    ENGINES,
    TIMES,
    WORDS,
    pairs,
    records,
    rows_kept,
    write,
)

__all__ = ["rows_kept"]


def parts(file: Path, options: InputOptions) -> object:
    """The groups of the second column by the first, as distributions on the same cells."""
    source = open_source(str(file), options)
    try:
        labels, columns, _ = zip(*grouped(source, options), strict=True)  # type: ignore[arg-type]
        together, left = kinds_apart(columns, CountingOptions(), pooled=True)
    except DivcliError as error:
        return str(error)
    sides = [
        (place, one.name, list(one.symbols), one.weights.tolist(), one.n, one.missing, one.notes)
        for kind in together
        for place, one in kind.sides.items()
    ]
    return labels, [one.kind for one in together], sides, left


def same(file: Path, header: Sequence[str]) -> None:
    options = InputOptions(by=header[0], column=header[1])
    said = [parts(file, options._replace(engine=name)) for name in ENGINES]
    assert said[0] == said[1]


@pytest.mark.usefixtures("rows_kept")
def test_groups_of_hostile_tables_are_the_same_on_both_engines(tmp_path: Path) -> None:
    @settings(max_examples=60)
    @given(pairs())
    def check(tables: tuple[list[str], list[list[str]], list[list[str]]]) -> None:
        header, p, q = tables
        same(write(tmp_path / "p.csv", header, p + q), header)

    check()


@pytest.mark.usefixtures("rows_kept")
def test_groups_of_hostile_records_are_the_same_on_both_engines(tmp_path: Path) -> None:
    @settings(max_examples=60)
    @example(([[0, "a"], [0.0, "a"], [False, "b"], [1, "a"], [True, None]], []))  # equal in Python
    @given(records())
    def check(sides: tuple[list[list[object]], list[list[object]]]) -> None:
        file = tmp_path / "p.ndjson"
        lines = [{f"c{i}": value for i, value in enumerate(row)} for row in sides[0] + sides[1]]
        file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        same(file, ["c0", "c1"])

    check()


def sliced(reference: Path, current: Path, options: InputOptions, period: str = "") -> str:
    """The drift of each slice of the second table by its first column, as a document."""
    try:
        profile = profile_columns(
            columns_of(open_source(str(reference), options), options), Settings()
        )
        table = table_of(open_source(str(current), options), "--by")
        by = table.header[0] + period
        found = drift_by(profile, table, by, options, DriftOptions())
    except DivcliError as error:
        return str(error)
    return render(found, Surface())


@pytest.mark.usefixtures("rows_kept")
def test_slices_of_hostile_tables_drift_the_same_on_both_engines(tmp_path: Path) -> None:
    @settings(max_examples=40)
    @given(pairs())
    def check(tables: tuple[list[str], list[list[str]], list[list[str]]]) -> None:
        header, p, q = tables
        files = write(tmp_path / "p.csv", header, p), write(tmp_path / "q.csv", header, q)
        said = [sliced(*files, InputOptions(engine=name)) for name in ENGINES]
        assert said[0] == said[1]

    check()


@pytest.mark.parametrize("period", PERIODS)
def test_periods_of_hostile_times_are_the_same_on_both_engines(tmp_path: Path, period: str) -> None:
    rows = st.lists(
        st.tuples(st.one_of(TIMES, WORDS), st.sampled_from("xyz")).map(list), min_size=1
    )

    @settings(max_examples=40)
    @given(rows, st.sampled_from(["csv", "ndjson"]))
    def check(rows: list[list[str]], form: str) -> None:
        file = tmp_path / f"t.{form}"
        if form == "csv":
            write(file, ["t", "c"], rows)
        else:
            file.write_text("\n".join(json.dumps({"t": t, "c": c}) for t, c in rows))
        said = [sliced(file, file, InputOptions(engine=one), f":{period}") for one in ENGINES]
        assert said[0] == said[1]

    check()


def test_many_times_are_sliced_where_they_are(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [[f"2026-{1 + i % 9:02}-07T{i % 24:02}:{i % 60:02}:{i % 59:02}", "xy"[i % 2]]
            for i in range(9000)]  # fmt: skip
    file = write(tmp_path / "t.csv", ["t", "c"], rows)
    monkeypatch.setattr(stored_parts, "_MOST_VALUES", 20)
    command = ("drift", str(file), str(file), "--by", "t:month", "--json")
    held = run(*command, "--engine", "python")
    monkeypatch.setattr(StoredColumn, "_all", property(fetched))
    assert run(*command, "--engine", "duckdb") == held
    assert len(json.loads(held.stdout)["slices"]) == 9


@pytest.mark.parametrize("options", [("--by", "day:week"), ("--by", "shop"), ("--within", "shop")])
def test_drift_in_parts_reads_no_rows_and_takes_a_large_pipe(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    rows = [
        [f"2026-01-{1 + i % 28:02}", "ab"[i % 2], str(i * 0.37 % (1 + i % 3))] for i in range(900)
    ]
    p, q = tmp_path / "p.csv", tmp_path / "q.csv"
    write(p, ["day", "shop", "x"], [[day, shop, x[:3]] for day, shop, x in rows])
    write(q, ["day", "shop", "x"], rows)
    held = run("drift", str(p), str(q), *options, "--json", "--engine", "python")
    assert held.status in (0, 1), held.stderr
    monkeypatch.setattr(StoredColumn, "_all", property(fetched))
    assert run("drift", str(p), str(q), *options, "--json", "--engine", "duckdb") == held
    piped = run(
        "drift", str(p), "-", *options, "--json", "--engine", "duckdb", stdin=q.read_bytes()
    )
    assert piped.stdout.replace("standard input", str(q)) == held.stdout, piped.stderr


def fetched(_: StoredColumn) -> list[object]:
    raise AssertionError("the rows of a stored column, one by one")


def noting(method: Callable[..., object], queries: list[str]) -> Callable[..., object]:
    def noted(base: Database, sql: str, *rest: object, **options: object) -> object:
        queries.append(sql)
        return method(base, sql, *rest, **options)

    return noted


@pytest.mark.parametrize("command", ["compare", "entropy", "matrix", "rank"])
@pytest.mark.parametrize("column", ["x", "s"])
@pytest.mark.parametrize("groups", [2, 9])
def test_rows_are_read_where_they_are_however_many_groups_there_are(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    column: str,
    groups: int,
) -> None:
    rows = [[f"g{i % groups}", str(i * 0.37 % 1), f"s{i % 5}"] for i in range(300)]
    file = str(write(tmp_path / "x.csv", ["g", "x", "s"], rows))
    asked = [command, file, "--by", "g", "-c", column, "--json", "--engine"]
    if command in ("compare", "rank"):
        asked[2:2] = ["--p-group", "g0"]
    if command == "compare":
        asked[2:2] = ["--q-group", "g1"]
    held = json.loads(run(*asked, "python").stdout)

    read: list[str] = []
    for name in ("keep", "rows"):
        monkeypatch.setattr(Database, name, noting(getattr(Database, name), read))
    monkeypatch.setattr(StoredColumn, "_all", property(fetched))
    monkeypatch.setattr(duck, "EXACT_ROWS", 300)
    found = run(*asked, "duckdb")
    assert found.status == 0, found.stderr
    assert json.loads(found.stdout) == held
    # The groups, the first values of one and of all of them, and one reading that counts.
    assert sum("read_csv" in sql for sql in read) == (4 if column == "x" else 3)


def test_the_groups_of_a_large_column_are_told_apart_as_it_is(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [["ab"[i % 2], repr(i * 0.3711 % 1)] for i in range(200)]
    file = str(write(tmp_path / "x.csv", ["g", "x"], rows))
    command = ("matrix", file, "--by", "g", "-c", "x", "--json", "--engine")
    for most, blurred in ((200, False), (199, True)):
        for module in (duck, python):
            monkeypatch.setattr(module, "EXACT_ROWS", most)
        said = [run(*command, name).stdout for name in ENGINES]
        assert ["told apart to" in one for one in said] == [blurred, blurred]
        assert said[0] == said[1]
