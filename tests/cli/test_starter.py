"""The first configuration that is written from the data."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import pytest
from scipy import optimize, stats

from divcli.analysis.starter import starter_of
from divcli.cli import options
from divcli.cli.config_checks import checked
from divcli.cli.config_file import read
from divcli.cli.starter import write_starter
from divcli.errors import CommandLineError, DataError, DivcliError
from divcli.model.column_settings import settings_of
from divcli.model.starter import Starter, StarterColumn
from divcli.render.toml import key, starter
from divcli.sources.columns import InputOptions
from divcli.sources.resolve import columns_of, open_source


@click.command()
@click.argument("sources", nargs=-1)
@options.one_side_options
@options.output_options
def init(**values: Any) -> int:
    """What `divcli drift --init` does."""
    return write_starter(values["sources"], values)


def run_init(*arguments: str) -> None:
    with init.make_context("drift", list(arguments)) as context:
        assert init.invoke(context) == 0


def told(text: str, path: Path, current: str | None = None) -> dict[str, StarterColumn]:
    return {one.name: one for one in found(text, path, current).columns}


def found(text: str, path: Path, current: str | None = None) -> Starter:
    tables = []
    for name, content in (("r.csv", text), ("c.csv", current)):
        if content is not None:
            (path / name).write_text(content)
            tables.append(columns_of(open_source(str(path / name), InputOptions()), InputOptions()))
    return starter_of(tables[0], tables[1] if len(tables) > 1 else None)


def csv(**columns: Sequence[object]) -> str:
    rows = zip(*columns.values(), strict=True)
    return "\n".join(",".join(map(str, row)) for row in [tuple(columns), *rows]) + "\n"


N = 200
TABLE = csv(
    id=[f"u-{i}" for i in range(N)],
    row=list(range(1, N + 1)),
    seldom=[f"v{i % 150}" for i in range(N)],
    day=[f"2026-01-{1 + i % 28:02}" for i in range(N)],
    price=[f"{i * 37 % N}.5" for i in range(N)],
    wide=[1000 * i for i in range(N)],
    zip=[f"0{i % 9}" for i in range(N)],
    gone=[""] * N,
    mixed=["n/a", *range(1, N)],
    gaps=["", "", *[i % 5 for i in range(2, N)]],
)


def test_each_column_has_the_kind_that_drift_would_find(tmp_path: Path) -> None:
    kinds = {name: one.kind for name, one in told(TABLE, tmp_path).items()}
    assert kinds == {
        "id": "categorical", "row": "numeric", "seldom": "categorical", "day": "datetime",
        "price": "numeric", "wide": "numeric", "zip": "categorical", "gone": "categorical",
        "mixed": "categorical", "gaps": "numeric",
    }  # fmt: skip


def test_what_names_or_numbers_the_rows_and_what_is_empty_is_left_out(tmp_path: Path) -> None:
    ignored = {name: one.ignored for name, one in told(TABLE, tmp_path).items() if one.ignored}
    assert {name: words.split(":")[0] for name, words in ignored.items()} == {
        "id": "an identifier", "row": "a counter", "gone": "no values", "mixed": "an identifier",
    }  # fmt: skip


def test_few_rows_name_nothing(tmp_path: Path) -> None:
    assert told("id,n\na,1\nb,2\nc,3\n", tmp_path)["id"].ignored is None


def test_reasons_are_counts_that_anybody_can_check(tmp_path: Path) -> None:
    columns = told(TABLE, tmp_path)
    assert columns["zip"].reasons == ("text (first '00'): 9 distinct values in 200 rows",)
    assert columns["gaps"].reasons == ("numbers in 198 rows",)
    assert (columns["gaps"].missing, columns["gaps"].cells) == (2, 6)
    assert "199 of 200" in columns["mixed"].reasons[1] or "1 of 200" in columns["mixed"].reasons[1]


@pytest.mark.parametrize(("n", "m"), [(200, 200), (200, 50)])
def test_the_detectable_difference_is_that_of_the_noncentral_law(
    tmp_path: Path, n: int, m: int
) -> None:
    text = csv(x=["abcd"[i % 4] for i in range(n)], y=[i % 7 for i in range(n)])
    shorter = csv(x=["a"] * m, y=[1] * m)
    columns = told(text, tmp_path, shorter if m < n else None)
    for name, cells in (("x", 4), ("y", 7)):
        critical = stats.chi2.ppf(1 - 0.01 / 2, cells - 1)
        noncentrality = optimize.brentq(
            lambda value, c=critical, k=cells: stats.ncx2.sf(c, k - 1, value) - 0.8, 1e-6, 200
        )
        expected = noncentrality / (8 * n * m / (n + m)) / math.log(2)
        assert columns[name].detectable == pytest.approx(expected, rel=1e-4)


def test_what_is_left_out_takes_no_share_of_alpha(tmp_path: Path) -> None:
    rest = [f"{'abc'[i % 3]}" for i in range(N)]
    alone = told(csv(x=rest), tmp_path)["x"]
    beside = told(csv(x=rest, id=[f"u{i}" for i in range(N)]), tmp_path)["x"]
    assert alone.detectable == beside.detectable


def test_columns_that_the_current_table_lacks_are_told(tmp_path: Path) -> None:
    columns = told("a,b\n1,2\n1,3\n", tmp_path, "a\n1\n")
    assert (columns["a"].current, columns["b"].current) == (True, False)
    assert "not in the current table" in starter(found("a,b\n1,2\n1,3\n", tmp_path, "a\n1\n"))


HOSTILE = ["a.b", "a b", "x*", "[q]", 'say "hi"', "back\\slash", "new\nline", "\x1b[31m", "größe",
           "\u202eevil", "\x7f", "😀", "'", "", "#", "::error::x", "x" * 200]  # fmt: skip


def test_what_is_written_reads_back_for_every_name(tmp_path: Path, folder: Path) -> None:
    column = StarterColumn("", "numeric", ("numbers in 9 rows\n[x]\ny = 1",), 0, 4, 0.5)
    columns = tuple(column._replace(name=name) for name in HOSTILE)
    text = starter(Starter("r\n= 1", "c\x00", 9, 9, 0.01, 0.01, columns))
    assert {c for c in text if not c.isprintable()} == {"\n"}
    Path("divcli.toml").write_text(text, encoding="utf-8")
    rules = checked(read("divcli.toml")).columns
    assert len(rules) == len(HOSTILE)
    for name in HOSTILE:
        assert [rule.matches(name) for rule in rules].count(True) == 1
        assert settings_of(name, rules).kind == "numeric"


@pytest.mark.parametrize("name", [name for name in HOSTILE if name])
def test_a_key_is_one_key(name: str) -> None:
    assert tomllib.loads(f"{key(name)} = 1\n") == {name: 1}


def test_half_a_character_is_any_one() -> None:
    assert key("a\udcff") == '"a?"'


def test_the_file_is_one_that_divcli_takes(folder: Path) -> None:
    (folder / "r.csv").write_text(TABLE)
    run_init("r.csv", "--no-config")
    configuration = checked(read("divcli.toml"))
    kinds = {one.name: one for one in found(TABLE, folder).columns}
    for name, one in kinds.items():
        settings = settings_of(name, configuration.columns)
        assert settings.ignore is (True if one.ignored else None)
        assert settings.kind == (None if one.ignored else one.kind)
    text = Path("divcli.toml").read_text()
    assert max(map(len, text.splitlines())) <= 100
    uncommented = tomllib.loads(text.replace("# drift.", "drift."))
    assert uncommented["drift"] == {"alpha": 0.01, "min-effect": "js=0.01"}


def test_a_file_that_is_there_is_never_overwritten(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "r.csv").write_text(TABLE)
    (folder / "divcli.toml").write_text("")
    with pytest.raises(CommandLineError, match=r"divcli\.toml: there is such a file"):
        run_init("r.csv")
    assert (folder / "divcli.toml").read_text() == ""
    run_init("r.csv", "-o", "other.toml", "-q")
    run_init("r.csv", "-o", "-", "-q")
    assert capsys.readouterr().out == (folder / "other.toml").read_text()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [(["none.csv"], DataError), (["1,2,3"], CommandLineError)],
)
def test_what_is_no_table_is_refused(
    folder: Path, arguments: list[str], error: type[DivcliError]
) -> None:
    with pytest.raises(error):
        run_init(*arguments)
    assert not (folder / "divcli.toml").exists()


@pytest.mark.parametrize("count", [0, 3])
def test_one_table_or_two(folder: Path, count: int) -> None:
    with pytest.raises(click.UsageError):
        run_init(*["r.csv"] * count)
