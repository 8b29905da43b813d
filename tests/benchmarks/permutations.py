"""Time of 999 permutations and their p-value, whatever the sizes of the samples.

Run: python tests/benchmarks/permutations.py. Targets: 20 ms at 50 cells, 200 ms at 1,000.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from divcli.inference.homogeneity import permutation_test
from divcli.inference.quantities import MEASURES
from divcli.inference.summary import infer

SIZES = ((100, 100), (2_000, 100), (100_000, 300), (10**6, 10**6), (5 * 10**8, 4 * 10**8))
CELLS = (3, 20, 50, 500, 1_000)


def best_of(runs: int, call: Callable[[], object]) -> float:
    """Least time of several runs, in milliseconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times) * 1e3


def main() -> None:
    """Print one row for each number of cells and pair of sizes."""
    rng = np.random.default_rng(0)
    print(
        f"{'cells':>6} {'n':>10} {'m':>10} "
        f"{'999 permutations':>17} {'infer js':>9} {'infer all':>10}"
    )
    for k in CELLS:
        for n, m in SIZES:
            shares = rng.dirichlet(np.full(k, 5.0))
            x, y = rng.multinomial(n, shares), rng.multinomial(m, shares)
            test = best_of(5, partial(permutation_test, x, y, resamples=999, rng=rng))
            one = best_of(3, partial(infer, x, y, ["js"]))
            all_ = best_of(3, partial(infer, x, y, list(MEASURES)))
            print(f"{k:6} {n:10} {m:10} {test:14.1f} ms {one:6.1f} ms {all_:7.1f} ms", flush=True)


if __name__ == "__main__":
    main()
