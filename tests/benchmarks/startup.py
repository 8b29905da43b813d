"""How long divcli takes to start, beside the least that a program on the same libraries can take.

Both sides of a pair run in turn, so that whatever else the machine does falls on both alike; the
ratio of the medians is what counts. Prints one line a pair, and exits 1 when a ratio is above its
target and --check is given.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

DIVCLI = str(Path(sys.executable).with_name("divcli"))


class Pair(NamedTuple):
    """A command of divcli, the program it is measured against, and the greatest ratio."""

    arguments: tuple[str, ...]
    baseline: str
    target: float


PAIRS = (
    Pair(("--help",), "import click", 1.3),
    Pair(
        ("compare", "0.5,0.4,0.1", "0.5,0.1,0.4", "--json"),
        "import click, numpy",
        1.25,
    ),
    # Counts, and so 999 permutations and as many bootstrap samples.
    Pair(("compare", "50,40,10", "50,10,40", "--json", "--quiet"), "import click, numpy", 1.5),
)


def seconds(command: Sequence[str]) -> float:
    """Wall-clock time of one process, in seconds."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - start


def medians(pair: Pair, rounds: int) -> tuple[float, float]:
    """Median seconds of divcli and of its baseline, after one round that fills the caches."""
    commands = ([DIVCLI, *pair.arguments], [sys.executable, "-c", pair.baseline])
    for command in commands:
        seconds(command)
    times = [[seconds(command) for command in commands] for _ in range(rounds)]
    ours, theirs = (statistics.median(column) for column in zip(*times, strict=True))
    return ours, theirs


def main() -> int:
    """Measure each pair; 1 when --check is given and a ratio is above its target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, metavar="N", help="default: 40")
    parser.add_argument("--check", action="store_true", help="exit 1 above a target")
    options = parser.parse_args()
    late = 0
    for pair in PAIRS:
        ours, theirs = medians(pair, options.rounds)
        ratio = ours / theirs
        late += ratio > pair.target
        print(
            f"divcli {' '.join(pair.arguments)}: {1e3 * ours:.1f} ms, "
            f"python -c '{pair.baseline}': {1e3 * theirs:.1f} ms, "
            f"ratio {ratio:.2f} (target at most {pair.target})"
        )
    return int(options.check and late > 0)


if __name__ == "__main__":
    sys.exit(main())
