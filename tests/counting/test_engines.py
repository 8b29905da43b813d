"""Both engines tell the same of the same data, to the byte."""

import csv
import json
import math
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import numpy as np
import pandas
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from divcli.analysis.compare import MeasureOptions
from divcli.analysis.drift import drift
from divcli.analysis.drift_options import DriftOptions
from divcli.analysis.every_column import compare_pairs
from divcli.analysis.profile import Settings, profile_columns
from divcli.analysis.significance import InferenceOptions
from divcli.counting import duck, fetched, python, ruler, texts
from divcli.counting.align import CountingOptions
from divcli.counting.engine import Asked, Engine
from divcli.counting.judged import number_cast, number_guard
from divcli.counting.typing_policy import kinds_of
from divcli.errors import DivcliError
from divcli.model.comparison import Report
from divcli.render.json import render
from divcli.render.page import Surface
from divcli.sources.columns import Column, EngineName, InputOptions, Resources
from divcli.sources.database import database
from divcli.sources.resolve import column_of, columns_of, open_source

MEASURING = MeasureOptions(inference=InferenceOptions(wanted=False))

WORDS = st.sampled_from([
    "", " ", "a", "b", "é", "ß", "日本", "a b", 'say "x"', "a,b", "line\nend", "tab\t", "NA",
    "None", "=1+1", "[/]", "id1", "info", "nano", "Nantes",
])  # fmt: skip
NUMBERS = st.one_of(
    st.integers(-20, 20).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.floats(-1e3, 1e3).map(lambda x: f"{x:.2f}"),
    st.integers(2**53 - 2, 2**53 + 2).map(str),
    st.sampled_from(["1_000", "007", "-0", "+5", ".5", "5.", "1e400", "1e-400", "nan", "inf",
                     "-inf", "Infinity", " 7", "7 ", "1\n", "--1", "+-1", "00.5", "1e5", "1E+5",
                     "nan(1)", "iNfinity", "nAme", "NAN", "0x10", "1,5", "٣", "\v1", "5e", "1 2",
                     "9" * 40, "1.5e3_0"]),
)  # fmt: skip
TIMES = st.one_of(
    st.dates().map(str),
    st.datetimes().map(str),
    st.sampled_from(["2024-01-01", "2024-01-01T00:00", "2024-01-01T12:00:00Z", "2024-1-1", "epoch",
                     "2024-01-01T12:00:00+02:00", "2024-01-01 12:00:00.123456789", "2024-02-30",
                     "2024-01-01T24:00:00", "0000-01-01", "0000-01-01T00:00", "infinity",
                     "2024-01-01 00:00:00+02", "10000-01-01", " 2024-01-01T00:00 "]),
)  # fmt: skip
PLAIN = [st.integers(0, 9).map(str), st.floats(-10, 10).map(repr), st.sampled_from("abc"),
         st.dates().map(str), st.datetimes().map(str)]  # fmt: skip
KINDS = [
    *PLAIN,
    WORDS,
    NUMBERS,
    TIMES,
    st.one_of(NUMBERS, st.just("")),
    st.one_of(WORDS, NUMBERS, TIMES),
    st.text(max_size=5).filter(lambda t: "\0" not in t),
]


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[str], list[list[str]], list[list[str]]]:
    """Two tables of text with the same columns, of one kind each."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=2, max_size=4))
    header = [f"c{i}" for i in range(len(kinds))]
    sides = [draw(st.lists(st.tuples(*kinds).map(list), min_size=1, max_size=12)) for _ in "pq"]
    return header, sides[0], sides[1]


def outcome(files: tuple[Path, Path], options: InputOptions, counting: CountingOptions) -> str:
    """The whole document of a comparison, or the error."""
    try:
        p, q = (columns_of(open_source(str(file), options), options) for file in files)
        found = compare_pairs(list(zip(p, q, strict=True)), counting, MEASURING)
    except DivcliError as error:
        return str(error)
    return render(Report(found.comparisons, whole=True, failed=found.failed), Surface())


def verdicts(files: tuple[Path, Path], options: InputOptions) -> str:
    """The whole document of a drift check, or the error."""
    try:
        p, q = (columns_of(open_source(str(file), options), options) for file in files)
        report = drift(profile_columns(p, Settings()), q, DriftOptions())
    except DivcliError as error:
        return str(error)
    return render(report, Surface())


def write(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    """The table as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([header, *rows])
    return path


