"""Weighted rows: sums that are rounded once, the same wherever they are made."""

import json
import math
import random
import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from divcli.counting import duck, python
from divcli.counting.align import CountingOptions
from divcli.counting.choice import engine_for
from divcli.counting.judged import cell_sql
from divcli.errors import DataError
from divcli.model.sums import units, weighed
from divcli.sources.columns import Column, EngineName, InputOptions
from divcli.sources.resolve import column_of, open_source
from divcli.sources.weights import RowWeights
from tests.conftest import Run
from tests.counting.test_engines import ENGINES, NUMBERS, TIMES, WORDS, outcome, verdicts, write

WEIGHTS = [
    st.integers(0, 9).map(str),
    st.floats(0, 1).map(repr),
    st.floats(0, 1e300).map(repr),
    st.sampled_from(["0", "-0", "0.0", "1e3", "1E-3", " 5 ", "\t5", "5.", ".5", "+5", "007",
                     "9007199254740993", "9" * 40, "5e-324", "2e-200", "1e130", "1e120"]),
    # And what is no weight at all.
    st.sampled_from(["1", "2", "2.5", "", "x", "-1", "1_000", "nan", "inf", "1e400", "5\n", "1 2",
                     "0x10", "٣", "NaN", "1e-400"]),
]  # fmt: skip
VALUES = [st.sampled_from("abc"), WORDS, NUMBERS, TIMES, st.floats(-9, 9).map(repr)]
Rows = list[list[str]]
PLACE = r"(: row |: record |:)\d+:"


@st.composite
def tables(draw: st.DrawFn) -> tuple[Rows, Rows]:
    """Two tables of two columns and weights, as text."""
    kinds = [draw(st.sampled_from(VALUES)), draw(st.sampled_from(VALUES))]
    row = st.tuples(*kinds, draw(st.sampled_from(WEIGHTS))).map(list)
    p, q = (draw(st.lists(row, min_size=1, max_size=12)) for _ in "pq")
    return p, q


def said(files: tuple[Path, Path], engine: EngineName, **options: object) -> str:
    """What an engine says of two tables with weights in column w, without the place of a fault."""
    given = InputOptions(engine=engine, sample_weight="w")
    text = outcome(files, given._replace(**options), CountingOptions())  # type: ignore[arg-type]
    return re.sub(PLACE, ":", text)


def written(folder: Path, sides: tuple[Rows, Rows]) -> tuple[Path, Path]:
    """Two tables in files."""
    header = ["c0", "c1", "w"]
    return write(folder / "p.csv", header, sides[0]), write(folder / "q.csv", header, sides[1])


