"""A column of a stored table once it is counted, and several put together in the database."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from divcli.counting.engine import Together
from divcli.counting.fetched import Raws
from divcli.counting.plans import Plan
from divcli.counting.texts import Left, shared_texts
from divcli.counting.typing_policy import ValueKind
from divcli.sources.columns import Value

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, WeightArray
    from divcli.model.sums import Weighed


class Counted(NamedTuple):
    """What one reading tells of a column.

    positions, masses: shape (u,), rows by the place they stand at, ascending in no order. others:
    the values without a place, with their rows. kinds: what those are. raws: where what has no
    place is found as it is stored, if that is wanted.
    """

    plan: Plan
    positions: FloatArray
    masses: WeightArray
    others: Sequence[Value]
    counts: Sequence[int]
    kinds: Sequence[ValueKind]
    left: Left | None
    raws: Raws | None = None
    weighed: Weighed | None = None

    @property
    def rows(self) -> int:
        """All rows, missing values included."""
        if self.weighed is not None:
            return self.weighed.rows
        left = 0 if self.left is None else self.left.rows
        return int(self.masses.sum()) + sum(self.counts) + left

    def missing(self) -> list[str]:
        """The texts that are missing values."""
        gaps = compress(self.others, map("missing".__eq__, self.kinds))
        return [value for value in gaps if isinstance(value, str)]


def put_together(counted: Sequence[Counted], limit: int | None, *, drops_missing: bool) -> Together:
    """Columns on the symbols of all, or on those with the greatest sums of shares."""
    missing = [sum(compress(one.counts, map("missing".__eq__, one.kinds))) for one in counted]
    gone = missing if drops_missing else [0] * len(counted)
    totals = [one.rows - less for one, less in zip(counted, gone, strict=True)]
    gaps = sorted({text for one in counted for text in one.missing()})
    table = counted[0].plan.stored.table
    left = [one.left for one in counted if one.left is not None]
    texts, counts, distinct = shared_texts(table, left, gaps, totals, limit)
    rest = [
        one.rows - absent - int(kept.sum())
        for one, absent, kept in zip(counted, missing, counts, strict=True)
    ]
    kept_missing = [0] * len(counted) if drops_missing else missing
    return Together(texts, counts, kept_missing, rest, max(distinct - (limit or distinct), 0))
