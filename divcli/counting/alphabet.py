"""Categorical columns on one alphabet."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat
from typing import TYPE_CHECKING, cast

import numpy as np

from divcli.counting.engine import Engine, Together
from divcli.counting.python import weight_array
from divcli.counting.side import Side, counted
from divcli.errors import DataError
from divcli.model.distribution import Distribution, Special, Symbol

if TYPE_CHECKING:
    from divcli.model.arrays import WeightArray

Counts = dict[Symbol, float]


def on_alphabet(
    sides: Sequence[Side], limit: int | None, engine: Engine, notes: list[str]
) -> list[Distribution]:
    """The sides on all symbols that any of them has, or on the `limit` most frequent.

    Samples are ordered by symbol, ready distributions as they were given.
    """
    drops = any(side.drops_missing for side in sides)
    together = engine.together([side.column for side in sides], limit, drops_missing=drops)
    if together is not None:
        return _counted_together(sides, together, limit, notes)
    counts = [dict(engine.symbols(side.column)) for side in sides]
    for side, one in zip(sides, counts, strict=True):
        if side.drops_missing:
            one.pop(Special.MISSING, None)
    counts = _take_symbols(sides, counts, notes)
    found = dict.fromkeys(chain.from_iterable(counts))
    alphabet: list[Symbol] = list(found)
    if not any(side.column.is_ready for side in sides):
        special = [symbol for symbol in Special if found.pop(symbol, 0) is None]
        alphabet = [*sorted(cast("dict[str, None]", found)), *special]
    if limit is not None:
        counts, alphabet = _limited(counts, alphabet, limit, notes)
    symbols = tuple(alphabet)
    return [
        side.distribution(
            symbols, weight_array(list(map(one.get, symbols, repeat(0)))), "categorical", notes
        )
        for side, one in zip(sides, counts, strict=True)
    ]


def _counted_together(
    sides: Sequence[Side], found: Together, limit: int | None, notes: list[str]
) -> list[Distribution]:
    """The sides as an engine put them together, with cells for missing values and for the rest."""
    if found.beyond:
        notes.append(_told(found.beyond, limit))
    apart: dict[Symbol, Sequence[int]] = {Special.MISSING: found.missing, Special.REST: found.rest}
    apart = {symbol: masses for symbol, masses in apart.items() if any(masses)}
    symbols = found.symbols + tuple(apart)
    return [
        side.distribution(
            symbols,
            _with(counts, [masses[i] for masses in apart.values()]),
            "categorical",
            notes,
        )
        for i, (side, counts) in enumerate(zip(sides, found.counts, strict=True))
    ]


def _with(counts: WeightArray, apart: Sequence[int]) -> WeightArray:
    """Counts with those of further cells, if any; a copy of a million takes its time."""
    return np.concatenate([counts, np.array(apart, dtype=np.int64)]) if apart else counts


def _told(beyond: int, limit: int | None) -> str:
    return f"{counted(beyond, 'symbol')} beyond the top {limit} in one cell, (rest)"


def _take_symbols(sides: Sequence[Side], counts: list[Counts], notes: list[str]) -> list[Counts]:
    """Weights given without symbols take those of the other side, a ready distribution."""
    bare = [i for i, side in enumerate(sides) if side.column.positional]
    ready = all(side.column.is_ready for side in sides)
    if len(sides) != 2 or not bare or not ready:
        return counts
    if len(counts[0]) != len(counts[1]):
        raise DataError(
            f"{counted(len(counts[0]), 'weight')} on one side, {len(counts[1])} on the other: "
            "which belong together?",
            where=sides[bare[-1]].place,
            hint="name the symbols: A=0.5,B=0.5",
        )
    if len(bare) == 2:
        return counts
    taker, giver = bare[0], 1 - bare[0]
    notes.append(
        f"{sides[taker].place} has no symbols of its own: taken in the order of "
        f"{sides[giver].place}"
    )
    taken = dict(zip(counts[giver], counts[taker].values(), strict=True))
    return [taken if i == taker else one for i, one in enumerate(counts)]


def _limited(
    counts: list[Counts], alphabet: list[Symbol], limit: int, notes: list[str]
) -> tuple[list[Counts], list[Symbol]]:
    """The symbols with the most probability over all sides, and one cell for the rest.

    Missing values keep their own cell beside them.
    """
    named = [symbol for symbol in alphabet if symbol is not Special.MISSING]
    if limit >= len(named):
        return counts, alphabet
    totals = [sum(one.values()) for one in counts]
    shares = {
        symbol: sum(one.get(symbol, 0) / total for one, total in zip(counts, totals, strict=True))
        for symbol in named
    }
    beyond = set(sorted(named, key=lambda symbol: -shares[symbol])[limit:])
    notes.append(_told(len(beyond), limit))
    limited: list[Counts] = []
    for one in counts:
        rest = sum(mass for symbol, mass in one.items() if symbol in beyond)
        kept = {symbol: mass for symbol, mass in one.items() if symbol not in beyond}
        limited.append(kept | {Special.REST: rest})
    return limited, [*(symbol for symbol in alphabet if symbol not in beyond), Special.REST]
