"""Two large tables that differ a little, from fixed seeds: CSV, NDJSON, Parquet, CSV in gzip.

Run: python -m tests.benchmarks.large.make_data [--gigabytes 1.5 | --rows N] [--forms csv,ndjson].
Columns: text of 1,000 levels as uneven as words, text of 10^6 levels, a normal and a lognormal
number with all digits (1 % of the latter missing), integers 0-99 and of twelve digits, dates,
true and false. Made in chunks, so that memory does not grow with the rows.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.benchmarks.large.layout import FOLDER, FORMS, pair, rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK = 10**6
_SELECT = """
    SELECT 'level ' || lpad(level::VARCHAR, 4, '0') AS text,
           'n' || lpad(name::VARCHAR, 6, '0') AS name,
           normal, CASE WHEN missing THEN NULL ELSE lognormal END AS lognormal,
           small, wide, DATE '2015-01-01' + day::INTEGER AS day, flag
    FROM chunk"""
_TYPES = {
    "text": "VARCHAR", "name": "VARCHAR", "normal": "DOUBLE", "lognormal": "DOUBLE",
    "small": "INTEGER", "wide": "BIGINT", "day": "DATE", "flag": "BOOLEAN",
}  # fmt: skip
_OPTIONS = {"ndjson": "FORMAT json", "parquet": "FORMAT parquet", "gz": "HEADER, COMPRESSION gzip"}


def chunks(rows: int, seed: int) -> Iterator[dict[str, NDArray[Any]]]:
    """The columns of one table, some rows at a time; the two sides differ by a fiftieth."""
    rng = np.random.default_rng(seed)
    shift = seed / 50
    levels = np.cumsum(np.arange(1.0, 1001) ** -(1.05 + shift))
    for start in range(0, rows, _CHUNK):
        n = min(_CHUNK, rows - start)
        yield {
            "level": np.searchsorted(levels, rng.random(n) * levels[-1]),
            "name": (rng.random(n) ** 2 * 1e6).astype(np.int64),
            "normal": rng.normal(shift, 1, n),
            "lognormal": rng.lognormal(3, 1, n),
            "missing": rng.random(n) < 0.01,
            "small": rng.integers(0, 100, n),
            "wide": rng.integers(0, 10**12, n),
            "day": rng.integers(0, 3000, n),
            "flag": rng.random(n) < 0.3 + shift,
        }


def write_csv(path: Path, rows: int, seed: int) -> None:
    """A table as CSV, chunk after chunk."""
    import duckdb

    part = path.with_suffix(".part")
    with path.open("wb") as whole, duckdb.connect() as connection:
        for number, chunk in enumerate(chunks(rows, seed)):
            connection.register("chunk", chunk)
            connection.execute(f"COPY ({_SELECT}) TO '{part}' (HEADER {not number})")
            whole.write(part.read_bytes())
    part.unlink()


def convert(csv: Path, path: Path, form: str) -> None:
    """The same table in another form, with types where the form has any."""
    import duckdb

    columns = dict.fromkeys(_TYPES, "VARCHAR") if form == "gz" else _TYPES
    with duckdb.connect(config={"memory_limit": "2GB"}) as connection:
        read = f"read_csv('{csv}', auto_detect=false, header=true, delim=',', columns={columns})"
        connection.execute(f"COPY (FROM {read}) TO '{path}' ({_OPTIONS[form]})")


def make(folder: Path, rows: int, forms: list[str]) -> None:
    """The pair in each form, unless it is there already."""
    for seed in (0, 1):
        csv = pair(folder, rows, "csv")[seed]
        csv.parent.mkdir(parents=True, exist_ok=True)
        for form in ["csv", *(form for form in forms if form != "csv")]:
            path = pair(folder, rows, form)[seed]
            if path.exists():
                continue
            unfinished = path.with_name(f"unfinished-{path.name}")
            if form == "csv":
                write_csv(unfinished, rows, seed)
            else:
                convert(csv, unfinished, form)
            unfinished.rename(path)


def main() -> None:
    """Write what is asked for and is not there yet."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"default: {FOLDER}")
    parser.add_argument("--gigabytes", type=float, default=1.5, help="of the pair as CSV")
    parser.add_argument("--rows", type=int, help="of each side, instead")
    parser.add_argument("--forms", default="csv", help=f"of {','.join(FORMS)}; default: csv")
    options = parser.parse_args()
    rows = options.rows or rows_of(options.gigabytes)
    make(options.folder, rows, options.forms.split(","))
    print(f"{rows:,} rows a side in {options.folder / str(rows)}")


if __name__ == "__main__":
    main()
