"""What inference adds to a whole `compare --json` of two large columns, in interleaved runs.

Run: python tests/benchmarks/inference_cost.py [--rows 1000000] [--rounds 5]. Data from fixed
seeds: a text column of 1,000 levels and a lognormal one. Target: at most 1.3.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

DIVCLI = str(Path(sys.executable).with_name("divcli"))


def write_table(path: Path, rows: int, seed: int) -> None:
    """A CSV of a text column and a numeric one."""
    rng = np.random.default_rng(seed)
    levels, amounts = (rng.zipf(1.3, rows) % 1000).tolist(), rng.lognormal(size=rows).tolist()
    with path.open("w") as file:
        file.write("text,number\n")
        file.writelines(f"s{a},{b!r}\n" for a, b in zip(levels, amounts, strict=True))


def seconds(*arguments: str) -> float:
    """Wall-clock time of one process."""
    start = time.perf_counter()
    subprocess.run([DIVCLI, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Print a line a column."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, default=10**6)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{side}.csv" for side in "pq"]
        for seed, path in enumerate(paths):
            write_table(path, options.rows, seed)
        for column in ("text", "number"):
            command = ["compare", *map(str, paths), "-c", column, "--json", "--top", "5"]
            runs = [
                (seconds(*command, "--no-inference"), seconds(*command))
                for _ in range(options.rounds)
            ]
            bare, whole = (statistics.median(times) for times in zip(*runs, strict=True))
            print(f"{column}: {bare:.2f} s without, {whole:.2f} s with, ratio {whole / bare:.2f}")


if __name__ == "__main__":
    main()