def same(files: tuple[Path, Path], counting: CountingOptions) -> str:
    """What both engines say, after a look that it is the same."""
    said = [outcome(files, InputOptions(engine=name), counting) for name in ENGINES]
    assert said[0] == said[1]
    return said[0]


ENGINES: tuple[EngineName, EngineName] = ("python", "duckdb")


@pytest.fixture(params=["value by value", "by the ruler"])
def rows_kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of a few rows, as if they were large, and as they are."""
    if request.param == "by the ruler":
        for module in (duck, python):
            monkeypatch.setattr(module, "EXACT_ROWS", 3)
        monkeypatch.setattr(texts, "_FEW", 0)


COUNTING = [
    CountingOptions(),
    CountingOptions(kind="categorical"),
    CountingOptions(kind="numeric"),
    CountingOptions(kind="datetime"),
    CountingOptions(missing="drop"),
    CountingOptions(limit_symbols=2),
    CountingOptions(bins="3"),
]


VALUES = [
    st.one_of(WORDS, st.none()),
    st.one_of(NUMBERS, TIMES, WORDS),
    st.text(max_size=5),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.one_of(st.integers(-3, 3), st.none()),
    st.one_of(st.booleans(), st.none(), WORDS),
    st.one_of(WORDS, st.integers(-3, 3), st.floats(-9, 9), st.booleans(), st.none(),
              st.lists(st.integers(0, 2), max_size=2), st.just({"a": 1})),
]  # fmt: skip


@st.composite
def records(draw: st.DrawFn) -> tuple[list[list[object]], list[list[object]]]:
    """Two tables of JSON values with the same columns."""
    kinds = draw(st.lists(st.sampled_from(VALUES), min_size=2, max_size=3))
    sides = [draw(st.lists(st.tuples(*kinds).map(list), min_size=1, max_size=12)) for _ in "pq"]
    return sides[0], sides[1]


@pytest.mark.usefixtures("rows_kept")
@pytest.mark.parametrize("counting", COUNTING, ids=str)
def test_hostile_records_read_the_same_on_both_engines(
    counting: CountingOptions, tmp_path: Path
) -> None:
    @settings(max_examples=25)
    @example(([[None, "a"]], [[{"a": 1}, "a"]]), False)  # an object is no text to the database
    @example(([["", ""], ["a", ""]], [[0, ""]]), False)  # the first text is the empty one
    @example(([[0.0], [-1.35e308]], [[1.35e308]]), False)  # further apart than the greatest double
    @given(records(), st.booleans())
    def check(sides: tuple[list[list[object]], list[list[object]]], escaped: bool) -> None:
        files = []
        for name, rows in zip("pq", sides, strict=True):
            lines = [{f"c{i}": value for i, value in enumerate(row)} for row in rows]
            files.append(tmp_path / f"{name}.ndjson")
            text = "\n".join(json.dumps(line, ensure_ascii=escaped) for line in lines)
            files[-1].write_text(text, encoding="utf-8")
        same((files[0], files[1]), counting)

    check()


SQLITE = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    st.binary(max_size=3),
    WORDS,
    NUMBERS,
    TIMES,
)


@pytest.mark.usefixtures("rows_kept")
def test_hostile_databases_read_the_same_on_both_engines(tmp_path: Path) -> None:
    @settings(max_examples=40)
    @given(*[st.lists(st.tuples(SQLITE, SQLITE), min_size=1, max_size=12) for _ in "pq"])
    def check(p: list[tuple[object, object]], q: list[tuple[object, object]]) -> None:
        files = []
        for name, rows in (("p", p), ("q", q)):
            files.append(tmp_path / f"{name}.sqlite")
            files[-1].unlink(missing_ok=True)
            with closing(sqlite3.connect(files[-1])) as connection:
                connection.execute('CREATE TABLE rows (a, "b""c")')
                connection.executemany("INSERT INTO rows VALUES (?, ?)", rows)
                connection.commit()
        same((files[0], files[1]), CountingOptions())

    check()


@pytest.mark.usefixtures("rows_kept")
@pytest.mark.parametrize("counting", COUNTING, ids=str)
def test_hostile_tables_read_the_same_on_both_engines(
    counting: CountingOptions, tmp_path: Path
) -> None:
    @settings(max_examples=25)
    @example((["a"], [["1.795e308"]], [["0"]]))  # no short number is near its centre
    @example((["a"], [["0"]] * 7 + [["-0.0"]], [["0"], ["9007199254740992.0"]]))
    @example((["a"], [["2000-01-01 00:00:00"]], [["3059-01-01 00:00:00.000241"]]))
    @given(pairs())
    def check(tables: tuple[list[str], list[list[str]], list[list[str]]]) -> None:
        header, p, q = tables
        files = write(tmp_path / "p.csv", header, p), write(tmp_path / "q.csv", header, q)
        same(files, counting)

    check()


@pytest.mark.usefixtures("rows_kept")
def test_hostile_tables_drift_the_same_on_both_engines(tmp_path: Path) -> None:
    @settings(max_examples=40)
    @example((["a"], [["1"], ["-0.0"]], [["0"], ["1.7976931348623157e+308"], ["-1"]]))
    @example((["a"], [["0"], ["-1.7976931348623157e+308"]], [["0"]]))
    @example((["a"], [["0"], ["1.7976931348623157e+308"]], [["0"]]))
    @given(pairs())
    def check(tables: tuple[list[str], list[list[str]], list[list[str]]]) -> None:
        header, p, q = tables
        files = write(tmp_path / "p.csv", header, p), write(tmp_path / "q.csv", header, q)
        said = [verdicts(files, InputOptions(engine=name)) for name in ENGINES]
        assert said[0] == said[1]

    check()


DECLARED = [
    ("DOUBLE", st.floats()),
    ("DOUBLE", st.floats(-1e3, 1e3, width=16)),
    ("BIGINT", st.integers(-(2**63), 2**63 - 1)),
    ("BIGINT", st.integers(2**53 - 3, 2**53 + 3)),
]


@pytest.mark.usefixtures("rows_kept")
@pytest.mark.parametrize(("kind", "numbers"), DECLARED, ids=str)
def test_declared_numbers_stand_where_their_values_do(
    kind: str, numbers: st.SearchStrategy[float], tmp_path: Path
) -> None:
    file = tmp_path / "x.parquet"

    @settings(max_examples=30)
    @given(st.lists(st.one_of(st.none(), numbers), min_size=1, max_size=12))
    def check(values: list[float | None]) -> None:
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE rows (x {kind})")
            connection.executemany("INSERT INTO rows VALUES (?)", [(value,) for value in values])
            connection.execute(f"COPY rows TO '{file}'")
        columns = (
            column_of(open_source(str(file), InputOptions(engine="duckdb")), InputOptions()),
            Column("x", "x", values, typed=True),
        )
        said = []
        engines: tuple[Engine, Engine] = (duck.DuckEngine(), python.PythonEngine())
        for engine, column in zip(engines, columns, strict=True):
            engine.prepare([Asked([column], kind="numeric")])
            places, masses, apart, centre = engine.points(column, times=False)
            said.append((places.tolist(), masses.tolist(), apart, centre))
        assert said[0] == said[1]

    check()


ALPHABET = "0123456789+-._eE \t\n\rnaiftyx()"


def test_no_text_is_a_number_to_sql_that_is_none_to_the_policy() -> None:
    chance = random.Random(7)
    texts = ["".join(chance.choices(ALPHABET, k=chance.randint(0, 6))) for _ in range(60_000)]
    texts += [repr(chance.uniform(-1e3, 1e3) * 10 ** chance.randint(-20, 20)) for _ in range(5000)]
    texts = sorted(set(texts))
    kinds = dict(zip(texts, kinds_of(texts, ("",), typed=False), strict=True))
    base = database(Resources())
    table = base.register(pandas.DataFrame({"r": texts}))
    for plain in (False, True):
        cast = number_cast("r", "text", ("",), plain=plain)
        guard = number_guard("w", "r", "text", plain=plain)
        query = (
            f"SELECT r, v FROM (SELECT r, {guard} AS v FROM (SELECT r, {cast} AS w FROM {table}))"
        )
        found = {text: value for text, value in base.rows(query, "texts") if value is not None}
        assert {kinds[text] for text in found} == {"number"}
        assert all(float(text) == value for text, value in found.items())
        assert len(found) > 5000


def test_the_least_double_of_a_key_is_the_least() -> None:
    chance = np.random.default_rng(7)
    for values in (
        chance.normal(100, 15, 5000), chance.lognormal(0, 3, 5000), chance.normal(0, 1e-9, 5000),
        1.6e9 + 1e6 * chance.random(5000), 1e300 * chance.normal(0, 1, 5000),
        chance.integers(0, 10**9, 5000).astype(float),
    ):  # fmt: skip
        one = ruler.Ruler(ruler.ruler_of(values[:1000].tolist()).centre)
        keys = ruler.keys_of(values, one)
        least = ruler.positions_of(keys, one)
        assert (least <= values).all()
        assert (ruler.keys_of(least, one) == keys).all()
        assert (ruler.keys_of(np.nextafter(least, -math.inf), one) != keys).all()
        distance = np.abs(values - one.centre)
        assert (values - least <= distance / 2**ruler.BITS + np.spacing(np.abs(values))).all()


def test_columns_on_a_lattice_are_kept_value_by_value() -> None:
    assert ruler.ruler_of([19.99, 5.5, 3.25]).exact
    assert ruler.ruler_of([86400.0 * day for day in range(1000)]).exact
    assert not ruler.ruler_of([1, 2, 3e9]).exact
    assert not ruler.ruler_of([0.1234567, 1.5]).exact


def test_numbers_far_from_zero_and_after_a_gap_are_told_apart(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    far = 101_325 + rng.normal(0, 5, 120_000)
    late = pandas.Timestamp("2024-05-01") + pandas.to_timedelta(rng.gamma(2, 900, 120_000), "s")
    files = []
    for name, by in (("p", 0.0), ("q", 1.0)):
        table = pandas.DataFrame({"far": far + by, "late": late, "gap": far - 101_325 + by})
        table.loc[:1999, ["late", "gap"]] = None
        table.to_csv(tmp_path / f"{name}.csv", index=False)
        files.append(tmp_path / f"{name}.csv")
    said = json.loads(same((files[0], files[1]), CountingOptions()))
    for one in said["columns"]:
        assert one["p"]["cells"] > 200
        if one["p"]["column"] != "late":
            assert one["measures"]["wasserstein"] == pytest.approx(1, rel=5e-3)


@pytest.mark.parametrize(
    ("exact", "longest"), [(ruler.EXACT_ROWS, ruler.LONGEST), (3, ruler.LONGEST), (3, 5)]
)
def test_columns_of_parquet_say_what_the_same_records_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exact: int, longest: int
) -> None:
    for module in (duck, python):
        monkeypatch.setattr(module, "EXACT_ROWS", exact)
    for module in (fetched, ruler):
        monkeypatch.setattr(module, "LONGEST", longest)
    monkeypatch.setattr(texts, "_FEW", 0)
    columns = {
        "x": ("DOUBLE", st.one_of(st.none(), st.floats(-9, 9), st.just(1e300))),
        "t": ("VARCHAR", st.one_of(st.none(), WORDS, NUMBERS)),
        "n": ("BIGINT", st.one_of(st.integers(-3, 3), st.integers(2**53 - 2, 2**53 + 2))),
        "y": ("DOUBLE", st.integers(0, 40).map(lambda i: i / 8)),
        "u": ("VARCHAR", st.sampled_from(["a", "b", "", "c"])),
    }
    records = st.lists(st.fixed_dictionaries({k: v for k, (_, v) in columns.items()}), min_size=1)

    @settings(max_examples=25)
    @given(records, records)
    def check(p: list[dict[str, object]], q: list[dict[str, object]]) -> None:
        said = []
        types = "{" + ", ".join(f"{name}: '{kind}'" for name, (kind, _) in columns.items()) + "}"
        for name, rows in (("p", p), ("q", q)):
            lines = "\n".join(json.dumps({one: row[one] for one in columns}) for row in rows)
            (tmp_path / f"{name}.ndjson").write_text(lines, encoding="utf-8")
            source = f"read_json('{tmp_path}/{name}.ndjson', columns={types}, format='nd')"
            duckdb.execute(f"COPY (SELECT * FROM {source}) TO '{tmp_path}/{name}.parquet'")
        for ending, engine in (("ndjson", ENGINES[0]), ("parquet", ENGINES[1])):
            files = tmp_path / f"p.{ending}", tmp_path / f"q.{ending}"
            told = outcome(files, InputOptions(engine=engine), CountingOptions())
            said.append(told.replace(f".{ending}", ""))
        assert said[0] == said[1]

    check()
