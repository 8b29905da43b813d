"""README.md shows what its commands print, and every help text's examples run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import docs
import pytest
from markdown_it import MarkdownIt

from divcli.catalog import COMMANDS, MEASURES, QUANTITIES, Measure, Quantity, resolve

ROOT = Path(__file__).parents[1]
TEXT = docs.README.read_text(encoding="utf-8")
BLOCKS = docs.blocks(TEXT)
FIRST, SECOND = docs.installations(TEXT)
# What a copy of the working tree leaves out: environments, caches and history.
NOT_TRACKED = shutil.ignore_patterns(".git", ".venv*", ".*_cache", ".hypothesis", "__pycache__")
# None of these may change what a pipe gets.
SETTINGS = {
    "LC_ALL": "C",
    "TERM": "xterm-256color",
    "COLUMNS": "30",
    "LINES": "5",
    "FORCE_COLOR": "1",
    "CLICOLOR_FORCE": "1",
}


def name(block: docs.Block) -> str:
    return block.commands[-1].text[:60]


@pytest.mark.process
@pytest.mark.parametrize("block", BLOCKS, ids=name)
def test_a_block_shows_what_its_commands_print(block: docs.Block) -> None:
    assert str(docs.run(block)) == str(block)
    missing = [command.missing for command in block.commands if command.missing]
    if missing:
        pytest.skip(f"some of it needs {missing[0]}")


@pytest.mark.process
@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language == "console"], ids=name)
def test_piped_output_depends_neither_on_the_terminal_nor_on_the_locale(
    block: docs.Block,
) -> None:
    assert str(docs.run(block, {**docs.ENVIRONMENT, **SETTINGS})) == str(block)


def test_the_generated_parts_are_as_generated() -> None:
    for part, make in docs.PARTS.items():
        assert f"<!-- {part} -->\n{make()}\n<!-- /{part} -->" in TEXT


def test_the_table_shows_every_row_of_the_catalogue_as_it_is_written() -> None:
    tokens = MarkdownIt().enable("table").parse(TEXT.partition("<!-- measures -->")[2])
    cells = [
        "".join(child.content for child in token.children or ())
        for token in tokens
        if token.type == "inline"
    ]
    rows: list[Quantity | Measure] = [*QUANTITIES, *MEASURES]
    for row in rows:
        at = cells.index(row.name)
        shown = (cells[at + 1], cells[at + 2], cells[at + 3], cells[at + 5])
        assert shown == (row.label, row.formula, row.range, row.properties)


@pytest.mark.process
def test_a_stale_readme_is_told_from_a_fresh_one(tmp_path: Path) -> None:
    stale = tmp_path / "README.md"
    parts = TEXT[TEXT.index("<!-- typing -->") :]
    stale.write_text(parts.replace("inf\n", "infinite\n"), encoding="utf-8")
    command = [sys.executable, docs.__file__, "--readme", str(stale)]
    check = subprocess.run([*command, "--check"], capture_output=True, encoding="utf-8")
    assert check.returncode == 1
    assert "-infinite\n+inf\n" in check.stdout
    assert subprocess.run(command).returncode == 0
    assert stale.read_text(encoding="utf-8") == parts
    assert subprocess.run([*command, "--check"]).returncode == 0


def test_a_command_that_fails_is_no_documentation() -> None:
    block = docs.Block("console", (docs.Command("divcli compare 1,2", ""),))
    with pytest.raises(docs.DocumentationError, match="status 2: divcli compare 1,2"):
        docs.run(block)


@pytest.mark.process
def test_the_first_command_installs_and_compares(tmp_path: Path) -> None:
    """On a copy without history or environments; pip may say what it likes on standard error."""
    clone = tmp_path / "clone"
    shutil.copytree(ROOT, clone, ignore=NOT_TRACKED)
    path = f"{docs.BIN}{os.pathsep}{os.environ['PATH']}"
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("DIVCLI_", "PYTHON", "VIRTUAL_ENV"))
    }
    done = subprocess.run(
        ["bash", "-c", FIRST],
        cwd=clone,
        env={**environment, "PATH": path},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    shown = next(c.output for block in BLOCKS for c in block.commands if c.text == FIRST)
    notes = [line for line in done.stderr.splitlines() if line.startswith("divcli: ")]
    assert done.stdout + "\n".join([*notes, ""]) == shown
    assert (clone / ".venv" / "bin" / "divcli").is_file()


def test_the_second_command_is_what_ci_runs() -> None:
    listed = subprocess.run(
        [ROOT / ".ci" / "run", "--list"], capture_output=True, encoding="utf-8", check=True
    )
    steps = listed.stdout.splitlines()
    assert FIRST in steps
    assert SECOND in steps


def examples() -> list[str]:
    """The examples of every help text, each a line of a shell."""
    from divcli.cli.app import app

    epilogs = [app.epilog, *(resolve(row.target).epilog for row in COMMANDS)]
    found = []
    for epilog in epilogs:
        paragraphs = str(epilog).split("\n\n")
        lines = next(p for p in paragraphs if "Examples:" in p).partition("Examples:")[2]
        found += [line.strip() for line in lines.splitlines() if line.strip()]
    return found


@pytest.mark.process
@pytest.mark.parametrize("example", examples())
def test_an_example_of_a_help_text_runs(example: str) -> None:
    assert "divcli" in example
    command = docs.Command(example, "")
    if command.missing:
        pytest.skip(f"needs {command.missing}")
    (ran,) = docs.run(docs.Block("console", (command,))).commands
    assert ran.output


def test_every_command_has_two_examples() -> None:
    for row in COMMANDS:
        own = [line for line in examples() if f"divcli {row.name}" in line]
        assert len(own) >= 2, row.name
