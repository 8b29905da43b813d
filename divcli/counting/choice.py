"""Which engine counts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from divcli.counting.python import PythonEngine

if TYPE_CHECKING:
    from divcli.counting.engine import Engine
    from divcli.sources.columns import Column


def engine_for(columns: Sequence[Column]) -> Engine:
    """The database's where any column is stored in one, else that of the standard library."""
    # A stored column exists only where its module is loaded.
    stored = sys.modules.get("divcli.sources.stored")
    if stored is None or not any(isinstance(one.values, stored.StoredColumn) for one in columns):
        return PythonEngine()
    from divcli.counting.duck import DuckEngine

    return DuckEngine()
