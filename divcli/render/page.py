"""What people see, before any markup: paragraphs and tables of finished text."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from divcli.inert import inert

_BAR = 8  # characters at a share of 100 %


class Surface(NamedTuple):
    """What the text is for: a width in columns, rows of a table, None where nothing limits them."""

    width: int | None = None
    rows: int | None = None
    color: bool = False


class Heading(NamedTuple):
    """A column: its title, its side, and whether it is a picture that a narrow page can lose."""

    title: str
    align: Literal["left", "right"] = "right"
    picture: bool = False


class Table(NamedTuple):
    """Rows of finished text under headings; the first column names the row."""

    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""


class Prose(NamedTuple):
    """A paragraph to be wrapped; plain strings keep their lines."""

    text: str


class Page(NamedTuple):
    """Blocks in reading order: lines, paragraphs and tables."""

    blocks: tuple[str | Prose | Table, ...]
    notes: tuple[str, ...] = ()


def number(value: float | None) -> str:
    """A number for people: four decimals, or four significant digits where it is tiny or huge."""
    if value is None:
        return ""
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0 or 1e-3 <= abs(value) < 1e6:
        return f"{value:.4f}"
    return f"{value:.3e}"


def p_text(p_value: float | None) -> str:
    """A p-value: three significant digits."""
    return "" if p_value is None else f"{p_value:.3g}"


def percent(share: float | None) -> str:
    """A share as a percentage with one decimal."""
    return "" if share is None else f"{100 * share:.1f}%"


def bar(share: float) -> str:
    """A bar of eighths of a block, `_BAR` blocks long for the whole."""
    eighths = round(8 * _BAR * min(max(share, 0.0), 1.0))
    full, part = divmod(eighths, 8)
    return "█" * full + (" ▏▎▍▌▋▊▉"[part] if part else "")


def name(text: str) -> str:
    """A symbol, column or file name, inert."""
    return inert(text)
