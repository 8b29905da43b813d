"""divcli beside its peers on large tables: whole processes, interleaved, medians and ratios.

Run: python -m tests.benchmarks.large.run [--gigabytes 1.5] [--rounds 5] [--cases text-csv,all-csv]
[--peers divcli,duckdb_sql] [--python VENV/bin/python] [--python evidently_drift=VENV/bin/python].
Wall-clock and processor seconds of the process with all its threads, and its peak memory, by the
kernel's account. The order of the programs turns from round to round, so that whatever else the
machine does falls on all alike; the files are in the page cache. Where programs name the total
variation of the same column they must agree to 1e-9, or the run ends with status 1.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.large.layout import FOLDER, rows_of
from tests.benchmarks.large.peers import (
    PEERS,
    Case,
    Peer,
    chosen_cases,
    chosen_peers,
    found,
    interpreters,
    made,
    target,
)
from tests.benchmarks.large.process import ProcessError, Usage, run

_HEAD = "| case | program | wall s | CPU s | peak MiB | wall to divcli's | CPU to divcli's |"
_AGREE = 1e-9


def measured(
    case: Case,
    peers: Sequence[Peer],
    files: tuple[Path, Path],
    pythons: dict[str, str],
    rounds: int,
) -> tuple[dict[str, list[Usage]], dict[str, str]]:
    """What each peer used in each round, and why any failed."""
    usages: dict[str, list[Usage]] = {peer.name: [] for peer in peers}
    failed: dict[str, str] = {}
    for turn in range(rounds):
        start = turn % max(len(peers), 1)
        for peer in (*peers[start:], *peers[:start]):
            if peer.name in failed:
                continue
            command, feed = target(peer, case, files, pythons[peer.name])
            try:
                usages[peer.name].append(run(command, feed))
            except ProcessError as error:
                failed[peer.name] = str(error)
    return {name: used for name, used in usages.items() if name not in failed}, failed


def median(usages: Sequence[Usage]) -> tuple[float, float, float]:
    """Medians of wall-clock seconds, processor seconds and peak MiB."""
    walls, cpus, peaks, _ = zip(*usages, strict=True)
    return statistics.median(walls), statistics.median(cpus), statistics.median(peaks)


def rows_of_case(case: Case, usages: dict[str, list[Usage]]) -> list[str]:
    """The lines of the table, fastest first."""
    medians = {name: median(used) for name, used in usages.items()}
    ours = medians.get("divcli")
    lines = []
    for name, (wall, cpu, peak) in sorted(medians.items(), key=lambda item: item[1]):
        ratios = f"{wall / ours[0]:.2f} | {cpu / ours[1]:.2f}" if ours else "- | -"
        lines.append(f"| {case.name} | {name} | {wall:.2f} | {cpu:.2f} | {peak:.0f} | {ratios} |")
    return lines


def disagreements(case: Case, usages: dict[str, list[Usage]]) -> list[str]:
    """Programs that name another total variation of a column than the first that names one."""
    first: dict[str, tuple[str, float]] = {}
    lines = []
    for peer in PEERS:
        for used in usages.get(peer.name, [])[:1]:
            for column, value in found(peer, case, used.output).items():
                name, other = first.setdefault(column, (peer.name, value))
                if not abs(value - other) <= _AGREE:
                    lines.append(f"{case.name}, {column}: {peer.name} {value}, {name} {other}")
    return lines


def compare(
    case: Case,
    peers: Sequence[Peer],
    files: tuple[Path, Path],
    pythons: dict[str, str],
    rounds: int,
) -> list[str]:
    """Measure a case and print its lines; returns the answers that differ."""
    reading = [peer for peer in peers if case.form not in peer.left_out]
    usages, failed = measured(case, reading, files, pythons, rounds)
    print("\n".join(rows_of_case(case, usages)), flush=True)
    for peer in peers:
        why = peer.left_out.get(case.form) or failed.get(peer.name)
        if why:
            print(f"{case.name}, {peer.name} left out: {' '.join(why.split())}", file=sys.stderr)
    differing = disagreements(case, usages)
    for line in differing:
        print(f"answers differ: {line}", file=sys.stderr)
    return differing


def main() -> int:
    """Make the data, measure, print a table; 1 where answers differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"default: {FOLDER}")
    parser.add_argument("--gigabytes", type=float, default=1.5, help="of the pair as CSV")
    parser.add_argument("--rows", type=int, help="of each side, instead")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cases", default="text-csv,float-csv,all-csv", help="or all")
    parser.add_argument("--peers", default=",".join(peer.name for peer in PEERS))
    parser.add_argument("--python", action="append", default=[], metavar="[PEER=]PYTHON")
    options = parser.parse_args()
    pythons = interpreters(options.python)
    peers = chosen_peers(options.peers, pythons)
    rows = options.rows or rows_of(options.gigabytes)
    cases = chosen_cases(options.cases)
    pairs = [made(case, options.folder, rows) for case in cases]
    print(f"{rows:,} rows a side\n\n{_HEAD}\n{'| --- ' * _HEAD.count(' | ')}| --- |", flush=True)
    differing = []
    for case, files in zip(cases, pairs, strict=True):
        differing += compare(case, peers, files, pythons, options.rounds)
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
