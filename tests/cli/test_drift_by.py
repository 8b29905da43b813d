"""`drift --by`: slices of the current, each against one reference."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from divcli.analysis.slices import NO_VALUE, By
from tests.conftest import Run

ORDERS = ("sample_data/orders_reference.csv", "sample_data/orders_current.csv")
MONDAY = date(2024, 1, 1)


def write(path: str, rows: Sequence[tuple[object, ...]]) -> None:
    Path(path).write_text(
        "\n".join(",".join(map(str, row)) for row in (("day", "shop", "what"), *rows)),
        encoding="utf-8",
    )


def sales(rng: np.random.Generator, week: int, rows: int, share: float) -> list[tuple[object, ...]]:
    """Rows of one week in which this share of sales is bread."""
    days = [MONDAY + timedelta(days=7 * week + int(day)) for day in rng.integers(0, 7, rows)]
    what = rng.choice(["bread", "milk"], rows, p=[share, 1 - share])
    shops = rng.choice(["north", "south"], rows)
    return list(zip(days, shops, what, strict=True))


@pytest.fixture
def weeks(folder: Path) -> Path:
    """A reference with a share of one half, and six weeks that move from the fourth on."""
    rng = np.random.default_rng(11)
    write("reference.csv", sales(rng, 0, 4000, 0.5))
    shares = [0.5, 0.5, 0.5, 0.7, 0.7, 0.7]
    write("current.csv", [row for i, share in enumerate(shares)
                          for row in sales(rng, i, 2000, share)])  # fmt: skip
    return folder


def test_the_first_week_that_moved_is_named(run: Run, weeks: Path) -> None:
    result = run("drift", "reference.csv", "current.csv", "--by", "week", "--json")
    document = json.loads(result.stdout)
    assert result.status == 1
    assert document["by"] == "day:week"
    assert [one["slice"] for one in document["slices"]] == [
        str(MONDAY + timedelta(days=7 * week)) for week in range(6)
    ]
    assert [one["drifted"] for one in document["slices"]] == [0, 0, 0, 1, 1, 1]
    assert document["first"] == "2024-01-22"
    assert [one["rows"] for one in document["slices"]] == [2000] * 6
    shown = run("drift", "reference.csv", "current.csv", "--by", "day:week", "-q").stdout
    assert "3 of 6 slices drifted, first 2024-01-22" in shown
    assert "day:week 2024-01-22, the first that moved:" in shown


def test_p_values_are_adjusted_for_all_slices(run: Run, weeks: Path) -> None:
    command = ("drift", "reference.csv", "current.csv", "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(run(*command, "--by", "week").stdout)))
    tested = [row for row in rows if row["p_value"]]
    assert len(tested) == 12  # shop and what in six weeks; the day is what they are sliced by
    least = min(tested, key=lambda row: float(row["p_value"]))
    assert float(least["p_adjusted"]) == pytest.approx(12 * float(least["p_value"]))


def test_what_a_slice_can_tell_depends_on_its_size(run: Run, folder: Path) -> None:
    rng = np.random.default_rng(12)
    write("reference.csv", sales(rng, 0, 4000, 0.5))
    write("current.csv", [*sales(rng, 0, 3000, 0.5), *sales(rng, 1, 8, 0.5)])
    document = json.loads(
        run("drift", "reference.csv", "current.csv", "--by", "week", "--json").stdout
    )
    verdicts = [one["verdict"] for one in document["slices"]]
    assert verdicts == ["stable", "insufficient"]
    least = [one["columns"][0]["minimum_detectable_effect"] for one in document["slices"]]
    assert least[1] is None or least[1] > 50 * least[0]


def test_segments_are_the_values_of_a_column(run: Run, weeks: Path) -> None:
    result = run("drift", "reference.csv", "current.csv", "--by", "shop", "--json")
    document = json.loads(result.stdout)
    assert [one["slice"] for one in document["slices"]] == ["north", "south"]
    for one in document["slices"]:
        assert {column["column"]: column["verdict"] for column in one["columns"]}["shop"] == (
            "ignored"
        )


@pytest.mark.parametrize(
    ("period", "value", "expected"),
    [
        ("hour", "2024-02-29T23:59:59", "2024-02-29T23"),
        ("day", "2024-02-29T23:59:59", "2024-02-29"),
        ("week", "2024-02-29", "2024-02-26"),
        ("week", "2024-02-26", "2024-02-26"),
        ("week", "2024-03-03", "2024-02-26"),
        ("month", "2024-02-29", "2024-02"),
        ("quarter", "2024-03-31", "2024-Q1"),
        ("quarter", "2024-04-01", "2024-Q2"),
        ("quarter", "2024-12-31", "2024-Q4"),
        ("year", "1969-12-31", "1969"),
        ("week", "", NO_VALUE),
        ("week", "soon", NO_VALUE),
        (None, "soon", "soon"),
        (None, None, NO_VALUE),
    ],
)
def test_a_value_is_of_one_slice(period: str | None, value: str | None, expected: str) -> None:
    assert By("x", period).key(value, ("",)) == expected


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((*ORDERS, "--by", "chanel"), 3, "did you mean 'channel'?"),
        ((*ORDERS, "--by", "order_id"), 3, "more than 1,000"),
        ((ORDERS[0], "A=1,B=2", "--by", "week"), 2, "has none"),
        (("sample_data/worms.csv", "sample_data/worms.csv", "--by", "week"), 2, "no column of"),
    ],
)
def test_what_cannot_be_sliced_is_refused(
    run: Run, arguments: tuple[str, ...], status: int, said: str
) -> None:
    result = run("drift", *arguments)
    assert result.status == status
    assert said in result.stderr


def test_two_columns_of_dates_need_a_name(run: Run) -> None:
    table = "a,b\n2024-01-01,2024-01-02\n"
    refused = run("drift", ORDERS[0], "-", "--by", "day", stdin=table)
    assert refused.status == 2
    assert "--by a:day" in refused.stderr


@pytest.mark.parametrize("form", ["junit", "github", "markdown"])
def test_ci_formats_name_the_slice(run: Run, weeks: Path, form: str) -> None:
    result = run("drift", "reference.csv", "current.csv", "--by", "week", "-f", form)
    assert result.status == 1
    assert "2024-01-22" in result.stdout
