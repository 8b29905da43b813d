"""One result in each format: what is printed, and that data never acts."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from divcli import compare
from divcli.catalog import MEASURES, RENDERERS, Measure
from tests.conftest import Run

TABLE = """\
P  0.5,0.4,0.1: 3 symbols
Q  0.5,0.1,0.4: 3 symbols

measure                 value  unit
───────────────────────────────────
KL(P‖Q)                0.6000  bits
JS divergence          0.1390  bits
Total variation        0.3000
  ≤ Pinsker            0.4560
  ≤ Bretagnolle–Huber  0.5833

Contributions in bits, by share of JS divergence
symbol       p       q     p/q  log₂ p/q  KL(P‖Q)  KL ≥ 0      JS  Total variation  share
───────────────────────────────────────────────────────────────────────────────────────────────
B       0.4000  0.1000  4.0000    2.0000   0.8000  0.3672  0.0695           0.1500  50.0%  ████
C       0.1000  0.4000  0.2500   -2.0000  -0.2000  0.2328  0.0695           0.1500  50.0%  ████
A       0.5000  0.5000  1.0000    0.0000   0.0000  0.0000  0.0000           0.0000   0.0%
"""
LETTERS = ("compare", "0.5,0.4,0.1", "0.5,0.1,0.4")


def test_the_table_of_the_three_letters(run: Run) -> None:
    assert run(*LETTERS, "-m", "js", "-m", "tv", "-m", "kl_pq").stdout == TABLE


def test_a_piped_table_keeps_whole_cells(run: Run) -> None:
    long = "x" * 300
    result = run("compare", f"{long}=0.5,b=0.5", f"{long}=0.4,b=0.6")
    assert any(line.startswith(f"{long} ") for line in result.stdout.splitlines())
    assert "…" not in result.stdout


def test_one_renderer_a_catalogue_row(run: Run) -> None:
    for row in RENDERERS:
        result = run(*LETTERS, "-f", row.name)
        assert result.status == 0
        assert result.stdout


def test_csv_has_a_row_a_symbol_and_the_measures_in_the_last(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run(*LETTERS, "-f", "csv").stdout)))
    assert [row["cell"] for row in rows] == ["symbol"] * 3 + ["total"]
    assert [row["symbol"] for row in rows] == ["B", "C", "A", "(total)"]
    document = json.loads(run(*LETTERS, "--json").stdout)
    for name, value in document["measures"].items():
        assert float(rows[-1][name]) == value
    assert float(rows[0]["kl_pq"]) == pytest.approx(0.8)


def test_value_prints_the_bare_number(run: Run) -> None:
    result = run(*LETTERS, "-m", "kl_pq", "--value")
    assert float(result.stdout) == pytest.approx(0.6, rel=1e-15)
    assert result.stdout == f"{float(result.stdout)!r}\n"


@pytest.mark.parametrize("name", ["kl_pq", "kl_qp", "jeffreys", "psi", "chi2"])
def test_an_infinite_value_is_inf_for_shells_and_a_string_for_json(run: Run, name: str) -> None:
    command = ("compare", "1,1,0", "0,1,1", "-m", name)
    assert run(*command, "--value").stdout == "inf\n"
    assert json.loads(run(*command, "--json").stdout)["measures"] == {name: "Infinity"}


HOSTILE = [
    "[/]", "[red]", "[bold]x[/bold]", "\x1b[31mred\x1b[0m", "\x9b31m", "tab\there", "line\nbreak",
    "carriage\rreturn", "\u202eright-to-left", "a|b", "<script>alert(1)</script>", "*bold*",
    "`code`", "[link](http://x)", "::error file=a::b", "  ::warning::x", "##[error]x", "=1+1",
    "+1+1", "-1+1", "@SUM(A1)",
    "null\x00byte", "bell\x07", "&amp;", "\u2028separator", "\ufeffmark", ":smile:", "é", "",
]  # fmt: skip
ACTIVE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)


def hostile_document() -> str:
    weights = {symbol: i + 1 for i, symbol in enumerate(HOSTILE)}
    other = dict(zip(weights, reversed(weights.values()), strict=True))
    return json.dumps({"p": weights, "q": other})


# Those that list checks alone, each a case of its own, are tried with hostile columns.
SYMBOLS_IN = [row.name for row in RENDERERS if row.name not in ("junit", "github")]


@pytest.mark.parametrize("name", SYMBOLS_IN)
@pytest.mark.parametrize("command", ["compare", "entropy", "explain"])
def test_symbols_come_out_inert_in_every_format(run: Run, name: str, command: str) -> None:
    document = hostile_document()
    if command == "entropy":
        document = json.dumps(json.loads(document)["p"])
    result = run(command, "-", "-f", name, "--top", "100", stdin=document)
    assert result.status == 0, result.stderr
    assert not ACTIVE.search(result.stdout)
    assert not ACTIVE.search(result.stderr)
    assert "red" in result.stdout
    for line in (result.stdout + result.stderr).splitlines():
        assert not line.strip().startswith(("::", "##["))  # commands in a build log


def test_json_carries_symbols_unchanged(run: Run) -> None:
    result = run("compare", "-", "--json", stdin=hostile_document())
    symbols = {record["symbol"] for record in json.loads(result.stdout)["contributions"]}
    assert symbols == set(HOSTILE)


def test_no_csv_cell_starts_a_formula(run: Run) -> None:
    text = run("compare", "-", "-f", "csv", stdin=hostile_document()).stdout
    for row in csv.reader(io.StringIO(text)):
        for cell in row:
            if cell.startswith(("=", "+", "-", "@")):
                float(cell)  # a negative number is no formula


def test_markdown_renders_symbols_as_plain_text(run: Run) -> None:
    text = run("compare", "-", "-f", "markdown", "--top", "100", stdin=hostile_document()).stdout
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    assert "<script>" not in html
    assert "<strong>bold" not in html
    assert "<em>" not in html
    assert "<a " not in html
    assert "<code>" not in html
    rows = re.findall(r"<td style=\"text-align:left\">(.*?)</td>", html)
    assert "a|b" in rows
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in rows
    assert "[link](http://x)" in rows
    assert "&amp;amp;" in rows


@pytest.mark.parametrize("symbol", ["[/]", "[red]x[/red]", ":smile:"])
def test_rich_markup_is_data_in_the_python_api_too(symbol: str) -> None:
    console = Console(file=io.StringIO(), width=200)
    console.print(compare({symbol: 1, "b": 2}, {symbol: 2, "b": 1}))
    assert isinstance(console.file, io.StringIO)
    assert symbol in console.file.getvalue()


def test_color_only_where_asked_for(run: Run) -> None:
    assert "\x1b[" in run(*LETTERS, "--color", "always").stdout
    assert "\x1b[" not in run(*LETTERS, "--color", "auto").stdout
    assert "\x1b[" not in run(*LETTERS, "--color", "never").stdout


@pytest.mark.parametrize("row", MEASURES, ids=lambda row: row.name)
def test_each_measure_is_told_in_words_under_its_own_label(run: Run, row: Measure) -> None:
    name, label = row.name, row.label
    shown = run("measures", name).stdout
    assert label in shown
    table = run(*LETTERS, "-m", name, "--alpha-order", "2").stdout
    assert label in table
