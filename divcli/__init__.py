"""How different are two distributions, and does it matter?

`compare`, `entropy`, `profile` and `drift` take file names, mappings, sequences, pandas objects or
`Distribution`s and return the results that the command line prints, as objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from divcli.api import compare as compare
    from divcli.api import drift as drift
    from divcli.api import entropy as entropy
    from divcli.api import fit as fit
    from divcli.api import profile as profile
    from divcli.api import score as score
    from divcli.api_many import dependence as dependence
    from divcli.api_many import joint_entropy as joint_entropy
    from divcli.api_many import matrix as matrix
    from divcli.api_many import rank as rank
    from divcli.api_many import sample_check as sample_check
    from divcli.errors import DataError as DataError
    from divcli.errors import DivcliError as DivcliError
    from divcli.model.column_settings import ColumnSettings as ColumnSettings
    from divcli.model.comparison import Comparison as Comparison
    from divcli.model.distribution import Distribution as Distribution

__version__ = "0.1.0"

# Loaded when first asked for: `divcli --help` imports this package and must not pay for numpy.
_LAZY = {
    "compare": "divcli.api",
    "drift": "divcli.api",
    "entropy": "divcli.api",
    "dependence": "divcli.api_many",
    "joint_entropy": "divcli.api_many",
    "matrix": "divcli.api_many",
    "rank": "divcli.api_many",
    "sample_check": "divcli.api_many",
    "fit": "divcli.api",
    "score": "divcli.api",
    "profile": "divcli.api",
    "ColumnSettings": "divcli.model.column_settings",
    "Comparison": "divcli.model.comparison",
    "Distribution": "divcli.model.distribution",
    "DataError": "divcli.errors",
    "DivcliError": "divcli.errors",
}

__all__ = [
    "ColumnSettings",
    "Comparison",
    "DataError",
    "Distribution",
    "DivcliError",
    "compare",
    "dependence",
    "drift",
    "entropy",
    "fit",
    "joint_entropy",
    "matrix",
    "profile",
    "rank",
    "sample_check",
    "score",
]


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module 'divcli' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY])
