"""Several columns counted together, and what their joint distribution yields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from divcli import __version__
from divcli.catalog import QUANTITIES
from divcli.errors import Status
from divcli.model.comparison import Check
from divcli.model.distribution import Distribution
from divcli.model.units import Unit, json_number

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, IndexArray, WeightArray


class JointTable(NamedTuple):
    """Rows, or their weight, by the cells of several columns; only cells that hold any.

    margins: the columns, each on its own cells. cells: for each column the cell, shape (c,), of
    every occupied joint cell. weights: shape (c,). n: rows behind them, None for probabilities.
    """

    margins: tuple[Distribution, ...]
    cells: tuple[IndexArray, ...]
    weights: WeightArray
    n: int | None


class Independence(NamedTuple):
    """What a sample says about the mutual information behind it, in one unit.

    estimate: corrected for bias, below 0 now and then where there is none. noise_mean,
    noise_floor: mean, and quantile at the confidence, of the exact value where the columns are
    independent. p_value: of independence, found as method says.
    """

    estimate: float
    noise_mean: float
    noise_floor: float
    p_value: float
    method: str
    estimator: str
    confidence: float

    def scaled(self, size: float) -> Independence:
        """The same amounts in a unit of this size."""
        return self._replace(
            estimate=self.estimate / size,
            noise_mean=self.noise_mean / size,
            noise_floor=self.noise_floor / size,
        )


@dataclass(frozen=True, slots=True, eq=False)
class JointEntropy:
    """Quantities of a joint distribution by name, None where they cannot be measured.

    expected: shape (c,), the probability of each occupied cell were the columns independent.
    terms: shape (c,), p log p/expected in the unit, which sum to the mutual information (or total
    correlation). order: the cells by how much they tell, largest first.
    """

    table: JointTable
    unit: Unit
    quantities: dict[str, float | None]
    expected: FloatArray
    terms: FloatArray
    order: IndexArray
    notes: tuple[str, ...]
    top: int | None = None
    inference: Independence | None = None
    checks: tuple[Check, ...] = ()

    def __getattr__(self, name: str) -> float | None:
        """A quantity as an attribute: joint_entropy, mutual_information, …"""
        quantities: dict[str, float | None] = object.__getattribute__(self, "quantities")
        if name in quantities:
            return quantities[name]
        raise AttributeError(f"no quantity or attribute {name!r}; measured: {list(quantities)}")

    @property
    def exit_status(self) -> Status:
        """OK, or OVER_LIMIT where a check failed."""
        return Status.OK if all(check.passed for check in self.checks) else Status.OVER_LIMIT

    def rows_of(self) -> list[tuple[str, float | None, str]]:
        """Label, value and unit of each quantity; X, Y stand for the columns in order."""
        units = {"information": self.unit.name}
        return [
            (row.label, self.quantities[row.name], units.get(row.unit, ""))
            for row in QUANTITIES
            if row.name in self.quantities
        ]

    def records(self, top: int | None = None) -> list[dict[str, Any]]:
        """The joint cells as records, by their term of the information, largest first."""
        total = float(self.table.weights.sum())
        shown = self.order if top is None else self.order[:top]
        columns = [
            margin.records(cells[shown])
            for margin, cells in zip(self.table.margins, self.table.cells, strict=True)
        ]
        return [
            {
                "cells": cells,
                "p": float(self.table.weights[i]) / total,
                "expected": float(self.expected[i]),
                "term": float(self.terms[i]),
            }
            for i, *cells in zip(shown.tolist(), *columns, strict=True)
        ]

    def to_dict(self) -> dict[str, Any]:
        """The document of the command `entropy` for a joint table."""
        quantities = {name: json_number(value) for name, value in self.quantities.items()}
        document: dict[str, Any] = {
            "schema": "divcli/joint-entropy/1",
            "divcli": __version__,
            "unit": self.unit.name,
            "n": self.table.n,
            "columns": [margin.to_dict() for margin in self.table.margins],
            "quantities": quantities,
        }
        if self.inference is not None:
            document["inference"] = {"mutual_information": self.inference._asdict()}
        return document | {
            "cells": self.records(self.top),
            "checks": [check.to_dict() for check in self.checks],
            "notes": list(self.notes),
            "exit_status": int(self.exit_status),
        }

    def to_records(self) -> list[dict[str, Any]]:
        """One record a joint cell, then one with the quantities."""
        labels = [margin.column or margin.name for margin in self.table.margins]
        records = [
            {"cell": "symbol", **dict(zip(labels, _texts(one), strict=True)),
             "p": one["p"], "expected": one["expected"], "term": one["term"]}
            for one in self.records(self.top)
        ]  # fmt: skip
        quantities = {name: json_number(value) for name, value in self.quantities.items()}
        return [*records, {"cell": "total", "p": 1.0, **quantities}]


def _texts(record: dict[str, Any]) -> list[str]:
    """The symbols of a joint cell."""
    return [cell["symbol"] for cell in record["cells"]]
