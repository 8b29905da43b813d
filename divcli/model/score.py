"""How predicted probabilities do against labels: the loss, where it comes from, calibration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from divcli import __version__
from divcli.errors import Status
from divcli.model.comparison import Check, renderables
from divcli.model.units import Unit, json_number


class ClassScore(NamedTuple):
    """One class: rows that have it, its share, and what is predicted for it.

    predicted: mean predicted probability. chosen: rows whose greatest probability it has.
    cross_entropy: its part of the whole, in the unit. loss: mean over its rows, None without any.
    """

    name: str
    n: float
    share: float
    predicted: float
    chosen: int
    cross_entropy: float
    loss: float | None

    def to_dict(self) -> dict[str, Any]:
        """The entry in a document."""
        return {
            "class": self.name,
            "n": self.n,
            "share": self.share,
            "predicted": self.predicted,
            "chosen": self.chosen,
            "cross_entropy_pq": json_number(self.cross_entropy),
            "loss": json_number(self.loss),
        }


class ReliabilityBin(NamedTuple):
    """Predictions of about one confidence: rows, mean confidence, and the share that is right."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float

    @property
    def gap(self) -> float:
        """Confidence over accuracy."""
        return self.confidence - self.accuracy

    def to_dict(self) -> dict[str, Any]:
        """The entry in a document."""
        return self._asdict() | {"gap": self.gap}


class TorchLoss(NamedTuple):
    """What one of torch's losses prints, in nats; reason: why the value is None."""

    loss: str
    reduction: str
    value: float | None
    meaning: str
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The entry in a document; the reason only where there is one."""
        document = self._asdict() | {"value": json_number(self.value)}
        return {key: v for key, v in document.items() if key != "reason" or v is not None}


@dataclass(frozen=True, slots=True)
class ScoreReport:
    """Predictions of one source against its labels, P the labels and Q the predictions.

    measures: cross_entropy_pq and kl_pq in the unit, and what has none, by name. n: rows scored;
    left_out: rows that could not be.
    """

    source: str
    column: str
    n: int
    left_out: int
    unit: Unit
    measures: Mapping[str, float | None]
    classes: tuple[ClassScore, ...]
    reliability: tuple[ReliabilityBin, ...]
    torch: tuple[TorchLoss, ...] = ()
    notes: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def exit_status(self) -> Status:
        """OK, or OVER_LIMIT where a check failed."""
        return Status.OK if all(check.passed for check in self.checks) else Status.OVER_LIMIT

    def __getitem__(self, measure: str) -> float | None:
        """The value of a measure by its name."""
        return self.measures[measure]

    def to_dict(self) -> dict[str, Any]:
        """The document of the command `score`."""
        torch = {"torch": [one.to_dict() for one in self.torch]} if self.torch else {}
        return {
            "schema": "divcli/score/1",
            "divcli": __version__,
            "unit": self.unit.name,
            "source": self.source,
            "column": self.column,
            "n": self.n,
            "left_out": self.left_out,
            "measures": {name: json_number(value) for name, value in self.measures.items()},
            "classes": [one.to_dict() for one in self.classes],
            "reliability": [one.to_dict() for one in self.reliability],
            **torch,
            "checks": [check.to_dict() for check in self.checks],
            "notes": list(self.notes),
            "exit_status": int(self.exit_status),
        }

    def to_records(self) -> list[dict[str, Any]]:
        """One record a class, then the bins, torch's losses, and one with all measures."""
        records = [{"record": "class"} | one.to_dict() for one in self.classes]
        records += [{"record": "reliability"} | one.to_dict() for one in self.reliability]
        records += [{"record": "torch"} | one.to_dict() for one in self.torch]
        total = {name: json_number(value) for name, value in self.measures.items()}
        return [*records, {"record": "total", "n": self.n} | total]

    def __rich__(self) -> Any:
        """The tables that the command line prints."""
        return renderables(self)
