"""Which engine counts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from divcli.counting.python import PythonEngine

if TYPE_CHECKING:
    from divcli.counting.duck import DuckEngine
    from divcli.counting.engine import Engine
    from divcli.sources.columns import Column


def engine_for(columns: Sequence[Column]) -> Engine:
    """The database's where any column is stored in one, else that of the standard library."""
    if not any(map(_is_stored, columns)):
        return PythonEngine()
    from divcli.counting.duck import DuckEngine

    return DuckEngine()


def crossing_engine_for(columns: Sequence[Column], weights: Column | None) -> DuckEngine | None:
    """The engine that counts these columns and crosses them; None where rows are looked at."""
    if weights is not None or not all(map(_is_stored, columns)):
        return None
    from divcli.counting.duck import DuckEngine

    return DuckEngine(crosses=True)


def _is_stored(column: Column) -> bool:
    # A stored column exists only where its module is loaded.
    stored = sys.modules.get("divcli.sources.stored")
    return stored is not None and isinstance(column.values, stored.StoredColumn)
