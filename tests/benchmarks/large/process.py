"""One whole process: its wall-clock and processor time, its peak memory, what it wrote.

Standard library alone, see layout.py: a process's peak is at least that of the one it was started
from, some 15 MiB here. Where a process works in several copies of itself (divcli, on one column of
CSV), the peak is that of the largest.
"""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Timer
from typing import IO, NamedTuple

ROOT = Path(__file__).parents[3]


class Usage(NamedTuple):
    """Seconds, seconds of all threads, MiB, and standard output."""

    wall: float
    cpu: float
    peak: float
    output: str


class ProcessError(Exception):
    """A process that failed, with the end of what it said."""


def run(
    command: Sequence[str],
    feed: Path | None = None,
    limit: int | None = None,
    seconds: float = 900,
) -> Usage:
    """Run a command to its end; ProcessError where its status is not 0.

    feed: a file that `cat` pipes into it, whose own time is not counted. limit: bytes of address
    space it may have (`ulimit -v`). seconds: after which it is killed.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        start = time.perf_counter()
        cat = subprocess.Popen(["cat", feed], stdout=subprocess.PIPE) if feed else None
        process = subprocess.Popen(
            [*_limited(limit), *command],
            stdin=cat.stdout if cat else subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        if cat and cat.stdout:
            cat.stdout.close()
        used = _ended(process, seconds)
        wall = time.perf_counter() - start
        if cat:
            cat.wait()
        if process.returncode:
            raise ProcessError(f"status {process.returncode}: {_text(errors)[-300:].strip()}")
        return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, _text(output))


def _limited(limit: int | None) -> list[str]:
    if limit is None:
        return []
    return ["bash", "-c", f'ulimit -v {limit // 1024}; exec "$0" "$@"']


def _ended(process: subprocess.Popen[bytes], seconds: float) -> resource.struct_rusage:
    alarm = Timer(seconds, process.kill)
    alarm.start()
    _, status, used = os.wait4(process.pid, 0)
    alarm.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return used


def _text(file: IO[str]) -> str:
    file.seek(0)
    return file.read()
