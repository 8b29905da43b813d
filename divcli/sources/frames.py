"""pandas objects as sources, and the file formats that pandas alone reads."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from divcli.errors import DataError
from divcli.sources.columns import Column, InputOptions, Value
from divcli.sources.documents import TypedTable
from divcli.sources.inline import positional_column
from divcli.sources.stream import Stream
from divcli.sources.table import check_header
from divcli.sources.weights import weighted_column

if TYPE_CHECKING:
    import pandas as pd

    from divcli.sources.columns import Source


def read_excel(stream: Stream, options: InputOptions) -> Source:
    """The first sheet of a workbook, or the one that --path names."""
    # "NA" stays text, an empty cell is missing: the rule of every other format.
    sheet = options.path if options.path is not None else 0
    return _read("read_excel", stream, sheet_name=sheet, keep_default_na=False, na_values=[""])


def read_stata(stream: Stream, options: InputOptions) -> Source:
    """A Stata data set."""
    return _read("read_stata", stream)


def read_spss(stream: Stream, options: InputOptions) -> Source:
    """An SPSS data set."""
    return _read("read_spss", stream)


def read_sas(stream: Stream, options: InputOptions) -> Source:
    """A SAS data set."""
    kind = "xport" if stream.name.lower().endswith(".xpt") else "sas7bdat"
    return _read("read_sas", stream, format=kind, encoding="utf-8")


def from_frame(frame: pd.DataFrame, name: str) -> Source:
    """A data frame as a table; numbers, booleans and times keep their declared types."""
    header = [str(label) for label in frame.columns]
    check_header(header, name)
    if not len(frame):
        raise DataError("a table without rows", where=name)
    columns = _LazyColumns(frame, header)
    return TypedTable(name, header, columns, "row")


def from_series(series: pd.Series[Any], name: str, options: InputOptions) -> Source:
    """A series as samples; with `given` counts, probabilities or weights, its index as symbols."""
    if not len(series):
        raise DataError("a series without values", where=name)
    if options.given in (None, "samples"):
        return Column(name, _label(series), series_values(series), True, na=options.na or ())
    weights: list[float] = series.tolist()
    import pandas as pd

    if isinstance(series.index, pd.RangeIndex):
        return positional_column(name, weights, options)
    symbols = series_values(series.index.to_series())
    return weighted_column(name, _label(series), symbols, weights, options.given, typed=True)


def series_values(series: pd.Series[Any]) -> Sequence[Value]:
    """The values as Python objects: None where missing, but NaN of a float column stays NaN."""
    if series.dtype.kind == "f" and not hasattr(series.dtype, "na_value"):
        return series.tolist()
    missing = series.isna()
    values: list[Value] = series.astype(object).tolist()
    if not missing.any():
        return values
    return [None if gone else value for value, gone in zip(values, missing, strict=True)]


class _LazyColumns(Mapping[str, Sequence[Value]]):
    """The columns of a frame, each turned into Python objects when asked for."""

    def __init__(self, frame: pd.DataFrame, header: list[str]) -> None:
        self._frame = frame
        self._place = {label: i for i, label in enumerate(header)}

    def __getitem__(self, label: str) -> Sequence[Value]:
        return series_values(self._frame.iloc[:, self._place[label]])

    def __iter__(self) -> Any:
        return iter(self._place)

    def __len__(self) -> int:
        return len(self._place)


def _label(series: pd.Series[Any]) -> str | None:
    return None if series.name is None else str(series.name)


def _read(function: str, stream: Stream, **options: Any) -> Source:
    import pandas as pd

    reader = getattr(pd, function)
    # pyreadstat, behind read_spss, takes nothing but a path.
    origin = stream.path if stream.path is not None else io.BytesIO(stream.data)
    try:
        frame = reader(origin, **options)
    except ImportError as error:
        hint = "pip install 'divcli[formats]'"
        raise DataError(str(error), where=stream.name, hint=hint) from error
    except (ValueError, KeyError, OSError) as error:
        raise DataError(f"{error}", where=stream.name) from error
    return from_frame(frame, stream.name)
