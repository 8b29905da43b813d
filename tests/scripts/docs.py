"""Write the parts of README.md that are made, or check that they are what would be written.

Made are: the output below each command of the console and pycon blocks, the table of measures
(from the catalogue), and the rules of typing (from the docstring of the module that keeps them).
With --check nothing is written; a difference is printed, and the status is 1.

Commands run in a scratch folder that holds sample_data, as they would in the repository's root,
with the divcli of the Python that runs this script. Of a command that makes an environment, what
follows the installation runs.
"""

from __future__ import annotations

import argparse
import ast
import code
import contextlib
import difflib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
BIN = Path(sys.executable).parent

# Nothing of whoever runs this: no settings, no terminal, no language but that of the text.
ENVIRONMENT = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}

_BLOCK = re.compile(r"^```(console|pycon)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PROMPTS = {"console": ("$ ",), "pycon": (">>> ", "... ")}
_INSTALLS = "python3 -m venv "
_OPTIONAL = ("jq",)  # commands that a machine may lack
_END = re.compile("\x1e(\\d+)\x1f")


class DocumentationError(Exception):
    """A command of the document fails."""


class Command(NamedTuple):
    """A command as it is typed, and the output that is shown below it."""

    text: str
    output: str

    @property
    def missing(self) -> str | None:
        """A program that the command needs and this machine lacks."""
        needed = (tool for tool in _OPTIONAL if f"| {tool} " in self.text)
        return next((tool for tool in needed if shutil.which(tool) is None), None)


class Block(NamedTuple):
    """A fenced block: its language, and the commands in it."""

    language: str
    commands: tuple[Command, ...]

    def __str__(self) -> str:
        """The block as the document holds it."""
        prompt = _PROMPTS[self.language][0]
        lines = "".join(f"{prompt}{command.text}\n{command.output}" for command in self.commands)
        return f"```{self.language}\n{lines}```"


def blocks(text: str) -> list[Block]:
    """The console and pycon blocks of a document, in order."""
    return [_parsed(found) for found in _BLOCK.finditer(text)]


def installations(text: str) -> list[str]:
    """The commands that make an environment of their own, in order."""
    commands = (command.text for block in blocks(text) for command in block.commands)
    return [command for command in commands if command.startswith(_INSTALLS)]


def _parsed(found: re.Match[str]) -> Block:
    language, body = found.groups()
    commands: list[Command] = []
    for line in body.splitlines(keepends=True):
        prompt = next((p for p in _PROMPTS[language] if line.startswith(p)), None)
        if prompt is not None:
            commands.append(Command(line.removeprefix(prompt).rstrip("\n"), ""))
        elif commands:
            commands[-1] = commands[-1]._replace(output=commands[-1].output + line)
        else:
            raise DocumentationError(f"output before any command: {line!r}")
    return Block(language, tuple(commands))


def run(block: Block, environment: Mapping[str, str] = ENVIRONMENT) -> Block:
    """The block with the output that its commands print now; as it is where they cannot run."""
    runners = {"console": _run_shell, "pycon": _run_python}
    with _scratch() as folder:
        outputs = runners[block.language](block.commands, folder, environment)
    pairs = zip(block.commands, outputs, strict=True)
    return block._replace(
        commands=tuple(
            command if command.missing else command._replace(output=output)
            for command, output in pairs
        )
    )


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sample_data").symlink_to(ROOT / "sample_data")
        yield folder


def _run_shell(
    commands: Sequence[Command], folder: Path, environment: Mapping[str, str]
) -> Sequence[str]:
    """The output of each command, both streams, from one shell."""
    runnable = [_runnable(command) for command in commands]
    script = "".join(f"{text}\nprintf '\\x1e%s\\x1f' \"$?\"\n" for text in runnable)
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-o", "pipefail", "-c", script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=dict(environment),
        check=False,
    )
    *pieces, rest = _END.split(done.stdout.decode())
    for text, status in zip(runnable, pieces[1::2], strict=True):
        if status != "0":
            raise DocumentationError(f"status {status}: {text}\n{done.stdout.decode()}")
    assert rest == ""
    return pieces[::2]


def _runnable(command: Command) -> str:
    """What stands for the command here: nothing for installations and what is missing."""
    if command.missing:
        return ":"
    if not command.text.startswith(_INSTALLS):
        return command.text
    last = command.text.rpartition(" && ")[2]
    return re.sub(r"^\.venv\S*/", "", last) if "/divcli " in last else ":"


def _run_python(commands: Sequence[Command], folder: Path, _: Mapping[str, str]) -> Sequence[str]:
    """The output of each line, from one interpreter."""
    console = code.InteractiveConsole()
    outputs = []
    for command in commands:
        stdout, stderr = io.StringIO(), io.StringIO()
        streams = contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr)
        with contextlib.chdir(folder), streams[0], streams[1]:
            console.push(command.text)
        if stderr.getvalue():
            raise DocumentationError(stderr.getvalue())
        outputs.append(stdout.getvalue())
    return outputs


def measures_table() -> str:
    """The catalogue as a table."""
    command = [sys.executable, "-m", "divcli", "measures", "--json"]
    rows = json.loads(subprocess.check_output(command, cwd=ROOT))["measures"]
    lines = [
        "| name | measure | formula | range | unit | what it is |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = [_cell(row[key]) for key in ("label", "formula", "range", "unit", "properties")]
        lines.append(" | ".join([f"| `{row['name']}`", *cells]) + " |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return re.sub(r"([|*_<\[\\])", r"\\\1", text)


def typing_rules() -> str:
    """The rules of typing, as their module states them."""
    path = ROOT / "divcli" / "counting" / "typing_policy.py"
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n\n")[2]


PARTS: dict[str, Callable[[], str]] = {"measures": measures_table, "typing": typing_rules}


def regenerate(text: str) -> str:
    """The document with every part that is made."""
    for name, make in PARTS.items():
        opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
        if text.count(opening) != 1 or text.count(closing) != 1:
            raise DocumentationError(f"expected {opening} and {closing} once each")
        before, _, rest = text.partition(opening)
        after = rest.partition(closing)[2]
        text = f"{before}{opening}\n{make()}\n{closing}{after}"
    return _BLOCK.sub(_fresh, text)


def _fresh(found: re.Match[str]) -> str:
    block = _parsed(found)
    for command in block.commands:
        if command.missing:
            print(f"not run, there is no {command.missing}: {command.text}", file=sys.stderr)
    return str(run(block))


def main() -> int:
    """Write or check the document."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 on a difference")
    parser.add_argument("--readme", type=Path, default=README, metavar="FILE")
    options = parser.parse_args()
    text = options.readme.read_text(encoding="utf-8")
    made = regenerate(text)
    if not options.check:
        options.readme.write_text(made, encoding="utf-8", newline="\n")
        return 0
    sys.stdout.writelines(
        difflib.unified_diff(
            text.splitlines(keepends=True), made.splitlines(keepends=True), "README.md", "as made"
        )
    )
    return int(made != text)


if __name__ == "__main__":
    sys.exit(main())
