"""Both engines tell the same of the same data, to the byte."""

import csv
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from divcli.analysis.compare import MeasureOptions, compare_pairs
from divcli.analysis.significance import InferenceOptions
from divcli.counting import duck, python
from divcli.counting.align import CountingOptions
from divcli.errors import DivcliError
from divcli.model.comparison import Report
from divcli.render.json import render
from divcli.render.page import Surface
from divcli.sources.columns import EngineName, InputOptions
from divcli.sources.resolve import columns_of, open_source

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
                     "nan(1)", "0x10", "1,5", "٣", "\v1", "5e", "1 2", "9" * 40, "1.5e3_0"]),
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


COUNTING = [
    CountingOptions(),
    CountingOptions(kind="categorical"),
    CountingOptions(kind="numeric"),
    CountingOptions(kind="datetime"),
    CountingOptions(missing="drop"),
    CountingOptions(limit_symbols=2),
    CountingOptions(bins="3"),
]


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
