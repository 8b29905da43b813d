"""What the entropy of one or several distributions yields."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from divcli import __version__
from divcli.catalog import QUANTITIES
from divcli.errors import Status
from divcli.model.comparison import Check, renderables
from divcli.model.distribution import Distribution
from divcli.model.inference import Inference
from divcli.model.units import Unit, json_number

if TYPE_CHECKING:
    import pandas as pd

    from divcli.model.arrays import FloatArray, IndexArray


@dataclass(frozen=True, slots=True, eq=False)
class SymbolTable:
    """Symbols by their share of the entropy, largest first; arrays of shape (r,).

    rest: probability, entropy term and share of the symbols left out, where any were.
    """

    index: IndexArray
    p: FloatArray
    self_information: FloatArray
    term: FloatArray
    share: FloatArray
    rest: tuple[float, float, float] | None
    left_out: int

    def head(self, rows: int) -> SymbolTable:
        """The first rows, the others added to what was left out."""
        if len(self.index) <= rows:
            return self
        before = self.rest or (0.0, 0.0, 0.0)
        columns = (self.p, self.term, self.share)
        p, term, share = (
            math.fsum([*column[rows:].tolist(), more])
            for column, more in zip(columns, before, strict=True)
        )
        return SymbolTable(
            self.index[:rows],
            self.p[:rows],
            self.self_information[:rows],
            self.term[:rows],
            self.share[:rows],
            (p, term, share),
            self.left_out + len(self.index) - rows,
        )

    def listed(self) -> Iterator[tuple[float, float, float, float]]:
        """The p, −log p, −p log p and share of each listed symbol."""
        columns = (self.p, self.self_information, self.term, self.share)
        yield from zip(*(column.tolist() for column in columns), strict=True)


@dataclass(frozen=True, slots=True, eq=False)
class EntropyResult:
    """The quantities of one distribution by name, None where they cannot be measured."""

    distribution: Distribution
    unit: Unit
    quantities: dict[str, float | None]
    symbols: SymbolTable
    inference: Inference | None = None

    def __getattr__(self, name: str) -> float | None:
        """A quantity as an attribute: entropy, perplexity, normalized, redundancy."""
        quantities: dict[str, float | None] = object.__getattribute__(self, "quantities")
        if name in quantities:
            return quantities[name]
        raise AttributeError(f"no quantity or attribute {name!r}; measured: {list(quantities)}")

    def facts(self) -> Iterator[tuple[str, float | None, str]]:
        """Label, value and unit of each quantity."""
        for row in QUANTITIES:
            if row.name in self.quantities:
                yield row.label, self.quantities[row.name], self.unit_of(row.unit)

    def unit_of(self, rule: str) -> str:
        """The name of the unit that a quantity's rule means here."""
        return {"information": self.unit.name, "nats": "nats"}.get(rule, "")

    def records(self) -> list[dict[str, Any]]:
        """The symbols as records, largest share first, then what was left out."""
        cells = self.distribution.records(self.symbols.index)
        records = [
            cell | {"p": p, "self_information": json_number(bits), "term": term, "share": share}
            for cell, (p, bits, term, share) in zip(cells, self.symbols.listed(), strict=True)
        ]
        if self.symbols.rest is not None:
            p, term, share = self.symbols.rest
            rest = {"symbol": f"({self.symbols.left_out} more)", "cell": "rest"}
            sums = {"p": p, "self_information": None, "term": term, "share": share}
            records.append(rest | sums)
        return records

    def to_dict(self) -> dict[str, Any]:
        """The entry of this distribution in the document of the command `entropy`."""
        quantities = {name: json_number(value) for name, value in self.quantities.items()}
        document = self.distribution.to_dict() | quantities
        if self.distribution.grid is not None:
            document["grid"] = {"rule": self.distribution.grid.rule}
        if self.inference is not None:
            told = self.inference.to_dict()
            document["inference"] = {
                "entropy": told["entropy_p"],
                **{name: told[name] for name in ("confidence", "resamples", "seed")},
            }
        return document | {"symbols": self.records()}

    def to_frame(self) -> pd.DataFrame:
        """The symbols as a pandas DataFrame, largest share of the entropy first."""
        import pandas as pd

        shown = self.symbols
        return pd.DataFrame(
            {
                "symbol": self.distribution.texts_of(shown.index),
                "p": shown.p,
                "self_information": shown.self_information,
                "term": shown.term,
                "share": shown.share,
            }
        )

    def __rich__(self) -> Any:
        """The tables that the command line prints."""
        return renderables(EntropyReport(self.unit, (self,)))


@dataclass(frozen=True, slots=True, eq=False)
class EntropyReport:
    """The entropies of several distributions, with the limits they were held against."""

    unit: Unit
    results: tuple[EntropyResult, ...]
    checks: tuple[Check, ...] = ()

    @property
    def exit_status(self) -> Status:
        """OK, or OVER_LIMIT where a check failed."""
        return Status.OK if all(check.passed for check in self.checks) else Status.OVER_LIMIT

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes of all distributions, each once."""
        return tuple(dict.fromkeys(n for one in self.results for n in one.distribution.notes))

    def to_dict(self) -> dict[str, Any]:
        """The document of the command `entropy`."""
        return {
            "schema": "divcli/entropy/1",
            "divcli": __version__,
            "unit": self.unit.name,
            "distributions": [result.to_dict() for result in self.results],
            "checks": [check.to_dict() for check in self.checks],
            "notes": list(self.notes),
            "exit_status": int(self.exit_status),
        }

    def to_records(self) -> list[dict[str, Any]]:
        """One record a symbol of each distribution, then one with its quantities."""
        records: list[dict[str, Any]] = []
        for result in self.results:
            side = {"source": result.distribution.name, "column": result.distribution.column}
            records += [side | {"cell": "symbol"} | record for record in result.records()]
            total = {"symbol": "(total)", "cell": "total", "p": 1.0}
            records.append(side | total | {n: json_number(v) for n, v in result.quantities.items()})
        return records
