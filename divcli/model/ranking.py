"""Candidates in the order of how near they are to one distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from divcli import __version__
from divcli.errors import Status
from divcli.model.comparison import Check, renderables
from divcli.model.distribution import Distribution
from divcli.model.units import Unit, json_number


class Difference(NamedTuple):
    """How much farther a candidate is than another, with limits where P or they are samples."""

    to: str
    value: float
    low: float | None
    high: float | None


class Ranked(NamedTuple):
    """One candidate, in the unit of the measure.

    rank: by what is ranked by, shared by equal values alone, None where there is no value. value:
    of the distributions as they are. estimate, low, high: of the populations behind samples.
    p_value: of P being a sample of the candidate, or of one distribution with it. difference:
    from the nearest. tied_with: the others from which nothing tells it apart, which is decided
    against the nearest of them. reason: why there is no value.
    """

    source: str
    rank: int | None
    value: float | None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    difference: Difference | None = None
    tied_with: tuple[str, ...] = ()
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The entry of the candidate in the document."""
        document: dict[str, Any] = {
            "rank": self.rank,
            "source": self.source,
            "value": json_number(self.value),
            "estimate": json_number(self.estimate),
            "low": json_number(self.low),
            "high": json_number(self.high),
            "p_value": self.p_value,
            "tied": bool(self.tied_with),
            "tied_with": list(self.tied_with),
            "difference": None if self.difference is None else _told(self.difference),
        }
        return document if self.reason is None else document | {"reason": self.reason}


def _told(one: Difference) -> dict[str, Any]:
    numbers = {name: json_number(getattr(one, name)) for name in ("value", "low", "high")}
    return {"to": one.to, **numbers}


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The candidates, nearest first, then those without a value."""

    p: Distribution
    measure: str
    label: str
    unit: Unit
    value_unit: str
    ranking: tuple[Ranked, ...]
    ranked_by: str
    confidence: float | None
    notes: tuple[str, ...]
    checks: tuple[Check, ...] = ()

    @property
    def exit_status(self) -> Status:
        """OK, or OVER_LIMIT where a check failed."""
        return Status.OK if all(check.passed for check in self.checks) else Status.OVER_LIMIT

    @property
    def nearest(self) -> tuple[str, ...]:
        """The nearest candidate, then those from which nothing tells it apart."""
        return (self.ranking[0].source, *self.ranking[0].tied_with)

    def to_dict(self) -> dict[str, Any]:
        """The document of the command `rank`."""
        return {
            "schema": "divcli/rank/1",
            "divcli": __version__,
            "unit": self.unit.name,
            "measure": self.measure,
            "measure_unit": self.value_unit,
            "p": self.p.to_dict(),
            "ranked_by": self.ranked_by,
            "confidence": self.confidence,
            "nearest": list(self.nearest),
            "ranking": [one.to_dict() for one in self.ranking],
            "checks": [check.to_dict() for check in self.checks],
            "notes": list(self.notes),
            "exit_status": int(self.exit_status),
        }

    def to_records(self) -> list[dict[str, Any]]:
        """One record a candidate."""
        records = []
        for one in self.ranking:
            record = one.to_dict()
            del record["tied_with"]
            difference = record.pop("difference") or {"value": None, "low": None, "high": None}
            record |= {f"difference_{k}": difference[k] for k in ("value", "low", "high")}
            records.append(record)
        return records

    def __rich__(self) -> Any:
        """The tables that the command line prints."""
        return renderables(self)
