"""One column of delimited text that comes through a pipe, counted without the database.

The processes of a crew read the pipe in turn, and agree on each block before it is counted. Where
one is not as expected, all that follows is the database's; as a pipe is read but once, it is given
a line for each row that was counted, and then the rest.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from divcli.counting.fetched import Groups
from divcli.counting.plans import Plan
from divcli.counting.processes import Crew, IsOver, StoppedError
from divcli.counting.tallies import Found, Tally, groups_of, put_together
from divcli.errors import DataError
from divcli.sources.pipe import Pump, widen
from divcli.sources.plain_text import PlainText
from divcli.sources.progress import Reading
from divcli.sources.relay import Relay
from divcli.sources.waiting import finished

_PART = 1 << 20  # bytes


class _Share(NamedTuple):
    """What one process found, and the block that it read and did not count, by its number."""

    found: Found
    left: dict[int, bytes]


def counted_in_pipe(plan: Plan, text: PlainText, pump: Pump, processes: int) -> Groups | None:
    """The groups of a column that is counted in its bytes; None where the database has to."""
    header, descriptor = text.header(), pump.descriptor
    if header is None or descriptor is None or sys.platform != "linux":
        return None
    try:
        relay = Relay(pump.beginning, len(header), descriptor, blank=len(text.columns) == 1)
    except OSError:  # where processes may share no memory
        return None
    pump.use(plan.stored.table.name)
    widen(descriptor)
    shares = _shares(plan, text, relay, processes)
    found = put_together([share.found for share in shares])
    if not relay.stopped:
        return groups_of(found, plan)
    left = sorted(chain.from_iterable(share.left.items() for share in shares))
    rest = [*(block for _, block in left), relay.rest()]
    pump.put_back(chain([header], _lines_of(found, plan, text), rest))
    return None


def _shares(plan: Plan, text: PlainText, relay: Relay, processes: int) -> Sequence[_Share]:
    """What each process found."""
    table = plan.stored.table
    crew = Crew(lambda is_over: _share(Tally(plan, text), relay, is_over), processes)
    reading = Reading(table.name, 0, lambda: relay.moved)
    watched = table.database.resources.progress
    try:
        shares: Sequence[_Share] = finished(crew.results, crew.stop, reading if watched else None)
        if sum(share.found.blocks for share in shares) != relay.counted:
            raise StoppedError
    except StoppedError as error:
        hint = "--engine duckdb counts in this process alone"
        raise DataError("a process that counted failed", where=table.name, hint=hint) from error
    finally:
        relay.close()
    return shares


def _share(tally: Tally, relay: Relay, is_over: IsOver) -> _Share:
    """What is in the lines that this process takes."""
    while (lines := relay.take(tally.buffer, is_over)) is not None:
        starts = tally.starts(0, lines.last) if lines.whole and tally.is_text(lines.last) else None
        if not relay.agreed(lines.number, is_over, sure=starts is not None):
            return _Share(tally.found(), {lines.number: bytes(tally.buffer[1 : lines.last])})
        assert starts is not None
        if not tally.add(starts):
            relay.stop()
    return _Share(tally.found(), {})


def _lines_of(found: Found, plan: Plan, text: PlainText) -> Iterator[bytes]:
    """A line for each row, with nothing but the column's field."""
    place = text.columns.index(plan.stored.expression)
    delimiter = text.delimiter.encode()
    before, after = delimiter * place, delimiter * (len(text.columns) - 1 - place) + b"\n"
    numbers = (f'"{number!r}"'.encode() for number in plan.positions(found.keys).tolist())
    rows = chain(zip(numbers, found.masses.tolist(), strict=True), found.others.items())
    return _in_parts((before + field + after, count) for field, count in rows)


def _in_parts(repeated: Iterable[tuple[bytes, int]]) -> Iterator[bytes]:
    """Lines that come so often, some at a time."""
    part = bytearray()
    for line, count in repeated:
        most = max(_PART // len(line), 1)
        for done in range(0, count, most):
            part += line * min(most, count - done)
            if len(part) >= _PART:
                yield bytes(part)
                part.clear()
    yield bytes(part)
