"""Profiles: what is kept, that it survives a file, and that profiles add up."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import divcli
from divcli.analysis.profile import Settings, profile_columns
from divcli.analysis.profile_merge import merge
from divcli.counting.merging import merged, rebinned
from divcli.counting.profiling import listed
from divcli.counting.python import weight_array
from divcli.errors import DataError
from divcli.model.profile import Cells, ColumnProfile, Profile, SymbolCounts, edges_of
from divcli.sources.columns import Column
from divcli.sources.profiles import read_profile

RNG = np.random.default_rng(9)
VALUES: dict[str, list[Any]] = {
    "few whole numbers": [1, 2, 2, 3, None] * 30,
    "many whole numbers": RNG.integers(0, 10**6, 300).tolist(),
    "decimals": RNG.normal(size=300).round(3).tolist(),
    "an atom among decimals": [0.0] * 100 + RNG.lognormal(size=300).tolist(),
    "not finite": [1.5, "nan", "inf", "-inf", 2.5] * 20,
    "huge and tiny": [5e-324, 1e308, -1e308, 0.1, 1 / 3] * 20,
    "dates": [f"2024-01-{i % 28 + 1:02d}" for i in range(100)],
    "times": [f"2024-01-01T00:00:00.{i:06d}" for i in range(100)],
    "text": ["a", "b", "", "007", "NA", "::error::x", "é\u2028"] * 10,
    "booleans": [True, False, False] * 20,
    "keys": [f"key {i}" for i in range(100)],
    "nothing": [None] * 5,
    "one value": ["x"],
}


def column(values: list[Any], label: str = "x") -> Column:
    texts = ["" if value is None else str(value) for value in values]
    return Column("source", label, texts, typed=False)


def profile(values: list[Any], like: Profile | None = None) -> Profile:
    return profile_columns([column(values)], Settings(), like=like)


def from_file(made: Profile) -> Profile:
    return read_profile(json.loads(json.dumps(made.to_dict())), "file")


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_a_profile_comes_back_from_its_file_as_it_was(values: list[Any]) -> None:
    made = profile(values)
    again = from_file(made)
    assert again.to_dict() == made.to_dict()
    for one, other in zip(made.columns, again.columns, strict=True):
        if isinstance(one.content, Cells):
            assert isinstance(other.content, Cells)
            assert np.array_equal(one.content.edges, other.content.edges)
        assert one.content.counts.tolist() == other.content.counts.tolist()
        assert dict(one.apart) == dict(other.apart)


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_all_mass_is_somewhere(values: list[Any]) -> None:
    made = profile(values).columns[0]
    assert made.total == made.n == len(values)


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_two_halves_on_the_same_cells_add_up_to_the_whole(values: list[Any]) -> None:
    whole = profile(values)
    halves = [profile(half, like=whole) for half in (values[::2], values[1::2]) if half]
    if len(halves) < 2:
        return
    for parts in (halves, halves[::-1]):
        together = merge(parts).columns[0].to_dict()
        # How many symbols share a cell is known to be at least what one of the halves has.
        symbols = {**together.get("symbols", {}), **whole.columns[0].to_dict().get("symbols", {})}
        together |= {"symbols": symbols} if symbols.get("rest") else {}
        assert together | {"notes": []} == whole.columns[0].to_dict() | {"notes": []}


SMALL = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=30)


@given(st.lists(SMALL, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_merging_symbols_is_the_profile_of_all_rows_in_any_order(
    parts: list[list[str]], random: Any
) -> None:
    together = merge([profile(part) for part in parts]).to_dict()
    random.shuffle(parts)
    assert merge([profile(part) for part in parts]).to_dict() == together
    everything = profile([value for part in parts for value in part]).columns[0].to_dict()
    assert together["columns"][0] == everything


def test_merging_is_associative_where_there_is_a_rest() -> None:
    values = [f"v{i % 1500}" for i in range(20_000)] + ["top"] * 2000
    first = profile(values)
    content = first.columns[0].content
    assert isinstance(content, SymbolCounts)
    assert content.symbols == ("top",)
    assert content.rest is not None
    assert content.rest.mass == 20_000
    assert content.rest.symbols == 1500
    others = [profile(part, like=first) for part in (["top", "new"], ["v1", "v2"])]
    left = merge([merge([first, others[0]]), others[1]])
    right = merge([first, merge(others[::-1])])
    assert left.to_dict() == right.to_dict()
    assert left.columns[0].total == 20_000 + 2000 + 4


def test_what_cannot_be_added_exactly_is_refused_with_the_way_out() -> None:
    numbers = profile(RNG.normal(size=200).tolist()), profile(RNG.normal(size=200).tolist())
    crowd = profile([f"v{i % 1500}" for i in range(20_000)]), profile(["a", "b"] * 50)
    kinds = profile(["a", "b"]), profile([1, 2])
    for pair in (numbers, crowd, kinds):
        with pytest.raises(DataError, match="--merge: column 'x'") as caught:
            merge(pair)
        assert "--like" in (caught.value.hint or "")
    other = profile_columns([column(["a"], "y")], Settings())
    with pytest.raises(DataError, match="'x', 'y'"):
        merge([kinds[0], other])


def _set(*path: str | int, to: Any) -> Any:
    """A change of one value in a document."""

    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to

    return change


DECIMALS = profile(RNG.normal(size=400).tolist()).to_dict()
_CELLS = DECIMALS["columns"][0]["cells"]
CHANGES: dict[str, Any] = {
    "a count more": _set("columns", 0, "cells", "counts", to=[*_CELLS["counts"], 1]),
    "a count changed": _set("columns", 0, "cells", "counts", 1, to=_CELLS["counts"][1] + 1),
    "a negative count": _set("columns", 0, "cells", "counts", 0, to=-1),
    "a count of text": _set("columns", 0, "cells", "counts", 0, to="1"),
    "an edge lost": _set("columns", 0, "cells", "edges", to=_CELLS["edges"][:-1]),
    "edges out of order": _set("columns", 0, "cells", "edges", to=_CELLS["edges"][::-1]),
    "no kind": _set("columns", 0, "kind", to="colour"),
    "the other kind": _set("columns", 0, "kind", to="categorical"),
    "nothing apart": _set("columns", 0, "apart", to=None),
    "an unknown cell apart": _set("columns", 0, "apart", to={"lost": 1}),
    "columns that are none": _set("columns", to=[3]),
    "no columns": _set("columns", to=[]),
    "two of one name": _set("columns", to=DECIMALS["columns"] * 2),
    "a number for the source": _set("source", to=3),
    "more rows than counts": _set("columns", 0, "n", to=10**9),
    "a greatest below the least": _set("columns", 0, "cells", "greatest", to=-1e9),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_damaged_profile_is_refused(change: Any) -> None:
    document = copy.deepcopy(DECIMALS)
    read_profile(document, "file.json")
    change(document)
    with pytest.raises(DataError, match="a damaged profile"):
        read_profile(document, "file.json")


@pytest.mark.parametrize("version", ["divcli/profile/0", "divcli/profile/2"])
def test_another_version_is_refused_by_name(version: str) -> None:
    with pytest.raises(DataError, match=version):
        read_profile({**DECIMALS, "schema": version}, "file.json")


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "cut.json"
    file.write_text(json.dumps(DECIMALS)[:-100], encoding="utf-8")
    with pytest.raises(DataError, match=r"cut\.json"):
        divcli.drift(str(file), [1.0, 2.0])


def test_a_profile_holds_no_list_of_a_small_samples_values() -> None:
    values = RNG.normal(size=500)
    content = profile(values.tolist()).columns[0].content
    assert isinstance(content, Cells)
    assert len(content.counts) <= 100
    assert content.counts.min() >= 2


def cells(edges: list[float], counts: list[int], least: float, greatest: float) -> Cells:
    return Cells(np.array(edges, dtype=float), weight_array(list(counts)), least, greatest, "made")


def test_cells_on_edges_that_they_have_are_summed_exactly() -> None:
    fine = cells([1, 2, 3, 4], [5, 6, 7, 8, 9], 0.5, 4.5)
    counts, cost = rebinned(fine, np.array([2.0, 4.0]))
    assert (counts.tolist(), cost) == ([11, 15, 9], 0)
    beyond, cost = rebinned(fine, np.array([0.0, 3.0, 5.0]))
    assert (beyond.tolist(), cost) == ([0, 18, 17, 0], 0)


def test_cells_cut_by_an_edge_are_shared_out_and_the_cost_is_told() -> None:
    fine = cells([10, 20], [0, 100, 0], 10, 19.99)
    counts, cost = rebinned(fine, np.array([12.5]))
    assert counts.tolist() == [25, 75]
    assert cost == 1
    half = cells([10, 20], [100, 100, 200], 0, 30)
    assert rebinned(half, np.array([15.0]))[1] == pytest.approx(0.25)


def test_an_atom_is_never_shared_out() -> None:
    edges = edges_of(np.array([]), np.array([3.0]))
    atom = Cells(edges, weight_array([10, 80, 10]), 1.0, 5.0, "made")
    for edge in (3.0, float(np.nextafter(3.0, 4))):
        assert rebinned(atom, np.array([edge]))[1] == 0
    assert rebinned(atom, np.array([3.0]))[0].tolist() == [10, 90]


@given(st.lists(st.integers(0, 40), min_size=2, max_size=60).filter(any), st.integers(1, 10**6))
def test_a_check_has_all_the_mass_in_no_more_cells_than_the_profile(
    counts: list[int], smaller: int
) -> None:
    fine = cells([float(i) for i in range(1, len(counts))], counts, 0, len(counts))
    edges, groups = merged(fine, smaller)
    assert len(groups) == len(counts)
    assert (np.diff(groups) >= 0).all()
    assert groups[0] == 0
    assert groups[-1] == len(edges.inner) <= len(counts) - 1
    # The edges of the check are where its cells meet.
    firsts = np.flatnonzero(np.diff(groups)) + 1
    assert edges.inner.tolist() == fine.edges[firsts - 1].tolist()


@given(st.dictionaries(st.text(max_size=3), st.integers(1, 9), max_size=20))
def test_symbols_are_listed_most_frequent_first_and_ties_by_name(
    symbols: dict[str, float],
) -> None:
    content = listed(symbols)
    ranked = list(zip([-c for c in content.counts.tolist()], content.symbols, strict=True))
    assert ranked == sorted(ranked)
    assert content.rest is None


def test_weighted_rows_count_for_what_they_are_worth() -> None:
    weighted = Column("s", "x", ["a", "b", "b", "a"], False, [1.0, 3.0, 3.0, 1.0])
    made: ColumnProfile = profile_columns([weighted], Settings()).columns[0]
    # (Σw)²/Σw² = 64/20.
    assert (made.total, made.n) == (8, 3)
    assert made.is_weighted
    with pytest.raises(DataError, match="weighted rows"):
        merge([Profile("s", (made,)), Profile("t", (made,))])
