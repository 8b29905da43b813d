"""What a shell is offered for the word at the cursor."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from divcli.catalog import COMMANDS, MEASURES, QUANTITIES

pytestmark = pytest.mark.process

HEADER = "city,colour,price\n"


def offered(line: str, folder: Path) -> list[str]:
    """The words for a line that ends at the cursor; nothing may be said beside them."""
    words = line.split(" ")
    environment = os.environ | {
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
        "_DIVCLI_COMPLETE": "bash_complete",
    }
    done = subprocess.run(
        [sys.executable, "-m", "divcli"], cwd=folder, env=environment, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    # Where there is nothing to offer, click writes an empty line.
    return [one.partition(",")[2] for one in done.stdout.splitlines() if one]


def test_commands_and_options(tmp_path: Path) -> None:
    assert offered("divcli ", tmp_path) == [row.name for row in COMMANDS]
    assert offered("divcli config compa", tmp_path) == ["compare"]
    assert offered("divcli compare --uni", tmp_path) == ["--unit"]
    assert offered("divcli nothing ", tmp_path) == [row.name for row in COMMANDS]


def test_measures_are_those_of_the_catalogue(tmp_path: Path) -> None:
    assert offered("divcli compare -m ", tmp_path) == [row.name for row in MEASURES]
    assert offered("divcli compare -m kl", tmp_path) == ["kl_pq", "kl_qp"]
    assert offered("divcli entropy --measure ", tmp_path) == [row.name for row in QUANTITIES]


@pytest.mark.parametrize("option", ["-c", "--p-column", "-w", "--sample-weight"])
def test_columns_are_those_of_the_files_before(tmp_path: Path, option: str) -> None:
    (tmp_path / "a.csv").write_text(HEADER + "x,y,1\n")
    (tmp_path / "b.json").write_text('[{"country": 1}]')
    line = f"divcli compare a.csv b.json {option} "
    assert offered(line, tmp_path) == ["city", "colour", "price", "country"]
    assert offered(line + "co", tmp_path) == ["colour", "country"]


def test_of_a_long_file_the_first_lines_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + "x,y,1\n" * 20_000 + "x,y,1,a row too long\n")
    assert offered("divcli compare a.csv -c p", tmp_path) == ["price"]
    (tmp_path / "a.json").write_text('[{"a": "' + "x" * 70_000 + '"}]')
    assert offered("divcli compare a.json -c ", tmp_path) == []


def test_a_file_that_cannot_be_read_offers_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    assert offered("divcli compare a.csv none.csv -c ", tmp_path) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_is_written(tmp_path: Path, shell: str) -> None:
    environment = os.environ | {"_DIVCLI_COMPLETE": f"{shell}_source"}
    done = subprocess.run([sys.executable, "-m", "divcli"], env=environment, capture_output=True,
                          text=True, check=True, cwd=tmp_path)  # fmt: skip
    assert "_DIVCLI_COMPLETE" in done.stdout
