"""How far divcli's inference can be trusted: rates over many seeds, beside what others do.

Run: python tests/benchmarks/calibration.py [--seeds 2000]. Not a test: a small slice of it with
fixed seeds is tests/inference/test_calibration.py. For each pair of sizes and each kind of
column it prints the share of false alarms at 5 %, the mean corrected JS where nothing differs, in
bits, and the power against a move of 3 % of the mass; then the coverage of 95 % intervals for JS
and KL at n = m = 5,000. The bare rules are those of common drift tools: JS distance of at least
0.1 and PSI above 0.1, on the same cells.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from statistics import NormalDist

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from divcli.inference.arrays import FloatArray, IntArray
from divcli.inference.quantities import QUANTITIES
from divcli.inference.summary import infer
from divcli.inference.tables import Samples

SIZES = ((500, 500), (1_000, 200), (2_000, 100), (100_000, 300))
COLUMNS = ("normal", "lognormal", "20 categories")
# Coverage is measured where P and Q are this far apart: nothing, a little, and plainly.
SHIFTS = (0.0, 0.1, 0.5)
MOVED = 0.03
COVERAGE_SIZE = 5_000
_ZIPF = 1 / np.arange(1, 21)
CATEGORIES: FloatArray = _ZIPF / _ZIPF.sum()


@dataclass(frozen=True, slots=True)
class Row:
    """Rates of one pair of sizes and one kind of column."""

    alarms: float
    bias_bits: float
    power: float
    js_rule: float
    psi_rule: float


def pooled_cells(x: FloatArray, y: FloatArray) -> tuple[IntArray, IntArray]:
    """Counts on ⌈2 min(n, m)^0.4⌉ pooled equal-frequency cells, half-open by value."""
    cells = int(np.ceil(2 * min(len(x), len(y)) ** 0.4))
    edges = np.quantile(np.concatenate([x, y]), np.arange(1, cells) / cells)
    rows = (np.bincount(np.searchsorted(edges, v, "right"), minlength=cells) for v in (x, y))
    first, second = rows
    return first, second


def sample(
    column: str, n: int, m: int, moved: float, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Counts of two samples of a column; moved: mass that Q has elsewhere."""
    if column == "20 categories":
        shares = CATEGORIES * (1 - moved)
        shares[5] += moved
        return rng.multinomial(n, CATEGORIES), rng.multinomial(m, shares)
    x, y = rng.normal(size=n), rng.normal(size=m)
    # Mass moves from everywhere to a narrow peak in the upper tail.
    y = np.where(rng.random(m) < moved, rng.normal(1.5, 0.1, size=m), y)
    return pooled_cells(np.exp(x), np.exp(y)) if column == "lognormal" else pooled_cells(x, y)


def null_trial(column: str, n: int, m: int, seed: int) -> tuple[bool, float, bool, bool]:
    """Alarm, corrected JS in bits, and the two bare rules, where nothing differs."""
    x, y = sample(column, n, m, 0.0, np.random.default_rng([seed, 0, COLUMNS.index(column), n]))
    result = infer(x, y, ["js"], seed=seed)
    estimate = result.measures["js"].estimate
    assert result.p_value is not None and estimate is not None
    js, psi = bare(x, y)
    return result.p_value <= 0.05, estimate / np.log(2), js >= 0.1, psi > 0.1


def power_trial(column: str, n: int, m: int, seed: int) -> bool:
    """Whether a move of 3 % of the mass is found."""
    x, y = sample(column, n, m, MOVED, np.random.default_rng([seed, 1, COLUMNS.index(column), n]))
    p_value = infer(x, y, [], seed=seed).p_value
    return p_value is not None and p_value <= 0.05


def bare(x: IntArray, y: IntArray) -> tuple[float, float]:
    """JS distance (base 2) and PSI with empty cells at 1e-4, as common tools compute them."""
    p, q = np.maximum(x / x.sum(), 1e-4), np.maximum(y / y.sum(), 1e-4)
    js = float(QUANTITIES["js"].plugin(Samples(x[None]), Samples(y[None]))[0])
    return float(np.sqrt(js / np.log(2))), float((p - q) @ np.log(p / q))


