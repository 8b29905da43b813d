"""Which columns are counted by which reading of a table, and in what order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from divcli.counting.fetched import Groups, groups_of
from divcli.counting.grouping import Reader, query_of
from divcli.counting.plans import Plan
from divcli.errors import DataError
from divcli.sources.database import Kept
from divcli.sources.stored import StoredTable

_MOST_COLUMNS = 50  # in one query: each has a table of groups in memory


def count(plans: Sequence[Plan]) -> Iterator[tuple[Plan, Groups]]:
    """The columns with their groups, each counted as planned; one reading for those of a table."""
    batches = _batches(_readers(plans))
    columns = Counter(id(reader.table) for batch in batches for reader in batch)
    for batch in batches:
        batch[0].table.database.make_room(max(columns.values()))
    serial = [batch for batch in batches if batch[0].table.serial]
    plain = all(batch[0].plan.weighing is None for batch in serial)
    if plain and len(serial) > 1 and len({id(batch[0].table) for batch in serial}) == len(serial):
        yield from _at_once(serial)
        batches = [one for one in batches if not one[0].table.serial]
    for batch in batches:
        yield from _one_by_one(batch)


def _readers(plans: Sequence[Plan]) -> list[Reader]:
    """One for each plan, or for the plans of parts of a column that differ in nothing else."""
    alike: dict[object, list[Plan]] = {}
    for place, plan in enumerate(plans):
        split = plan.stored.table.split
        same = place if split is None else (id(split.whole), split.text, *plan.how)
        alike.setdefault(same, []).append(plan)
    return [Reader(tuple(own)) for own in alike.values()]


def _batches(readers: Sequence[Reader]) -> list[list[Reader]]:
    """Columns of one table that are counted in the same query."""
    places = {id(reader): place for place, reader in enumerate(readers)}
    tables: dict[object, list[Reader]] = {}
    for reader in readers:
        by = None if reader.split is None else reader.split.text
        # Alone a column is there sooner; numbers, of which none takes long, save time together.
        alone = reader.table.columnar and (reader.split is not None or not reader.plan.is_declared)
        own = id(reader) if alone else None
        tables.setdefault((id(reader.table), by, reader.plan.weighing, own), []).append(reader)
    batches = []
    for of_table in tables.values():
        table = of_table[0].table
        size = len(of_table) if table.pump is not None else _MOST_COLUMNS
        batches += [of_table[start : start + size] for start in range(0, len(of_table), size)]
    # What is asked for first comes first, as it may be used while the next is read.
    return sorted(batches, key=lambda batch: places[id(batch[0])])


def _one_by_one(readers: Sequence[Reader]) -> Iterator[tuple[Plan, Groups]]:
    table = readers[0].table
    # Groups have no order; where they are few, to say so takes longer than to keep one.
    few = table.columnar and len(readers) == 1 and not readers[0].plan.stays
    yield from _found(readers, table.keep(query_of(readers), ordered=few))


def _at_once(batches: Sequence[Sequence[Reader]]) -> Iterator[tuple[Plan, Groups]]:
    """Tables of which each keeps one thread busy, read beside each other."""
    tables = [batch[0].table for batch in batches]
    queries, first = [], 0
    for batch in batches:
        queries.append(f"SELECT part + {first} AS part, raw, key, n FROM ({query_of(batch)})")
        first += sum(len(reader.plans) for reader in batch)
    try:
        kept = _beside(tables).keep(" UNION ALL ".join(queries))
    except DataError:
        # Which of them is at fault is told by reading each alone.
        for batch in batches:
            yield from _one_by_one(batch)
    else:
        yield from _found([reader for batch in batches for reader in batch], kept)


def _beside(tables: Sequence[StoredTable]) -> StoredTable:
    """What keeps and watches a reading of several tables at the same time."""
    names = ", ".join(table.name for table in tables)
    return replace(tables[0], name=names, size=sum(table.size for table in tables), fault=None)


def _found(readers: Sequence[Reader], kept: Kept) -> Iterator[tuple[Plan, Groups]]:
    """The groups of each plan, of which the kept table has one part each."""
    plans = [plan for reader in readers for plan in reader.plans]
    for part, plan in enumerate(plans):
        yield plan, groups_of(plan, kept, part)
