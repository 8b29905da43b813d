"""Profiles read from their files, and used as sources."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, cast, get_args

import numpy as np

from divcli.errors import DataError, did_you_mean
from divcli.model.distribution import Kind, Special
from divcli.model.profile import (
    SCHEMA,
    Cells,
    ColumnProfile,
    Profile,
    Rest,
    SymbolCounts,
    edges_of,
    place_of,
    place_text,
)
from divcli.sources.columns import Column, InputOptions, Value

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, WeightArray
    from divcli.sources.columns import Source

_SPECIALS = {special.name.lower(): special for special in Special}


@dataclass(frozen=True, slots=True, eq=False)
class ProfileTable:
    """A profile in the place of a table: it has columns, but no rows of them."""

    profile: Profile
    file: str
    typed: bool = True
    na: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The profile's file."""
        return self.file

    @property
    def notes(self) -> tuple[str, ...]:
        """What was inferred in making it."""
        return self.profile.notes

    @property
    def header(self) -> Sequence[str]:
        """The labels of its columns."""
        return [one.column or "" for one in self.profile.columns]

    def values(self, label: str) -> NoReturn:
        """DataError: there are none."""
        hint = f"-c {label} takes the counts of one column; divcli drift takes them all"
        raise DataError("a profile keeps counts, no rows", where=self.file, hint=hint)

    def locate(self, row: int) -> str:
        """The file."""
        return self.file


def from_profile(document: Mapping[str, Any], name: str, options: InputOptions) -> Source:
    """The profile in a document: a table without rows, or the one column that is asked for."""
    profile = read_profile(document, name)
    if options.column is None:
        return ProfileTable(profile, name)
    column = profile.column(options.column)
    if column is None:
        known = [one.column or "" for one in profile.columns]
        hint = did_you_mean(options.column, known)
        raise DataError(f"no column {options.column!r}", where=name, hint=hint)
    return ready_column(column, name)


def ready_column(profile: ColumnProfile, name: str) -> Column:
    """A column of a profile as a distribution of counts: of symbols, of values, or of cells."""
    values, masses, notes = _values(profile, name)
    values += list(profile.apart)
    masses += profile.apart.values()
    shown = [(v, w) for v, w in zip(values, masses, strict=True) if w]
    return Column(
        name,
        profile.column,
        [value for value, _ in shown],
        True,
        [weight for _, weight in shown],
        "weights" if profile.is_weighted else "counts",
        na=(),
        notes=(*profile.notes, *notes),
    )


def _values(profile: ColumnProfile, name: str) -> tuple[list[Value], list[float], list[str]]:
    content = profile.content
    if isinstance(content, SymbolCounts):
        rest = [] if content.rest is None else [Special.REST]
        mass = [] if content.rest is None else [content.rest.mass]
        return [*content.symbols, *rest], [*content.counts.tolist(), *mass], []
    cells = range(len(content.counts))
    bounds = [_bounds(content, cell) for cell in cells]
    masses: list[float] = content.counts.tolist()
    if profile.kind == "numeric" and all(low == high for (low, high), m in zip(bounds, masses,
                                         strict=True) if m):  # fmt: skip
        return [low for low, _ in bounds], masses, []
    note = (
        f"{name}: column {profile.column!r}: a profile keeps the cells of numbers and times, not "
        "their values: comparable with profiles on the same edges (divcli drift takes any)"
    )
    return [_label(low, high, profile.kind) for low, high in bounds], masses, [note]


def _bounds(cells: Cells, cell: int) -> tuple[float, float]:
    low = float(cells.edges[cell - 1]) if cell else -math.inf
    high = float(cells.edges[cell]) if cell < len(cells.edges) else math.inf
    return low, low if high == math.nextafter(low, math.inf) else high


def _label(low: float, high: float, kind: Kind) -> str:
    if low == high:
        return str(place_text(low, kind))
    opening = "(-inf" if math.isinf(low) else f"[{place_text(low, kind)}"
    return f"{opening}, {'inf' if math.isinf(high) else place_text(high, kind)})"


