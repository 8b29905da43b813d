"""Profiles: what is kept of a column so that others can be compared with it, and never its rows.

A profile is all that drift knows of a reference. One written to a file and read again is equal to
the one in memory, so that a table and its saved profile give the same verdicts to the letter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from divcli import __version__
from divcli.catalog import TABLES, resolve
from divcli.errors import Status
from divcli.model.arrays import ascending
from divcli.model.distribution import Kind, Special
from divcli.model.units import json_number

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, WeightArray

SCHEMA = "divcli/profile/1"
_EPOCH = datetime(1970, 1, 1)


class Cells(NamedTuple):
    """Mass on a fine grid of a line.

    edges: shape (b-1,), ascending; cell i holds edges[i-1] ≤ x < edges[i], the outer ones are
    open; an atom is a cell from its value to the next double. counts: shape (b,). least, greatest:
    the extreme values, NaN where there are none. rule: how the edges were chosen.
    """

    edges: FloatArray
    counts: WeightArray
    least: float
    greatest: float
    rule: str


class Rest(NamedTuple):
    """The symbols that have no count of their own: their mass, and how many there are at least."""

    mass: float
    symbols: int


class SymbolCounts(NamedTuple):
    """Mass of symbols, the most frequent first: counts has shape (k,); rest: those not listed."""

    symbols: tuple[str, ...]
    counts: WeightArray
    rest: Rest | None


Content = Cells | SymbolCounts


@dataclass(frozen=True, slots=True, eq=False)
class ColumnProfile:
    """One column as counts.

    column: its label, None where it has none. n: the sample size, of weighted rows the effective
    one. apart: mass of missing values, NaN, infinities and what is not of the kind. identifier:
    whether nearly every value is another, so that its symbols say nothing. notes: what was
    inferred or done in making it.
    """

    column: str | None
    kind: Kind
    n: int
    apart: Mapping[Special, float]
    content: Content
    identifier: bool = False
    notes: tuple[str, ...] = ()

    @property
    def valued(self) -> float:
        """Mass of all that has a place among the cells or symbols."""
        rest = self.content.rest if isinstance(self.content, SymbolCounts) else None
        counted: float = sum(self.content.counts.tolist())
        return counted + (0 if rest is None else rest.mass)

    @property
    def total(self) -> float:
        """All mass, missing values included."""
        return self.valued + sum(self.apart.values())

    @property
    def missing(self) -> float:
        """Mass of missing values."""
        return self.apart.get(Special.MISSING, 0)

    @property
    def is_weighted(self) -> bool:
        """Whether the counts are weights of rows, worth fewer rows than their sum."""
        return self.total != self.n

    def to_dict(self) -> dict[str, Any]:
        """The column as a profile file lists it."""
        return {
            "column": self.column,
            "kind": self.kind,
            "identifier": self.identifier,
            "n": self.n,
            "total": json_number(self.total),
            "apart": {s.name.lower(): json_number(mass) for s, mass in self.apart.items()},
            **_content_to_dict(self.content, self.kind),
            "notes": list(self.notes),
        }  # fmt: skip

    def to_record(self) -> dict[str, Any]:
        """The column in a line: what it is, and how much is kept of it."""
        content = self.content
        return {
            "column": self.column,
            "kind": "identifier" if self.identifier else self.kind,
            "n": self.n,
            "missing": json_number(self.missing),
            "kept": int(np.count_nonzero(content.counts)),
            "least": place_text(content.least, self.kind) if isinstance(content, Cells) else None,
            "greatest": (
                place_text(content.greatest, self.kind) if isinstance(content, Cells) else None
            ),
            "how": content.rule if isinstance(content, Cells) else _how(content),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The columns of a source as counts; name: the source, notes: what was inferred in reading."""

    name: str
    columns: tuple[ColumnProfile, ...]
    notes: tuple[str, ...] = ()

    @property
    def exit_status(self) -> Status:
        """Making a profile never exceeds a limit."""
        return Status.OK

    def column(self, label: str | None) -> ColumnProfile | None:
        """The column of this label, None where there is none."""
        return next((one for one in self.columns if one.column == label), None)

    def to_dict(self) -> dict[str, Any]:
        """The profile as a file holds it."""
        return {
            "schema": SCHEMA,
            "divcli": __version__,
            "source": self.name,
            "columns": [one.to_dict() for one in self.columns],
            "notes": list(self.notes),
        }

    def to_records(self) -> list[dict[str, Any]]:
        """One record a column."""
        return [one.to_record() for one in self.columns]

    def __rich__(self) -> Any:
        """The table that the command line prints with -f table."""
        return resolve(TABLES)(self)


def _how(content: SymbolCounts) -> str:
    rest = content.rest
    return "every symbol" if rest is None else f"the rest, {rest.symbols:,} or more, in one"


def cells_to_dict(cells: Cells, kind: Kind) -> dict[str, Any]:
    """The grid as a profile file holds it: atoms by their value, without the doubles after them."""
    # Of a pair (value, next double) the second is left out; of three in a row, the middle one.
    following = np.nextafter(cells.edges, math.inf)
    after = np.zeros(len(cells.edges), dtype=bool)
    for i in np.flatnonzero(following[:-1] == cells.edges[1:]).tolist():
        after[i + 1] = not after[i]
    is_atom = np.append(after[1:], False)
    return {
        "rule": cells.rule,
        "least": _place(cells.least, kind),
        "greatest": _place(cells.greatest, kind),
        "edges": _places(cells.edges[~after & ~is_atom], kind),
        "atoms": _places(cells.edges[is_atom], kind),
        "counts": cells.counts.tolist(),
    }


def _content_to_dict(content: Content, kind: Kind) -> dict[str, Any]:
    if isinstance(content, Cells):
        return {"cells": cells_to_dict(content, kind)}
    return {"symbols": _symbols_to_dict(content)}


def _symbols_to_dict(content: SymbolCounts) -> dict[str, Any]:
    counts = dict(zip(content.symbols, content.counts.tolist(), strict=True))
    return {"counts": counts, "rest": None if content.rest is None else content.rest._asdict()}


def edges_of(edges: FloatArray, atoms: FloatArray) -> FloatArray:
    """All edges of a grid: those named, the atoms, and the doubles after these; ascending."""
    return ascending(edges, atoms, np.nextafter(atoms, math.inf))


def place_text(place: float, kind: Kind) -> str | float | None:
    """A place on the line for people: a number, an ISO 8601 time; None where there is none."""
    return _place(place, kind)


def _places(places: FloatArray, kind: Kind) -> list[Any]:
    listed = places.tolist()
    return listed if kind != "datetime" else [_place(one, kind) for one in listed]


def _place(place: float, kind: Kind) -> str | float | None:
    """A number, or the ISO 8601 text of a time where that says it exactly."""
    if math.isnan(place):
        return None
    if kind != "datetime" or not abs(place) < 6e10:
        return json_number(place)
    text = (_EPOCH + timedelta(seconds=place)).isoformat()
    return text if place_of(text) == place else place


def place_of(value: str | float) -> float:
    """The place on the line that a profile file names; ValueError where it is none."""
    if not isinstance(value, str):
        return float(value)
    time = datetime.fromisoformat(value)
    epoch = _EPOCH if time.tzinfo is None else _EPOCH.replace(tzinfo=UTC)
    return (time - epoch) / timedelta(seconds=1)
