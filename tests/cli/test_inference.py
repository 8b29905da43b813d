"""What divcli says about its own numbers, through the command line."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.conftest import Run

DATA = Path(__file__).parents[1] / "data"
ORDERS = ("sample_data/orders_reference.csv", "sample_data/orders_current.csv")
ESTIMATES: list[dict[str, Any]] = json.loads((DATA / "estimators.json").read_text())


def document(run: Run, *arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.status == 0, result.stderr
    assert "NaN" not in result.stdout
    parsed: dict[str, Any] = json.loads(result.stdout)
    return parsed


def counts(values: list[int]) -> str:
    return ",".join(map(str, values))


def test_every_measure_of_counts_has_estimate_interval_and_noise(run: Run) -> None:
    told = document(run, "compare", *ORDERS, "-c", "channel")["inference"]
    measures = document(run, "compare", *ORDERS, "-c", "channel")["measures"]
    for name, value in measures.items():
        one = told[name]
        assert one["low"] <= one["estimate"] <= one["high"]
        if "entropy" not in name:
            assert 0 < one["noise_mean"] < one["noise_floor"] < value
    assert told["p_value"] == pytest.approx(0.001)
    assert 0 < told["minimum_detectable_effect"] < told["js"]["estimate"]


@pytest.mark.parametrize("unit", ["bits", "nats", "bans"])
def test_inference_is_in_the_unit_of_its_measure(run: Run, unit: str) -> None:
    size = {"bits": math.log(2), "nats": 1.0, "bans": math.log(10)}[unit]
    nats = document(run, "compare", "30,50,20", "10,25,15", "-u", "nats")["inference"]
    told = document(run, "compare", "30,50,20", "10,25,15", "-u", unit)["inference"]
    scale = {"js_distance": math.sqrt(size), "psi": 1, "bhattacharyya": 1, "tv": 1,
             "hellinger": 1, "chi2": 1}  # fmt: skip
    for name, one in nats.items():
        if isinstance(one, dict):
            for field in ("estimate", "low", "high", "noise_floor", "noise_mean"):
                if one[field] is not None:
                    expected = float(one[field]) / scale.get(name, size)
                    assert float(told[name][field]) == pytest.approx(expected, rel=1e-12)
    assert told["minimum_detectable_effect"] == pytest.approx(
        nats["minimum_detectable_effect"] / size
    )


def test_the_same_seed_gives_the_same_output_and_another_another(run: Run) -> None:
    command = ("compare", "30,50,20", "30,25,45", "--json")
    assert run(*command).stdout == run(*command, "--seed", "0").stdout
    first, second = (
        json.loads(run(*command, "--seed", seed).stdout)["inference"]["js"] for seed in "12"
    )
    assert first["estimate"] == second["estimate"]
    assert first["low"] != second["low"]


def test_without_inference_only_exact_values(run: Run) -> None:
    assert "inference" not in document(run, "compare", "3,5", "5,3", "--no-inference")
    assert "inference" not in document(run, "compare", "0.5,0.5", "0.4,0.6")
    assert "noise" not in run("compare", "3,5", "5,3", "--no-inference").stdout


PAIRS = [case for case in ESTIMATES if case["kind"] == "kl_js_estimators"]
OPTION = {
    "kl_zhang_grabchak_pq": ("kl_pq", "kl=zhang-grabchak"),
    "kl_zhang_grabchak_qp": ("kl_qp", "kl=zhang-grabchak"),
    "kl_plugin": ("kl_pq", "kl=plugin"),
    "js_plugin": ("js", "js=plugin"),
}


@pytest.mark.parametrize("truth", OPTION)
@pytest.mark.parametrize("case", PAIRS, ids=lambda case: case["name"])
def test_estimators_of_divergences(run: Run, case: dict[str, Any], truth: str) -> None:
    name, estimator = OPTION[truth]
    told = document(run, "compare", counts(case["a"]), counts(case["b"]), "-u", "nats", "-m", name,
                    "--estimator", estimator, "--resamples", "0")["inference"]  # fmt: skip
    expected = float(case["expected"][truth])
    assert float(told[name]["estimate"]) == pytest.approx(expected, rel=1e-10)
    assert told[name]["estimator"] == estimator.partition("=")[2]


SINGLE = [case for case in ESTIMATES if case["kind"] == "entropy_estimators"]
ENTROPY = {
    "ml": "plugin", "miller_madow": "miller-madow", "chao_wang_jost": "chao-wang-jost",
    "chao_shen": "chao-shen", "grassberger": "grassberger", "james_stein": "james-stein",
    "jackknife": "jackknife", "nsb": "nsb", "dirichlet_jeffreys": "dirichlet-jeffreys",
    "dirichlet_laplace": "dirichlet-laplace", "dirichlet_perks_SG": "dirichlet-perks",
    "dirichlet_minimax": "dirichlet-minimax",
}  # fmt: skip


@pytest.mark.parametrize("case", SINGLE, ids=lambda case: case["name"])
def test_estimators_of_entropy(run: Run, case: dict[str, Any]) -> None:
    checked = 0
    for truth, estimator in ENTROPY.items():
        if truth in case["expected"]:
            told = document(run, "entropy", counts(case["y"]), "-u", "nats", "--estimator",
                            f"entropy={estimator}", "--resamples", "19")  # fmt: skip
            one = told["distributions"][0]["inference"]["entropy"]
            assert one["estimate"] == pytest.approx(float(case["expected"][truth]), rel=1e-10)
            checked += 1
    assert checked >= 8


def test_the_documented_nsb_of_r(run: Run) -> None:
    told = document(run, "entropy", "4,2,3,0,2,4,0,0,2,1,1", "-u", "nats", "--estimator", "nsb")
    assert told["distributions"][0]["inference"]["entropy"]["estimate"] == pytest.approx(
        2.187774, abs=5e-7
    )


def test_a_sample_against_a_model_is_a_one_sample_test(run: Run) -> None:
    observed = [2, 3, 5, 14, 16, 15, 12, 8, 10, 8, 7]
    even = ",".join(["1"] * 10 + ["1.0"])
    told = document(run, "compare", counts(observed), even, "--q-as", "weights", "--resamples",
                    "19999", "-u", "nats")["inference"]  # fmt: skip
    g = 2 * sum(o * math.log(o * 11 / 100) for o in observed)
    assert told["p_value"] == pytest.approx(stats.chi2.sf(g, 10), abs=0.002)
    assert "multinomial" in told["method"]
    assert told["kl_pq"]["low"] < told["kl_pq"]["estimate"] < told["kl_pq"]["high"]
    assert "entropy_q" not in told
    # 2n·KL of a sample from the model itself is close to χ² with 10 degrees of freedom.
    assert told["kl_pq"]["noise_floor"] == pytest.approx(stats.chi2.ppf(0.95, 10) / 200, rel=0.1)


def test_two_sample_p_value_is_near_pearsons(run: Run) -> None:
    a, b = [48, 52, 100], [30, 20, 50]
    told = document(run, "compare", counts(a), counts(b), "--resamples", "9999")["inference"]
    assert told["p_value"] == pytest.approx(stats.chi2_contingency([a, b]).pvalue, abs=0.02)


def test_chance_alone_is_told_from_more_in_words(run: Run) -> None:
    alike = run("compare", *ORDERS, "-c", "items").stdout
    assert "cannot be told from chance at these sizes" in " ".join(alike.split())
    moved = run("compare", *ORDERS, "-c", "channel").stdout
    assert "The difference is more than chance explains (p = 0.001" in moved


def test_an_infinite_kl_has_a_finite_estimate_and_says_so(run: Run) -> None:
    result = run("compare", "30,50,20", "10,40,0")
    assert "Q lacks 1 symbol that P has ('C'): KL(P‖Q) is infinite, estimate 0.637" in result.stderr


def test_a_subset_is_nearer_to_its_population_than_another_sample(run: Run) -> None:
    whole, part = "600,400", "310,190"
    plain = document(run, "compare", part, whole, "-m", "js")["inference"]["js"]
    inside = document(run, "compare", part, whole, "-m", "js", "--subset")["inference"]["js"]
    # Variance of the difference from the whole: 1/n - 1/N against 1/n + 1/N.
    ratio = (1 / 500 - 1 / 1000) / (1 / 500 + 1 / 1000)
    assert inside["noise_mean"] / plain["noise_mean"] == pytest.approx(ratio, rel=0.15)
    refused = run("compare", "700,1", whole, "--subset")
    assert refused.status == 3
    assert "more of a symbol than the population" in refused.stderr


def write_points(path: Path, shift: float, n: int, seed: int) -> str:
    points = np.random.default_rng(seed).normal(shift, 1, (n, 2))
    path.write_text("x,y\n" + "".join(f"{a!r},{b!r}\n" for a, b in points.tolist()))
    return str(path)


@pytest.fixture
def clouds(tmp_path: Path) -> tuple[str, str]:
    """Two normal samples in the plane, half a standard deviation apart in each coordinate."""
    return (
        write_points(tmp_path / "p.csv", 0.0, 2000, 1),
        write_points(tmp_path / "q.csv", 0.5, 2000, 2),
    )


def test_nearest_neighbours_of_one_column_and_of_two(run: Run, clouds: tuple[str, str]) -> None:
    one = document(run, "compare", *clouds, "-c", "x", "--estimator", "knn", "-u", "nats")
    assert one["inference"]["kl_pq"]["estimate"] == pytest.approx(0.125, abs=0.1)
    both = document(run, "compare", *clouds, "-c", "x", "-c", "y", "-u", "nats")
    assert both["inference"]["kl_pq"]["estimate"] == pytest.approx(0.25, abs=0.1)
    assert both["measures"] == {"kl_pq": None, "kl_qp": None}
    assert set(both["not_measured"]) == {"kl_pq", "kl_qp"}


def test_nearest_neighbours_refuse_ties_and_symbols(run: Run) -> None:
    tied = run("compare", *ORDERS, "-c", "amount", "--estimator", "knn")
    assert (tied.status, "repeat an earlier one" in tied.stderr) == (3, True)
    text = run("compare", *ORDERS, "-c", "channel", "--estimator", "knn")
    assert (text.status, "need numbers" in text.stderr) == (2, True)


def test_differential_entropy_of_a_normal_sample(run: Run, clouds: tuple[str, str]) -> None:
    result = run("entropy", clouds[0], "-c", "x", "-m", "differential_entropy", "--value", "-u",
                 "nats")  # fmt: skip
    assert float(result.stdout) == pytest.approx(0.5 * math.log(2 * math.pi * math.e), abs=0.1)


def test_sensitivity_tries_other_grids(run: Run) -> None:
    told = document(run, "compare", *ORDERS, "-c", "amount", "--sensitivity", "-m", "js")
    grids = told["sensitivity"]["grids"]
    assert len({grid["cells"] for grid in grids}) >= 5
    assert told["sensitivity"]["holds"] is True
    assert all(grid["more_than_chance"] for grid in grids)
    assert run("compare", *ORDERS, "-c", "channel", "--sensitivity").status == 2


def test_line_tests_agree_with_scipy(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=150), rng.normal(0.25, size=180)
    paths = []
    for name, values in (("x", x), ("y", y)):
        path = tmp_path / f"{name}.csv"
        path.write_text("v\n" + "\n".join(map(repr, values.tolist())))
        paths.append(str(path))
    told = document(run, "compare", *paths, "--resamples", "4999")
    ks, cvm = stats.ks_2samp(x, y), stats.cramervonmises_2samp(x, y)
    assert told["measures"]["ks"] == pytest.approx(ks.statistic)
    assert told["inference"]["ks"]["p_value"] == pytest.approx(ks.pvalue, abs=0.02)
    assert told["inference"]["cvm"]["p_value"] == pytest.approx(cvm.pvalue, abs=0.02)
    energy = stats.energy_distance(x, y)
    assert told["measures"]["energy"] == pytest.approx(energy, rel=1e-10)


def test_equal_row_weights_change_nothing_but_the_note(run: Run, tmp_path: Path) -> None:
    rows = ["a", "b", "a", "c", "a", "b"] * 30
    plain, weighted = tmp_path / "plain.csv", tmp_path / "weighted.csv"
    plain.write_text("s,w\n" + "".join(f"{s},1\n" for s in rows))
    weighted.write_text("s,w\n" + "".join(f"{s},2.5\n" for s in rows))
    other = ("a=50,b=70,c=60",)
    expected = document(run, "compare", str(plain), *other, "-c", "s")
    told = document(run, "compare", str(weighted), *other, "-c", "s", "--p-sample-weight", "w")
    assert told["p"]["n"] == expected["p"]["n"] == 180
    assert told["measures"] == expected["measures"]
    assert told["inference"] == expected["inference"]


def test_unequal_row_weights_are_worth_fewer_rows(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text("s,w\n" + "a,1\nb,3\n" * 50)
    told = document(run, "compare", str(path), "a=50,b=50", "-c", "s", "--p-sample-weight", "w")
    # Kish: (50·1 + 50·3)² / (50·1 + 50·9)
    assert told["p"]["n"] == 80
    shares = {record["symbol"]: record["p"] for record in told["contributions"]}
    assert shares == {"a": pytest.approx(0.25), "b": pytest.approx(0.75)}
    assert any("100 weighted rows, worth 80" in note for note in told["notes"])


LIMITS = [
    ("js.low=0.06", 1), ("js.low=0.07", 0), ("js.estimate=0.12", 1), ("js.estimate=0.13", 0),
    ("js.high=0.19", 1), ("js.high=0.2", 0), ("kl_pq.high=1e9", 1), ("kl_pq=1e9", 1),
]  # fmt: skip


@pytest.mark.parametrize(("limit", "status"), LIMITS)
@pytest.mark.parametrize("form", [("--json",), ("-m", "js", "--value"), ()])
def test_limits_on_parts_of_an_estimate(
    run: Run, limit: str, status: int, form: tuple[str, ...]
) -> None:
    # JS .126 in [.067, .192]; Q lacks a symbol, so KL and its upper limit are infinite.
    result = run("compare", "30,50,20", "10,40,0", "--fail-over", limit, *form)
    assert result.status == status


@pytest.mark.parametrize(
    ("command", "status", "words"),
    [
        (("compare", "1,2", "2,1", "--fail-over", "js.lower=1"), 2, "estimate, low, high"),
        (("compare", "0.5,0.5", "0.4,0.6", "--fail-over", "js.low=1"), 3, "nothing was inferred"),
        (("compare", "3", "4", "--as", "counts", "--fail-over", "js.low=1"), 3, "single symbol"),
    ],
)
def test_a_limit_on_what_cannot_be_inferred_is_an_error_and_no_pass(
    run: Run, command: tuple[str, ...], status: int, words: str
) -> None:
    result = run(*command)
    assert (result.status, words in result.stderr) == (status, True)


HARD = {
    "one observation each": ("1,0", "0,1"),
    "one observation against many": ("1,0", "500,500"),
    "one symbol": ("a=7", "a=3"),
    "disjoint": ("5,5,0,0", "0,0,5,5"),
    "more symbols than observations": (counts([1] * 40), counts([0, 1] * 20)),
    "identical": ("10,10", "10,10"),
    "huge": ("1000000000000,1000000000001", "1000000000001,1000000000000"),
    "beyond 64 bits": (f"{10**30},{10**30}", f"{10**30},{10**30 + 1}"),
    "one cell dominates": ("1000000,1", "999999,2"),
    "zero everywhere but one": ("0,0,5", "0,0,9"),
}


@pytest.mark.parametrize(("p", "q"), HARD.values(), ids=HARD)
@pytest.mark.parametrize("resamples", ["0", "199"])
def test_hard_samples_get_an_answer_or_a_reason(run: Run, p: str, q: str, resamples: str) -> None:
    told = document(run, "compare", p, q, "--as", "counts", "--resamples", resamples)["inference"]
    for one in told.values():
        if isinstance(one, dict):
            for field in ("estimate", "low", "high"):
                assert one[field] is not None or one["reason"]
            if one["low"] is not None:
                assert float(one["low"]) <= float(one["high"])
    assert told["p_value"] is not None or told["reason"]
    assert told["verdict"]


@pytest.mark.parametrize("values", ["5", "5,5,5,5", "1,2", "1e300,-1e300,0"])
def test_hard_numbers_get_an_answer_or_a_reason(run: Run, values: str) -> None:
    document(run, "compare", *ORDERS, "-c", "items", "--bins", "1")
    rows = "\n".join(values.split(","))
    result = run("compare", "-", "sample_data/worms.csv", "--no-header", "--q-header", "--json",
                 stdin=rows)  # fmt: skip
    assert result.status == 0, result.stderr
    assert "NaN" not in result.stdout


@pytest.mark.parametrize("seed", range(12))
def test_estimates_lie_within_their_intervals(run: Run, seed: int) -> None:
    rng = np.random.default_rng(seed)
    k, n, m = (int(rng.integers(*span)) for span in ((2, 40), (5, 600), (5, 600)))
    evenness = (0.3, 1.0, 50.0)[seed % 3]
    p, q = rng.dirichlet(np.full(k, evenness)), rng.dirichlet(np.full(k, evenness))
    x, y = (rng.multinomial(n, p), rng.multinomial(m, q)) if seed % 2 else (
        rng.multinomial(n, p), rng.multinomial(m, p)
    )  # fmt: skip
    told = document(run, "compare", counts(x.tolist()), counts(y.tolist()), "--as", "counts",
                    "--resamples", "199")["inference"]  # fmt: skip
    for name, one in told.items():
        if isinstance(one, dict) and one["low"] is not None:
            # A corrected estimate may fall below 0, where the interval ends.
            held = max(float(one["estimate"]), 0.0)
            assert float(one["low"]) <= held * (1 + 1e-12), name
            assert held <= float(one["high"]) * (1 + 1e-12), name


def test_an_estimate_above_log_k_lies_within_its_interval(run: Run) -> None:
    nearly_even = [43] + [23] * 18 + [24] * 4
    told = document(run, "entropy", counts(nearly_even))["distributions"][0]["inference"]
    one = told["entropy"]
    assert one["low"] <= one["estimate"] <= one["high"]
    assert one["estimate"] > math.log2(23)


def test_the_heading_tells_the_confidence_to_the_digit(run: Run) -> None:
    assert "estimate [99.5%]" in run("compare", "30,50", "50,30", "--confidence", "0.995").stdout
    assert "estimate [95%]" in run("entropy", "30,50").stdout


def test_weighted_rows_keep_their_share_in_tests_on_the_line(run: Run, tmp_path: Path) -> None:
    values = np.random.default_rng(3).normal(size=300)
    paths = []
    for name, weight in (("even", 1.0), ("halves", 0.5)):
        path = tmp_path / f"{name}.csv"
        path.write_text("x,w\n" + "".join(f"{v!r},{weight}\n" for v in values.tolist()))
        paths.append(str(path))
    other = tmp_path / "other.csv"
    other.write_text("x,w\n" + "".join(f"{v + 0.4!r},1\n" for v in values.tolist()))
    options = ("-c", "x", "-m", "ks", "--sample-weight", "w")
    even, halves = (document(run, "compare", one, str(other), *options) for one in paths)
    assert halves["inference"]["ks"]["p_value"] == even["inference"]["ks"]["p_value"] < 0.01
    refused = run("compare", *paths, *options, "--estimator", "knn")
    assert (refused.status, "no --sample-weight" in refused.stderr) == (2, True)
    together = run("compare", *paths, "-c", "x", "-c", "w", "--sample-weight", "w")
    assert (together.status, "no --sample-weight" in together.stderr) == (2, True)


def test_declared_missing_values_are_no_coordinates(
    run: Run, clouds: tuple[str, str], tmp_path: Path
) -> None:
    spoiled = tmp_path / "spoiled.csv"
    spoiled.write_text(Path(clouds[0]).read_text() + "-999,1.5\n")
    columns = ("-c", "x", "-c", "y")
    clean = document(run, "compare", *clouds, *columns)
    told = document(run, "compare", str(spoiled), clouds[1], *columns, "--na", "-999")
    assert told["inference"]["kl_pq"] == clean["inference"]["kl_pq"]
    assert any("1 of 2,001 rows" in note for note in told["notes"])


@pytest.mark.parametrize(
    "option", [("--subset",), ("--sensitivity",), ("--smoothing", "kt"), ("--by", "x")]
)
def test_points_refuse_what_needs_cells(
    run: Run, clouds: tuple[str, str], option: tuple[str, ...]
) -> None:
    result = run("compare", *clouds, "-c", "x", "-c", "y", *option)
    assert (result.status, "does not go with several columns" in result.stderr) == (2, True)


def test_a_value_that_is_not_measured_is_an_error(run: Run, clouds: tuple[str, str]) -> None:
    result = run("compare", *clouds, "-c", "x", "-c", "y", "-m", "kl_pq", "--value")
    assert (result.status, result.stdout) == (3, "")
    assert "kl_pq cannot be measured: several columns" in result.stderr


@pytest.mark.parametrize("option", [("--subset",), ("--estimator", "knn")])
@pytest.mark.parametrize("q", ["0.5,0.5", "3,4"])
def test_what_needs_two_samples_is_refused_without_them(
    run: Run, option: tuple[str, ...], q: str
) -> None:
    result = run("compare", "0.4,0.6", q, *option)
    assert (result.status, "needs samples or counts on both sides" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--estimator", "kl=plugn"), "did you mean 'kl=plugin'?"),
        (("--estimator", "js=nsb"), "no estimator 'js=nsb'"),
        (("--confidence", "1"), "--confidence"),
        (("--resamples", "-1"), "--resamples"),
    ],
)
def test_wrong_options_are_told(run: Run, options: tuple[str, ...], words: str) -> None:
    result = run("compare", "3,5", "5,3", *options)
    assert (result.status, words in result.stderr) == (2, True)
