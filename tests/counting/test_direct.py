"""A column counted in its bytes is the column that the database and Python count."""

import csv
import pickle
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from divcli.analysis.every_column import compare_pairs
from divcli.counting import direct, duck, python, ruler, tallies, words
from divcli.counting.align import CountingOptions
from divcli.counting.fetched import Groups
from divcli.counting.plans import Plan
from divcli.counting.processes import Pieces
from divcli.errors import DivcliError
from divcli.model.arrays import FloatArray
from divcli.model.comparison import Report
from divcli.render.json import render
from divcli.render.page import Surface
from divcli.sources import opening
from divcli.sources.columns import InputOptions, Resources
from divcli.sources.resolve import column_of, open_source
from tests.counting.test_engines import MEASURING, NUMBERS, TIMES, WORDS

pytestmark = pytest.mark.skipif(
    not hasattr(np, "bitwise_count"), reason="before numpy 2.0 all is left to the database"
)

PLAIN = NUMBERS.filter(lambda text: not set(text) & set(',\n\r"'))
VALUES = [
    st.integers(0, 9).map(str),
    st.floats(-10, 10).map(repr),
    st.floats(-10, 10).map(lambda x: f"{x:.2f}"),
    st.one_of(st.floats(-1e3, 1e3).map(repr), st.just("")),
    st.floats(100, 101).map(lambda x: f"{x:.17f}"),  # longer than what is put together
    PLAIN,
    st.sampled_from(["a", "b", "é", "日本", "", " ", "NA", "id 1", "x" * 23, "x" * 24, "x" * 25]),
    st.text("ab", max_size=30),
    WORDS,
    st.dates().map(str),
    st.one_of(st.dates().map(str), st.just("")),
    TIMES,
]
OTHER = st.one_of(st.text("ab é", max_size=40), st.text('ab,"', max_size=9), st.just("a\nb"))
ALONE = InputOptions(column="c1", resources=Resources(threads=1))
TOGETHER = ALONE._replace(resources=Resources(threads=3))


class Watched:
    """What was counted in its bytes (True) or left to the database (False)."""

    def __init__(self) -> None:
        self.asked: list[bool] = []
        self._count = direct.counted_directly

    def __call__(self, plan: Plan) -> Groups | None:
        """Count."""
        groups = self._count(plan)
        self.asked.append(groups is not None)
        return groups


