"""Drift slice by slice: a report for each, and which moved first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from divcli import __version__
from divcli.errors import Status
from divcli.model.comparison import renderables
from divcli.model.drift import DriftReport, Verdict


class Slice(NamedTuple):
    """One slice of the current: its name, how many rows it has, and the report on it."""

    name: str
    rows: int
    report: DriftReport


@dataclass(frozen=True, slots=True, eq=False)
class SlicedReport:
    """The slices in order; current: the table that was sliced, by: the column and its period."""

    current: str
    by: str
    slices: tuple[Slice, ...]

    @property
    def first(self) -> Slice | None:
        """The first slice that drifted, None where none did."""
        return next((one for one in self.slices if one.report.verdict == "drift"), None)

    @property
    def verdict(self) -> Verdict:
        """The gravest verdict of any slice."""
        order: tuple[Verdict, ...] = ("drift", "insufficient", "negligible")
        found = {one.report.verdict for one in self.slices}
        return next((verdict for verdict in order if verdict in found), "stable")

    @property
    def exit_status(self) -> Status:
        """OVER_LIMIT where any slice is."""
        return max(one.report.exit_status for one in self.slices)

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes of all slices, each once."""
        return tuple(dict.fromkeys(note for one in self.slices for note in one.report.notes))

    def to_dict(self) -> dict[str, Any]:
        """The document of `drift --by`."""
        documents = [one.report.to_dict() for one in self.slices]
        shared = {key: documents[0][key] for key in ("unit", "direction", "reference", "rules")}
        return {
            "schema": "divcli/drift-by/1",
            "divcli": __version__,
            **shared,
            "current": self.current,
            "by": self.by,
            "verdict": self.verdict,
            "first": None if self.first is None else self.first.name,
            "slices": [
                {"slice": one.name, "rows": one.rows}
                | {key: document[key] for key in ("verdict", "drifted", "columns")}
                for one, document in zip(self.slices, documents, strict=True)
            ],
            "notes": list(self.notes),
            "exit_status": int(self.exit_status),
        }

    def to_records(self) -> list[dict[str, Any]]:
        """One record a column of each slice."""
        return [
            {"slice": one.name} | record
            for one in self.slices
            for record in one.report.to_records()
        ]

    def __rich__(self) -> Any:
        """The tables that the command line prints."""
        return renderables(self)
