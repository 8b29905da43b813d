"""The dependence between two columns, and whether it moved."""

from __future__ import annotations

from typing import Any, NamedTuple

from divcli.model.units import json_number


class PairDrift(NamedTuple):
    """Two columns: the verdict on their dependence by the two keys, with what it goes by.

    mutual information of either side, effect (JS), detectable and min_effect in one unit.
    """

    columns: tuple[str, str]
    verdict: str
    p_value: float
    p_adjusted: float
    effect: float
    min_effect: float
    detectable: float | None
    current: float
    reference: float
    unit: str

    @property
    def label(self) -> str:
        """Both names."""
        return " × ".join(self.columns)

    def to_dict(self) -> dict[str, Any]:
        """The entry of the pair in a document."""
        return {
            "columns": list(self.columns),
            "verdict": self.verdict,
            "p_value": self.p_value,
            "p_adjusted": self.p_adjusted,
            "effect": {
                "measure": "js", "estimate": self.effect, "min_effect": self.min_effect,
                "unit": self.unit,
            },
            "minimum_detectable_effect": json_number(self.detectable),
            "mutual_information": {"reference": self.reference, "current": self.current},
        }  # fmt: skip

    def to_record(self) -> dict[str, Any]:
        """The pair as a row beside those of columns."""
        return {
            "column": self.label, "kind": "pair", "verdict": self.verdict, "measure": "js",
            "p_value": self.p_value, "p_adjusted": self.p_adjusted, "unit": self.unit,
            "estimate": self.effect, "min_effect": self.min_effect,
            "minimum_detectable_effect": json_number(self.detectable),
        }  # fmt: skip