def in_blocks_of(length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let blocks of text have so many bytes."""
    for module in (direct, tallies):
        monkeypatch.setattr(module, "BLOCK", length)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Counting in bytes, in blocks of a few lines, of files that are taken for large ones."""
    watch = Watched()
    monkeypatch.setattr(opening, "IN_MEMORY", -1)
    monkeypatch.setattr(direct, "counted_directly", watch)
    in_blocks_of(100, monkeypatch)
    return watch


def said(files: tuple[Path, Path], options: InputOptions) -> str:
    """The whole document of a comparison of one column, or the error."""
    try:
        pair = [column_of(open_source(str(file), options), options) for file in files]
        found = compare_pairs([(pair[0], pair[1])], CountingOptions(), MEASURING)
    except DivcliError as error:
        return str(error)
    return render(Report(found.comparisons, whole=True, failed=found.failed), Surface())


def thrice(files: tuple[Path, Path], watch: Watched, options: InputOptions = ALONE) -> list[str]:
    """What Python, the database and numpy say of the column c1."""
    watch.asked = []
    forced = [said(files, options._replace(engine=name)) for name in ("python", "duckdb")]
    assert not watch.asked
    return [*forced, said(files, options)]


def write(path: Path, rows: Sequence[tuple[str, ...]]) -> Path:
    """The rows as CSV, with quotes where they must be."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([("c0", "c1", "c2"), *rows])
    return path


@pytest.mark.parametrize("rows_kept", [ruler.EXACT_ROWS, 3])
def test_three_ways_of_counting_say_the_same(
    rows_kept: int, watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (duck, python):
        monkeypatch.setattr(module, "EXACT_ROWS", rows_kept)
    counted = []

    def tables(values: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[tuple[str, ...]]]]:
        row = st.tuples(OTHER, values, OTHER)
        return st.lists(st.lists(row, min_size=1, max_size=12), min_size=2, max_size=2)

    @settings(max_examples=100)
    @example([[("", "-0", "")] * 3, [("", "0.0", "")] * 3])
    @example([[("", "1e-300", "")] * 9, [("", "0", "")] * 9])  # a centre beside zero
    @example([[("", "007", "")] * 9, [("", "7", "")] * 9])
    @example([[("", "9007199254740993", "")] * 9, [("", "9007199254740992.0", "")] * 9])
    @given(st.sampled_from(VALUES).flatmap(tables))
    def check(sides: list[list[tuple[str, ...]]]) -> None:
        files = write(tmp_path / "p.csv", sides[0]), write(tmp_path / "q.csv", sides[1])
        said = thrice(files, watched)
        assert said[0] == said[1] == said[2]
        counted.extend(watched.asked)

    check()
    assert sum(counted) > len(counted) / 2


def test_a_large_column_is_counted_in_its_bytes(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(5)

    def value() -> str:
        if chance.random() < 0.01:
            return chance.choice(["", "nan", "-inf", "1e-5", "+1", " 2", "1e300", "-3.5e-7"])
        return repr(chance.gauss(3, 1) * 10 ** chance.choice([0, 0, 0, 3]))

    files = tmp_path / "p.csv", tmp_path / "q.csv"
    for file in files:
        write(
            file, [("é" * chance.randint(0, 9), value(), "x") for _ in range(ruler.EXACT_ROWS + 9)]
        )
    in_blocks_of(1 << 17, monkeypatch)
    assert len(set(thrice(files, watched, TOGETHER))) == 1
    assert watched.asked == [True, True]


def test_a_large_column_of_texts_is_counted_in_its_bytes(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(6)
    levels = [f"level {'é' * (i % 5)}{i}" for i in range(900)] + ["x" * 23, "y" * 24, "z" * 40, ""]
    dates = [f"{year}-{month:02}-28" for year in range(1950, 2030) for month in range(1, 13)]
    files = tmp_path / "p.csv", tmp_path / "q.csv"
    in_blocks_of(1 << 17, monkeypatch)
    for texts, slots in (
        (levels, 18),
        (levels, 10),
        (dates, 18),
    ):  # of 2^10 slots most have several
        for file in files:
            picked = chance.choices(texts, k=ruler.EXACT_ROWS)
            write(file, [("", text, "x") for text in picked])
        monkeypatch.setattr(words, "_SLOT_BITS", slots)
        monkeypatch.setattr(tallies, "_ODD", (100_000, 8))
        assert len(set(thrice(files, watched, TOGETHER))) == 1
        assert watched.asked == [True, True]


def test_where_one_side_has_too_many_texts_both_stay_in_the_database(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "_MOST_SYMBOLS", 20)
    files = tmp_path / "p.csv", tmp_path / "q.csv"
    for file, texts in zip(files, (20, 21), strict=True):
        write(file, [("", f"text {i % texts}", "x") for i in range(60)])
    assert len(set(thrice(files, watched))) == 1
    assert watched.asked == [True, False]


def lines(*changed: str) -> list[str]:
    """A table whose numbers are counted in their bytes, until the lines at its end."""
    return ["c0,c1,c2", *(f"a,{i / 7},b" for i in range(60)), *changed]


@pytest.mark.parametrize("of_texts", [False, True])
@pytest.mark.parametrize("last", [
    'x,"1,y', 'x"y",1,y', "x,1,y\r", "x,1", "x,1,y,z", "\nx,1,y", "x" * 70_000 + ",1,y",
    "x,\xff,y",
])  # fmt: skip
def test_what_is_not_as_expected_is_left_to_the_database(
    last: str, of_texts: bool, watched: Watched, tmp_path: Path
) -> None:
    files = tmp_path / "p.csv", tmp_path / "q.csv"
    for file in files:
        text = "\n".join(lines(last, "x,2,y"))
        file.write_bytes((text.replace(",0.", ",t") if of_texts else text).encode("latin-1"))
    _, database, directly = thrice(files, watched)
    assert database == directly
    assert not any(watched.asked)


def test_quotes_around_other_columns_are_understood(watched: Watched, tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("\n".join(lines('"x, y",1,"a ""b"""', '"",2,""')))
    assert len(set(thrice((file, file), watched))) == 1
    assert all(watched.asked)


def test_quoted_texts_are_understood(watched: Watched, tmp_path: Path) -> None:
    texts = [
        '"a"',
        "a",
        '""',
        "",
        '"a,b"',
        '"a\nb"',
        '"a""b"',
        '"""a"',
        '"NA"',
        '"7"',
        '"' + "x" * 30 + '"',
    ]
    file = tmp_path / "p.csv"
    file.write_text("c0,c1,c2\n" + "".join(f'x,{text},"y"\n' for text in texts * 9))
    for name in ("c1", "c2"):
        assert len(set(thrice((file, file), watched, ALONE._replace(column=name)))) == 1
        assert all(watched.asked)


def test_a_piece_that_is_missing_is_told(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pieces, "taken", lambda *_: iter([0]))
    file = tmp_path / "p.csv"
    file.write_text("\n".join(lines()))
    assert '"n": 60' in said((file, file), ALONE)
    assert not any(watched.asked)


def test_many_texts_among_numbers_are_left_to_the_database(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "p.csv"
    file.write_text("\n".join(lines(*(f"x,{i}e1,y" for i in range(900)))))
    in_blocks_of(1 << 17, monkeypatch)
    thrice((file, file), watched)
    assert not any(watched.asked)


@pytest.mark.parametrize("options", [
    ALONE._replace(na=("", "0.0")),
    ALONE._replace(where="c0 = 'a'"),
    ALONE._replace(sample=20),
    ALONE._replace(resources=Resources(memory_limit="1GB")),
    ALONE._replace(resources=Resources(threads=64)),
])  # fmt: skip
def test_what_only_the_database_knows_is_left_to_it(
    options: InputOptions, watched: Watched, tmp_path: Path
) -> None:
    file = tmp_path / "p.csv"
    file.write_text("\n".join(lines()))
    assert '"tv": 0.0' in said((file, file), options)
    assert not any(watched.asked)


def test_files_as_one_and_other_delimiters(watched: Watched, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.tsv").write_text("\n".join(lines()).replace(",", "\t"))
    several, one = tmp_path / "?.tsv", tmp_path / "a.tsv"
    document = said((several, one), TOGETHER)
    assert watched.asked and all(watched.asked)
    assert '"n": 120' in document and '"tv": 0.0' in document


def test_no_more_texts_are_held_than_agreed(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "p.csv"
    write(
        file, [("x", f"{i / 4}", "y") for i in range(60)] + [("x", f"{i}e1", "y") for i in range(9)]
    )
    for most, directly in ((9, True), (8, False)):
        monkeypatch.setattr(tallies, "_MOST_TEXTS", most)
        thrice((file, file), watched)
        assert set(watched.asked) == {directly}


def test_a_file_that_is_gone_is_an_error(watched: Watched, tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("\n".join(lines()))
    column = column_of(open_source(str(file), ALONE), ALONE)
    file.unlink()
    with pytest.raises(DivcliError, match=r"p\.csv"):
        duck.DuckEngine().scan(column)
    assert watched.asked == [False]


def test_a_failing_copy_is_made_up_for(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pickle, "dump", None)
    file = tmp_path / "p.csv"
    file.write_text("\n".join(lines()))
    assert '"n": 60' in said((file, file), TOGETHER)
    assert not any(watched.asked)


def test_leading_bits_are_those_of_the_keys() -> None:
    chance = np.random.default_rng(3)
    cut = chance.normal(0, 1, 9999) * 2.0 ** chance.integers(-40, 40, 9999)
    rounded = np.round(cut, 2).astype(np.float64)
    several: list[FloatArray] = [
        cut,
        rounded,
        np.round(cut * 1024) / 1024,
        np.array([0, -0.0, 3.5]),
    ]
    for values in several:
        for centre in (0.0, 3.5, -0.1):
            one = ruler.Ruler(centre)
            bits = ruler.leading_bits(values, one)
            assert (ruler.of_leading_bits(bits) == ruler.keys_of(values, one)).all()
            assert bits.max() < 1 << ruler.KEY_BITS
