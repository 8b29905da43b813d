"""The benchmark's tables: which columns they have, and where a pair of a size lies.

Standard library alone: the programs import this in environments of their own, and the runner must
stay small, because the kernel counts its memory as the least peak of every process it starts.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

# In the order of the file. Text first: what is counted by its text, and a date for its few values.
TEXTS = ("text", "name", "day", "flag")
NUMBERS = ("normal", "lognormal", "small", "wide")
COLUMNS = ("text", "name", "normal", "lognormal", "small", "wide", "day", "flag")
# Whose total variation is the same whoever counts; dates and numbers go by each program's grid.
EXACT = ("text", "name", "flag")

ROW_BYTES = 89.3  # of the CSV
FORMS = {"csv": "csv", "ndjson": "ndjson", "parquet": "parquet", "gz": "csv.gz"}
FOLDER = Path(tempfile.gettempdir()) / "divcli-large"


def rows_of(gigabytes: float) -> int:
    """Rows a side of a pair of CSV files of this size together."""
    return max(1, round(gigabytes * 1e9 / 2 / ROW_BYTES))


def pair(folder: Path, rows: int, form: str) -> tuple[Path, Path]:
    """The two files of a pair of so many rows in one of the forms."""
    ending = FORMS[form]
    return folder / f"{rows}" / f"a.{ending}", folder / f"{rows}" / f"b.{ending}"
