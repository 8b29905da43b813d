"""Texts that stay in the database are read as if they were a tuple."""

import gc
import pickle
from pathlib import Path

import numpy as np
import pytest

import divcli
from divcli.counting import texts
from divcli.model.distribution import Special
from divcli.sources.columns import Resources
from divcli.sources.database import database


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> divcli.Comparison:
    """A comparison of 3,000 texts and a missing value, which the database keeps."""
    monkeypatch.setattr(texts, "_FEW", 100)
    rows = [f"t{i:04}" for i in range(3000)]
    for name, values in (("p", rows), ("q", [*rows[::2], ""])):
        (tmp_path / f"{name}.csv").write_text("a,b\n" + "".join(f"{v},1\n" for v in values))
    return divcli.compare(
        str(tmp_path / "p.csv"), str(tmp_path / "q.csv"), column="a", engine="duckdb"
    )


def test_they_stand_in_alphabetical_order_before_what_is_no_text(kept: divcli.Comparison) -> None:
    symbols = kept.p.symbols
    assert isinstance(symbols, texts.KeptTexts)
    whole = (*(f"t{i:04}" for i in range(3000)), Special.MISSING)
    assert tuple(symbols) == whole
    assert (len(symbols), symbols[7], symbols[-1], symbols[3000]) == (
        3001,
        "t0007",
        *whole[-1:] * 2,
    )
    assert symbols[2995:] == whole[2995:]
    assert (Special.MISSING in symbols, "t2999" in symbols, "t3000" in symbols) == (
        True,
        True,
        False,
    )
    with pytest.raises(IndexError):
        symbols[3001]


@pytest.mark.parametrize("picked", [5, 2000])  # one by one, and all at once
def test_those_picked_come_in_the_order_asked_for(kept: divcli.Comparison, picked: int) -> None:
    cells = np.random.default_rng(0).integers(0, 3001, picked)
    expected = [*(f"t{i:04}" for i in range(3000)), "(missing)"]
    assert kept.p.texts_of(cells) == [expected[i] for i in cells.tolist()]


def test_they_go_with_a_result_that_is_stored(kept: divcli.Comparison) -> None:
    symbols = pickle.loads(pickle.dumps(kept.p.symbols))
    assert symbols == tuple(kept.p.symbols)


def test_names_are_those_of_the_counts(kept: divcli.Comparison) -> None:
    assert kept.p.weights.tolist() == [1] * 3000 + [0]
    assert kept.q.weights.tolist() == [1, 0] * 1500 + [1]
    assert "Q lacks 1,500 symbols that P has ('t0001', 't0003', 't0005', …)" in kept.notes[0]


def test_tables_go_with_whoever_asked_for_them(kept: divcli.Comparison, tmp_path: Path) -> None:
    def tables() -> int:
        gc.collect()
        base.keep("SELECT 1", "the test")  # which clears what nobody holds
        [(number,)] = base.rows("SELECT count(*) FROM duckdb_tables() WHERE temporary", "the test")
        return int(number) - 1

    base = database(Resources())
    before = tables()
    paths = str(tmp_path / "p.csv"), str(tmp_path / "q.csv")
    again = divcli.compare(*paths, column="a", engine="duckdb")
    assert tables() == before + 1
    assert again.p.symbols[0] == kept.p.symbols[0] == "t0000"
    del again
    assert tables() == before
