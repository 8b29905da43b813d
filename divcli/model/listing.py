"""Rows of the catalogue, as a result that every renderer can print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from divcli import __version__
from divcli.errors import Status


@dataclass(frozen=True, slots=True)
class Listing:
    """Records of text with the same keys."""

    rows: tuple[dict[str, str], ...]
    notes: tuple[str, ...] = ()

    @property
    def exit_status(self) -> Status:
        """A list never exceeds a limit."""
        return Status.OK

    def to_dict(self) -> dict[str, Any]:
        """The document of the command `measures`."""
        rows = [dict(row) for row in self.rows]
        return {"schema": "divcli/measures/1", "divcli": __version__, "measures": rows}

    def to_records(self) -> list[dict[str, Any]]:
        """The rows."""
        return [dict(row) for row in self.rows]
