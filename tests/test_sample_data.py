"""The files of sample_data/ are what their scripts write and what their README says."""

import csv
import json
import subprocess
import sys
from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from scipy.stats import binom, chi2_contingency, entropy, ks_2samp

TESTS = Path(__file__).parent
SAMPLE_DATA = TESTS.parent / "sample_data"
TEXT_FILES = sorted(p for p in SAMPLE_DATA.iterdir() if p.suffix in {".csv", ".json", ".md"})
SCRIPTS = ("make_samples.py", "make_orders.py")
Columns = dict[str, list[str]]


def table(name: str) -> Columns:
    """Columns of a CSV file as text, just as the file has them."""
    with (SAMPLE_DATA / name).open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    return dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))


@pytest.fixture(scope="module")
def reference() -> Columns:
    return table("orders_reference.csv")


@pytest.fixture(scope="module")
def current() -> Columns:
    return table("orders_current.csv")


def run_script(script: str, *arguments: str) -> int:
    command = [sys.executable, str(TESTS / "scripts" / script), *arguments]
    return subprocess.run(command, check=False, capture_output=True).returncode


def independence_p(p: list[str], q: list[str]) -> float:
    """p-value of the chi-squared test that both samples have one distribution."""
    left, right = Counter(p), Counter(q)
    levels = sorted(left | right)
    counts = [[side[level] for level in levels] for side in (left, right)]
    return float(chi2_contingency(counts).pvalue)


def present(values: list[str]) -> list[float]:
    return [float(value) for value in values if value]


def missing(values: list[str]) -> list[str]:
    return [str(value == "") for value in values]


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_writes_the_committed_bytes(script: str) -> None:
    assert run_script(script, "--check") == 0


@pytest.mark.parametrize("script", SCRIPTS)
def test_check_finds_a_missing_file_and_a_changed_byte(script: str, tmp_path: Path) -> None:
    directory = ("--directory", str(tmp_path))
    assert run_script(script, "--check", *directory) == 1
    assert run_script(script, *directory) == 0
    assert run_script(script, "--check", *directory) == 0
    changed = min(tmp_path.iterdir())
    changed.write_bytes(changed.read_bytes().replace(b"\n", b"\r\n", 1))
    assert run_script(script, "--check", *directory) == 1


@pytest.mark.parametrize("path", TEXT_FILES, ids=lambda path: path.name)
def test_file_is_small_utf8_with_newline_ends(path: Path) -> None:
    data = path.read_bytes()
    assert len(data) < 900_000
    assert data.decode("utf-8").endswith("\n")
    assert b"\r" not in data


def test_three_letters() -> None:
    assert table("three_letters.csv") == {
        "letter": ["A", "B", "C"],
        "p": ["0.5", "0.4", "0.1"],
        "q": ["0.5", "0.1", "0.4"],
    }


def test_numpy_example() -> None:
    assert json.loads((SAMPLE_DATA / "numpy_example.json").read_text(encoding="utf-8")) == {
        "p": {"A": 0.2, "B": 0.5, "C": 0.3},
        "q": {"A": 0.3, "B": 0.4, "C": 0.3},
    }


def test_coin() -> None:
    assert table("coin.csv") == {
        "side": ["heads", "tails"],
        "fair": ["0.5", "0.5"],
        "model_1": ["0.25", "0.75"],
        "model_2": ["0.125", "0.875"],
    }


def test_worms_are_the_hundred_that_their_models_count() -> None:
    teeth = [int(value) for value in table("worms.csv")["teeth"]]
    counts = [2, 3, 5, 14, 16, 15, 12, 8, 10, 8, 7]
    assert Counter(teeth) == dict(enumerate(counts))
    assert len(teeth) == 100
    assert teeth != sorted(teeth)
    assert table("worms_models.csv")["observed"] == [str(n) for n in counts]


def test_worm_models_and_their_divergences_in_nats() -> None:
    models = table("worms_models.csv")
    observed, uniform, binomial = (
        [float(x) for x in models[name]] for name in ("observed", "uniform", "binomial")
    )
    assert uniform == [1 / 11] * 11
    assert binomial == pytest.approx(binom.pmf(range(11), 10, 0.544), rel=1e-12)
    assert entropy(observed, uniform) == pytest.approx(0.137, abs=5e-4)
    assert entropy(observed, binomial) == pytest.approx(0.427, abs=5e-4)


