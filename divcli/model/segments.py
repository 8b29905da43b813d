"""Which segments of a table carry the drift of a column."""

from __future__ import annotations

from typing import Any, NamedTuple

from divcli.model.drift import ColumnDrift
from divcli.model.units import json_number


class Segment(NamedTuple):
    """One segment: its share of the rows of either side, and the column within it.

    carried: its part of the JS divergence of column and segment together, corrected for bias, in
    the unit of the report; drift: the verdict within it, None where one side has no rows of it.
    """

    name: str
    reference: float
    current: float
    carried: float
    drift: ColumnDrift | None


class ColumnSegments(NamedTuple):
    """The drift of one column, segment by segment, the one that carries most of it first.

    mix: the part that is due to other shares of the segments, not to change within any.
    """

    column: str
    by: str
    mix: float
    segments: tuple[Segment, ...]

    @property
    def total(self) -> float:
        """All parts together."""
        return self.mix + sum(one.carried for one in self.segments)

    def share(self, amount: float) -> float:
        """An amount as a share of all parts; 0 where there are none."""
        return amount / self.total if self.total > 0 else 0.0

    def records(self) -> list[dict[str, Any]]:
        """One record a segment, then the one of their mix."""
        records = [_record(one) | {"share": self.share(one.carried)} for one in self.segments]
        mix = {"segment": None, "carried": self.mix, "share": self.share(self.mix)}
        return [*records, mix]

    def to_dict(self) -> dict[str, Any]:
        """The entry of the column in a document; the segment null is the mix of segments."""
        return {"column": self.column, "by": self.by, "segments": self.records()}


def _record(one: Segment) -> dict[str, Any]:
    record: dict[str, Any] = {
        "segment": one.name,
        "reference": one.reference,
        "current": one.current,
        "carried": one.carried,
    }
    if one.drift is not None and one.drift.limit is not None:
        record |= {
            "verdict": one.drift.verdict,
            "p_value": one.drift.p_value,
            "p_adjusted": one.drift.p_adjusted,
            "effect": json_number(one.drift.limit.effect),
        }
    return record
