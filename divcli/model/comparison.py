"""What comparing two distributions yields: scores, contributions, checks and notes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from divcli import __version__
from divcli.catalog import TABLES, resolve
from divcli.errors import Status
from divcli.model.distribution import Distribution
from divcli.model.inference import Inference
from divcli.model.units import Unit, json_number

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


# Columns of the contributions of which no sum means anything.
RATIOS = frozenset({"ratio", "log_ratio"})


class Score(NamedTuple):
    """The value of one measure; bounds: what theorems say it can be at most, by theorem."""

    measure: str
    value: float | None
    unit: str
    reason: str | None = None
    bounds: tuple[tuple[str, float], ...] = ()


class Check(NamedTuple):
    """A limit on a measure, and whether the value keeps it."""

    measure: str
    value: float
    limit: float
    column: str | None = None  # where several are compared

    @property
    def passed(self) -> bool:
        """Whether the value is at or below the limit."""
        return self.value <= self.limit

    def to_dict(self) -> dict[str, Any]:
        """The check as documents list it."""
        column = {} if self.column is None else {"column": self.column}
        return column | {
            "measure": self.measure,
            "value": json_number(self.value),
            "limit": json_number(self.limit),
            "passed": self.passed,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """What each cell contributes, largest share first.

    index: shape (r,), positions in the alphabet. columns: name -> shape (r,) in the unit of the
    comparison. rest: the sums over the cells left out, one a column, where any were. ranked_by:
    the measure whose share orders them.
    """

    index: NDArray[np.intp]
    columns: dict[str, NDArray[np.float64]]
    rest: dict[str, float] | None
    left_out: int
    ranked_by: str

    def head(self, rows: int) -> Contributions:
        """The first rows, the others added to what was left out."""
        if len(self.index) <= rows:
            return self
        rest = {
            name: math.fsum([*values[rows:].tolist(), (self.rest or {}).get(name, 0.0)])
            for name, values in self.columns.items()
            if name not in RATIOS
        }
        return Contributions(
            self.index[:rows],
            {name: values[:rows] for name, values in self.columns.items()},
            rest,
            self.left_out + len(self.index) - rows,
            self.ranked_by,
        )


class GridVerdict(NamedTuple):
    """What one grid makes of two samples: corrected JS, p-value, and the verdict."""

    rule: str
    cells: int
    js: float | None
    p_value: float | None
    more_than_chance: bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two distributions on one alphabet, every score asked for, and where it comes from."""

    p: Distribution
    q: Distribution
    unit: Unit
    scores: tuple[Score, ...]
    contributions: Contributions
    notes: tuple[str, ...]
    inference: Inference | None = None
    sensitivity: tuple[GridVerdict, ...] = ()

    def __getitem__(self, measure: str) -> float | None:
        """The value of a measure by its name, None where it cannot be measured."""
        return next(score.value for score in self.scores if score.measure == measure)

    def __getattr__(self, name: str) -> float | None:
        """The value of a measure as an attribute."""
        for score in object.__getattribute__(self, "scores"):
            if score.measure == name:
                value: float | None = score.value
                return value
        raise AttributeError(f"no measure or attribute {name!r}; measured: {self.measures}")

    @property
    def measures(self) -> dict[str, float | None]:
        """All values by measure."""
        return {score.measure: score.value for score in self.scores}

    @property
    def verdict_holds(self) -> bool:
        """Whether every grid tried gives the same verdict."""
        return len({grid.more_than_chance for grid in self.sensitivity}) <= 1

    def records(self) -> list[dict[str, Any]]:
        """The contributions as records, largest first, then what was left out."""
        shown, columns = self.contributions, self.contributions.columns
        lists = {name: values.tolist() for name, values in columns.items()}
        records = [
            cell | {name: json_number(v[row]) for name, v in lists.items()}
            for row, cell in enumerate(self.p.records(shown.index))
        ]
        if shown.rest is not None:
            rest: dict[str, Any] = {"symbol": f"({shown.left_out} more)", "cell": "rest"}
            records.append(rest | {name: json_number(shown.rest.get(name)) for name in columns})
        return records

    def to_dict(self) -> dict[str, Any]:
        """The comparison as a document (schema divcli/compare/1), without checks and status."""
        reasons = {s.measure: s.reason for s in self.scores if s.reason}
        document: dict[str, Any] = {
            "schema": "divcli/compare/1",
            "divcli": __version__,
            "unit": self.unit.name,
            "p": self.p.to_dict(),
            "q": self.q.to_dict(),
            "measures": {s.measure: json_number(s.value) for s in self.scores},
            "bounds": {
                s.measure: {theorem: json_number(bound) for theorem, bound in s.bounds}
                for s in self.scores
                if s.bounds
            },
            "share_of": self.contributions.ranked_by,
            "contributions": self.records(),
        }
        if self.p.grid is not None:
            document["grid"] = {"rule": self.p.grid.rule}
        if reasons:
            document["not_measured"] = reasons
        if self.inference is not None:
            document["inference"] = self.inference.to_dict()
        if self.sensitivity:
            document["sensitivity"] = {
                "holds": self.verdict_holds,
                "grids": [grid._asdict() for grid in self.sensitivity],
            }
        return document | {"notes": list(self.notes)}

    def to_frame(self) -> pd.DataFrame:
        """The contributions as a pandas DataFrame, one row a symbol, largest share first."""
        import pandas as pd

        shown = self.contributions
        return pd.DataFrame({"symbol": self.p.texts_of(shown.index), **shown.columns})

    def __rich__(self) -> Any:
        """The tables that the command line prints."""
        return renderables(Report((self,)))


