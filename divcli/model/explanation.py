"""A calculation told step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from divcli import __version__
from divcli.errors import Status
from divcli.model.units import json_number


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is done and why, and the numbers it yields."""

    title: str
    text: str
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str | float, ...], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The step as documents list it."""
        values = [[v if isinstance(v, str) else json_number(v) for v in row] for row in self.rows]
        return {"title": self.title, "text": self.text, "header": list(self.header), "rows": values}


@dataclass(frozen=True, slots=True)
class Explanation:
    """The steps of a comparison, in the order a teacher takes them."""

    unit: str
    steps: tuple[Step, ...]
    notes: tuple[str, ...]

    @property
    def exit_status(self) -> Status:
        """Explaining never exceeds a limit."""
        return Status.OK

    def to_dict(self) -> dict[str, Any]:
        """The document of the command `explain`."""
        return {
            "schema": "divcli/explain/1",
            "divcli": __version__,
            "unit": self.unit,
            "steps": [step.to_dict() for step in self.steps],
            "notes": list(self.notes),
            "exit_status": int(self.exit_status),
        }

    def to_records(self) -> list[dict[str, Any]]:
        """One record a number: the step, the row, the quantity and its value."""
        return [
            {"step": step.title, "row": row[0], "quantity": title, "value": value}
            for step in self.steps
            for row in step.rows
            for title, value in zip(step.header[1:], row[1:], strict=True)
        ]
