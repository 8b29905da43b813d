"""How a column of a stored table is counted: as symbols, or as doubles under keys of a ruler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from divcli.counting.judged import declared_guard, number_cast, number_guard, time_cast
from divcli.counting.ruler import Ruler, cell_places, distance_sql, key_sql, positions_of
from divcli.counting.weighing import stored_weights, weights_of
from divcli.sources.columns import Column
from divcli.sources.stored import NUMBERS, StoredColumn

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray
    from divcli.sources.weights import RowWeights

Way = Literal["symbols", "numbers", "times"]


def stored_of(column: Column) -> StoredColumn:
    """Where the values of a stored column are."""
    assert isinstance(column.values, StoredColumn)
    return column.values


class Plan(NamedTuple):
    """How a column is to be counted: the way, and on a line its ruler or its edges.

    plain: whether its first values pass the cheapest test of what they are. stays: whether its mere
    texts stay in the database, however many.
    """

    column: Column
    way: Way
    ruler: Ruler
    edges: FloatArray | None
    plain: bool = False
    stays: bool = False

    @property
    def stored(self) -> StoredColumn:
        """Where its values are."""
        return stored_of(self.column)

    @property
    def weights(self) -> RowWeights | None:
        """What its rows weigh, None where all weigh the same."""
        return weights_of(self.column)

    @property
    def weighing(self) -> str | None:
        """What SQL calls the weight of a row, if it has one."""
        return None if self.weights is None else stored_weights(self.weights).expression

    @property
    def how(self) -> tuple[object, ...]:
        """What two parts of a column must have in common to be counted by one query."""
        values = (self.stored.expression, self.column.na, self.way, self.ruler, self.plain)
        return *values, self.stays, id(self.edges), self.weighing

    @property
    def is_declared(self) -> bool:
        """Whether all but a few values have a key; the key of those few is NaN."""
        return self.stored.form in NUMBERS and self.way == "numbers" and self.edges is None

    def cast(self, raw: str) -> str:
        """What a raw value may be on the line, as SQL."""
        cast = time_cast if self.way == "times" else number_cast
        return cast(raw, self.stored.form, self.column.na, plain=self.plain)

    def guard(self, cast: str, raw: str) -> str:
        """The same as a double, NULL where the policy has to look."""
        if self.way == "times":
            # Microseconds that a double cannot hold are left to the policy.
            return f"CASE WHEN abs({cast}) < 9007199254740992 THEN {cast}::DOUBLE / 1000000 END"
        if self.is_declared:
            sure = self.stored.form == "number" and not self.ruler.exact
            return cast if sure else declared_guard(cast)  # what is not finite has no bits to cut
        return number_guard(cast, raw, self.stored.form, plain=self.plain)

    def distance(self, value: str) -> str:
        """How far a double is from the ruler's centre; itself where there are edges."""
        return distance_sql(value, self.ruler) if self.edges is None else value

    def key(self, distance: str) -> str:
        """What a double at this distance is counted under; itself where there are edges."""
        return key_sql(distance, self.ruler) if self.edges is None else distance

    def positions(self, keys: FloatArray) -> FloatArray:
        """Where the rows with these keys stand."""
        if self.edges is None:
            return positions_of(keys, self.ruler)
        return cell_places(keys.astype(np.intp), self.edges)
