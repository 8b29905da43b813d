"""The columns of a table by what they tell of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from divcli import __version__
from divcli.errors import Status
from divcli.model.comparison import Check, renderables
from divcli.model.distribution import Distribution
from divcli.model.joint import Independence
from divcli.model.units import Unit, json_number


class Dependence(NamedTuple):
    """What one column tells of the target, in the unit of the report.

    column: the column on its cells, None where it could not be counted. share: the mutual
    information over the entropy of the target. p_adjusted: over all columns tested, by Holm.
    reason: why something is None.
    """

    label: str
    column: Distribution | None
    mutual_information: float | None = None
    share: float | None = None
    adjusted: float | None = None
    told: Independence | None = None
    p_adjusted: float | None = None
    reason: str | None = None

    def verdict(self, alpha: float) -> str | None:
        """Whether chance is ruled out over all columns together; None where nothing was tested."""
        if self.p_adjusted is None:
            return None
        return "dependent" if self.p_adjusted <= alpha else "not shown"

    def to_dict(self, alpha: float) -> dict[str, Any]:
        """The entry of the column in the document."""
        side, told = self.column, self.told
        document: dict[str, Any] = {
            "column": self.label,
            "kind": None if side is None else side.kind,
            "n": None if side is None else side.n,
            "cells": None if side is None else side.occupied,
            "grid": None if side is None or side.grid is None else side.grid.rule,
            "mutual_information": json_number(self.mutual_information),
            "estimate": None if told is None else told.estimate,
            "noise_mean": None if told is None else told.noise_mean,
            "noise_floor": None if told is None else told.noise_floor,
            "share": self.share,
            "adjusted_mutual_information": self.adjusted,
            "p_value": None if told is None else told.p_value,
            "p_adjusted": self.p_adjusted,
            "method": None if told is None else told.method,
            "verdict": self.verdict(alpha),
        }
        return document if self.reason is None else document | {"reason": self.reason}


@dataclass(frozen=True, slots=True, eq=False)
class DependenceReport:
    """The columns in the order of what they tell of the target, most first."""

    target: Distribution
    entropy: float
    unit: Unit
    confidence: float
    columns: tuple[Dependence, ...]
    notes: tuple[str, ...]
    checks: tuple[Check, ...] = ()

    @property
    def exit_status(self) -> Status:
        """OK, or OVER_LIMIT where a check failed."""
        return Status.OK if all(check.passed for check in self.checks) else Status.OVER_LIMIT

    @property
    def alpha(self) -> float:
        """The level that the tests keep together."""
        return 1 - self.confidence

    def to_dict(self) -> dict[str, Any]:
        """The document of the command `dependence`."""
        return {
            "schema": "divcli/dependence/1",
            "divcli": __version__,
            "unit": self.unit.name,
            "target": self.target.to_dict() | {"entropy": self.entropy},
            "confidence": self.confidence,
            "columns": [one.to_dict(self.alpha) for one in self.columns],
            "checks": [check.to_dict() for check in self.checks],
            "notes": list(self.notes),
            "exit_status": int(self.exit_status),
        }

    def to_records(self) -> list[dict[str, Any]]:
        """One record a column."""
        target = {"target": self.target.column}
        return [target | one.to_dict(self.alpha) for one in self.columns]

    def __rich__(self) -> Any:
        """The tables that the command line prints."""
        return renderables(self)
