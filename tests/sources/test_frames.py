"""pandas objects, and the files that pandas reads for us."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from divcli.counting.align import CountingOptions, distributions
from divcli.errors import DataError
from divcli.model.distribution import Distribution, Special
from divcli.sources.columns import Column, InputOptions
from divcli.sources.documents import TypedTable
from divcli.sources.frames import (
    from_frame,
    from_series,
    read_excel,
    read_sas,
    read_spss,
    read_stata,
)
from divcli.sources.objects import source_of
from divcli.sources.resolve import column_of
from divcli.sources.stream import Stream, open_file

AUTO = InputOptions()

SERIES: dict[str, tuple[pd.Series[Any], list[Any]]] = {
    "integers": (pd.Series([1, 2]), [1, 2]),
    "floats": (pd.Series([1.0, 0.5]), [1.0, 0.5]),
    "NaN is missing": (pd.Series([1.0, np.nan]), [1.0, None]),
    "infinity is not": (pd.Series([np.inf, -np.inf]), [np.inf, -np.inf]),
    "nullable integers": (pd.Series([1, None], dtype="Int64"), [1, None]),
    "booleans": (pd.Series([True, False]), [True, False]),
    "nullable booleans": (pd.Series([True, None], dtype="boolean"), [True, None]),
    "text": (pd.Series(["007", "NA", None, ""]), ["007", "NA", None, ""]),
    "objects": (pd.Series(["a", None, 1, 2.5], dtype=object), ["a", None, 1, 2.5]),
    "numpy's numbers among objects": (pd.Series([np.int64(1), np.float64(2.5), np.bool_(True)],
                                                dtype=object), [1, 2.5, True]),
    "decimals and fractions": (pd.Series([Decimal("0.5"), Fraction(1, 4)], dtype=object),
                               [0.5, 0.25]),
    "lists and mappings": (pd.Series([[1, 2], {"a": (1,)}, np.array([1])], dtype=object),
                           ["[1, 2]", '{"a": [1]}', "[1]"]),
    "categories": (pd.Series(["a", None, "b"], dtype="category"), ["a", None, "b"]),
    "times": (pd.Series(pd.to_datetime(["2024-01-01", "NaT"])), [dt.datetime(2024, 1, 1), None]),
    "times of a zone": (pd.Series(pd.to_datetime(["2024-01-01"]).tz_localize("UTC")),
                        [dt.datetime(2024, 1, 1, tzinfo=dt.UTC)]),
}  # fmt: skip


@pytest.mark.parametrize(("series", "values"), SERIES.values(), ids=SERIES)
def test_a_series_is_its_values_with_missing_ones_none(
    series: pd.Series[Any], values: list[Any]
) -> None:
    column = from_series(series.rename("x"), "s", AUTO)
    assert isinstance(column, Column)
    assert column.values == values
    assert (column.label, column.typed) == ("x", True)
    assert all(type(one).__module__ != "numpy" for one in column.values)
    table = from_frame(pd.DataFrame({"x": series}), "f")
    assert isinstance(table, TypedTable)
    assert table.values("x") == values


def test_rows_of_a_frame_are_located_by_number() -> None:
    with pytest.raises(DataError, match=r"^f: row 2: column 'n': expected a number, found 'x'$"):
        column_of(from_frame(pd.DataFrame({"s": ["a", "b"], "n": [1, "x"]}), "f"), AUTO)


def test_a_distribution_is_the_weights_that_it_holds() -> None:
    symbols = ("1", "2", Special.MISSING)
    given = Distribution("mine", symbols, np.array([3, 1, 2]), given="counts", n=6)
    column = source_of(given, "p", AUTO)
    assert isinstance(column, Column)
    again = distributions([column], CountingOptions())[0]
    assert (again.symbols, again.weights.tolist(), again.missing) == (symbols, [3, 1, 2], 2)


def test_a_series_of_weights_has_its_index_for_symbols() -> None:
    series = pd.Series([3, 1], index=["a", "b"])
    column = from_series(series, "s", InputOptions(given="counts"))
    assert isinstance(column, Column)
    assert (column.values, column.weights) == (["a", "b"], [3, 1])


def test_frames_without_rows_or_with_a_name_twice_are_refused() -> None:
    with pytest.raises(DataError, match="f: a table without rows"):
        from_frame(pd.DataFrame({"x": []}), "f")
    with pytest.raises(DataError, match="f: two columns are named 'x'"):
        from_frame(pd.DataFrame([[1, 2]], columns=["x", "x"]), "f")
    with pytest.raises(DataError, match="s: a series without values"):
        from_series(pd.Series([], dtype=object), "s", AUTO)


OBJECTS: dict[str, tuple[Any, list[Any]]] = {
    "a list": ([1, None, "x"], [1, None, "x"]),
    "a tuple": ((1, 2), [1, 2]),
    "a range": (range(3), [0, 1, 2]),
    "an array": (np.array([1.5, np.nan])[:1], [1.5]),
    "an array of text": (np.array(["a", "b"]), ["a", "b"]),
    "numpy's numbers": ([np.int8(1), np.float32(0.5)], [1, 0.5]),
    "decimals": ([Decimal("0.5"), Decimal(2)], [0.5, 2.0]),
}


@pytest.mark.parametrize(("data", "values"), OBJECTS.values(), ids=OBJECTS)
def test_sequences_are_samples(data: Any, values: list[Any]) -> None:
    column = source_of(data, "p", AUTO)
    assert isinstance(column, Column)
    assert column.values == values
    assert [type(v) for v in column.values] == [type(v) for v in values]


@pytest.mark.parametrize("data", [3, 2.5, None, b"abc", str], ids=repr)
def test_what_is_no_collection_is_no_source(data: Any) -> None:
    with pytest.raises(DataError, match=r"is no source of a distribution$"):
        source_of(data, "p", AUTO)


# ----------------------------------------------------------------------------------- files

FRAME = pd.DataFrame({
    "city": ["Paris", "007", "", "NA"],
    "size": [1.5, np.nan, 2.0, 2.0],
    "whole": [1, 2, 2, 3],
    "day": pd.to_datetime(["2024-01-01", "2024-02-29", "NaT", "2024-01-01"]),
})  # fmt: skip
DAYS = [dt.datetime(2024, 1, 1), dt.datetime(2024, 2, 29), None, dt.datetime(2024, 1, 1)]


def workbook(**options: Any) -> Stream:
    file = io.BytesIO()
    FRAME.to_excel(file, index=False, **options)
    return Stream("in.xlsx", file.getvalue())


def stata() -> Stream:
    file = io.BytesIO()
    FRAME.to_stata(file, write_index=False)
    return Stream("in.dta", file.getvalue())


@pytest.mark.parametrize(
    ("reader", "make", "empty"),
    [(read_excel, workbook, None), (read_stata, stata, "")],
    ids=["Excel", "Stata"],
)
def test_foreign_files_keep_what_was_written(
    reader: Callable[..., Any], make: Callable[[], Stream], empty: str | None
) -> None:
    table = reader(make(), AUTO)
    assert isinstance(table, TypedTable)
    assert {label: list(table.values(label)) for label in table.header} == {
        "city": ["Paris", "007", empty, "NA"],
        "size": [1.5, None, 2.0, 2.0],
        "whole": [1, 2, 2, 3],
        "day": DAYS,
    }
    # What stands for a missing text is the format's: nothing in a workbook, "" in Stata.
    assert table.na == (() if empty is None else ("",))


def test_a_sheet_is_named_by_the_path() -> None:
    stream = workbook(sheet_name="May")
    table = read_excel(stream, InputOptions(path="May"))
    assert isinstance(table, TypedTable)
    assert list(table.header) == list(FRAME.columns)
    with pytest.raises(DataError, match=r"^in\.xlsx: it cannot be read: Worksheet named 'June'"):
        read_excel(stream, InputOptions(path="June"))


def test_a_sheet_without_a_header_has_numbered_columns() -> None:
    table = read_excel(workbook(header=False), InputOptions(header=False))
    assert isinstance(table, TypedTable)
    assert list(table.header) == ["column1", "column2", "column3", "column4"]
    assert table.values("column3") == [1, 2, 2, 3]


def test_a_sheet_with_a_name_twice_is_refused() -> None:
    file = io.BytesIO()
    pd.DataFrame([["a", "b", "a"], [1, 2, 3]]).to_excel(file, index=False, header=False)
    with pytest.raises(DataError, match=r"^in\.xlsx: two columns are named 'a'$"):
        read_excel(Stream("in.xlsx", file.getvalue()), AUTO)


@pytest.mark.parametrize("reader", [read_excel, read_stata, read_sas])
@pytest.mark.parametrize("length", [0, 1, 100, 900])
def test_a_file_cut_short_is_no_fault_of_ours(
    reader: Callable[[Stream, InputOptions], Any], length: int
) -> None:
    data = (stata() if reader is read_stata else workbook()).data[:length]
    with pytest.raises(DataError, match=r"^in: it cannot be read: "):
        reader(Stream("in", data), AUTO)


def test_a_missing_package_is_named_with_the_extra_that_brings_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(*_: Any, **__: Any) -> None:
        raise ImportError("`Import pyreadstat` failed.")

    monkeypatch.setattr(pd, "read_spss", absent)
    with pytest.raises(DataError, match=r"^in\.sav: `Import pyreadstat` failed\.$") as caught:
        read_spss(Stream("in.sav", b"$FL2"), AUTO)
    assert caught.value.hint == "pip install 'divcli[formats]'"


def test_an_spss_file_keeps_what_was_written(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat", reason="no pyreadstat: divcli[formats]")
    path = str(tmp_path / "in.sav")
    pyreadstat.write_sav(FRAME, path)
    table = read_spss(open_file(path), AUTO)
    assert isinstance(table, TypedTable)
    assert list(table.values("city")) == ["Paris", "007", "", "NA"]
    assert list(table.values("size")) == [1.5, None, 2.0, 2.0]
