"""Peak memory of whole processes on a pair of tables and on one five times its size.

Run: python -m tests.benchmarks.large.memory [--gigabytes 1.5] [--limit-gib 4] [--peers divcli].
The third figure is a run on the larger pair under `ulimit -v`, with what it ended in. Both pairs
have the same 10^6 distinct names, so that a program which keeps no rows shows it.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path

from tests.benchmarks.large.layout import FOLDER, rows_of
from tests.benchmarks.large.peers import (
    Case,
    Peer,
    chosen_cases,
    chosen_peers,
    interpreters,
    made,
    target,
)
from tests.benchmarks.large.process import ProcessError, run

TIMES = 5
_ROUNDS = 3  # one buffer more or less is a tenth


def peak(
    peer: Peer, case: Case, files: tuple[Path, Path], python: str, limit: int | None
) -> tuple[float | None, str]:
    """Peak MiB, the median of some runs, and how they ended."""
    command, feed = target(peer, case, files, python)
    try:
        return statistics.median(run(command, feed, limit).peak for _ in range(_ROUNDS)), "done"
    except ProcessError as error:
        return None, str(error).splitlines()[-1][:100]


def line(peer: Peer, case: Case, pairs: list[tuple[Path, Path]], python: str, limit: int) -> str:
    """One line of the table."""
    small, large = pairs
    once, ended = peak(peer, case, small, python, None)
    five, ended_large = peak(peer, case, large, python, None)
    limited, ended_limited = peak(peer, case, large, python, limit)
    growth = f"{five / once:.2f}" if once and five else "-"
    cells = [_cell(once, ended), _cell(five, ended_large), growth, _cell(limited, ended_limited)]
    return f"| {case.name} | {peer.name} | {' | '.join(cells)} |"


def _cell(mebibytes: float | None, ended: str) -> str:
    return ended if mebibytes is None else f"{mebibytes:.0f}"


def main() -> None:
    """Make both pairs and print a line a case and program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"default: {FOLDER}")
    parser.add_argument("--gigabytes", type=float, default=1.5, help="of the smaller pair")
    parser.add_argument("--limit-gib", type=float, default=4.0, help="of address space")
    parser.add_argument("--cases", default="text-csv,float-csv,name-csv,name-gz,all-csv,text-pipe")
    parser.add_argument("--peers", default="divcli,duckdb_sql")
    parser.add_argument("--python", action="append", default=[], metavar="[PEER=]PYTHON")
    options = parser.parse_args()
    pythons = interpreters(options.python)
    peers = chosen_peers(options.peers, pythons)
    sizes = [rows_of(options.gigabytes), TIMES * rows_of(options.gigabytes)]
    head = f"| case | program | MiB | MiB at {TIMES} times the rows | ratio | MiB under"
    print(f"{head} ulimit -v of {options.limit_gib:g} GiB |\n{'| --- ' * 6}|", flush=True)
    limit = int(options.limit_gib * 2**30)
    for case in chosen_cases(options.cases):
        pairs = [made(case, options.folder, rows) for rows in sizes]
        for peer in peers:
            if case.form not in peer.left_out:
                print(line(peer, case, pairs, pythons[peer.name], limit), flush=True)


if __name__ == "__main__":
    main()
