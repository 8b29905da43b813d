"""What a drift check of two large CSV files costs, and whether it finds the two that moved.

python tests/benchmarks/drift_files.py --rows 1000000

Five numeric columns (three normal, two lognormal) and five of 20 levels with weights 1/rank. In
the current num1 is shifted by .3 standard deviations; in cat1 the first level is times .7 and the
sixth times 2, renormalised. The other eight are drawn anew from the same populations.
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

_LEVELS = np.array([f"L{level:02d}" for level in range(20)])
_TRUTH = {"num1", "cat1"}


def columns(rng: np.random.Generator, rows: int, *, moved: bool) -> dict[str, np.ndarray]:
    """The columns of one table as text, by name."""
    made = {}
    for i in range(1, 6):
        values = rng.normal(size=rows) + (0.3 if moved and i == 1 else 0)
        made[f"num{i}"] = np.char.mod("%.5f", np.exp(values) if i > 3 else values)
    for i in range(1, 6):
        weights = 1 / np.arange(1, 21)
        if moved and i == 1:
            weights[[0, 5]] *= (0.7, 2)
        made[f"cat{i}"] = _LEVELS[rng.choice(20, size=rows, p=weights / weights.sum())]
    return made


def write(path: Path, made: dict[str, np.ndarray]) -> None:
    """The table as CSV."""
    import pandas as pd

    pd.DataFrame(made).to_csv(path, index=False)


def main() -> None:
    """Write both files, compare them in a process of its own, and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--profile", action="store_true", help="the reference as a saved profile")
    options = parser.parse_args()
    rng = np.random.default_rng(7)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("reference.csv", "current.csv")]
        for path, moved in zip(paths, (False, True), strict=True):
            write(path, columns(rng, options.rows, moved=moved))
        divcli = [sys.executable, "-m", "divcli"]
        if options.profile:
            saved = paths[0].with_suffix(".json")
            subprocess.run([*divcli, "profile", str(paths[0]), "-o", str(saved)], check=True)
            paths[0] = saved
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        done = subprocess.run(
            [*divcli, "drift", *map(str, paths), "--json", "--top", "1"],
            capture_output=True, text=True,
        )  # fmt: skip
        took = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found = [one for one in json.loads(done.stdout)["columns"] if one["verdict"] == "drift"]
    names = {one["column"] for one in found}
    print(f"status {done.returncode}, {took:.1f} s, CPU {cpu:.1f} s, "
          f"at most {after.ru_maxrss / 1024:.0f} MB")  # fmt: skip
    print(f"found {sorted(names)}: {'right' if names == _TRUTH else 'wrong'}")
    for one in found:
        print(f"  {one['column']}: JS {one['effect']['estimate']:.4f} bits")


if __name__ == "__main__":
    main()
