"""The benchmark of large tables on small ones: its data, its programs, what it takes for equal."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.benchmarks.large import commands, pipe
from tests.benchmarks.large.layout import COLUMNS, EXACT, FORMS, pair, rows_of
from tests.benchmarks.large.linear import layer
from tests.benchmarks.large.make_data import make
from tests.benchmarks.large.peers import CASES, PEERS, Case, found, interpreters, target
from tests.benchmarks.large.process import ProcessError, Usage, run
from tests.benchmarks.large.run import disagreements, rows_of_case

pytest.importorskip("duckdb")

ROWS = 300
PYTHON = sys.executable
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small pair in every form."""
    place = tmp_path_factory.mktemp("large")
    make(place, ROWS, list(FORMS))
    return place


def by_hand(folder: Path, column: str) -> float:
    """Total variation of a column, counted with the standard library."""
    shares = []
    for path in pair(folder, ROWS, "csv"):
        with path.open(newline="") as file:
            shares.append(Counter(row[column] for row in csv.DictReader(file)))
    p, q = shares
    return sum(abs(p[symbol] - q[symbol]) for symbol in p.keys() | q.keys()) / (2 * ROWS)


def asked(name: str, case: Case, folder: Path) -> dict[str, float]:
    """What a program answers."""
    peer = next(peer for peer in PEERS if peer.name == name)
    command, feed = target(peer, case, pair(folder, ROWS, case.stored), PYTHON)
    return found(peer, case, run(command, feed).output)


def test_the_same_seeds_make_the_same_tables(folder: Path, tmp_path: Path) -> None:
    make(tmp_path, ROWS, ["csv"])
    for ours, theirs in zip(pair(folder, ROWS, "csv"), pair(tmp_path, ROWS, "csv"), strict=True):
        assert ours.read_bytes() == theirs.read_bytes()


def test_a_table_has_its_columns_and_rows(folder: Path) -> None:
    p, q = (path.read_text().splitlines() for path in pair(folder, ROWS, "csv"))
    assert p[0] == q[0] == ",".join(COLUMNS)
    assert len(p) == len(q) == ROWS + 1
    assert set(p[1:]).isdisjoint(q[1:])


def test_the_rows_of_a_pair_of_so_many_gigabytes_weigh_them(folder: Path) -> None:
    size = sum(path.stat().st_size for path in pair(folder, ROWS, "csv"))
    assert rows_of(size / 1e9) == pytest.approx(ROWS, rel=0.05)


@pytest.mark.process
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("name", ["divcli", "duckdb_sql"])
def test_counts_are_those_made_by_hand_in_every_form(name: str, case: Case, folder: Path) -> None:
    answers = asked(name, case, folder)
    expected = {"text": ["text"], "float": [], "all": list(EXACT), "name": ["name"]}[case.question]
    assert sorted(answers) == sorted(expected)
    for column, value in answers.items():
        assert value == pytest.approx(by_hand(folder, column), abs=1e-12)


@pytest.mark.process
def test_a_run_prints_a_line_a_program(tmp_path: Path) -> None:
    options = ["--rows", "50", "--rounds", "1", "--cases", "text-csv", "--folder", str(tmp_path)]
    output = run([PYTHON, "-m", "tests.benchmarks.large.run", *options,
                  "--peers", "divcli,duckdb_sql,cat"]).output  # fmt: skip
    lines = [line for line in output.splitlines() if line.startswith("| text-csv")]
    assert {line.split(" | ")[1] for line in lines} == {"divcli", "duckdb_sql", "cat"}


def test_a_program_that_counts_otherwise_is_named() -> None:
    answers = {"duckdb_sql": 0.25, "pandas_scipy": 0.25 + 1e-12, "polars_streaming": 0.25 + 1e-6}
    usages = {name: [Usage(1, 1, 1, f'{{"text": {tv}}}')] for name, tv in answers.items()}
    lines = disagreements(Case("text", "csv"), usages)
    assert len(lines) == 1
    assert "polars_streaming 0.250001" in lines[0]


def test_an_answer_that_is_no_number_agrees_with_none() -> None:
    usages = {
        "duckdb_sql": [Usage(1, 1, 1, '{"text": 0.5}')],
        "pandas_scipy": [Usage(1, 1, 1, '{"text": NaN}')],
    }
    assert len(disagreements(Case("text", "csv"), usages)) == 1