def row(job: tuple[str, int, int, int]) -> Row:
    """Rates of one cell of the table over that many seeds."""
    column, n, m, seeds = job
    trials = np.array([null_trial(column, n, m, seed) for seed in range(seeds)], dtype=float)
    power = np.mean([power_trial(column, n, m, seed) for seed in range(seeds)])
    alarms, bias, js_rule, psi_rule = trials.mean(axis=0)
    return Row(alarms, bias, float(power), js_rule, psi_rule)


def true_shares(column: str, shift: float) -> tuple[FloatArray, FloatArray]:
    """Shares of P and Q: a normal moved by shift σ on fixed cells, or a fifth of that as mass."""
    if column == "20 categories":
        moved = CATEGORIES.copy()
        moved[[0, 10]] += np.array([-0.2, 0.2]) * shift
        return CATEGORIES, moved
    cells = int(np.ceil(2 * COVERAGE_SIZE**0.4))
    edges = [NormalDist().inv_cdf(i / cells) for i in range(1, cells)]
    p, q = (
        np.diff([0.0, *(NormalDist(centre, 1).cdf(edge) for edge in edges), 1.0])
        for centre in (-shift / 2, shift / 2)
    )
    return p, q


def coverage(job: tuple[str, float, int]) -> tuple[float, float, float]:
    """Share of seeds whose 95 % interval holds the true JS, and KL, at n = m = 5,000; true JS."""
    column, shift, seeds = job
    p, q = true_shares(column, shift)
    js = float(p @ np.log(2 * p / (p + q)) + q @ np.log(2 * q / (p + q))) / 2
    truths = {"js": js, "kl_pq": float(p @ np.log(p / q))}
    held = []
    for seed in range(seeds):
        rng = np.random.default_rng([seed, 2, COLUMNS.index(column)])
        x, y = rng.multinomial(COVERAGE_SIZE, p), rng.multinomial(COVERAGE_SIZE, q)
        found = infer(x, y, list(truths), seed=seed).measures
        held.append([_holds(found[name].low, found[name].high, truths[name]) for name in truths])
    of_js, of_kl = np.mean(held, axis=0)
    return float(of_js), float(of_kl), js


def _holds(low: float | None, high: float | None, truth: float) -> bool:
    """Whether an interval holds the truth, up to rounding."""
    return low is not None and high is not None and low <= truth + 1e-15 and truth <= high


def table(seeds: int, run: Callable[..., Iterator[object]]) -> None:
    """Print both tables."""
    jobs = [(column, n, m, seeds) for n, m in SIZES for column in COLUMNS]
    print(f"{seeds} seeds; P = Q, alarms at p <= .05, then a move of {MOVED:.0%} of the mass")
    print(
        f"{'sizes':>12} {'column':14} {'alarms %':>9} {'mean JS bits':>13} {'power %':>8} "
        f"{'bare JS >= .1':>14} {'bare PSI > .1':>14}"
    )
    for (column, n, m, _), found in zip(jobs, run(row, jobs), strict=True):
        assert isinstance(found, Row)
        print(
            f"{n:>7}/{m:<4} {column:14} {found.alarms:9.1%} {found.bias_bits:13.5f} "
            f"{found.power:8.1%} {found.js_rule:14.1%} {found.psi_rule:14.1%}",
            flush=True,
        )
    print(f"\nCoverage of 95 % intervals at n = m = {COVERAGE_SIZE}")
    print(f"{'column':14} {'shift':>6} {'true JS bits':>13} {'JS':>7} {'KL':>7}")
    spans = [(column, shift, seeds) for column in COLUMNS[::2] for shift in SHIFTS]
    for (column, shift, _), found in zip(spans, run(coverage, spans), strict=True):
        assert isinstance(found, tuple)
        js, kl, truth = found
        print(f"{column:14} {shift:6} {truth / np.log(2):13.5f} {js:7.1%} {kl:7.1%}", flush=True)


def main() -> None:
    """Run on two processes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seeds", type=int, default=2_000)
    seeds = parser.parse_args().seeds
    with ProcessPoolExecutor(2) as pool:
        table(seeds, pool.map)


if __name__ == "__main__":
    main()
