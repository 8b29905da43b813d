"""A named distribution with its parameters: a model, as a source and as what a fit yields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from divcli import __version__
from divcli.catalog import Family, family

Parameter = float | tuple[float, ...] | tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Model:
    """One distribution of a family of the catalogue; the parameters in the order of its row."""

    family: str
    parameters: tuple[tuple[str, Parameter], ...]

    def __str__(self) -> str:
        """How it is written where a source is asked for, with every digit."""
        return f"{self.family}({','.join(f'{name}={_text(v)}' for name, v in self.parameters)})"

    @property
    def row(self) -> Family:
        """The row of the family."""
        return family(self.family)

    @property
    def values(self) -> tuple[Parameter, ...]:
        """The parameters without their names."""
        return tuple(value for _, value in self.parameters)

    def to_dict(self) -> dict[str, Any]:
        """Family and parameters as documents write them."""
        return {"family": self.family, "parameters": dict(self.parameters)}


@dataclass(frozen=True, slots=True)
class SavedModel:
    """A model in a file of its own, with the sample that it was fitted to."""

    model: Model
    source: str
    column: str | None
    n: int | None

    def to_dict(self) -> dict[str, Any]:
        """The document that `fit --save` writes."""
        fitted = {"source": self.source, "column": self.column, "n": self.n}
        return {"schema": "divcli/model/1", "divcli": __version__, **self.model.to_dict(), **fitted}


def _text(value: Parameter) -> str:
    if isinstance(value, tuple):
        return f"[{','.join(map(_text, value))}]"
    return repr(value)
