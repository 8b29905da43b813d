"""What fitting families to a sample yields: each with its parameters and how far it is off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from divcli import __version__
from divcli.errors import Status
from divcli.model.comparison import Check, renderables
from divcli.model.family import Model
from divcli.model.units import Unit, json_number


class KlEstimate(NamedTuple):
    """KL of the data from a model, mean[ln p̂ - ln q], and its standard error.

    density: how p̂, the density of the data, is estimated.
    """

    estimate: float
    se: float | None
    density: str

    def to_dict(self) -> dict[str, Any]:
        """The entry in a document."""
        se = json_number(self.se)
        return {"estimate": json_number(self.estimate), "se": se, "density": self.density}


class Fit(NamedTuple):
    """One fitted family. nll: mean negative log-likelihood, the cross-entropy of data and model.

    nll and kl in the unit of the report; aic and bic in nats, None without a sample size. ks: the
    distance of the distribution functions, None for symbols without an order.
    """

    model: Model
    nll: float
    aic: float | None
    bic: float | None
    kl: KlEstimate | None
    ks: float | None

    def to_dict(self) -> dict[str, Any]:
        """The entry in a document."""
        return {
            **self.model.to_dict(),
            "nll": json_number(self.nll),
            "aic": json_number(self.aic),
            "bic": json_number(self.bic),
            "kl": None if self.kl is None else self.kl.to_dict(),
            "ks": self.ks,
        }

    def to_record(self) -> dict[str, Any]:
        """The row in a table for programs."""
        told = self.kl or KlEstimate(0.0, None, "")
        return {
            "family": self.model.family,
            "model": str(self.model),
            "nll": json_number(self.nll),
            "aic": json_number(self.aic),
            "bic": json_number(self.bic),
            "kl": None if self.kl is None else json_number(told.estimate),
            "kl_se": json_number(told.se),
            "density": told.density,
            "ks": self.ks,
        }


class NotFitted(NamedTuple):
    """A family that cannot be fitted, and why."""

    family: str
    reason: str


@dataclass(frozen=True, slots=True)
class FitReport:
    """Families fitted to one column, the one with the least AIC first.

    n: the values they were fitted to, of weighted rows what they are worth; None for weights of no
    known sample. left_out: values that are no finite numbers.
    """

    source: str
    column: str | None
    kind: str
    n: int | None
    left_out: float
    unit: Unit
    fits: tuple[Fit, ...]
    not_fitted: tuple[NotFitted, ...] = ()
    notes: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def exit_status(self) -> Status:
        """OK, or OVER_LIMIT where a check failed."""
        return Status.OK if all(check.passed for check in self.checks) else Status.OVER_LIMIT

    @property
    def best(self) -> Fit | None:
        """The first of the fits, None where there is none."""
        return self.fits[0] if self.fits else None

    @property
    def measures(self) -> dict[str, float | None]:
        """What a limit can be set on: of the best fit."""
        if self.best is None:
            return {}
        kl = None if self.best.kl is None else self.best.kl.estimate
        return {"cross_entropy_pq": self.best.nll, "kl_pq": kl, "ks": self.best.ks}

    def __getitem__(self, family: str) -> Fit:
        """The fit of a family by its name; KeyError where it was not fitted."""
        for fit in self.fits:
            if fit.model.family == family:
                return fit
        raise KeyError(family)

    def to_dict(self) -> dict[str, Any]:
        """The document of the command `fit`."""
        return {
            "schema": "divcli/fit/1",
            "divcli": __version__,
            "unit": self.unit.name,
            "source": self.source,
            "column": self.column,
            "kind": self.kind,
            "n": self.n,
            "left_out": json_number(self.left_out),
            "fits": [fit.to_dict() for fit in self.fits],
            "not_fitted": [one._asdict() for one in self.not_fitted],
            "checks": [check.to_dict() for check in self.checks],
            "notes": list(self.notes),
            "exit_status": int(self.exit_status),
        }

    def to_records(self) -> list[dict[str, Any]]:
        """One record a family, those that could not be fitted last."""
        records = [{"rank": i, **fit.to_record()} for i, fit in enumerate(self.fits, start=1)]
        return [*records, *(one._asdict() for one in self.not_fitted)]

    def __rich__(self) -> Any:
        """The table that the command line prints."""
        return renderables(self)
