"""A whole `divcli matrix --by` process on many groups of many symbols, in interleaved runs.

Run: python tests/benchmarks/matrix.py [--groups 200] [--symbols 1000] [--rows 400000]
[--rounds 5]. Data from a fixed seed. Rows and ready counts are measured, each as JSON of the JS
divergence; target: at most 2 s. The peak of memory is that of the process.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Run(NamedTuple):
    """Wall-clock and processor time of a process in seconds, and its peak of memory in MiB."""

    wall: float
    cpu: float
    peak: float


def write_tables(folder: Path, groups: int, symbols: int, rows: int, seed: int = 1) -> list[str]:
    """A table of rows, and one of the counts in it; each group's shares are a little its own."""
    rng = np.random.default_rng(seed)
    base = 1 / np.arange(1, symbols + 1)
    shares = base * rng.gamma(20, 1 / 20, (groups, symbols))
    counts = np.array([rng.multinomial(rows // groups, row / row.sum()) for row in shares])
    group, symbol = np.nonzero(counts)
    with (folder / "counts.csv").open("w") as file:
        file.write("group,symbol,n\n")
        ready = zip(group.tolist(), symbol.tolist(), counts[group, symbol].tolist(), strict=True)
        file.writelines(f"g{g},s{s},{n}\n" for g, s, n in ready)
    order = rng.permutation(np.repeat(np.arange(len(group)), counts[group, symbol]))
    with (folder / "rows.csv").open("w") as file:
        file.write("group,symbol\n")
        pairs = zip(group[order].tolist(), symbol[order].tolist(), strict=True)
        file.writelines(f"g{g},s{s}\n" for g, s in pairs)
    return [str(folder / "rows.csv"), str(folder / "counts.csv")]


def measured(*arguments: str) -> Run:
    """One run of divcli from its start to its end."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "divcli", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    cpu = usage.ru_utime + usage.ru_stime
    return Run(time.perf_counter() - start, cpu, usage.ru_maxrss / 1024)


def main() -> None:
    """Print a line a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    for name, usual in (("groups", 200), ("symbols", 1000), ("rows", 400_000), ("rounds", 5)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows, counts = write_tables(Path(folder), options.groups, options.symbols, options.rows)
        commands = {
            "rows": ("matrix", rows, "--by", "group", "-c", "symbol", "--json"),
            "counts": ("matrix", counts, "--by", "group", "-c", "symbol", "-w", "n", "--json"),
        }
        runs: dict[str, list[Run]] = {name: [] for name in commands}
        for _ in range(options.rounds):
            for name, command in commands.items():
                runs[name].append(measured(*command))
    for name, found in runs.items():
        wall, cpu, peak = (statistics.median(values) for values in zip(*found, strict=True))
        print(f"{name}: {wall:.2f} s, {cpu:.2f} s of processor, {peak:.0f} MiB")


if __name__ == "__main__":
    main()
