"""How often a table without drift fails: simulated tables, judged by the function that drift calls.

python tests/benchmarks/drift_calibration.py --seeds 2000 --columns 10 --alpha 0.01

Columns are in turn normal, lognormal and of 20 categories with weights 1/rank. Values are made
into profiles as those of a table are, so that the reference's edges and their chance count too.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from divcli.analysis.drift import drift
from divcli.analysis.drift_options import DriftOptions
from divcli.counting.engine import Points
from divcli.counting.profiling import fine_grid
from divcli.model.drift import DriftReport
from divcli.model.profile import Cells, ColumnProfile, Profile, SymbolCounts

SIZES = ((500, 500), (1000, 200), (2000, 100), (100_000, 300))
_SHARES = 1 / np.arange(1, 21)
_SYMBOLS = tuple(f"s{i:02d}" for i in range(20))


class Outcome(NamedTuple):
    """Over many seeds: how many tables failed, and how often each verdict of a column came."""

    failed: int
    seeds: int
    verdicts: Counter[str]

    @property
    def rate(self) -> float:
        """The share of tables that failed."""
        return self.failed / self.seeds


def numeric(values: np.ndarray, name: str, like: ColumnProfile | None) -> ColumnProfile:
    """The profile of values, as counting makes it of a column."""
    positions, masses = np.unique(values, return_counts=True)
    if like is None:
        grid = fine_grid(Points(positions, masses, {}), len(values))
        edges, rule = grid.inner, grid.rule
    else:
        assert isinstance(like.content, Cells)
        edges, rule = like.content.edges, like.content.rule
    counts = np.zeros(len(edges) + 1, dtype=np.int64)
    np.add.at(counts, np.searchsorted(edges, positions, side="right"), masses)
    cells = Cells(edges, counts, float(positions[0]), float(positions[-1]), rule)
    return ColumnProfile(name, "numeric", len(values), {}, cells)


def categorical(counts: np.ndarray, name: str) -> ColumnProfile:
    """The profile of counts of the 20 symbols; one that was not seen is not known."""
    seen = np.flatnonzero(counts)
    content = SymbolCounts(tuple(_SYMBOLS[i] for i in seen), counts[seen], None)
    return ColumnProfile(name, "categorical", int(counts.sum()), {}, content)


def table(rng: np.random.Generator, n: int, columns: int, like: Profile | None) -> Profile:
    """A table of n rows of the same populations, column by column."""
    made = []
    for i in range(columns):
        if i % 3 == 2:
            made.append(categorical(rng.multinomial(n, _SHARES / _SHARES.sum()), f"c{i}"))
            continue
        values = rng.normal(size=n)
        values = np.exp(values) if i % 3 else values
        made.append(numeric(values, f"c{i}", None if like is None else like.columns[i]))
    return Profile("table", tuple(made))


def judge(seed: int, n: int, m: int, columns: int, options: DriftOptions) -> DriftReport:
    """The report on two tables of n and of m rows from one population."""
    rng = np.random.default_rng([seed, n, m])
    reference = table(rng, n, columns, None)
    return drift(reference, table(rng, m, columns, reference), options)


def simulate(seeds: Sequence[int], n: int, m: int, columns: int, options: DriftOptions) -> Outcome:
    """How often the table fails over the seeds."""
    verdicts: Counter[str] = Counter()
    failed = 0
    for seed in seeds:
        report = judge(seed, n, m, columns, options)
        verdicts.update(one.verdict for one in report.columns)
        failed += report.exit_status
    return Outcome(failed, len(seeds), verdicts)


def main() -> None:
    """Print the rate of each pair of sizes, with its standard error."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--columns", type=int, default=10)
    parser.add_argument("--alpha", type=float, default=0.01)
    parser.add_argument("--min-effect", type=float, default=0.01, help="of js; 0: one key alone")
    parser.add_argument("--correction", default="holm")
    parser.add_argument("--sizes", nargs="*", default=[f"{n}/{m}" for n, m in SIZES])
    given = parser.parse_args()
    options = DriftOptions(
        min_effect=("js", given.min_effect), alpha=given.alpha, correction=given.correction
    )
    for text in given.sizes:
        n, m = map(int, text.split("/"))
        found = simulate(range(given.seeds), n, m, given.columns, options)
        error = (found.rate * (1 - found.rate) / found.seeds) ** 0.5
        print(f"{text:>12}: {100 * found.rate:.2f} % ± {100 * error:.2f} of {found.seeds} tables "
              f"fail; columns {dict(found.verdicts)}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
