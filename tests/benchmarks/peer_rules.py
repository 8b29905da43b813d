"""How often the default rules of two drift tools raise an alarm where nothing differs.

Run: python -m tests.benchmarks.peer_rules [--seeds 2000]. The rules are made anew from the tools'
documentation, with scipy, on the samples of calibration.py's cells; the tools themselves are not
installed.

Evidently (docs-old.evidentlyai.com, "Data drift algorithm"): up to 1,000 reference rows a
two-sample Kolmogorov-Smirnov test, or for categories a chi-square test of the current counts
against the reference shares, p < 0.05; above, the Wasserstein distance over the reference's
standard deviation, or for categories the Jensen-Shannon distance, at least 0.1.
NannyML (its univariate drift calculator): the Jensen-Shannon distance, numbers on the reference's
Doane bins, above 0.1.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon

from divcli.inference.arrays import FloatArray, IntArray
from tests.benchmarks.calibration import CATEGORIES, COLUMNS, SIZES

_SMALL = 1_000
_ALARM = 0.1


def evidently_numbers(x: FloatArray, y: FloatArray) -> bool:
    """Whether a numeric column has drifted, x being the reference."""
    if len(x) <= _SMALL:
        return bool(stats.ks_2samp(x, y).pvalue < 0.05)
    return bool(stats.wasserstein_distance(x, y) / x.std() >= _ALARM)


def evidently_categories(x: IntArray, y: IntArray) -> bool:
    """Whether a categorical column has drifted, from the counts on one alphabet."""
    if x.sum() <= _SMALL:
        seen = (x > 0) & (y > 0)  # a category that the reference lacks has no expected count
        expected = x[seen] / x[seen].sum() * y[seen].sum()
        return bool(stats.chisquare(y[seen], expected).pvalue < 0.05)
    return bool(jensenshannon(x, y, base=2) >= _ALARM)


def nannyml_numbers(x: FloatArray, y: FloatArray) -> bool:
    """Whether a numeric column has drifted; values beyond the reference's bins are one more."""
    edges = np.histogram_bin_edges(x, bins="doane")
    outer = np.concatenate([edges, [np.inf]])
    p, q = (np.histogram(np.clip(v, edges[0], None), bins=outer)[0] for v in (x, y))
    return bool(jensenshannon(p, q, base=2) > _ALARM)


def nannyml_categories(x: IntArray, y: IntArray) -> bool:
    """Whether a categorical column has drifted, from the counts on one alphabet."""
    return bool(jensenshannon(x, y, base=2) > _ALARM)


def alarms(job: tuple[str, int, int, int]) -> tuple[float, float]:
    """Shares of seeds in which each tool raises an alarm."""
    column, n, m, seeds = job
    raised = []
    for seed in range(seeds):
        rng = np.random.default_rng([seed, 0, COLUMNS.index(column), n])
        if column == "20 categories":
            a, b = rng.multinomial(n, CATEGORIES), rng.multinomial(m, CATEGORIES)
            raised.append((evidently_categories(a, b), nannyml_categories(a, b)))
        else:
            x, y = rng.normal(size=n), rng.normal(size=m)
            if column == "lognormal":
                x, y = np.exp(x), np.exp(y)
            raised.append((evidently_numbers(x, y), nannyml_numbers(x, y)))
    evidently, nannyml = np.mean(raised, axis=0)
    return float(evidently), float(nannyml)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seeds", type=int, default=2_000)
    seeds = parser.parse_args().seeds
    jobs = [(column, n, m, seeds) for n, m in SIZES for column in COLUMNS]
    print(f"{seeds} seeds; P = Q\n{'sizes':>12} {'column':14} {'Evidently':>10} {'NannyML':>8}")
    with ProcessPoolExecutor(2) as pool:
        for (column, n, m, _), rates in zip(jobs, pool.map(alarms, jobs), strict=True):
            evidently, nannyml = rates
            print(f"{n:>7}/{m:<4} {column:14} {evidently:10.1%} {nannyml:8.1%}", flush=True)


if __name__ == "__main__":
    main()
