"""Grids: every value in one cell, cells of equal mass, atoms apart."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from divcli.counting import grid as grids
from divcli.counting.grid import (
    RULES,
    Bins,
    Edges,
    GivenEdges,
    equal_frequency,
    equal_width,
    mann_wald_cells,
    one_cell_each,
    parse_bins,
)
from divcli.counting.widths import WIDTHS
from divcli.errors import CommandLineError
from divcli.model.arrays import FloatArray

finite = st.floats(allow_nan=False, allow_infinity=False)
Points = tuple[FloatArray, FloatArray]


@st.composite
def points(draw: st.DrawFn, most: int = 1000) -> Points:
    """Distinct positions, ascending, and how often each occurs."""
    positions = sorted(draw(st.sets(st.floats(-1e6, 1e6), min_size=1, max_size=60)))
    counts = st.lists(st.integers(1, most), min_size=len(positions), max_size=len(positions))
    return np.array(positions), np.array(draw(counts), dtype=np.float64)


def masses_in_cells(edges: Edges, positions: FloatArray, masses: FloatArray) -> FloatArray:
    """Mass in every cell of a grid, shape (b,)."""
    return np.bincount(
        edges.locate(positions), weights=masses, minlength=len(edges.inner) + 1
    ).astype(np.float64)


# ---------------------------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("n", "cells"),
    # ⌈2·n^0.4⌉ by a table of powers: 100^0.4 = 6.31, 1000^0.4 = 15.85, 10^4 → 39.81, 10^5 → 100.
    [(1, 2), (2, 3), (32, 8), (100, 13), (1000, 32), (10_000, 80), (100_000, 200)],
)
def test_the_number_of_cells_follows_mann_and_wald(n: int, cells: int) -> None:
    assert mann_wald_cells(n) == cells


@given(st.lists(finite, max_size=8), finite)
def test_every_value_falls_into_exactly_one_cell(inner: list[float], value: float) -> None:
    edges = Edges(np.unique(np.array(inner, dtype=np.float64)), "given")
    lows = [-math.inf, *edges.inner.tolist()]
    highs = [*edges.inner.tolist(), math.inf]
    holding = [i for i, (a, b) in enumerate(zip(lows, highs, strict=True)) if a <= value < b]
    assert edges.locate(np.array([value])).tolist() == holding


@given(points())
def test_one_cell_each_holds_each_value_alone(drawn: Points) -> None:
    positions, _ = drawn
    edges = one_cell_each(positions, "one cell a value")
    cells = edges.locate(positions)
    assert len(set(cells.tolist())) == len(positions)
    assert [edges.bounds(int(cell)) for cell in cells] == [(x, x) for x in positions.tolist()]


@pytest.mark.parametrize("extreme", [5e-324, -5e-324, 1.7976931348623157e308, -0.0, 2.0**53])
def test_the_most_extreme_doubles_have_cells_of_their_own(extreme: float) -> None:
    edges = one_cell_each(np.array([extreme]), "one cell a value")
    neighbours = np.array([np.nextafter(extreme, -math.inf), extreme])
    below, own = edges.locate(neighbours).tolist()
    assert below != own
    assert edges.bounds(own) == (extreme, extreme)


# ------------------------------------------------------------------------- equal frequency

FREQUENCY: dict[str, tuple[list[float], int, list[float]]] = {
    "twelve ones in four": ([1] * 12, 4, [3, 3, 3, 3]),
    "twelve ones in five": ([1] * 12, 5, [2, 3, 2, 3, 2]),
    "as many cells as values": ([1] * 5, 5, [1, 1, 1, 1, 1]),
    "more cells than values": ([1] * 5, 50, [1, 1, 1, 1, 1]),
    "one cell": ([1, 2, 3], 1, [6]),
    "of two ends as near, the later": ([1, 1, 1], 2, [2, 1]),
    "an atom first": ([50, 1, 1, 1, 1], 3, [50, 2, 2]),
    "an atom last": ([1, 1, 1, 1, 50], 3, [2, 2, 50]),
    "an atom between": ([1, 1, 50, 1, 1], 3, [2, 50, 2]),
    "atoms side by side": ([1, 40, 40, 1], 4, [1, 40, 40, 1]),
    # Without 90, a cell of the other three holds 14 / 2 = 7, less than 8.
    "an atom behind an atom": ([90, 8, 3, 3], 3, [90, 8, 6]),
    "nothing but atoms": ([5, 5], 9, [5, 5]),
    "a light value between heavy ones": ([9.9, 10, 0.1, 10, 10], 4, [9.9, 10.1, 10, 10]),
    # Cells of 100. After 61, the end nearest to 200 is 240, which would leave 30; all four but the
    # first are more than two cells; so the cut is where half a cell is full.
    "a light end": ([61, 80, 99, 30, 500, 65, 65], 5, [61, 80, 129, 500, 130]),
    # 149 is nearest to 100, but would leave 10; and all of it is less than two cells.
    "a lighter end": ([49, 100, 10, 500, 71, 70], 4, [159, 500, 141]),
    "one value": ([3], 4, [3]),
}  # fmt: skip


@pytest.mark.parametrize(("masses", "cells", "expected"), FREQUENCY.values(), ids=FREQUENCY)
def test_cells_of_equal_frequency_by_hand(
    masses: list[float], cells: int, expected: list[float]
) -> None:
    positions = np.arange(len(masses), dtype=np.float64)
    edges = equal_frequency(positions, np.array(masses, dtype=np.float64), cells)
    held = masses_in_cells(edges, positions, np.array(masses, dtype=np.float64))
    assert held[held > 0].tolist() == pytest.approx(expected)


def atoms_and_share(masses: FloatArray, cells: int) -> tuple[list[int], float]:
    """Which values are heavier than a cell of what is left without them, by trial from above."""
    order = np.argsort(-masses).tolist()
    for k in range(len(order) + 1):
        share = float(masses[order[k:]].sum()) / max(cells - k, 1)
        if k == len(order) or masses[order[k]] <= share * (1 + 1e-9):
            return sorted(order[:k]), share
    raise AssertionError("the loop above always returns")


@given(points(), st.integers(1, 40))
def test_an_atom_has_a_cell_to_itself(drawn: Points, cells: int) -> None:
    positions, masses = drawn
    edges = equal_frequency(positions, masses, cells)
    held = masses_in_cells(edges, positions, masses)
    places = edges.locate(positions)
    for i in atoms_and_share(masses, cells)[0]:
        assert held[places[i]] == masses[i]
        assert edges.bounds(int(places[i])) == (positions[i], positions[i])


@given(points(), st.integers(1, 40))
def test_no_cell_is_lighter_than_half_or_heavier_than_twice_unless_for_atoms(
    drawn: Points, cells: int
) -> None:
    positions, masses = drawn
    atoms, share = atoms_and_share(masses, cells)
    edges = equal_frequency(positions, masses, cells)
    held = masses_in_cells(edges, positions, masses)
    places = edges.locate(positions).tolist()
    beside = {places[i] for i in atoms}
    confined = {place for atom in beside for place in (atom - 1, atom + 1)}
    for place in set(places) - beside:
        assert held[place] <= 2 * share * (1 + 1e-9)
        assert place in confined or held[place] >= share / 2 * (1 - 1e-9)


@given(st.integers(1, 400), st.integers(1, 50))
def test_values_of_equal_mass_make_as_many_cells_as_asked(n: int, cells: int) -> None:
    edges = equal_frequency(np.arange(n, dtype=np.float64), np.ones(n), cells)
    held = masses_in_cells(edges, np.arange(n, dtype=np.float64), np.ones(n))
    occupied = held[held > 0]
    assert len(occupied) == min(n, cells)
    assert occupied.max() - occupied.min() <= 1


@given(points(), st.integers(1, 40), st.floats(1e-6, 1e6))
def test_the_unit_of_mass_does_not_matter(drawn: Points, cells: int, unit: float) -> None:
    positions, masses = drawn
    one = equal_frequency(positions, masses, cells)
    other = equal_frequency(positions, masses * 2.0 ** round(math.log2(unit)), cells)
    assert one.inner.tolist() == other.inner.tolist()


def test_values_without_mass_make_no_cells() -> None:
    assert equal_frequency(np.arange(3.0), np.zeros(3), 4).inner.tolist() == []


# ----------------------------------------------------------------------------- equal width


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_counts_as_numpy_does(rule: str) -> None:
    values = np.random.default_rng(5).normal(size=400).round(2)
    counts, edges = np.histogram(values, bins=rule)
    positions, masses = np.unique(values, return_counts=True)
    grid = equal_width(positions, masses.astype(np.float64), rule)
    held = masses_in_cells(grid, positions, masses.astype(np.float64))
    assert grid.inner.tolist() == edges[1:-1].tolist()
    # numpy closes the last cell at its upper end; here the outer cells are open to infinity.
    assert held.tolist() == counts.tolist()


@pytest.mark.parametrize("rule", sorted(WIDTHS))
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_a_rule_of_counts_draws_the_edges_of_all_values(
    rule: str, whole: bool, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    values = np.round(rng.gamma(2, 30, 200), 0 if whole else 3)
    positions = np.unique(values)
    masses = rng.integers(1, 40, len(positions)).astype(np.float64)
    expected = equal_width(positions, masses, rule)
    monkeypatch.setattr(grids, "_ONE_BY_ONE", 0)
    assert equal_width(positions, masses, rule).inner == pytest.approx(expected.inner, rel=1e-12)


def test_a_rule_of_many_counts_takes_no_memory_of_theirs() -> None:
    positions = np.linspace(-4, 4, 1001)
    masses = np.round(1e7 * np.exp(-(positions**2) / 2))
    tracemalloc.start()
    found = equal_width(positions, masses, "auto")
    assert tracemalloc.get_traced_memory()[1] < 5e6
    tracemalloc.stop()
    assert 2000 < len(found.inner) < 8000
    with pytest.raises(CommandLineError, match="more than 10,000,000 values"):
        equal_width(positions, masses, "stone")
    with pytest.raises(CommandLineError, match="fd: more than 1,000,000 cells"):
        equal_width(np.append(positions, 1e9), np.append(masses, 1), "fd")
    with pytest.raises(CommandLineError, match="fd: no finite number of cells"):
        equal_width(np.array([-1.7e308, 0, 1.7e308]), np.full(3, 1e9), "fd")


def test_what_numpy_says_of_its_rule_is_part_of_the_rule() -> None:
    rule = equal_width(np.array([0.0, 26.0, 573084.0]), np.ones(3), "stone").rule
    said = "The number of bins estimated may be suboptimal."
    assert rule == f"numpy's rule 'stone', equal widths; numpy: {said}"


@pytest.mark.parametrize("rule", RULES)
def test_no_rule_is_asked_for_the_impossible(rule: str) -> None:
    with pytest.raises(CommandLineError, match=f"^--bins {rule}: no finite number of cells"):
        equal_width(np.array([-1e308, 0.0, 1e308]), np.ones(3), rule)


@pytest.mark.parametrize(
    ("positions", "masses", "what"),
    [
        ([0.0, 1e-6, 2e-6, 3e-6, 1e9], [25.0] * 4 + [1.0], "more than 1,000,000 cells"),
        ([-1.7e308, 0.0, 1.7e308], [1.0] * 3, "no finite number of cells for these values"),
    ],
)
def test_a_rule_that_asks_for_too_much_says_so(
    positions: list[float], masses: list[float], what: str
) -> None:
    with pytest.raises(CommandLineError, match=f"^--bins auto: {what}$") as caught:
        equal_width(np.array(positions), np.array(masses), "auto")
    assert caught.value.hint == "name a number of cells or the edges e0,e1,…"


# ------------------------------------------------------------------------------------ --bins

DAY = 86400.0
BINS: list[tuple[str, Bins]] = [
    ("1", 1), ("30", 30), ("1000000", 1_000_000), ("fd", "fd"), ("auto", "auto"),
    ("0,1", GivenEdges((0.0, 1.0), False)), ("-1.5, 0, 2e3", GivenEdges((-1.5, 0.0, 2e3), False)),
    ("1970-01-01,1970-01-03", GivenEdges((0.0, 2 * DAY), True)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "bins"), BINS, ids=[text for text, _ in BINS])
def test_bins_are_a_number_a_rule_or_edges(text: str, bins: Bins) -> None:
    assert parse_bins(text) == bins


@pytest.mark.parametrize(
    "text",
    ["", "0", "-3", "2.5", "1e3", "1_0", "٣", "few", "FD", "1000001", "9" * 5000, "1,", ",1", "1,1",
     "2,1", "0,nan", "0,inf", "0,1_0", "0,x", "1970-01-02,1970-01-01", "0,1970-01-01",
     "1970-01-01", "1970-01-01,1970-02-30"],
)  # fmt: skip
def test_other_bins_are_refused(text: str) -> None:
    with pytest.raises(CommandLineError, match="expected a number of cells up to 1,000,000"):
        parse_bins(text)