def read_profile(document: Mapping[str, Any], name: str) -> Profile:
    """The profile in a decoded document; DataError where it is damaged or of another version."""
    schema = document.get("schema")
    if schema != SCHEMA:
        raise DataError(
            f"a profile of schema {schema!r}; this divcli reads {SCHEMA!r}",
            where=name,
            hint="make it anew with divcli profile",
        )
    place = "the document"
    try:
        place = "'source' and 'notes'"
        source, notes = _text(document["source"]), _texts(document["notes"])
        columns = []
        for i, entry in enumerate(document["columns"]):
            place = f"column {i + 1}"
            columns.append(_column(entry))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise DataError(
            f"a damaged profile: {place}: {what}",
            where=name,
            hint="make it anew with divcli profile",
        ) from error
    labels = [one.column for one in columns]
    if not columns or len(set(labels)) < len(labels):
        raise DataError("a damaged profile: no columns, or two of one name", where=name)
    return Profile(source, tuple(columns), notes)


def _column(entry: Mapping[str, Any]) -> ColumnProfile:
    kind, n = entry["kind"], entry["n"]
    if kind not in get_args(Kind):
        raise ValueError(f"no kind {kind!r}")
    if type(n) is not int or n < 0:
        raise ValueError(f"n is {n!r}")
    apart = {_SPECIALS[key]: _mass(mass) for key, mass in entry["apart"].items()}
    label = entry["column"]
    column = ColumnProfile(
        None if label is None else _text(label),
        kind,
        n,
        apart,
        _symbols(entry["symbols"]) if kind == "categorical" else _cells(entry["cells"]),
        entry["identifier"] is True,
        _texts(entry["notes"]),
    )
    if not math.isclose(column.total, entry["total"], rel_tol=1e-9) or n > max(column.total, 1):
        raise ValueError(f"{label!r}: counts sum to {column.total}, not to {entry['total']}")
    return column


def _cells(entry: Mapping[str, Any]) -> Cells:
    named, atoms = _places(entry["edges"]), _places(entry["atoms"])
    edges = edges_of(named, atoms)
    counts = _masses(entry["counts"])
    if np.isnan(edges).any() or (named[1:] <= named[:-1]).any():
        raise ValueError("the edges are not ascending")
    if len(counts) != len(edges) + 1:
        raise ValueError(f"{len(counts)} counts for {len(edges) + 1} cells")
    least, greatest = (
        math.nan if entry[one] is None else place_of(entry[one]) for one in ("least", "greatest")
    )
    if counts.any() and not least <= greatest:
        raise ValueError("the least value is not below the greatest")
    return Cells(edges, counts, least, greatest, _text(entry["rule"]))


def _places(given: list[Any]) -> FloatArray:
    """Places on the line: numbers as they are, texts as the times that they name."""
    if set(map(type, given)) <= {int, float}:
        return np.array(given, dtype=np.float64)
    return np.array([place_of(one) for one in given], dtype=np.float64)


def _symbols(entry: Mapping[str, Any]) -> SymbolCounts:
    counts, rest = entry["counts"], entry["rest"]
    if rest is not None:
        if type(rest["symbols"]) is not int:
            raise ValueError("the number of symbols in the rest is no whole number")
        rest = Rest(_mass(rest["mass"]), rest["symbols"])
    return SymbolCounts(tuple(counts), _masses(list(counts.values())), rest)


def _masses(given: list[Any]) -> WeightArray:
    """Counts as an array: integers where all are, of any size."""
    kinds = set(map(type, given))
    if not kinds <= {int, float}:
        raise ValueError("a count that is no number")
    whole = kinds <= {int}
    dtype: Any = np.float64 if not whole else np.int64 if sum(given) < 2**63 else object
    counts = np.array(given, dtype=dtype)
    if (counts < 0).any() or (not whole and not np.isfinite(counts).all()):
        raise ValueError("a count that is negative or not finite")
    return cast("WeightArray", counts)


def _mass(given: object) -> float:
    if type(given) not in (int, float) or not 0 <= cast("float", given) < math.inf:
        raise ValueError(f"a count of {given!r}")
    return cast("float", given)


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise ValueError(f"expected a text, found {given!r}")
    return given


def _texts(given: object) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise ValueError("expected a list of texts")
    return tuple(_text(one) for one in given)
