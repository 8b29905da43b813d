"""Columns side by side: what kind they are together, and their counts on the same cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from divcli.counting.alphabet import on_alphabet
from divcli.counting.axis import on_axis
from divcli.counting.choice import engine_for
from divcli.counting.engine import Asked, Engine
from divcli.counting.grid import parse_bins
from divcli.counting.kinds import common_kind
from divcli.counting.side import Side, counted
from divcli.errors import DataError
from divcli.model.distribution import Distribution, Kind
from divcli.sources.columns import Column

MissingPolicy = Literal["symbol", "drop", "error"]
KindOption = Literal["auto", "categorical", "numeric", "datetime"]


class CountingOptions(NamedTuple):
    """How columns become distributions; the options of the command line, by name."""

    kind: KindOption = "auto"
    bins: str | None = None
    missing: MissingPolicy = "symbol"
    limit_symbols: int | None = None

    @property
    def wanted(self) -> Kind | None:
        """The kind asked for, None where the values decide."""
        return None if self.kind == "auto" else self.kind


def distributions(
    columns: Sequence[Column], options: CountingOptions, engine: Engine | None = None
) -> list[Distribution]:
    """The columns as distributions on one alphabet or grid, in the order given."""
    engine = engine or engine_for(columns)
    bins = None if options.bins is None else parse_bins(options.bins)
    sampled = [column for column in columns if column.model is None]
    engine.prepare([Asked(sampled, options.wanted)])
    sides = [Side(column, engine.scan(column), options.missing == "drop") for column in sampled]
    for side in sides:
        check_side(side, options.missing)
    if len(sides) < len(columns):
        from divcli.counting.models import models_on_cells

        return models_on_cells(columns, sides, bins, engine)
    kind, notes = common_kind(sides, options.wanted)
    notes += _without_effect(options, kind)
    if kind == "categorical":
        return on_alphabet(sides, options.limit_symbols, engine, notes)
    return on_axis(sides, bins, kind, engine, notes)


def check_side(side: Side, policy: MissingPolicy) -> None:
    """Refuse a column without values, or with missing ones where they are errors."""
    missing = side.scan.missing
    if not side.scan.total:
        weighted = side.column.weights is not None
        raise DataError("all weights are zero" if weighted else "no values", where=side.place)
    if policy == "error" and missing:
        hint = "--missing symbol or drop"
        raise DataError(counted(missing, "missing value"), where=side.place, hint=hint)
    if policy == "drop" and missing == side.scan.total:
        raise DataError("nothing but missing values", where=side.place)


def _without_effect(options: CountingOptions, kind: Kind) -> list[str]:
    if kind == "categorical" and options.bins is not None:
        return ["--bins has no effect: the values are categorical, each a symbol"]
    if kind != "categorical" and options.limit_symbols is not None:
        return [f"--limit-symbols has no effect: the values are {kind}, counted in cells"]
    return []
