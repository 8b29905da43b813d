"""The Python interface says what the command line says, with objects in and objects out."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

import divcli
from tests.conftest import Run

ORDERS = "sample_data/orders_current.csv"
COIN = "sample_data/coin.csv"


def printed(run: Run, *arguments: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(run(*arguments, "--json").stdout)
    return loaded


def test_rank(run: Run) -> None:
    mine = divcli.rank(COIN, column="side", p_weights="fair", q_weights=["model_1", "model_2"])
    weights = ("--p-weights", "fair", "--q-weights", "model_1", "--q-weights", "model_2")
    assert mine.to_dict() == printed(run, "rank", COIN, "-c", "side", *weights)


def test_matrix(run: Run) -> None:
    mine = divcli.matrix(ORDERS, by="channel", column="country", order="similarity")
    command = ("matrix", ORDERS, "--by", "channel", "-c", "country", "--order", "similarity")
    assert mine.to_dict() == printed(run, *command)
    frame = mine.to_frame()
    assert list(frame.index) == list(frame.columns) == list(mine.labels)
    assert frame.loc["app", "web"] == mine.cell(mine.labels.index("app"), mine.labels.index("web"))


def test_sample_check(run: Run) -> None:
    mine = divcli.sample_check("A=30,B=10", "A=100,B=100", unit="nats", min_effect=0.1)
    command = ("sample-check", "A=30,B=10", "A=100,B=100", "-u", "nats", "--min-effect", "0.1")
    assert mine.to_dict() == printed(run, *command)


def test_dependence(run: Run) -> None:
    mine = divcli.dependence(ORDERS, "gift", columns=["country", "items"], resamples=99)
    command = ("dependence", ORDERS, "--target", "gift", "-c", "country", "-c", "items")
    assert mine.to_dict() == printed(run, *command, "--resamples", "99")


def test_joint_entropy(run: Run) -> None:
    mine = divcli.joint_entropy(ORDERS, ["channel", "gift"])
    assert mine.to_dict() == printed(run, "entropy", ORDERS, "-c", "channel", "-c", "gift")


def test_data_frames_are_sources_of_all() -> None:
    frame = pd.DataFrame({"g": list("aabb") * 20, "x": list("uuvv") * 20, "y": list("uvuv") * 20})
    assert divcli.matrix(frame, by="g", column="x").cell(0, 1) == 1
    assert divcli.matrix(frame[["x", "y"]], columns=["x", "y"]).cell(0, 1) == 0
    told = divcli.dependence(frame, "g")
    assert [one.label for one in told.columns] == ["x", "y"]
    assert [one.mutual_information for one in told.columns] == pytest.approx([1, 0])
    # Every other row: even in g and x, and nothing but u in y.
    checked = divcli.sample_check(frame.iloc[::2], frame)
    verdicts = {one.label: one.verdict for one in checked.columns}
    assert verdicts["y"] == "not representative"
    assert verdicts["g"] == verdicts["x"] != "not representative"


@pytest.mark.parametrize(
    "result",
    [
        divcli.rank([5, 5], [1, 3], given="weights"),
        divcli.matrix([5, 5], [1, 3], given="weights"),
        divcli.sample_check("A=3,B=1", "A=10,B=10"),
        divcli.dependence(COIN, "side"),
    ],
    ids=lambda result: type(result).__name__,
)
def test_results_show_themselves_on_a_rich_console(result: Any) -> None:
    console = Console(record=True, width=120, file=None, quiet=False)
    with console.capture() as capture:
        console.print(result)
    assert len(capture.get().splitlines()) > 3


def test_names_are_those_given_and_as_many() -> None:
    mine = divcli.matrix([5, 5], [1, 3], given="weights", names=["fair", "loaded"])
    assert mine.labels == ("fair", "loaded")
    with pytest.raises(divcli.DivcliError, match="1 names for 2 distributions"):
        divcli.matrix([5, 5], [1, 3], given="weights", names=["fair"])