class Report(NamedTuple):
    """Comparisons with the limits they were held against.

    whole: whether all columns of two tables were compared, however many those are; said: notes on
    the tables; failed: the columns that could not be compared, with the reason.
    """

    comparisons: tuple[Comparison, ...]
    checks: tuple[Check, ...] = ()
    whole: bool = False
    said: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()

    @property
    def exit_status(self) -> Status:
        """OK, or OVER_LIMIT where a check failed."""
        return Status.OK if all(check.passed for check in self.checks) else Status.OVER_LIMIT

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes of all comparisons, each once."""
        reasons = (f"column {column!r} not compared: {why}" for column, why in self.failed)
        own = (n for one in self.comparisons for n in one.notes)
        return tuple(dict.fromkeys((*self.said, *reasons, *own)))

    def to_dict(self) -> dict[str, Any]:
        """The document of the command `compare`."""
        documents = [one.to_dict() for one in self.comparisons]
        if self.whole:
            document = self._of_columns(documents)
            notes: list[str] = list(self.notes)
        else:
            [document] = documents
            notes = document.pop("notes")
        return document | {
            "checks": [check.to_dict() for check in self.checks],
            "notes": notes,
            "exit_status": int(self.exit_status),
        }

    def _of_columns(self, documents: list[dict[str, Any]]) -> dict[str, Any]:
        """The document of several columns: what they share, then each."""
        shared = {"schema": "divcli/compare/1", "divcli": __version__}
        columns = [
            {"column": document["p"]["column"]}
            | {key: value for key, value in document.items() if key not in (*shared, "notes")}
            for document in documents
        ]
        failed = [{"column": column, "reason": why} for column, why in self.failed]
        return shared | {"columns": columns, "not_compared": failed}

    def to_records(self) -> list[dict[str, Any]]:
        """One record a symbol, then one with the values of all measures; of each column."""
        records: list[dict[str, Any]] = []
        for one in self.comparisons:
            column = {"column": one.p.column} if self.whole else {}
            records += [column | {"cell": "symbol"} | record for record in one.records()]
            total = column | {"symbol": "(total)", "cell": "total", "p": 1.0, "q": 1.0}
            records.append(total | {s.measure: json_number(s.value) for s in one.scores})
        return records


def renderables(result: object) -> Any:
    """A result as the table renderer shows it, for a rich console of the caller's."""
    return resolve(TABLES)(result)
