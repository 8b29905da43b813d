"""The programs that are measured, the cases, and which program reads which case.

Standard library alone, see layout.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.large.layout import COLUMNS, EXACT, pair
from tests.benchmarks.large.process import ROOT

QUESTIONS = {"text": ("text",), "float": ("normal",), "all": COLUMNS, "name": ("name",)}
_PROGRAMS = "tests.benchmarks.large.programs"


class Case(NamedTuple):
    """A question about two files; with `pipe`, the first comes through one."""

    question: str
    form: str

    @property
    def name(self) -> str:
        """As --cases takes it."""
        return f"{self.question}-{self.form}"

    @property
    def stored(self) -> str:
        """The form that the files have."""
        return "csv" if self.form == "pipe" else self.form


class Peer(NamedTuple):
    """A program, the module it cannot do without, and the forms it is left out of, with reasons."""

    name: str
    module: str | None
    left_out: Mapping[str, str]


FORMS = ("csv", "ndjson", "parquet", "gz", "pipe")
CASES = [Case(q, form) for form in FORMS for q in ("text", "float", "all")]
CASES += [Case("name", form) for form in ("csv", "gz")]  # a million symbols, for their memory
PEERS = (
    Peer("divcli", "divcli", {}),
    Peer("duckdb_sql", "duckdb", {}),
    Peer("polars_streaming", "polars", {"pipe": "holds all of a pipe in memory"}),
    Peer("pyarrow_tables", "pyarrow", {}),
    Peer("pandas_scipy", "pandas", {}),
    Peer("evidently_drift", "evidently", {"ndjson": "reads data frames alone: see pandas",
                                          "parquet": "reads data frames alone: see pandas"}),
    Peer("cat", None, {}),
)  # fmt: skip


class Target(NamedTuple):
    """A peer on a case: the command, and the file to pipe into it, if any."""

    command: Sequence[str]
    feed: Path | None


def target(peer: Peer, case: Case, files: tuple[Path, Path], python: str) -> Target:
    """How the peer is run on the case."""
    p, q = map(str, files)
    feed = files[0] if case.form == "pipe" else None
    if peer.name == "cat":
        discard = 'exec cat "$@" > /dev/null'  # a file for what it writes would cost more than it
        return Target(["sh", "-c", discard, "cat", "-" if feed else p, q], feed)
    if peer.name == "divcli":
        asked = ["--all"] if case.question == "all" else ["-c", *QUESTIONS[case.question]]
        options = ["--json", "--no-inference", "--top", "20"]
        compare = [python, "-m", "divcli", "compare", "-" if feed else p, q]
        return Target([*compare, *asked, *options], feed)
    ask = [case.stored, "/dev/stdin" if feed else p, q, *QUESTIONS[case.question]]
    return Target([python, "-m", f"{_PROGRAMS}.{peer.name}", *ask], feed)


def made(case: Case, folder: Path, rows: int) -> tuple[Path, Path]:
    """The files that a case is about, made where they are not there yet.

    In a process of its own, whose memory is not that of the programs measured.
    """
    size = ["--folder", str(folder), "--rows", str(rows), "--forms", case.stored]
    make = [sys.executable, "-m", "tests.benchmarks.large.make_data", *size]
    subprocess.run(make, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return pair(folder, rows, case.stored)


def chosen_cases(names: str) -> list[Case]:
    """The cases of these names, comma-separated; `all` for every one."""
    cases = {case.name: case for case in CASES}
    return list(CASES) if names == "all" else [cases[name] for name in names.split(",")]


def chosen_peers(names: str, pythons: Mapping[str, str]) -> list[Peer]:
    """The peers of these names that are installed; a word on each of the others."""
    peers = {peer.name: peer for peer in PEERS}
    chosen = [peers[name] for name in names.split(",")]
    for peer in chosen:
        if not installed(peer, pythons[peer.name]):
            print(f"{peer.name} skipped: {peer.module} is not installed", file=sys.stderr)
    return [peer for peer in chosen if installed(peer, pythons[peer.name])]


def installed(peer: Peer, python: str) -> bool:
    """Whether the interpreter can import what the peer needs."""
    if peer.module is None:
        return True
    look = f"import importlib.util as i, sys; sys.exit(i.find_spec('{peer.module}') is None)"
    return subprocess.run([python, "-c", look], cwd=ROOT).returncode == 0


def found(peer: Peer, case: Case, output: str) -> dict[str, float]:
    """The total variations that a peer's answer names, of columns that all count alike."""
    if peer.name == "cat":
        return {}
    document = json.loads(output)
    if peer.name != "divcli":
        return {column: value for column, value in document.items() if column in EXACT}
    comparisons = document.get("columns", [document])  # one comparison is the document itself
    values = {one["p"]["column"]: one["measures"]["tv"] for one in comparisons}
    return {column: value for column, value in values.items() if column in EXACT}


def interpreters(given: Sequence[str]) -> dict[str, str]:
    """The interpreter of each peer: `PYTHON` for all but divcli, `PEER=PYTHON` for one."""
    chosen = dict.fromkeys((peer.name for peer in PEERS), sys.executable)
    for text in sorted(given, key=lambda text: "=" in text):
        name, equals, path = text.rpartition("=")
        names = [name] if equals else [peer.name for peer in PEERS if peer.name != "divcli"]
        chosen.update(dict.fromkeys(names, path))
    return chosen
