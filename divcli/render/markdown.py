"""GitHub-flavoured Markdown, for pages and pull requests; data comes out as plain text."""

from __future__ import annotations

import re
from typing import Any

from divcli.render.page import Page, Prose, Surface, Table
from divcli.render.views import page_of

# Everything that starts markup, HTML, links, mentions or tables.
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+!|~&@$:])")


def render(result: Any, surface: Surface) -> str:
    """The page as Markdown, with the notes as a list."""
    page: Page = page_of(result, surface)
    blocks = [_block(block) for block in page.blocks]
    if page.notes:
        blocks.append("\n".join(f"- {plain(note)}" for note in page.notes))
    return "\n\n".join(blocks) + "\n"


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _MARKUP.sub(r"\\\1", text)


def _block(block: str | Prose | Table) -> str:
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Prose):
        return plain(block.text)
    return "  \n".join(plain(line) for line in block.split("\n"))


def _table(table: Table) -> str:
    lines = [] if not table.title else [f"**{plain(table.title)}**", ""]
    lines.append(_row(heading.title for heading in table.headings))
    lines.append(
        "|" + "|".join("---:" if h.align == "right" else ":---" for h in table.headings) + "|"
    )
    lines += [_row(row) for row in table.rows]
    return "\n".join(lines)


def _row(cells: Any) -> str:
    return "| " + " | ".join(plain(cell) for cell in cells) + " |"
