"""Tables for people, by rich. Nothing that comes from data is read as markup."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from divcli.render.page import Heading, Page, Prose, Surface, Table
from divcli.render.views import page_of

_GAP = 2
_LINE = 80  # longer lines of prose are hard to read
_UNLIMITED = 100_000


def render(result: Any, surface: Surface) -> str:
    """The page as text: as wide as it needs where nothing limits it, else split to fit."""
    page = page_of(result, surface)
    console = Console(
        file=io.StringIO(),
        width=surface.width or _UNLIMITED,
        force_terminal=surface.color,
        color_system="standard" if surface.color else None,
        no_color=not surface.color,
        legacy_windows=False,
        emoji=False,
        markup=False,
        highlight=False,
    )
    for block in _blocks(page, surface.width):
        console.print(block)
    file = console.file
    assert isinstance(file, io.StringIO)
    lines = file.getvalue().splitlines()
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def renderables(result: Any) -> RenderableType:
    """The page as one rich renderable, for a console of the caller's."""
    page = page_of(result, Surface(rows=20))
    return Group(*_blocks(page, None))


def _blocks(page: Page, width: int | None) -> Iterator[RenderableType]:
    for block in page.blocks:
        if isinstance(block, str):
            yield Text(block, overflow="fold")
        elif isinstance(block, Prose):
            yield Text("\n".join(textwrap.wrap(block.text, min(width or _LINE, _LINE))))
        else:
            yield from _tables(block, width)
        yield Text()


def _tables(table: Table, width: int | None) -> Iterator[RichTable | Text]:
    """The table, or as many tables side by side as a narrow page needs, each with its row names."""
    if table.title:
        yield Text(table.title, style="bold")
    for i, columns in enumerate(_groups(table, width)):
        if i:
            yield Text()
        yield _table(table, columns)


def _groups(table: Table, width: int | None) -> list[list[int]]:
    """Runs of columns that fit the width, each with the first; pictures go before numbers do."""
    columns = list(range(1, len(table.headings)))
    if width is None or _width(table, [0, *columns]) <= width:
        return [[0, *columns]]
    columns = [i for i in columns if not table.headings[i].picture]
    groups: list[list[int]] = [[0]]
    for i in columns:
        if len(groups[-1]) > 1 and _width(table, [*groups[-1], i]) > width:
            groups.append([0])
        groups[-1].append(i)
    return groups


def _width(table: Table, columns: list[int]) -> int:
    widths = [
        max(cell_len(text) for text in (table.headings[i].title, *(row[i] for row in table.rows)))
        for i in columns
    ]
    return sum(widths) + _GAP * (len(columns) - 1)


def _table(table: Table, columns: list[int]) -> RichTable:
    rich = RichTable(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    rich.show_header = any(table.headings[i].title for i in columns)
    for i in columns:
        heading = table.headings[i]
        style = "cyan" if heading.picture else None
        rich.add_column(_title(heading), justify=heading.align, style=style, overflow="fold")
    for row in table.rows:
        rich.add_row(*(Text(row[i]) for i in columns))
    return rich


def _title(heading: Heading) -> Text:
    return Text(heading.title, style="bold")
