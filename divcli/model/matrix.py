"""One measure between every two of many distributions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from divcli import __version__
from divcli.errors import Status
from divcli.model.comparison import Check, renderables
from divcli.model.units import Unit, json_number

if TYPE_CHECKING:
    import pandas as pd

    from divcli.model.arrays import FloatArray


class Homogeneity(NamedTuple):
    """Whether chance alone explains that the distributions differ, all of them taken together."""

    p_value: float | None
    method: str
    reason: str | None = None


class Neighbour(NamedTuple):
    """The nearest of the others to one distribution."""

    label: str
    nearest: str | None
    value: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """The measure of each ordered pair, in its unit.

    labels: g names. values: shape (g, g), row P against column Q, NaN where a pair cannot be
    measured. sizes: sample sizes, None where there is none. mixture: shape (g,), the weights of
    generalized_js, which is in the unit of information. left_out: label and reason. top: how
    many rows and columns people are shown.
    """

    measure: str
    label: str
    unit: Unit
    value_unit: str
    labels: tuple[str, ...]
    values: FloatArray
    sizes: tuple[int | None, ...]
    kinds: tuple[str, ...]
    generalized_js: float | None
    mixture: tuple[float, ...] | None
    order: str
    notes: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    homogeneity: Homogeneity | None = None
    nearest_only: bool = False
    top: int | None = None
    checks: tuple[Check, ...] = ()

    @property
    def exit_status(self) -> Status:
        """OK, or OVER_LIMIT where a check failed."""
        return Status.OK if all(check.passed for check in self.checks) else Status.OVER_LIMIT

    def cell(self, i: int, j: int) -> float | None:
        """The measure of row i against column j; None where it cannot be measured."""
        value = float(self.values[i, j])
        return None if value != value else value

    def row(self, i: int) -> list[float | None]:
        """A row of the matrix."""
        return [None if value != value else value for value in self.values[i].tolist()]

    def nearest(self) -> list[Neighbour]:
        """For each distribution the other with the least value from it, the first where tied."""
        found = []
        for i, label in enumerate(self.labels):
            others = [(v, j) for j, v in enumerate(self.row(i)) if v is not None and j != i]
            value, j = min(others, default=(None, -1))
            found.append(Neighbour(label, None if value is None else self.labels[j], value))
        return found

    def to_dict(self) -> dict[str, Any]:
        """The document of the command `matrix`."""
        document: dict[str, Any] = {
            "schema": "divcli/matrix/1",
            "divcli": __version__,
            "unit": self.unit.name,
            "measure": self.measure,
            "measure_unit": self.value_unit,
            "labels": list(self.labels),
            "sizes": list(self.sizes),
            "kinds": list(self.kinds),
            "order": self.order,
            "values": [list(map(json_number, self.row(i))) for i in range(len(self.labels))],
            "generalized_js": self.generalized_js,
            "mixture": None if self.mixture is None else list(self.mixture),
            "nearest": [
                one._asdict() | {"value": json_number(one.value)} for one in self.nearest()
            ],
            "left_out": [{"label": label, "reason": why} for label, why in self.left_out],
        }
        if self.homogeneity is not None:
            document["homogeneity"] = self.homogeneity._asdict()
        return document | {
            "checks": [check.to_dict() for check in self.checks],
            "notes": list(self.notes),
            "exit_status": int(self.exit_status),
        }

    def to_records(self) -> list[dict[str, Any]]:
        """One record a row of the matrix, or with its nearest neighbour alone."""
        if self.nearest_only:
            return [one._asdict() | {"value": json_number(one.value)} for one in self.nearest()]
        return [
            {self.measure: label, **dict(zip(self.labels, map(json_number, self.row(i)),
                                             strict=True))}
            for i, label in enumerate(self.labels)
        ]  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """The matrix as a pandas DataFrame, labels on both axes."""
        import pandas as pd

        return pd.DataFrame(self.values, index=list(self.labels), columns=list(self.labels))

    def __rich__(self) -> Any:
        """The tables that the command line prints."""
        return renderables(self)
