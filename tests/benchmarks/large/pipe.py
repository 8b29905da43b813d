"""What passes through a pipe in a second: `cat FILE | divcli entropy - -c COLUMN`.

Run: python -m tests.benchmarks.large.pipe [--gigabytes 1.5] [--rounds 5]. Whole processes that take
turns on the first file of the pair, medians; beside what numpy counts, the database, and a `cat`
that counts nothing. For the bare SQL see the cases of `pipe` in large.run.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

from tests.benchmarks.large.layout import FOLDER, rows_of
from tests.benchmarks.large.peers import Case, made
from tests.benchmarks.large.process import Usage, run

_ENTROPY = (sys.executable, "-m", "divcli", "entropy", "-", "--quiet", "-c")
PROGRAMS = {
    "text column": (*_ENTROPY, "text"),
    "text column, --engine duckdb": (*_ENTROPY, "text", "--engine", "duckdb"),
    "float column": (*_ENTROPY, "normal"),
    "float column, --engine duckdb": (*_ENTROPY, "normal", "--engine", "duckdb"),
    "cat": ("sh", "-c", "exec cat > /dev/null"),
}


def line(name: str, size: int, usages: list[Usage]) -> str:
    """A line of the table: medians of seconds and MiB, and what that is in gigabytes a second."""
    walls, cpus, peaks, _ = zip(*usages, strict=True)
    wall, cpu, peak = map(statistics.median, (walls, cpus, peaks))
    return f"| {name} | {wall:.2f} | {cpu:.2f} | {peak:.0f} | {size / wall / 1e9:.2f} |"


def main() -> int:
    """Make the file and print a line a program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"default: {FOLDER}")
    parser.add_argument("--gigabytes", type=float, default=1.5, help="of the pair")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    file, _ = made(Case("text", "csv"), options.folder, rows_of(options.gigabytes))
    usages: dict[str, list[Usage]] = {name: [] for name in PROGRAMS}
    for _ in range(options.rounds):
        for name, command in PROGRAMS.items():
            usages[name].append(run(command, file))
    print("| a pipe | wall s | CPU s | MiB | GB/s |\n|---|---:|---:|---:|---:|")
    print("\n".join(line(name, file.stat().st_size, used) for name, used in usages.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
