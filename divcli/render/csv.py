"""CSV for programs: one row a symbol with every digit, and the totals in the last row."""

from __future__ import annotations

import csv
import io
from typing import Any

from divcli.inert import inert
from divcli.render.page import Surface

# What a spreadsheet takes for the start of a formula.
_FORMULA = ("=", "+", "-", "@")


def render(result: Any, surface: Surface) -> str:
    """The records of the result under one header; empty where a column does not apply."""
    records: list[dict[str, Any]] = result.to_records()
    header = list(dict.fromkeys(key for record in records for key in record))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([harmless(key) for key in header])
    for record in records:
        writer.writerow([_cell(record.get(key)) for key in header])
    return text.getvalue()


def harmless(text: str) -> str:
    """Text that no spreadsheet runs: an apostrophe before what starts a formula."""
    text = inert(text)
    return f"'{text}" if text.startswith(_FORMULA) and not _is_number(text) else text


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
