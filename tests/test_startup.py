"""Which modules each way through divcli loads: start-up is a feature, and imports are its price."""

import functools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from divcli.catalog import COMMANDS

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[1]
SCRIPT = Path(sys.executable).with_name("divcli")
HEAVY = {"numpy", "pandas", "rich", "scipy", "duckdb", "_duckdb", "csv"}
PAIR = ("compare", "0.5,0.4,0.1", "0.5,0.1,0.4")
CSV = ("compare", "sample_data/three_letters.csv", "-c", "letter", "--p-weights", "p",
       "--q-weights", "q")  # fmt: skip
JSON = ("compare", "sample_data/numpy_example.json")
SAMPLES = ("compare", "sample_data/worms.csv", "sample_data/worms.csv")
ENTROPY = ("entropy", "sample_data/worms.csv")
DRIFT = ("drift", "A=120,B=80", "A=110,B=90")
EXPLAIN = ("explain", "0.5,0.4,0.1", "0.5,0.1,0.4")


def modules_loaded(*arguments: str, folder: Path = ROOT) -> set[str]:
    """Top-level modules that the installed `divcli` imports in a process of its own."""
    command = [sys.executable, "-X", "importtime", str(SCRIPT), *arguments]
    environment = {name: value for name, value in os.environ.items() if "DIVCLI" not in name}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=True
    )
    names = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line]
    assert "click" in names, "not the listing that -X importtime prints"
    return {name.partition(".")[0] for name in names} | lazy() & set(names)


@functools.cache
def lazy() -> set[str]:
    """What of numpy is loaded only when it is asked for: older releases load it at once."""
    program = "import sys, numpy; print('numpy.ma' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
    return set() if said.strip() == b"True" else {"numpy.ma"}


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("-h",), ("-V",), *((row.name, "--help") for row in COMMANDS)],
    ids=" ".join,
)
def test_help_and_version_load_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert modules_loaded(*arguments) & (HEAVY | {"json"}) == set()


@pytest.mark.parametrize(
    "arguments", [PAIR, CSV, JSON, SAMPLES, ENTROPY, EXPLAIN, DRIFT], ids=" ".join
)
def test_a_json_result_loads_no_rich_pandas_or_scipy(arguments: tuple[str, ...]) -> None:
    assert modules_loaded(*arguments, "--json") & HEAVY - {"csv"} == {"numpy"}


@pytest.mark.parametrize("arguments", [PAIR, JSON, EXPLAIN], ids=" ".join)
def test_only_a_csv_file_loads_csv(arguments: tuple[str, ...]) -> None:
    assert "csv" not in modules_loaded(*arguments, "--json")
    assert "csv" in modules_loaded(*CSV, "--json")


@pytest.mark.parametrize("column", ["amount", "channel"])
def test_the_database_is_its_compiled_module_alone(column: str) -> None:
    files = ("sample_data/orders_reference.csv", "sample_data/orders_current.csv")
    loaded = modules_loaded("compare", *files, "-c", column, "--engine", "duckdb", "--json")
    assert loaded & (HEAVY | {"numpy.ma"}) == {"numpy", "_duckdb", "csv"}


@pytest.mark.parametrize("form", ["table", "csv", "markdown"])
@pytest.mark.parametrize("arguments", [CSV, SAMPLES, ENTROPY], ids=" ".join)
def test_a_csv_file_loads_no_pandas_in_any_format(arguments: tuple[str, ...], form: str) -> None:
    loaded = modules_loaded(*arguments, "-f", form)
    assert loaded & {"pandas", "scipy", "duckdb", "_duckdb", "numpy.ma"} == set()


@pytest.mark.parametrize("arguments", [PAIR, CSV, ENTROPY, EXPLAIN], ids=" ".join)
def test_a_table_loads_rich_and_markdown_does_not(arguments: tuple[str, ...]) -> None:
    assert modules_loaded(*arguments) & {"rich", "pandas", "scipy"} == {"rich"}
    assert "rich" not in modules_loaded(*arguments, "-f", "markdown")


def test_inference_from_counts_loads_no_scipy() -> None:
    counts = ("compare", "50,40,10", "50,10,40")
    assert modules_loaded(*counts, "--json") & HEAVY == {"numpy"}
    assert "scipy" not in modules_loaded("entropy", "50,40,10")


def test_a_bare_number_loads_no_renderer() -> None:
    assert modules_loaded(*PAIR, "-m", "js", "--value") & HEAVY == {"numpy"}


def test_measures_load_no_numpy_for_a_document() -> None:
    assert modules_loaded("measures", "js", "--json") & HEAVY == set()


def test_only_a_configuration_loads_the_reader_of_toml(tmp_path: Path) -> None:
    folders = {"none": None, "other": "[project]\nname = 'x'\n", "own": "[tool.divcli]\ntop = 1\n"}
    loaded = {}
    for name, text in folders.items():
        folder = tmp_path / name
        folder.mkdir()
        if text is not None:
            (folder / "pyproject.toml").write_text(text)
        loaded[name] = "tomllib" in modules_loaded(*PAIR, "--json", folder=folder)
    assert loaded == {"none": False, "other": False, "own": True}
    assert "tomllib" not in modules_loaded("compare", "--help", folder=tmp_path / "own")
