"""Python objects as sources: what a caller of the library hands over."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from divcli.errors import DataError
from divcli.model.distribution import Distribution
from divcli.model.family import Model
from divcli.sources.columns import Column, InputOptions
from divcli.sources.documents import from_value
from divcli.sources.models import column_of_model
from divcli.sources.resolve import open_source

if TYPE_CHECKING:
    from divcli.sources.columns import Source


def source_of(data: Any, name: str, options: InputOptions) -> Source:
    """The source that an object is; DataError where it is none."""
    if isinstance(data, (str, os.PathLike)):
        return open_source(os.fspath(data), options)
    if isinstance(data, Distribution):
        return _distribution(data)
    if isinstance(data, Model):
        return column_of_model(data, options)
    pandas = sys.modules.get("pandas")  # an object of pandas exists only where it is loaded
    if pandas is not None and isinstance(data, (pandas.DataFrame, pandas.Series)):
        from divcli.sources.frames import from_frame, from_series

        if isinstance(data, pandas.DataFrame):
            return from_frame(data, name)
        return from_series(data, name, options)
    if hasattr(data, "__arrow_c_stream__"):
        from divcli.sources.selection import selected
        from divcli.sources.typed import store_table

        return selected(store_table(data, name, options), options)
    if isinstance(data, Mapping):
        plain = {str(key): plain_value(value) for key, value in data.items()}
        return from_value(plain, name, options)
    if hasattr(data, "tolist") or (isinstance(data, Sequence) and not isinstance(data, bytes)):
        return from_value([plain_value(value) for value in data], name, options)
    raise DataError(f"a {type(data).__name__} is no source of a distribution", where=name)


def _distribution(data: Distribution) -> Column:
    return Column(
        data.name,
        data.column,
        data.symbols,
        True,
        data.weights.tolist(),
        data.given,
        na=(),
        notes=data.notes,
    )


def plain_value(value: Any) -> Any:
    """A value as Python's own: numpy's scalars and arrays, decimals and fractions, tuples, sets."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "as_integer_ratio") and not isinstance(value, int):
        return float(value)
    return list(value) if isinstance(value, (tuple, set, frozenset)) else value
