"""Tables with declared types that are read where they are: Parquet, Arrow, databases, objects."""

from __future__ import annotations

from divcli.errors import CommandLineError, DataError
from divcli.sources.columns import InputOptions
from divcli.sources.database import database
from divcli.sources.large import files_sql
from divcli.sources.places import Place, inner_table
from divcli.sources.sql import identifier, quoted
from divcli.sources.stored import Form, StoredTable


def store_parquet(place: Place, options: InputOptions) -> StoredTable:
    """Parquet files, one or many."""
    return _store_typed(place, options, f"read_parquet({files_sql(place)})")


def store_table(table: object, name: str, options: InputOptions) -> StoredTable:
    """An Arrow table in memory, or any object that gives its columns as one."""
    return _store_typed(Place(name, ()), options, database(options.resources).register(table))


def store_arrow(place: Place, options: InputOptions) -> StoredTable:
    """Arrow and Feather files."""
    try:
        from pyarrow import dataset
    except ImportError:
        raise DataError(
            "reading Arrow files needs the package pyarrow",
            where=place.name,
            hint="pip install 'divcli[formats]'",
        ) from None
    files = dataset.dataset(list(place.paths), format="ipc")
    return _store_typed(place, options, database(options.resources).register(files))


def store_duckdb(place: Place, options: InputOptions) -> StoredTable:
    """A table of a DuckDB database file: file.duckdb#table."""
    base = database(options.resources)
    alias = f"file_{abs(hash(place.paths))}"
    base.attach(place.paths[0], alias)
    listed = base.rows(
        "SELECT schema_name, table_name FROM duckdb_tables() "
        f"WHERE database_name = {quoted(alias)} UNION ALL SELECT schema_name, view_name "
        f"FROM duckdb_views() WHERE database_name = {quoted(alias)} AND NOT internal",
        place.name,
    )
    known = {table: schema for schema, table in sorted(listed, reverse=True)}
    table = inner_table(place, list(known))
    return _store_typed(place, options, f"{alias}.{identifier(known[table])}.{identifier(table)}")


def _store_typed(place: Place, options: InputOptions, relation: str) -> StoredTable:
    if place.pump is not None:
        raise CommandLineError("this format cannot be read from a pipe", hint="name the file")
    base = database(options.resources)
    described = base.rows(f"DESCRIBE SELECT * FROM {relation}", place.name)
    columns = {name: _typed(name, kind) for name, kind, *_ in described}
    return StoredTable(
        place.name, list(columns), (), base, lambda _: relation, columns, columnar=True
    )


def _typed(name: str, kind: str) -> tuple[str, Form]:
    """What SQL calls a column as divcli takes it, and what it is."""
    column = identifier(name)
    if kind.startswith(("DECIMAL", "FLOAT", "REAL")):
        return f"{column}::DOUBLE", "number"
    if kind == "DOUBLE":
        return column, "number"
    if "INT" in kind and not kind.startswith("INTERVAL") and "[" not in kind and "(" not in kind:
        return column, "whole"
    if kind.startswith(("DATE", "TIMESTAMP")):
        return column, "time"
    if kind == "BOOLEAN":
        return column, "typed"
    return column if kind == "VARCHAR" else f"{column}::VARCHAR", "string"
