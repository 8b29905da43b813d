"""The page of a profile: a line a column."""

from __future__ import annotations

from divcli.model.profile import Profile
from divcli.render.page import Heading, Page, Surface, Table, name
from divcli.render.views import page_of


@page_of.register
def _(profile: Profile, surface: Surface) -> Page:
    headings = (
        Heading("column", "left"), Heading("kind", "left"), Heading("n"), Heading("missing"),
        Heading("kept"), Heading("least"), Heading("greatest"), Heading("how", "left"),
    )  # fmt: skip
    rows = tuple(
        tuple(_written(record[heading.title]) for heading in headings)
        for record in profile.to_records()
    )
    return Page((name(profile.name), Table(headings, rows)), profile.notes)


def _written(value: object) -> str:
    if value is None:
        return ""
    return name(value) if isinstance(value, str) else f"{value:,}"
