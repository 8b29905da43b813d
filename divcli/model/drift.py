"""What a drift check yields: a verdict for each column by two keys, and one for the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from divcli import __version__
from divcli.errors import Status
from divcli.model.comparison import Comparison, renderables
from divcli.model.distribution import Distribution, Special
from divcli.model.units import Unit, json_number

if TYPE_CHECKING:
    import pandas as pd

    from divcli.model.arrays import FloatArray
    from divcli.model.pairs import PairDrift
    from divcli.model.segments import ColumnSegments

Verdict = Literal[
    "drift", "type changed", "disappeared", "appeared",
    "insufficient", "negligible", "stable", "identifier", "ignored",
]  # fmt: skip
# What counts as drift of the table, gravest first; and what the verdicts mean, in words.
DRIFTED: tuple[Verdict, ...] = ("type changed", "disappeared", "appeared", "drift")
MEANINGS: dict[Verdict, str] = {
    "drift": "it moved, more than chance and by more than the smallest effect that matters",
    "type changed": "its values are of another kind than those of the reference",
    "disappeared": "the current table does not have it",
    "appeared": "the reference does not have it",
    "insufficient": "too few rows to find the smallest effect that matters; nothing was found",
    "negligible": "it moved, by less than the smallest effect that matters",
    "stable": "an effect that matters would have been found, and none was",
    "identifier": "nearly every value is another: set aside",
    "ignored": "left out on request",
}


class Rules(NamedTuple):
    """What decides, after `--min-effect`, `--alpha` and the like."""

    measure: str
    min_effect: float
    alpha: float
    correction: str
    max_drifted: int
    on_insufficient: Literal["pass", "fail"]


class Limit(NamedTuple):
    """The two keys of one column: its level, and the measure and value that its effect must exceed.

    effect: corrected for bias; detectable: the smallest that would be found; all in unit.
    """

    measure: str
    min_effect: float
    unit: str
    alpha: float
    effect: float | None
    detectable: float | None


@dataclass(frozen=True, slots=True, eq=False)
class ColumnDrift:
    """One column: verdict, evidence, and the comparison of current (P) with reference (Q).

    sides: current and reference. compare: makes their comparison, when it is first asked for.
    p_value: of homogeneity, found as method says; p_adjusted: for all columns together.
    residuals: adjusted Pearson residuals of the current, shape (k,), in the order of the symbols.
    """

    column: str | None
    kind: str
    verdict: Verdict
    sides: tuple[Distribution, Distribution] | None = None
    compare: Callable[[], Comparison] | None = None
    limit: Limit | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    method: str = ""
    residuals: FloatArray | None = None
    notes: tuple[str, ...] = ()

    @property
    def drifted(self) -> bool:
        """Whether the column counts as drifted."""
        return self.verdict in DRIFTED

    @property
    def label(self) -> str:
        """The column's name, also where it has none."""
        return "(unnamed)" if self.column is None else self.column

    @property
    def comparison(self) -> Comparison | None:
        """Current (P) compared with reference (Q), None where they are not comparable."""
        return None if self.compare is None else self.compare()

    @property
    def value(self) -> float | None:
        """The measure of the effect, of the empirical distributions."""
        if self.comparison is None or self.limit is None:
            return None
        return self.comparison[self.limit.measure]

    def missing(self) -> dict[str, float]:
        """Share of missing values on either side."""
        if self.sides is None:
            return {}
        current, reference = map(missing_share, self.sides)
        return {"reference": reference, "current": current}

    def symbols(self, *, new: bool) -> list[str]:
        """Symbols that only the current has (new), or only the reference (vanished)."""
        if self.sides is None or self.sides[0].grid is not None:
            return []
        has, lacks = self.sides
        if not new:
            has, lacks = lacks, has
        rows = zip(has.symbols, has.weights.tolist(), lacks.weights.tolist(), strict=True)
        return [s for s, here, there in rows if isinstance(s, str) and here and not there]

    def records(self, top: int | None = None) -> list[dict[str, Any]]:
        """The cells, largest share of the divergence first, then the sum of those left out."""
        comparison = self.comparison
        if comparison is None or self.residuals is None:
            return []
        shown = comparison.contributions
        shown = shown if top is None else shown.head(top)
        columns = {"current": "p", "reference": "q", "ratio": "ratio", "kl_pq": "kl_pq",
                   "js": "js", "share": "share"}  # fmt: skip
        lists = {out: shown.columns[name].tolist() for out, name in columns.items()}
        here, there = (side.weights[shown.index].tolist() for side in (comparison.p, comparison.q))
        records = []
        cells = comparison.p.records(shown.index)
        for row, i in enumerate(shown.index.tolist()):
            counts = {"current_count": json_number(here[row]),
                      "reference_count": json_number(there[row])}  # fmt: skip
            numbers = {name: json_number(values[row]) for name, values in lists.items()}
            # Shares are finite, so that no text stands for them.
            change = numbers["current"] - numbers["reference"]  # type: ignore[operator]
            records.append(
                cells[row] | counts | numbers
                | {"change": change, "residual": json_number(float(self.residuals[i]))}
            )  # fmt: skip
        if shown.rest is not None:
            rest: dict[str, Any] = {"symbol": f"({shown.left_out:,} more)", "cell": "rest"}
            sums = {out: shown.rest.get(name) for out, name in columns.items()}
            records.append(rest | {name: json_number(value) for name, value in sums.items()})
        return records

    def to_dict(self, top: int | None = None) -> dict[str, Any]:
        """The column as a document lists it."""
        document: dict[str, Any] = {
            "column": self.column, "kind": self.kind, "verdict": self.verdict,
        }  # fmt: skip
        if self.limit is not None:
            document |= self._evidence()
            document |= {
                "missing": self.missing(),
                "new_symbols": self.symbols(new=True)[:top],
                "vanished_symbols": self.symbols(new=False)[:top],
                "contributions": self.records(top),
            }
        return document | {"notes": list(self.notes)}

    def _evidence(self) -> dict[str, Any]:
        assert self.sides is not None
        assert self.limit is not None
        limit, (current, reference) = self.limit, self.sides
        return {
            "n": {"reference": reference.n, "current": current.n},
            "cells": len(current),
            "grid": None if current.grid is None else current.grid.rule,
            "p_value": self.p_value,
            "p_adjusted": self.p_adjusted,
            "method": self.method,
            "alpha": limit.alpha,
            "effect": {
                "measure": limit.measure,
                "value": json_number(self.value),
                "estimate": json_number(limit.effect),
                "min_effect": limit.min_effect,
                "unit": limit.unit,
            },
            "minimum_detectable_effect": json_number(limit.detectable),
        }


