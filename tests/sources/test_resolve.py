"""From what the user named to columns."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from divcli.errors import CommandLineError, DataError, DivcliError
from divcli.sources.columns import Column, InputOptions
from divcli.sources.resolve import column_of, group_columns, open_both, open_source
from divcli.sources.stream import open_stdin
from divcli.sources.table import Table
from tests.conftest import Run

AUTO = InputOptions()

TABLE = "day,city,n\n1,Paris,3\n1,Rome,4\n2,Paris,5\n,Rome,6\n"


def column(text: str, options: InputOptions = AUTO) -> Column:
    return column_of(open_source(text, options), options)


# ------------------------------------------------------------------------------- which reader

NAMED: dict[str, tuple[str, str, list[Any]]] = {
    "csv": ("in.csv", "x\na\n", ["a"]),
    "an ending in capitals": ("IN.CSV", "x\na\n", ["a"]),
    "tsv": ("in.tsv", "x\na,b\n", ["a,b"]),
    "tab": ("in.tab", "x\na,b\n", ["a,b"]),
    "txt is lines": ("in.txt", "x\na\n", ["x", "a"]),
    "json": ("in.json", '["a"]', ["a"]),
    "ndjson": ("in.ndjson", '"a"\n', ["a"]),
    "jsonl": ("in.jsonl", '"a"\n', ["a"]),
    "an unknown ending, json": ("in.dat", ' \n["a"]', ["a"]),
    "an unknown ending, text": ("in.dat", "x\na\n", ["a"]),
    "no ending": ("in", "x\na\n", ["a"]),
    "a name like weights": ("0.5,0.5", "x\na\n", ["a"]),
    "a name like named weights": ("A=1", "x\na\n", ["a"]),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text", "values"), NAMED.values(), ids=NAMED)
def test_a_file_is_read_by_its_ending_or_its_first_character(
    name: str, text: str, values: list[Any], folder: Path
) -> None:
    (folder / name).write_text(text)
    assert column(name).values == values


@pytest.mark.parametrize(
    ("input_format", "values"),
    [("csv", ["{}"]), ("tsv", ["{}"]), ("lines", ['["x"]', "{}"])],
)
def test_a_format_named_is_the_format_used(
    input_format: str, values: list[str], folder: Path
) -> None:
    (folder / "in.json").write_text('["x"]\n{}\n')
    assert column("in.json", InputOptions(input_format=input_format)).values == values


def test_an_unknown_format_is_refused_with_the_closest(folder: Path) -> None:
    (folder / "in").write_text("x\na\n")
    with pytest.raises(CommandLineError, match="no input format 'jsn'") as caught:
        open_source("in", InputOptions(input_format="jsn"))
    assert caught.value.hint == "did you mean 'json'?"


# ------------------------------------------------------------------------------- which columns

Picked = tuple[list[Any], list[float] | None, str | None]
PICKED: dict[str, tuple[str, InputOptions, Picked]] = {
    "the only column": ("x\na\nb\n", AUTO, (["a", "b"], None, "x")),
    "a column named": (TABLE, InputOptions(column="city"),
                       (["Paris", "Rome", "Paris", "Rome"], None, "city")),
    "weights named": ("s,t,w\na,x,1\nb,y,2\n", InputOptions(column="s", weights="w"),
                      (["a", "b"], [1, 2], "w")),
    "weights named, one column left": ("w,s\n1,a\n2,b\n", InputOptions(weights="w"),
                                       (["a", "b"], [1, 2], "w")),
    "a column and its weights are one": ("s,w\na,1\nb,2\n", InputOptions(column="w", weights="w"),
                                         (["1", "2"], [1, 2], "w")),
    "weights alone, declared": ("s,w\na,1\nb,2\n", InputOptions(column="w", given="counts"),
                                (["A", "B"], [1, 2], "w")),
    "two columns, declared": ("s,x\na,1\nb,2\n", InputOptions(given="counts"),
                              (["a", "b"], [1, 2], "x")),
    "samples of a column named n": ("s,n\na,1\nb,2\n", InputOptions(column="n"),
                                    (["1", "2"], None, "n")),
}  # fmt: skip


@pytest.mark.parametrize(("text", "options", "picked"), PICKED.values(), ids=PICKED)
def test_the_options_pick_a_column(
    text: str, options: InputOptions, picked: Picked, folder: Path
) -> None:
    (folder / "in.csv").write_text(text)
    found = column("in.csv", options)
    assert (list(found.values), found.weights, found.label) == picked


@pytest.mark.parametrize(
    "name", ["p", "prob", "probability", "weight", "count", "n", "freq", "frequency", "Count", " N"]
)
def test_a_second_column_of_such_a_name_is_weights(name: str, folder: Path) -> None:
    (folder / "in.csv").write_text(f"symbol,{name}\na,1\nb,2\n")
    found = column("in.csv")
    assert (found.values, found.weights) == (["a", "b"], [1, 2])
    assert found.notes[0] == f"in.csv: column {name!r} taken as the weights of 'symbol'"


@pytest.mark.parametrize(
    "text",
    ["symbol,size\na,1\n", "n,symbol\n1,a\n", "symbol,n,more\na,1,x\n"],
    ids=["another name", "the first column", "three columns"],
)
def test_other_tables_of_several_columns_need_a_choice(text: str, folder: Path) -> None:
    (folder / "in.csv").write_text(text)
    with pytest.raises(CommandLineError, match=r"^in\.csv has [23] columns$") as caught:
        column("in.csv")
    assert caught.value.hint == f"pick one with -c: {', '.join(text.splitlines()[0].split(','))}"


GIVEN = {
    "counts": ("3\n1\n", "counts", "whole numbers, taken as counts"),
    "probabilities": ("0.75\n0.25\n", "probabilities", None),
    "weights": ("0.75\n0.5\n", "weights", "weights sum to 1.25, normalised to 1"),
    "zeros and a one": ("1\n0\n", "probabilities", None),
}


@pytest.mark.parametrize(("numbers", "given", "note"), GIVEN.values(), ids=GIVEN)
def test_what_weights_are_is_inferred_and_said(
    numbers: str, given: str, note: str | None, folder: Path
) -> None:
    rows = zip("ab", numbers.split(), strict=True)
    (folder / "in.csv").write_text("s,w\n" + "".join(f"{s},{w}\n" for s, w in rows))
    found = column("in.csv", InputOptions(weights="w"))
    assert found.given == given
    assert found.notes == ((f"in.csv: column 'w': {note}",) if note else ())


@pytest.mark.parametrize("k", [3, 26, 70])
def test_probabilities_of_six_decimals_sum_to_one(k: int, folder: Path) -> None:
    rows = "".join(f"s{i},{1 / k:.6f}\n" for i in range(k))
    (folder / "in.csv").write_text(f"s,p\n{rows}")
    assert column("in.csv", InputOptions(given="probabilities")).given == "probabilities"


@pytest.mark.parametrize(("k", "total"), [(2, 1.00001), (1000, 0.9995)])
def test_more_than_rounding_is_no_sum_of_one(k: int, total: float, folder: Path) -> None:
    rows = "".join(f"s{i},{total / k!r}\n" for i in range(k))
    (folder / "in.csv").write_text(f"s,p\n{rows}")
    assert column("in.csv").given == "weights"


# ------------------------------------------------------------------------------------- groups


def groups(text: str, options: InputOptions, folder: Path) -> dict[str | None, Column]:
    (folder / "in.csv").write_text(text)
    table: Any = open_source("in.csv", options)
    return group_columns(table, options)


def test_groups_are_the_rows_of_each_value(folder: Path) -> None:
    split = groups(TABLE, InputOptions(by="day", column="city"), folder)
    assert {group: list(one.values) for group, one in split.items()} == {
        "1": ["Paris", "Rome"], "2": ["Paris"], None: ["Rome"],
    }  # fmt: skip
    assert [one.name for one in split.values()] == [
        "in.csv [day=1]", "in.csv [day=2]", "in.csv [day=(missing)]",
    ]  # fmt: skip


def test_groups_have_weights_of_their_own(folder: Path) -> None:
    split = groups(TABLE, InputOptions(by="day", column="city", weights="n"), folder)
    assert {group: one.weights for group, one in split.items()} == {
        "1": [3, 4], "2": [5], None: [6],
    }  # fmt: skip


def test_a_bad_weight_in_a_group_is_located_in_the_file(folder: Path) -> None:
    with pytest.raises(DataError, match=r"^in\.csv:4: column 'n': expected a number, found 'x'$"):
        groups("g,s,n\n1,a,1\n2,a,2\n2,b,x\n", InputOptions(by="g", weights="n"), folder)


def test_a_missing_group_is_none_that_reads_so(folder: Path) -> None:
    split = groups("g,x\n(missing),a\n,b\nNA,c\n", InputOptions(by="g", na=("", "NA")), folder)
    assert {group: list(one.values) for group, one in split.items()} == {
        "(missing)": ["a"], None: ["b", "c"],
    }  # fmt: skip


# ------------------------------------------------------------------------ one side, or both


def rows(run: Run, *arguments: str) -> dict[str, tuple[float, float]]:
    """p and q by symbol of a comparison."""
    status, stdout, stderr = run("compare", *arguments, "--json")
    assert (status, stderr) == (0, "")
    return {row["symbol"]: (row["p"], row["q"]) for row in json.loads(stdout)["contributions"]}


TWO = {"a": (0.75, 0.5), "b": (0.25, 0.5)}
SIDED: dict[str, list[str]] = {
    "two weights of one table": ["w.csv", "-c", "s", "--p-weights", "x", "--q-weights", "y"],
    "two columns of one table": ["s.csv", "--p-column", "p", "--q-column", "q"],
    "one option for both, one for one": ["s.csv", "s.csv", "-c", "p", "--q-column", "q"],
    "two paths of one document": ["d.json", "--p-path", "x", "--q-path", "y"],
    "a path for both, one for one": ["d.json", "--path", "x", "--q-path", "y"],
    "another delimiter": ["s.csv", "t.csv", "-c", "p", "--q-column", "q", "--q-delimiter", ":"],
    "another format": ["s.csv", "q.csv", "--p-column", "p", "--q-input-format", "lines"],
    "another kind of numbers": ["d.json", "e.json", "--p-path", "x", "--q-as", "weights"],
    "other missing texts": ["s.csv", "n.csv", "-c", "p", "--q-na", "-", "--missing", "drop"],
    "groups": ["g.csv", "--by", "g"],
    "groups with weights": ["h.csv", "--by", "g", "-w", "w"],
    "a pair": ["pair.json"],
    "one header, one none": ["s.csv", "o.csv", "-c", "p", "--q-column", "column1",
                             "--q-no-header"],
}  # fmt: skip


@pytest.mark.parametrize("arguments", SIDED.values(), ids=SIDED)
def test_any_input_option_may_be_for_one_side(arguments: list[str], run: Run, folder: Path) -> None:
    files = {
        "w.csv": "s,x,y\na,3,1\nb,1,1\n",
        "s.csv": "p,q\na,a\na,a\na,b\nb,b\n",
        "t.csv": "q:z\na:1\nb:1\n",
        "q.csv": "a\nb\n",
        "o.csv": "a,0\nb,0\n",
        "n.csv": "p,z\na,1\n-,1\nb,1\n",
        "d.json": '{"x": {"a": 3, "b": 1}, "y": {"a": 2, "b": 2}}',
        "e.json": "[1, 1]",
        "g.csv": "g,x\n1,a\n2,a\n1,a\n2,b\n1,a\n1,b\n",
        "h.csv": "g,x,w\n1,a,3\n2,a,7\n1,b,1\n2,b,7\n",
        "pair.json": '{"p": ["a", "a", "a", "b"], "q": {"a": 0.5, "b": 0.5}}',
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    assert rows(run, *arguments) == TWO


@pytest.mark.parametrize("sources", [[], ["-"]], ids=["unnamed", "named"])
def test_a_pipe_is_read_whether_named_or_not(sources: list[str], run: Run) -> None:
    document = '{"p": {"a": 3, "b": 1}, "q": {"a": 2, "b": 2}}'
    status, stdout, stderr = run("compare", *sources, "--json", stdin=document)
    measured = {row["symbol"]: (row["p"], row["q"]) for row in json.loads(stdout)["contributions"]}
    assert (status, stderr, measured) == (0, "", TWO)


def test_a_pipe_is_read_once_for_two_ways_of_reading(run: Run) -> None:
    document = '{"x": {"a": 3, "b": 1}, "y": {"a": 2, "b": 2}}'
    status, stdout, _ = run("compare", "-", "--p-path", "x", "--q-path", "y", "--json",
                            stdin=document)  # fmt: skip
    measured = {row["symbol"]: (row["p"], row["q"]) for row in json.loads(stdout)["contributions"]}
    assert (status, measured) == (0, TWO)


def test_sides_that_are_read_alike_share_one_source(folder: Path) -> None:
    (folder / "in.csv").write_text(TABLE)
    p, q = open_both("in.csv", InputOptions(column="day"), InputOptions(column="city"))
    assert p is q
    p, q = open_both("in.csv", InputOptions(header=True), InputOptions(header=False))
    assert p is not q


@pytest.mark.parametrize(
    ("text", "options", "entropies"),
    [
        ("a,b\nx,1\ny,1\n", ["--all"], [("in", "a", 1.0), ("in", "b", 0.0)]),
        ('{"p": {"a": 1, "b": 1}, "q": ["a"]}', [], [("in: p", None, 1.0), ("in: q", None, 0.0)]),
        ("g,x\n1,a\n2,b\n1,c\n", ["--by", "g"], [("in [g=1]", "x", 1.0), ("in [g=2]", "x", 0.0)]),
        ('["a", "b"]', ["--all"], [("in", None, 1.0)]),
    ],
    ids=["every column", "both sides of a pair", "every group", "all of one"],
)
def test_several_distributions_of_one_source_are_all_measured(
    text: str,
    options: list[str],
    entropies: list[tuple[str, str | None, float]],
    run: Run,
    folder: Path,
) -> None:
    (folder / "in").write_text(text)
    status, stdout, _ = run("entropy", "in", *options, "--json")
    found = [
        (one["source"], one["column"], one["entropy"])
        for one in json.loads(stdout)["distributions"]
    ]
    assert (status, found) == (0, entropies)


def test_a_name_that_no_file_can_have_is_no_file() -> None:
    with pytest.raises(DataError, match="no such file"):
        open_source("a\0b", AUTO)


# -------------------------------------------------------------------------------------- stdin


def test_a_closed_standard_input_is_nothing_piped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(CommandLineError, match="nothing is piped into it"):
        open_stdin()


def test_a_standard_input_that_fails_gives_the_systems_reason() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(DataError, match=r"^standard input: Input/output error$"):
        open_stdin(Broken())


def test_a_table_is_a_table_whoever_made_it(folder: Path) -> None:
    (folder / "in.csv").write_text("a,b\n1,2\n")
    (folder / "in.json").write_text('[{"a": 1, "b": 2}]')
    for name in ("in.csv", "in.json"):
        table: Table = open_source(name, AUTO)  # type: ignore[assignment]  # a table in this case
        assert list(table.header) == ["a", "b"]
        with pytest.raises(DivcliError, match=f"^{name}: no column 'c'$"):
            column(name, InputOptions(column="c"))
