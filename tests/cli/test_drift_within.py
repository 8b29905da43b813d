"""`drift --within`: which segments carry the drift of a column."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import Run

ORDERS = ("sample_data/orders_reference.csv", "sample_data/orders_current.csv")
SHARES = {"north": 0.5, "south": 0.3, "west": 0.2}


def write(path: str, seed: int, bread: dict[str, float], shares: dict[str, float]) -> None:
    """A table in which the share of bread depends on the shop."""
    rng = np.random.default_rng(seed)
    shops = rng.choice(list(shares), 20_000, p=list(shares.values()))
    what = np.where(rng.random(20_000) < np.vectorize(bread.__getitem__)(shops), "bread", "milk")
    rows = "\n".join(f"{shop},{one}" for shop, one in zip(shops, what, strict=True))
    Path(path).write_text(f"shop,what\n{rows}\n", encoding="utf-8")


def within(run: Run) -> dict[str | None, dict[str, Any]]:
    result = run("drift", "reference.csv", "current.csv", "--within", "shop", "--json")
    assert result.status == 1, result.stderr
    (column,) = json.loads(result.stdout)["within"]
    assert (column["column"], column["by"]) == ("what", "shop")
    return {one["segment"]: one for one in column["segments"]}


def test_the_one_segment_that_moved_carries_it_all(run: Run, folder: Path) -> None:
    even = dict.fromkeys(SHARES, 0.5)
    write("reference.csv", 1, even, SHARES)
    write("current.csv", 2, even | {"south": 0.95}, SHARES)
    found = within(run)
    assert found["south"]["share"] > 0.98
    assert found["south"]["verdict"] == "drift"
    assert found["north"]["verdict"] == found["west"]["verdict"] == "stable"
    shown = run("drift", "reference.csv", "current.csv", "--within", "shop", "-q").stdout
    assert "Drift of what and shop together" in shown


def test_a_change_of_the_mix_alone_is_carried_by_the_mix(run: Run, folder: Path) -> None:
    bread = {"north": 0.9, "south": 0.1, "west": 0.5}
    write("reference.csv", 3, bread, SHARES)
    write("current.csv", 4, bread, {"north": 0.2, "south": 0.6, "west": 0.2})
    found = within(run)
    assert found[None]["share"] > 0.97
    assert {one.get("verdict") for one in found.values()} == {"stable", None}


def test_the_parts_add_up_to_the_divergence_of_both_together(run: Run, folder: Path) -> None:
    before = {"north": 0.5, "south": 0.4, "west": 0.9}
    after = {"north": 0.7, "south": 0.9, "west": 0.9}
    other = {"north": 0.4, "south": 0.4, "west": 0.2}
    write("reference.csv", 5, before, SHARES)
    write("current.csv", 6, after, other)
    joint = [
        (share * yes * bread + (1 - yes) * share * (1 - bread))
        for side, shares in ((before, SHARES), (after, other))
        for yes in (1, 0)
        for shop, share in shares.items()
        for bread in (side[shop],)
    ]
    q, p = np.array(joint[:6]), np.array(joint[6:])
    mean = (p + q) / 2
    truth = float(np.sum(p * np.log2(p / mean) + q * np.log2(q / mean)) / 2)
    total = math.fsum(one["carried"] for one in within(run).values())
    assert total == pytest.approx(truth, rel=0.06)


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (("--within", "chanel"), 3, "did you mean 'channel'?"),
        (("--within", "order_id"), 3, "more than 100"),
        (("--within", "channel", "--by", "week"), 2, "one at a time"),
    ],
)
def test_what_is_no_segment_is_refused(
    run: Run, options: tuple[str, ...], status: int, said: str
) -> None:
    result = run("drift", *ORDERS, *options)
    assert result.status == status
    assert said in result.stderr


def test_a_profile_has_no_segments(run: Run, folder: Path) -> None:
    write("current.csv", 7, dict.fromkeys(SHARES, 0.5), SHARES)
    run("profile", "current.csv", "-o", "reference.json")
    result = run("drift", "reference.json", "current.csv", "--within", "shop")
    assert result.status == 2
    assert "has none" in result.stderr
