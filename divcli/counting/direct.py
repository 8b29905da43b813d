"""One column of delimited text, counted without the database.

Splitting lines is most of what such a column costs. numpy finds the fields of one column, and the
numbers or the texts in them, in two thirds of the database's time or less. At the first line that
is not as expected everything is left to the database, which reads lines that end otherwise, holds
any number of texts, and tells what is wrong with a line.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from divcli.counting.fetched import Groups
from divcli.counting.piped import counted_in_pipe
from divcli.counting.plans import Plan
from divcli.counting.processes import Crew, IsOver, Pieces, StoppedError
from divcli.counting.tallies import (
    BLOCK,
    Found,
    LeftError,
    Tally,
    groups_of,
    is_countable,
    put_together,
)
from divcli.sources.plain_text import Block, PlainText
from divcli.sources.progress import Reading
from divcli.sources.waiting import finished

# Some 20 MB each. With more threads the database is as fast; and where copies of a process are not
# safe there is but one.
_MOST_PROCESSES = 12


def counted_directly(plan: Plan) -> Groups | None:
    """The groups of a column that is counted in its bytes; None where the database has to."""
    text = plan.stored.table.text
    if text is None or not is_countable(plan):
        return None
    processes = plan.stored.table.database.resources.threads or os.cpu_count() or 1
    if text.pump is not None:
        return counted_in_pipe(plan, text, text.pump, min(processes, _MOST_PROCESSES))
    if not _is_faster(processes):
        return None
    try:
        return _in_files(plan, text, processes)
    except (StoppedError, LeftError, OSError):
        return None


def _is_faster(processes: int) -> bool:
    """Whether so many processes are in less time through than as many threads of the database."""
    return processes == 1 or (sys.platform == "linux" and processes <= _MOST_PROCESSES)


def _in_files(plan: Plan, text: PlainText, processes: int) -> Groups | None:
    blocks = text.blocks(BLOCK)
    if blocks is None:
        return None
    table, pieces = plan.stored.table, Pieces(len(blocks))

    def work(is_over: IsOver) -> Found:
        return _found(Tally(plan, text), blocks, pieces, is_over)

    crew = Crew(work, min(processes, pieces.tokens))
    reading = Reading(table.name, table.size, lambda: pieces.reached * BLOCK)
    watched = table.database.resources.progress
    try:
        found = put_together(finished(crew.results, crew.stop, reading if watched else None))
    finally:
        pieces.close()
    if found.blocks != len(blocks):
        raise StoppedError
    return groups_of(found, plan)


def _found(tally: Tally, blocks: Sequence[Block], pieces: Pieces, is_over: IsOver) -> Found:
    """What is in the blocks that this process takes."""
    for piece in pieces.taken(is_over):
        part = blocks[piece].read(tally.buffer, blank=tally.width == 1)
        starts = None if part is None else tally.starts(*part)
        if starts is None or not tally.add(starts):
            raise LeftError
    return tally.found()