def test_ratios_are_to_divcli_and_the_fastest_is_first() -> None:
    usages = {"divcli": [Usage(4, 6, 100, ""), Usage(2, 2, 300, ""), Usage(3, 5, 200, "")],
              "duckdb_sql": [Usage(1.5, 2.5, 50, "")]}  # fmt: skip
    assert rows_of_case(Case("text", "csv"), usages) == [
        "| text-csv | duckdb_sql | 1.50 | 2.50 | 50 | 0.50 | 0.50 |",
        "| text-csv | divcli | 3.00 | 5.00 | 200 | 1.00 | 1.00 |",
    ]


@pytest.mark.process
@pytest.mark.parametrize(
    ("program", "limit", "seconds"),
    [
        ("raise SystemExit(3)", None, 60),
        ("bytearray(2 * 10**9)", 2**30, 60),
        ("import time; time.sleep(60)", None, 0.2),
    ],
    ids=["status", "address space", "time"],
)
def test_a_run_that_fails_or_exceeds_a_limit_is_no_measurement(
    program: str, limit: int | None, seconds: float
) -> None:
    with pytest.raises(ProcessError):
        run([PYTHON, "-c", program], limit=limit, seconds=seconds)


@pytest.mark.process
def test_usage_is_that_of_the_process() -> None:
    idle = run([PYTHON, "-c", "import time; time.sleep(.3)"])
    assert idle.wall > max(0.3, idle.cpu)
    # The peak of a child is at least its parent's: measured from a small process, as runs are.
    program = """if True:
        import sys
        from tests.benchmarks.large.process import run
        used = run([sys.executable, "-c", "x = b'x' * (200 * 2**20); print(len(x))"])
        print(used.peak, used.output)"""
    done = subprocess.run([PYTHON, "-c", program], cwd=ROOT, capture_output=True, text=True)
    peak, output = done.stdout.split()
    assert 200 < float(peak) < 300
    assert output == f"{200 * 2**20}"


@pytest.mark.parametrize(
    ("file", "function", "expected"),
    [
        ("/x/site-packages/divcli/counting/duck.py", "scan", "divcli/counting"),
        ("/divcli/checkout/divcli/cli/app.py", "main", "divcli/cli"),
        ("~", "<method 'execute' of '_duckdb.DuckDBPyConnection' objects>", "duckdb"),
        ("/x/site-packages/numpy/lib/_arraysetops_impl.py", "unique", "numpy"),
        ("/x/site-packages/numpy/__init__.py", "<module>", "start-up"),
        ("<frozen importlib._bootstrap>", "_find_spec", "start-up"),
        ("/usr/lib/python3.11/csv.py", "__next__", "standard library"),
    ],
)
def test_time_is_put_down_to_layers(file: str, function: str, expected: str) -> None:
    assert layer(file, function) == expected


def test_an_interpreter_for_all_spares_divcli_and_one_for_a_peer_goes_before() -> None:
    chosen = interpreters(["cat=/b/python", "/a/python"])
    assert chosen["divcli"] == PYTHON
    assert (chosen["cat"], chosen["pandas_scipy"]) == ("/b/python", "/a/python")


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_every_command_is_measured(folder: Path, name: str) -> None:
    usage = commands.used(commands.COMMANDS[name], pair(folder, ROWS, "csv"))
    assert usage is not None
    assert usage.output
    twice = usage._replace(wall=2.0, peak=150.0), usage._replace(wall=6.0, peak=300.0)
    line = commands.line(name, [twice[0]], [twice[1]])
    assert line == f"| `{name}` | 6.0 | 3.0 | 300 | 2.00 |"


def test_a_command_that_fails_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    usage = commands.used("entropy a -c nowhere", pair(folder, ROWS, "csv"))
    assert commands.line("x", [usage], [usage]) == "| x | failed | | | |"
    assert "no column 'nowhere'" in capsys.readouterr().err


@pytest.mark.parametrize("name", pipe.PROGRAMS)
def test_every_program_takes_a_pipe(folder: Path, name: str) -> None:
    file, _ = pair(folder, ROWS, "csv")
    usage = run(pipe.PROGRAMS[name], file)
    assert bool(usage.output) is (name != "cat")
    half = usage._replace(wall=0.5, cpu=1.0, peak=40.0)
    assert pipe.line("x", 10**9, [half, half]) == "| x | 0.50 | 1.00 | 40 | 2.00 |"