def missing_share(side: Distribution) -> float:
    """The share of missing values among all, those dropped included."""
    shown = Special.MISSING in side.symbols
    total = side.total if shown else side.total + side.missing
    return side.missing / total


@dataclass(frozen=True, slots=True, eq=False)
class DriftReport:
    """The columns of two tables, those that moved first, and the verdict of the table.

    reference, current: the sources. top: how many cells documents list. within: the segments of
    the columns that drifted, and pairs: the dependence of every two, where they were asked for.
    """

    reference: str
    current: str
    unit: Unit
    rules: Rules
    columns: tuple[ColumnDrift, ...]
    notes: tuple[str, ...] = ()
    top: int | None = None
    within: tuple[ColumnSegments, ...] = ()
    pairs: tuple[PairDrift, ...] = ()

    def __getitem__(self, column: str) -> ColumnDrift:
        """The column of this name; KeyError where there is none."""
        for one in self.columns:
            if one.column == column:
                return one
        raise KeyError(column)

    @property
    def drifted(self) -> tuple[ColumnDrift, ...]:
        """The columns that count as drifted."""
        return tuple(one for one in self.columns if one.drifted)

    @property
    def tested(self) -> tuple[ColumnDrift, ...]:
        """The columns that a test was made of."""
        return tuple(one for one in self.columns if one.p_value is not None)

    @property
    def verdict(self) -> Verdict:
        """Drift where more columns and pairs drifted than may; else the gravest other verdict."""
        pairs = sum(one.verdict == "drift" for one in self.pairs)
        if len(self.drifted) + pairs > self.rules.max_drifted:
            return "drift"
        found = {one.verdict for one in self.columns} | {one.verdict for one in self.pairs}
        graver: tuple[Verdict, ...] = ("insufficient", "negligible")
        return next((verdict for verdict in graver if verdict in found), "stable")

    @property
    def exit_status(self) -> Status:
        """OVER_LIMIT on drift, and where what was insufficient is to fail."""
        fails = {"drift"} | ({"insufficient"} if self.rules.on_insufficient == "fail" else set())
        return Status.OVER_LIMIT if self.verdict in fails else Status.OK

    def to_dict(self) -> dict[str, Any]:
        """The document of the command `drift`."""
        return {
            "schema": "divcli/drift/1",
            "divcli": __version__,
            "unit": self.unit.name,
            "direction": "p is the current, q the reference: kl_pq is KL(current‖reference)",
            "reference": self.reference,
            "current": self.current,
            "rules": self.rules._asdict(),
            "verdict": self.verdict,
            "drifted": len(self.drifted),
            "columns": [one.to_dict(self.top) for one in self.columns],
            **({"pairs": [one.to_dict() for one in self.pairs]} if self.pairs else {}),
            **({"within": [one.to_dict() for one in self.within]} if self.within else {}),
            "notes": list(self.notes),
            "exit_status": int(self.exit_status),
        }

    def to_records(self) -> list[dict[str, Any]]:
        """One record a column, then one a pair."""
        pairs = [one.to_record() for one in self.pairs]
        return [*(_record(one) for one in self.columns), *pairs]

    def to_frame(self) -> pd.DataFrame:
        """The records as a pandas DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.to_records())

    def __rich__(self) -> Any:
        """The tables that the command line prints."""
        return renderables(self)


def _record(one: ColumnDrift) -> dict[str, Any]:
    record: dict[str, Any] = {"column": one.column, "kind": one.kind, "verdict": one.verdict}
    if one.limit is None or one.sides is None:
        return record
    current, reference = one.sides
    effect = {
        "measure": one.limit.measure, "value": one.value, "estimate": one.limit.effect,
        "min_effect": one.limit.min_effect, "minimum_detectable_effect": one.limit.detectable,
    }  # fmt: skip
    shares = {f"missing_{side}": share for side, share in one.missing().items()}
    return (
        record
        | {"n_reference": reference.n, "n_current": current.n}
        | {"p_value": one.p_value, "p_adjusted": one.p_adjusted, "unit": one.limit.unit}
        | {name: v if isinstance(v, str) else json_number(v) for name, v in effect.items()}
        | shares
    )
