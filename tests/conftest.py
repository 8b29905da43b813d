"""The command line run in this process: arguments and a pipe in, status and both streams out."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest
from hypothesis import settings

from divcli.__main__ import main

# No test is timed, and a run of CI can be repeated to the letter.
settings.register_profile("divcli", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("divcli")


class Result(NamedTuple):
    """How a command ended and what it said."""

    status: int
    stdout: str
    stderr: str


class Run(Protocol):
    """Runs divcli; stdin is what is piped into it, None for a terminal with nothing piped."""

    def __call__(self, *arguments: str, stdin: str | bytes | None = b"") -> Result: ...


class _Terminal(io.BytesIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """divcli's `main` with these arguments, free of the settings of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith("DIVCLI_")]:
        monkeypatch.delenv(name)

    def run_main(*arguments: str, stdin: str | bytes | None = b"") -> Result:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        pipe = _Terminal() if data is None else io.BytesIO(data)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(pipe, encoding="utf-8"))
        capsys.readouterr()
        status = main(list(arguments))
        return Result(status, *capsys.readouterr())

    return run_main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, so that errors name files as they were typed."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
