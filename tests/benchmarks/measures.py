"""Seconds and memory of the measures on large alphabets, beside scipy on the same arrays.

Nothing is read or counted: the weights are made in memory. The measures alone are normalising and
adding up; a comparison also sorts the symbols by what they contribute. The least of some rounds
counts, the one in which the machine did least else. Peak memory is what a call allocates beyond its
arguments, as a multiple of the two arrays of weights.
"""

import argparse
import time
import tracemalloc
from collections.abc import Callable, Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy

from divcli.analysis.compare import MeasureOptions, compare_distributions
from divcli.catalog import MEASURES, resolve
from divcli.measures.pair import normalise
from divcli.measures.totals import sums
from divcli.model.distribution import Distribution

Weights = NDArray[np.float64]
SEED = 2


class Task(NamedTuple):
    """What is measured, by name."""

    name: str
    run: Callable[[], object]


def weights(symbols: int) -> tuple[Weights, Weights]:
    """Two arrays of positive weights, shape (symbols,), as uneven as words in a text."""
    rng = np.random.default_rng(SEED)
    zipf = 1 / np.arange(1.0, symbols + 1)
    return zipf * rng.gamma(2.0, size=symbols), zipf * rng.gamma(2.0, size=symbols)


def measures_alone(p: Weights, q: Weights, names: Collection[str]) -> list[float]:
    """What the measures of these names come to, in nats, before any root is taken."""
    pair = normalise(p, q)
    rows = [row for row in MEASURES if row.name in names]
    wholes = [resolve(row.whole) for row in rows if row.whole]
    terms = {resolve(row.terms) for row in rows if row.terms and not row.whole}
    return [*sums(pair, terms).values(), *(whole(pair) for whole in wholes)]


def tasks(p: Weights, q: Weights) -> list[Task]:
    """The same question to divcli and to scipy, then all of divcli's default measures."""
    default = [row.name for row in MEASURES if not (row.asked or row.ordered)]
    names = tuple(map(str, range(len(p))))
    left, right = Distribution("p", names, p), Distribution("q", names, q)
    return [
        Task("scipy, entropy(p, q) and jensenshannon(p, q)",
             lambda: (entropy(p, q), jensenshannon(p, q))),
        Task("divcli, kl_pq and js alone", lambda: measures_alone(p, q, ["kl_pq", "js"])),
        Task(f"divcli, the {len(default)} default measures alone",
             lambda: measures_alone(p, q, default)),
        Task("divcli, a comparison that lists 20 symbols",
             lambda: compare_distributions(left, right, MeasureOptions(top=20))),
    ]  # fmt: skip


def seconds(run: Callable[[], object], rounds: int) -> float:
    """The least wall-clock time of a call, after one that warms up."""
    run()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def peak_bytes(run: Callable[[], object]) -> int:
    """The most that a call holds at once, in bytes."""
    tracemalloc.start()
    run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def main() -> None:
    """Print a line a task."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--symbols", type=int, default=10**6, metavar="K", help="default: 10^6")
    parser.add_argument("--rounds", type=int, default=7, metavar="N", help="default: 7")
    options = parser.parse_args()
    p, q = weights(options.symbols)
    print(f"{options.symbols:,} symbols a side, input {(p.nbytes + q.nbytes) / 2**20:.1f} MiB")
    for task in tasks(p, q):
        spent = seconds(task.run, options.rounds)
        memory = peak_bytes(task.run) / (p.nbytes + q.nbytes)
        print(f"{task.name}: {spent:.3f} s, peak {memory:.1f} x the input")


if __name__ == "__main__":
    main()
