"""The page of the settings that apply: where they were read, the options, and the columns."""

from __future__ import annotations

from divcli.catalog import COMMANDS
from divcli.model.settings import Origin, Setting, SettingsReport, text_of_value
from divcli.render.page import Heading, Page, Prose, Surface, Table, name
from divcli.render.views import page_of

_OPTIONS = (
    Heading("option", "left"),
    Heading("value", "left"),
    Heading("from", "left"),
    Heading("commands", "left"),
)


@page_of.register
def _(report: SettingsReport, surface: Surface) -> Page:
    read = "No configuration file." if report.file is None else f"Read {name(report.file)}."
    blocks: list[str | Prose | Table] = [Prose(read)]
    if report.settings:
        rows = tuple(_row(one, report.file) for one in report.settings)
        blocks.append(Table(_OPTIONS, rows))
    if report.columns:
        blocks.append(_columns(report))
    return Page(tuple(blocks), report.notes)


def _row(one: Setting, file: str | None) -> tuple[str, ...]:
    everywhere = len(one.commands) == len(COMMANDS)
    commands = "all" if everywhere else " ".join(one.commands)
    return (one.option, name(text_of_value(one.value)), _place(one.origin, file), commands)


def _place(origin: Origin, file: str | None) -> str:
    if origin.name is None:
        return origin.place
    return name(f"{file}: {origin.name}" if origin.place == "file" else origin.name)


def _columns(report: SettingsReport) -> Table:
    title = "Columns" if report.column is None else f"Column {name(report.column)}"
    headings = ("setting", "value", "pattern", "from")
    rows = tuple(
        (one.setting, name(text_of_value(one.value)), name(one.pattern or ""),
         "as the table" if one.key is None else name(f"{report.file}: {one.key}"))
        for one in report.columns
    )  # fmt: skip
    return Table(tuple(Heading(title, "left") for title in headings), rows, title)