@pytest.mark.parametrize("most", [3, 100_000])
def test_hostile_weights_are_the_same_on_both_engines(
    most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (duck, python):
        monkeypatch.setattr(module, "EXACT_ROWS", most)

    @settings(max_examples=100)
    @example(([["a", "1", "0.1"]] * 10, [["a", "1.0", "0.1"], ["a", "1", "0.2"]]))
    @example(([["a", "a", "0"]], [["a", "a", "1"]]))
    @given(tables())
    def check(sides: tuple[Rows, Rows]) -> None:
        files = written(tmp_path, sides)
        assert said(files, "python") == said(files, "duckdb")

    check()


def test_hostile_weights_drift_the_same_on_both_engines(tmp_path: Path) -> None:
    @settings(max_examples=60)
    @example(([["1", "a", "0.1"]] * 7 + [["2", "a", "0.3"]], [["1", "a", "0.1"], ["3", "a", "1"]]))
    @given(tables())
    def check(sides: tuple[Rows, Rows]) -> None:
        files = written(tmp_path, sides)
        told = [
            re.sub(PLACE, ":", verdicts(files, InputOptions(engine=one, sample_weight="w")))
            for one in ENGINES
        ]
        # Of two faults either may come first.
        assert told[0] == told[1] or not any(one.startswith("{") for one in told)

    check()


def test_cells_are_found_by_halving() -> None:
    edges = [-math.inf, -2.5, -0.0, 1e-300, 3.0, 1e300]
    for number in (-math.inf, -3.0, -2.5, -1.0, 0.0, 1e-300, 2.0, 3.0, 1e300, 1e301):
        for most in range(len(edges) + 1):
            own = np.array(edges[:most])
            query = f"SELECT {cell_sql('x', own)} FROM (SELECT '{number!r}'::DOUBLE AS x)"
            [[cell]] = duckdb.execute(query).fetchall()
            assert cell == np.searchsorted(own, number, side="right")


def test_declared_weights_are_the_same_on_both_engines(tmp_path: Path) -> None:
    weights = st.one_of(
        st.integers(0, 2**60), st.floats(0, 1e300),
        st.sampled_from([None, True, -1, "2", "x", 0.1, 3]),
    )  # fmt: skip
    values = st.one_of(st.sampled_from("ab"), st.integers(0, 3), st.none(), st.floats(-9, 9))

    @settings(max_examples=100)
    @example([(0, 1)], [(0, 0), (None, 1)])  # nothing of weight is on the line
    @given(*[st.lists(st.tuples(values, weights), min_size=1, max_size=9) for _ in "pq"])
    def check(p: list[tuple[object, object]], q: list[tuple[object, object]]) -> None:
        files = []
        for name, rows in (("p", p), ("q", q)):
            files.append(tmp_path / f"{name}.ndjson")
            lines = [json.dumps({"c0": value, "w": weight}) for value, weight in rows]
            files[-1].write_text("\n".join(lines))
        assert said((files[0], files[1]), "python") == said((files[0], files[1]), "duckdb")

    check()


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Columns whose weights were held row by row."""
    held: list[str] = []

    def parse(weights: RowWeights) -> list[float]:
        held.append(weights.label)
        return []

    monkeypatch.setattr(RowWeights, "_parsed", property(parse))
    return held


def column(path: Path, label: str, weight: str = "w") -> Column:
    """A weighted column of a file, counted where it is."""
    options = InputOptions(column=label, sample_weight=weight, engine="duckdb")
    return column_of(open_source(str(path), options), options)


def test_sums_are_rounded_once_and_no_row_is_held(tmp_path: Path, parsed: list[str]) -> None:
    numbers = random.Random(5)
    rows = [
        [numbers.choice("abc"), str(numbers.randrange(4)), repr(numbers.lognormvariate(0, 30))]
        for _ in range(4000)
    ]
    path = write(tmp_path / "x.csv", ["t", "x", "w"], rows)
    exact: dict[str, Counter[str]] = {"t": Counter(), "x": Counter()}
    for t, x, w in rows:
        exact["t"][t] += Fraction(float(w))  # type: ignore[assignment]  # a sum of anything
        exact["x"][x] += Fraction(float(w))  # type: ignore[assignment]
    texts, places = column(path, "t"), column(path, "x")
    engine = engine_for([texts, places])
    assert engine.symbols(texts) == {one: float(mass) for one, mass in exact["t"].items()}
    points = engine.points(places, times=False)
    assert points.masses.tolist() == [float(exact["x"][str(i)]) for i in range(4)]
    weights = [float(w) for *_, w in rows]
    told, expected = engine.scan(texts).weighed, weighed(weights)
    assert told is not None
    assert told._replace(bits=0) == expected._replace(bits=0)
    assert engine.scan(texts).total == pytest.approx(math.fsum(weights), rel=1e-15)
    assert parsed == []


@pytest.mark.parametrize("kind", ["DOUBLE", "BIGINT", "VARCHAR", "DECIMAL(9, 2)"])
def test_declared_columns_weigh_what_they_say(tmp_path: Path, parsed: list[str], kind: str) -> None:
    path = tmp_path / "x.parquet"
    duckdb.sql(
        "COPY (SELECT i % 3 AS x, CASE WHEN i % 5 > 0 THEN i % 7 / 4 END AS y, "
        f"(i % 4)::{kind} AS w FROM range(1000) r(i)) TO '{path}' (FORMAT parquet)"
    )
    for label in ("x", "y"):
        one = column(path, label)
        engine = engine_for([one])
        values = [i % 3 if label == "x" else (i % 7 / 4 if i % 5 else None) for i in range(1000)]
        masses = Counter[object]()
        for i, value in enumerate(values):
            masses[value] += i % 4
        missing = masses.pop(None, 0)
        points = engine.points(one, times=False)
        assert dict(zip(points.positions.tolist(), points.masses.tolist(), strict=True)) == masses
        whole = kind in ("BIGINT", "VARCHAR")
        assert points.masses.dtype == ("int64" if whole else "float64")
        assert engine.scan(one).missing == missing
    assert parsed == []


@pytest.mark.parametrize("kind", ["DOUBLE", "BIGINT"])
def test_numbers_that_the_policy_looks_at_have_weights(
    tmp_path: Path, parsed: list[str], kind: str
) -> None:
    numbers: list[float | int | None] = [1, 2**60, 2**53, -(2**60), 0, None]
    if kind == "DOUBLE":
        numbers = [1.5, math.inf, -math.inf, math.nan, 1e300, 2.0**60, None, -0.0, 0.0]
    weights = [0.1, 1e5, 3.0, 2e-7]
    rows = [(x, w) for x in numbers for w in weights] * 3
    path = tmp_path / "x.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE x (x {kind}, w DOUBLE)")
        connection.executemany("INSERT INTO x VALUES (?, ?)", rows)
        connection.execute(f"COPY x TO '{path}'")
    stored = column(path, "x")
    held = replace(stored, values=[x for x, _ in rows], weights=[w for _, w in rows], locate=str)
    found, expected = engine_for([stored]), python.PythonEngine()
    assert found.scan(stored)._replace(weighed=None) == expected.scan(held)._replace(weighed=None)
    told, known = found.scan(stored).weighed, expected.scan(held).weighed
    assert told is not None
    assert known is not None
    assert told._replace(bits=0) == known._replace(bits=0)
    for one, other in zip(
        found.points(stored, times=False), expected.points(held, times=False), strict=True
    ):
        np.testing.assert_equal(one, other)
    assert parsed == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [("NULL", "expected a number, found nothing"), ("-0.5", "found -0.5"), ("'nan'", "found nan"),
     ("'inf'", "found inf")],
)  # fmt: skip
def test_what_is_no_weight_is_named_with_its_row(tmp_path: Path, wrong: str, said: str) -> None:
    path = tmp_path / "x.parquet"
    duckdb.sql(
        f"COPY (SELECT 'a' AS t, CASE WHEN i IN (777, 900) THEN {wrong}::DOUBLE ELSE i END AS w "
        f"FROM range(1000) r(i)) TO '{path}' (FORMAT parquet)"
    )
    with pytest.raises(DataError, match=said) as told:
        engine_for([column(path, "t")]).scan(column(path, "t"))
    assert f"{path}: row 778" in str(told.value)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_order_of_weighted_rows_does_not_matter(engine: EngineName, tmp_path: Path) -> None:
    numbers = random.Random(3)
    rows = [[numbers.choice("ab"), repr(numbers.random())] for _ in range(300)]
    other = write(tmp_path / "q.csv", ["t", "w"], [["a", "1"], ["b", "2"]])
    found = set()
    for _ in range(5):
        numbers.shuffle(rows)
        found.add(said((write(tmp_path / "p.csv", ["t", "w"], rows), other), engine))
    assert len(found) == 1


def test_groups_and_conditions_have_weights(run: Run, folder: Path) -> None:
    numbers = random.Random(9)
    rows = [
        [numbers.choice(["x", "y", "NA", "", " NA"]), numbers.choice("abc"),
         numbers.choice(["1", "2", repr(numbers.random())])]
        for _ in range(500)
    ]  # fmt: skip
    write(folder / "t.csv", ["g", "s", "w"], rows)
    options = ("-c", "s", "--sample-weight", "w", "--na", ",NA", "--json")
    for command in (
        ("entropy", "t.csv", "--by", "g"),
        ("matrix", "t.csv", "--by", "g"),
        ("compare", "t.csv", "--by", "g", "--p-group", "x", "--q-group", "y"),
    ):
        first, second = (run(*command, *options, "--engine", one) for one in ENGINES)
        assert (first.status, first.stdout) == (0, second.stdout), second.stderr
    lone = run("entropy", "t.csv", *options, "--where", "g = 'x'")
    assert lone.status == 0, lone.stderr
    kept = sum(row[0] == "x" for row in rows)
    assert f"{kept} weighted rows" in lone.stdout


@given(st.lists(st.floats(0, allow_infinity=False), max_size=20))
def test_units_are_exact(weights: list[float]) -> None:
    exact = sum(map(Fraction, weights))
    found = weighed(weights)
    total = sum(units(weight, found.bits) for weight in weights)
    assert Fraction(total, 2**found.bits) == exact
    try:
        expected = float(exact)
    except OverflowError:
        expected = math.inf
    assert found.rounded(total) == expected
