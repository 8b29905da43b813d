"""pandas objects as sources, and the file formats that pandas alone reads."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from divcli.errors import DataError
from divcli.sources.columns import TEXT_NA, Column, InputOptions, Value
from divcli.sources.documents import TypedTable, flat_value
from divcli.sources.inline import positional_column
from divcli.sources.objects import plain_value
from divcli.sources.stream import Stream
from divcli.sources.table import check_header
from divcli.sources.weights import weighted_column

if TYPE_CHECKING:
    import pandas as pd

    from divcli.sources.columns import Source

    Origin = str | io.BytesIO


def read_excel(stream: Stream, options: InputOptions) -> Source:
    """The first sheet of a workbook, or the one that --path names."""
    import pandas as pd

    sheet = options.path if options.path is not None else 0

    def parse(book: pd.ExcelFile, **how: Any) -> pd.DataFrame:
        # "NA" stays text, an empty cell is missing: the rule of every other format.
        rule: dict[str, Any] = {"keep_default_na": False, "na_values": [""], **how}
        frame: pd.DataFrame = pd.read_excel(book, sheet_name=sheet, **rule)
        return frame

    def load(origin: Origin) -> pd.DataFrame:
        with pd.ExcelFile(origin) as book:
            if options.header is False:
                frame = parse(book, header=None)
                labels = [f"column{i}" for i in range(1, frame.shape[1] + 1)]
                return frame.set_axis(labels, axis="columns")
            # pandas renames the second of two equal names, which every other format refuses.
            for _, names in parse(book, header=None, nrows=1).iterrows():
                check_header([str(name) for name in names.dropna()], stream.name)
            return parse(book)

    return _read(load, stream)


def read_stata(stream: Stream, options: InputOptions) -> Source:
    """A Stata data set."""
    import pandas as pd

    return _read(pd.read_stata, stream, TEXT_NA)


def read_spss(stream: Stream, options: InputOptions) -> Source:
    """An SPSS data set."""
    import pandas as pd

    reader: Any = pd.read_spss  # its stubs know of paths only
    return _read(reader, stream, TEXT_NA)


def read_sas(stream: Stream, options: InputOptions) -> Source:
    """A SAS data set, of the native or the transport format."""
    import pandas as pd

    kind: Any = "xport" if stream.data.startswith(b"HEADER RECORD") else "sas7bdat"
    return _read(lambda origin: pd.read_sas(origin, format=kind, encoding="utf-8"), stream, TEXT_NA)


def from_frame(frame: pd.DataFrame, name: str, na: tuple[str, ...] = ()) -> Source:
    """A data frame as a table; numbers, booleans and times keep their declared types."""
    header = [str(label) for label in frame.columns]
    check_header(header, name)
    if not len(frame):
        raise DataError("a table without rows", where=name)
    return TypedTable(name, header, _LazyColumns(frame, header), "row", na=na)


def from_series(series: pd.Series[Any], name: str, options: InputOptions) -> Source:
    """A series as samples; with `given` counts, probabilities or weights, its index as symbols."""
    if not len(series):
        raise DataError("a series without values", where=name)
    if options.given in (None, "samples"):
        return Column(name, _label(series), series_values(series), True, na=options.na or ())
    weights: list[float] = series.tolist()
    import pandas as pd

    if isinstance(series.index, pd.RangeIndex):
        return positional_column(name, _label(series), weights, options)
    symbols = series_values(series.index.to_series())
    return weighted_column(name, _label(series), symbols, weights, options.given, typed=True)


def series_values(series: pd.Series[Any]) -> Sequence[Value]:
    """The values as Python objects, None where pandas counts them as missing (NaN, NaT, NA)."""
    missing = series.isna()
    values: list[Value] = series.astype(object).tolist()
    if series.dtype == object:
        values = [flat_value(plain_value(value)) for value in values]
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

    def __iter__(self) -> Iterator[str]:
        return iter(self._place)

    def __len__(self) -> int:
        return len(self._place)


def _label(series: pd.Series[Any]) -> str | None:
    return None if series.name is None else str(series.name)


def _read(
    load: Callable[[Origin], pd.DataFrame], stream: Stream, na: tuple[str, ...] = ()
) -> Source:
    """The table that the loader makes of the stream; na: how the format stores a missing text."""
    try:
        frame = load(stream.path if stream.path is not None else io.BytesIO(stream.data))
    except DataError:
        raise
    except ImportError as error:
        hint = "pip install 'divcli[formats]'"
        raise DataError(f"{error}", where=stream.name, hint=hint) from error
    except Exception as error:
        # The parsers are others', and raise whatever they stumble over in a damaged file.
        said = str(error).partition("\n")[0] or type(error).__name__
        raise DataError(f"it cannot be read: {said}", where=stream.name) from error
    return from_frame(frame, stream.name, na)
