"""How long the comparison of two saved profiles of many columns takes, as a process of its own.

python tests/benchmarks/profiles.py --columns 1000 --rows 20000
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from divcli.counting.grid import equal_frequency
from divcli.model.distribution import Special
from divcli.model.profile import Cells, ColumnProfile, Profile, SymbolCounts

_LEVELS = 20


def make(columns: int, rows: int, rng: np.random.Generator, like: Profile | None) -> Profile:
    """Half of the columns normal values, half of them symbols, one in a hundred missing."""
    made = []
    for i in range(columns):
        numeric = i % 2 == 0
        missing = int(rng.binomial(rows, 0.01))
        content: Cells | SymbolCounts
        if numeric:
            values = np.sort(np.round(rng.normal(size=rows - missing), 6))
            content = _cells(values, like.columns[i].content if like else None)
        else:
            shares = 1 / np.arange(1, _LEVELS + 1)
            counts = rng.multinomial(rows - missing, shares / shares.sum())
            content = SymbolCounts(tuple(f"s{j}" for j in range(_LEVELS)), counts, None)
        made.append(
            ColumnProfile(f"column {i}", "numeric" if numeric else "categorical", rows,
                          {Special.MISSING: missing}, content)
        )  # fmt: skip
    return Profile("made", tuple(made))


def _cells(values: np.ndarray, like: object) -> Cells:
    if isinstance(like, Cells):
        edges, rule = like.edges, like.rule
    else:
        positions, masses = np.unique(values, return_counts=True)
        edges, rule = equal_frequency(positions, masses.astype(np.float64), 1000)
    places = np.searchsorted(edges, values, side="right")
    counts = np.bincount(places, minlength=len(edges) + 1)
    return Cells(edges, counts, float(values[0]), float(values[-1]), rule)


def main() -> None:
    """Write two profiles, compare them, and print the seconds of CPU and of the clock."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--columns", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--other-edges", action="store_true", help="each on edges of its own")
    parser.add_argument("--format", default="table")
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("reference.json", "current.json")]
        like = None
        for path in paths:
            made = make(options.columns, options.rows, rng, like)
            path.write_text(json.dumps(made.to_dict()), encoding="utf-8")
            like = None if options.other_edges else made
        command = [sys.executable, "-m", "divcli", "drift", *map(str, paths), "-q",
                   "-f", options.format]  # fmt: skip
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True)
        took = time.perf_counter() - start
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        sizes = ", ".join(f"{path.stat().st_size / 1e6:.1f} MB" for path in paths)
    print(f"{options.columns} columns of {options.rows:,} rows, profiles of {sizes}")
    print(f"status {done.returncode}, {took:.2f} s, CPU {used.ru_utime + used.ru_stime:.2f} s")
    print(done.stdout[:400] if options.format == "table" else len(done.stdout))


if __name__ == "__main__":
    main()
