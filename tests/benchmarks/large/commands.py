"""Every command on large tables: seconds and peak memory, and how both grow with the rows.

Run: python -m tests.benchmarks.large.commands [--gigabytes 1.5] [--times 5] [--only drift,matrix].
Whole processes on a pair of CSV files and on one with so many times fewer rows; medians of rounds
in which the commands take turns. `pipe` in a name: the table comes through one.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

from tests.benchmarks.large.layout import FOLDER, rows_of
from tests.benchmarks.large.peers import Case, made
from tests.benchmarks.large.process import ProcessError, Usage, run

# a and b stand for the two files, - for the second one through a pipe.
COMMANDS = {
    "compare --all": "compare a b --all --no-inference",
    "compare --by": "compare a --by flag -c normal",
    "matrix --by": "matrix a --by small -c normal --no-inference",
    "entropy --by, pipe": "entropy - --by flag -c text",
    "drift": "drift a b --max-drifted 9",
    "drift --by": "drift a b --by day:year -c text -c normal -c wide --max-drifted 9",
    "drift --within": "drift a b --within flag -c text -c normal -c wide --max-drifted 9",
    "profile": "profile a",
    "fit": "fit a -c normal",
    "entropy of two": "entropy a -c text -c flag",
    "dependence": "dependence a --target flag --resamples 0",
    "dependence, pipe": "dependence - --target flag -c text -c normal",
    "compare weighted": "compare a b -c text --sample-weight small",
}


def used(words: str, files: tuple[Path, Path]) -> Usage | None:
    """What a command takes on a pair; None where it fails, which standard error tells."""
    p, q = files
    names = {"a": str(p), "b": str(q)}
    command = [sys.executable, "-m", "divcli", *(names.get(one, one) for one in words.split())]
    try:
        return run([*command, "--quiet"], q if "-" in words.split() else None)
    except ProcessError as error:
        print(f"{words}: {' '.join(str(error).split())}", file=sys.stderr)
        return None


def line(name: str, small: list[Usage | None], large: list[Usage | None]) -> str:
    """A line of the table: medians on the larger pair, and as multiples of the smaller one's."""
    figures = []
    for usages in (small, large):
        done = [one for one in usages if one is not None]
        if len(done) < len(usages):
            return f"| {name} | failed | | | |"
        walls, _, peaks, _ = zip(*done, strict=True)
        figures.append((statistics.median(walls), statistics.median(peaks)))
    (once, little), (wall, peak) = figures
    return f"| `{name}` | {wall:.1f} | {wall / once:.1f} | {peak:.0f} | {peak / little:.2f} |"


def main() -> int:
    """Make both pairs and print a line a command; 1 where one failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"default: {FOLDER}")
    parser.add_argument("--gigabytes", type=float, default=1.5, help="of the larger pair")
    parser.add_argument("--times", type=int, default=5, help="as many rows as the smaller pair has")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default=",".join(COMMANDS), help="some of the commands")
    options = parser.parse_args()
    rows = rows_of(options.gigabytes)
    pairs = [made(Case("all", "csv"), options.folder, n) for n in (rows // options.times, rows)]
    print(f"{rows:,} rows a side, and {rows // options.times:,}\n")
    print(f"| command | wall s | to {options.times} times fewer rows | MiB | to the same |")
    print(f"|---|{'---:|' * 4}", flush=True)
    names = [name for name in COMMANDS if name in options.only]
    found: dict[str, list[list[Usage | None]]] = {name: [[], []] for name in names}
    for _ in range(options.rounds):
        for name in names:
            for place, files in enumerate(pairs):
                found[name][place].append(used(COMMANDS[name], files))
    lines = [line(name, *found[name]) for name in names]
    print("\n".join(lines))
    return int(any("failed" in one for one in lines))


if __name__ == "__main__":
    sys.exit(main())
