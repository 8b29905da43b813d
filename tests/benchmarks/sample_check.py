"""How often `sample-check` calls a random sample unrepresentative: its size at 5 %.

Run: python tests/benchmarks/sample_check.py [--seeds 2000] [--processes 2]. Of each seed a
population of 2,000 rows, and a random part of it without replacement; one column at a time, so
that nothing is adjusted. Beside it what two independent samples' test would say, which does not
know that the sample is part of the population. Target: 4 to 6 %.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np

from divcli.analysis.sample_check import SampleOptions, sample_check
from divcli.analysis.significance import InferenceOptions
from divcli.counting.align import CountingOptions
from divcli.inference.homogeneity import permutation_test
from divcli.sources.columns import Column

POPULATION = 2000
SHARES = (0.1, 0.5, 0.9)
KINDS = ("20 categories", "normal", "days")
RESAMPLES = 499
_DAYS = np.datetime64("2025-01-01")


def population_values(kind: str, rng: np.random.Generator) -> list[object]:
    """A population's column: text by Zipf's law, numbers, or times spread evenly over 60 days."""
    if kind == "20 categories":
        weights = 1 / np.arange(1, 21)
        return [f"c{i}" for i in rng.choice(20, POPULATION, p=weights / weights.sum()).tolist()]
    if kind == "normal":
        return list(map(repr, rng.normal(size=POPULATION).tolist()))
    days = _DAYS + rng.integers(60, size=POPULATION)
    return [str(day) for day in days]


def column(values: list[object]) -> Column:
    """Raw samples as a file has them."""
    return Column("values", "x", values, False)


def rejected(kind: str, share: float, seed: int) -> tuple[bool, bool]:
    """Whether a random part is called unrepresentative, and whether two samples' test is at 5 %."""
    rng = np.random.default_rng([seed, int(100 * share), KINDS.index(kind)])
    values = population_values(kind, rng)
    chosen = rng.choice(POPULATION, int(share * POPULATION), replace=False).tolist()
    sides = {"x": column([values[i] for i in chosen])}, {"x": column(values)}
    options = SampleOptions(inference=InferenceOptions(resamples=RESAMPLES, seed=seed))
    report = sample_check(*sides, CountingOptions(), options)
    return report.columns[0].verdict == "not representative", _uncorrected(*sides, rng)


def _uncorrected(
    sample: dict[str, Column], population: dict[str, Column], rng: np.random.Generator
) -> bool:
    from divcli.analysis.significance import counts_of
    from divcli.counting.align import distributions

    x, y = distributions([sample["x"], population["x"]], CountingOptions())
    counts = (np.asarray(counts_of(one)) for one in (x, y))
    return permutation_test(*counts, resamples=99, rng=rng).p_value <= 0.05


def main() -> None:
    """Print a row a kind and share."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    print("| column | part of the population | rejected at 5 % | without the correction |")
    print("|---|---:|---:|---:|")
    with ProcessPoolExecutor(options.processes) as pool:
        for kind in KINDS:
            for share in SHARES:
                trial = partial(rejected, kind, share)
                found = list(pool.map(trial, range(options.seeds), chunksize=20))
                ours, plain = np.array(found).mean(axis=0)
                print(f"| {kind} | {share:.0%} | {ours:.1%} | {plain:.1%} |", flush=True)


if __name__ == "__main__":
    main()
