"""Whether a sample represents the population it was drawn from, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from divcli import __version__
from divcli.errors import Status
from divcli.model.comparison import Check, renderables
from divcli.model.units import Unit, json_number

Verdict = Literal["representative", "not representative", "insufficient"]


class SampleColumn(NamedTuple):
    """One column of the sample against the population, in the unit of the report.

    n, population: rows on either side. kl: KL(sample‖population). noise_floor: what the JS
    divergence of a random sample of this size stays below at the confidence. p_adjusted: over all
    columns tested, by Holm. detectable: the JS divergence from the population that would be found
    in four of five such samples. reason: why something is None, or what the verdict rests on.
    """

    label: str
    verdict: Verdict
    kind: str | None = None
    n: int | None = None
    population: int | None = None
    cells: int | None = None
    kl: float | None = None
    js: float | None = None
    ks: float | None = None
    noise_floor: float | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    detectable: float | None = None
    method: str | None = None
    corrected: bool | None = None
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The entry of the column in the document."""
        document: dict[str, Any] = {
            "column": self.label,
            "kind": self.kind,
            "n": self.n,
            "population": self.population,
            "cells": self.cells,
            "kl": json_number(self.kl),
            "js": self.js,
            "ks": self.ks,
            "noise_floor": self.noise_floor,
            "p_value": self.p_value,
            "p_adjusted": self.p_adjusted,
            "minimum_detectable_js": self.detectable,
            "method": self.method,
            "finite_population": self.corrected,
            "verdict": self.verdict,
        }
        return document if self.reason is None else document | {"reason": self.reason}


@dataclass(frozen=True, slots=True, eq=False)
class SampleReport:
    """Every column with its verdict; strict: a column that is not represented exceeds a limit."""

    sample: str
    population: str
    unit: Unit
    confidence: float
    smallest: float
    columns: tuple[SampleColumn, ...]
    notes: tuple[str, ...]
    strict: bool = False
    checks: tuple[Check, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Of all columns together: the worst of those that could be told."""
        found = {one.verdict for one in self.columns}
        if "not representative" in found:
            return "not representative"
        return "representative" if "representative" in found else "insufficient"

    @property
    def exit_status(self) -> Status:
        """OVER_LIMIT where a check failed, or where strict and a column is not represented."""
        broken = self.strict and self.verdict == "not representative"
        passed = all(check.passed for check in self.checks)
        return Status.OK if passed and not broken else Status.OVER_LIMIT

    def to_dict(self) -> dict[str, Any]:
        """The document of the command `sample-check`."""
        return {
            "schema": "divcli/sample-check/1",
            "divcli": __version__,
            "unit": self.unit.name,
            "sample": self.sample,
            "population": self.population,
            "confidence": self.confidence,
            "smallest_js": self.smallest,
            "verdict": self.verdict,
            "columns": self.to_records(),
            "checks": [check.to_dict() for check in self.checks],
            "notes": list(self.notes),
            "exit_status": int(self.exit_status),
        }

    def to_records(self) -> list[dict[str, Any]]:
        """One record a column."""
        return [one.to_dict() for one in self.columns]

    def __rich__(self) -> Any:
        """The tables that the command line prints."""
        return renderables(self)
