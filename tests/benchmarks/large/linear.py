"""How divcli's time and memory grow with the rows, and where the time goes.

Run: python -m tests.benchmarks.large.linear [--rows 100000,1000000,10000000,100000000]. Whole
processes, the median of some rounds; then one run more under cProfile, which tells the share of
each layer and library. More rows than --most are read from parts: links to one table, as a glob.
"""

from __future__ import annotations

import argparse
import marshal
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.large.layout import FOLDER
from tests.benchmarks.large.peers import PEERS, Case, chosen_cases, made, target
from tests.benchmarks.large.process import run
from tests.benchmarks.large.run import median

_SHOWN = 4  # the layers that took most
_IMPORTS = ("importlib", "marshal.", "method _imp.", "posix.stat")


def files(case: Case, folder: Path, rows: int, most: int) -> tuple[Path, Path]:
    """The pair of so many rows, made where it is not there."""
    if rows > most and rows % most:
        raise SystemExit(f"--rows {rows}: expected a multiple of --most {most}")
    p, q = made(case, folder, min(rows, most))
    return (p, q) if rows <= most else (_parts(p, rows // most), _parts(q, rows // most))


def _parts(whole: Path, number: int) -> Path:
    """A glob of so many links to one file."""
    ending = "".join(whole.suffixes)
    place = whole.with_name(f"{whole.name.removesuffix(ending)}-{number}-parts")
    place.mkdir(exist_ok=True)
    for part in range(number):
        link = place / f"{part:03d}{ending}"
        if not link.exists():
            link.symlink_to(whole.resolve())
    return place / f"*{ending}"


def layer(file: str, function: str) -> str:
    """What a profiled function belongs to: the start, a library, or a layer of divcli.

    DuckDB, and numpy on the bytes of a file, work in a thread for which the profiled one waits.
    """
    if "'acquire' of '_thread.lock'" in function:
        return "counting"
    if function == "<module>" or any(part in f"{file} {function}" for part in _IMPORTS):
        return "start-up"
    parts = Path(file).parts
    if "divcli" in parts:
        return "/".join(parts[len(parts) - parts[::-1].index("divcli") - 1 :][:2])
    for library in ("duckdb", "numpy", "pandas", "click"):
        if library in file or library in function:
            return library
    return "standard library"


def shares(command: Sequence[str], feed: Path | None) -> str:
    """The layers in which a run spent most of its time, in percent of the whole."""
    python, *rest = command
    spent: defaultdict[str, float] = defaultdict(float)
    with tempfile.NamedTemporaryFile(suffix=".prof") as profile:
        run([python, "-m", "cProfile", "-o", profile.name, *rest], feed)
        for (file, _, function), (_, _, own, _, _) in marshal.load(profile).items():
            spent[layer(file, function)] += own
    whole = sum(spent.values())
    most = sorted(spent, key=lambda name: -spent[name])[:_SHOWN]
    return ", ".join(f"{name} {spent[name] / whole:.0%}" for name in most)


def line(case: Case, rows: int, both: tuple[Path, Path], rounds: int) -> str:
    """One line of the table."""
    ours = next(peer for peer in PEERS if peer.name == "divcli")
    command, feed = target(ours, case, both, sys.executable)
    wall, cpu, peak = median([run(command, feed) for _ in range(rounds)])
    row = f"{wall:.2f} | {cpu:.2f} | {1e9 * cpu / (2 * rows):.0f} | {peak:.0f}"
    return f"| {case.name} | {rows:,} | {row} | {shares(command, feed)} |"


def main() -> None:
    """Print a line a case and number of rows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"default: {FOLDER}")
    parser.add_argument("--rows", default="100000,1000000,10000000,100000000", help="of each side")
    parser.add_argument("--most", type=int, default=10**7, help="rows of one file")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cases", default="text-csv,float-csv,all-csv")
    options = parser.parse_args()
    print("| case | rows a side | wall s | CPU s | CPU ns a row | peak MiB | most time in |")
    print("| --- " * 7 + "|", flush=True)
    for case in chosen_cases(options.cases):
        for rows in map(int, options.rows.split(",")):
            both = files(case, options.folder, rows, options.most)
            print(line(case, rows, both, options.rounds), flush=True)


if __name__ == "__main__":
    main()