def test_predictions_are_probabilities_that_are_too_sure() -> None:
    columns = table("predictions.csv")
    animals = columns.pop("animal")
    rows = [[float(x) for x in row] for row in zip(*columns.values(), strict=True)]
    assert all(abs(sum(row) - 1) < 1e-12 and min(row) >= 0 for row in rows)
    chosen = [list(columns)[row.index(max(row))].removeprefix("p_") for row in rows]
    right = sum(a == b for a, b in zip(animals, chosen, strict=True)) / len(rows)
    assert right < sum(map(max, rows)) / len(rows) - 0.05


def test_letters_have_the_published_sums() -> None:
    letters = table("letters.csv")
    assert "".join(letters["letter"]) == "abcdefghijklmnopqrstuvwxyzäöüß"
    assert sum(map(Decimal, letters["english"])) == Decimal("99.999")
    assert sum(map(Decimal, letters["german"])) == Decimal("100.002")


@pytest.mark.parametrize("column", ["items", "gift", "postal_code", "coupon"])
def test_undrifted_column_stays(column: str, reference: Columns, current: Columns) -> None:
    assert independence_p(reference[column], current[column]) > 0.001


@pytest.mark.parametrize("column", ["country", "channel"])
def test_drifted_column_moves(column: str, reference: Columns, current: Columns) -> None:
    assert independence_p(reference[column], current[column]) < 1e-6


def test_amount_moves_except_for_its_atom(reference: Columns, current: Columns) -> None:
    p, q = reference["amount"], current["amount"]
    assert ks_2samp(present(p), present(q)).pvalue < 1e-6
    at_sale = [[str(value == "9.99") for value in side] for side in (p, q)]
    assert all(0.11 < side.count("True") / len(side) < 0.13 for side in at_sale)
    assert independence_p(*at_sale) > 0.001


def test_discount_moves_in_what_is_missing_only(reference: Columns, current: Columns) -> None:
    p, q = reference["discount"], current["discount"]
    assert independence_p(missing(p), missing(q)) < 1e-6
    assert ks_2samp(present(p), present(q)).pvalue > 0.001


def test_country_gains_one_level(reference: Columns, current: Columns) -> None:
    assert len(set(reference["country"])) == 12
    assert set(current["country"]) - set(reference["country"]) == {"PT"}
    assert set(reference["country"]) < set(current["country"])


def test_channel_moves_from_web_to_app(reference: Columns, current: Columns) -> None:
    p, q = (Counter(side["channel"]) for side in (reference, current))
    assert q["web"] / q.total() < p["web"] / p.total() - 0.05
    assert q["app"] / q.total() > p["app"] / p.total() + 0.05


def test_months_follow_each_other_in_time(reference: Columns, current: Columns) -> None:
    times = [*reference["ordered_at"], *current["ordered_at"]]
    assert times == sorted(times)
    months = [datetime.fromisoformat(text).strftime("%Y-%m") for text in times]
    assert Counter(months) == {"2025-03": 12_000, "2025-04": 10_000}


def test_order_ids_are_unique_and_unsorted(reference: Columns, current: Columns) -> None:
    ids = [*reference["order_id"], *current["order_id"]]
    assert len(set(ids)) == len(ids) == 22_000
    assert reference["order_id"] != sorted(reference["order_id"])


@pytest.mark.parametrize("name", ["orders_reference.csv", "orders_current.csv"])
def test_text_that_looks_like_something_else_is_kept(name: str) -> None:
    orders = table(name)
    assert all(len(code) == 5 and code.isdigit() for code in orders["postal_code"])
    assert "00745" in orders["postal_code"]
    assert {"NA", "NO"} < set(orders["country"])
    assert {'5" frame, half price', "Buy 2, get 1 free"} < set(orders["coupon"])
    assert '"5"" frame, half price"' in (SAMPLE_DATA / name).read_text(encoding="utf-8")
