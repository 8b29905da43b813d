"""One table split by a column: which group is P, and which Q."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Run

TABLE = "when,colour\n" + "after,red\n" * 3 + "before,red\n" * 2 + "before,blue\n" + "never,blue\n"
TWO = TABLE.replace("never,blue\n", "")


def sides(run: Run, table: str, *options: str) -> tuple[str, str]:
    result = run("compare", "-", "--by", "when", "--json", *options, stdin=table)
    assert result.status == 0, result.stderr
    document = json.loads(result.stdout)
    p, q = (document[side]["source"].rpartition("=")[2].strip("]") for side in "pq")
    return p, q


def test_two_groups_stand_in_the_order_of_their_values_not_of_the_rows(run: Run) -> None:
    assert sides(run, TWO) == ("after", "before")
    lines = TWO.splitlines(keepends=True)
    assert sides(run, "".join([lines[0], *reversed(lines[1:])])) == ("after", "before")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--p-group", "before"), ("before", "after")),
        (("--q-group", "after"), ("before", "after")),
        (("--p-group", "after", "--q-group", "before"), ("after", "before")),
    ],
)
def test_named_groups_are_the_sides_asked_for(
    run: Run, options: tuple[str, ...], expected: tuple[str, str]
) -> None:
    assert sides(run, TWO, *options) == expected


def test_two_of_several_groups_are_named(run: Run) -> None:
    named = ("--p-group", "before", "--q-group", "never")
    assert sides(run, TABLE, *named) == ("before", "never")
    refused = run("compare", "-", "--by", "when", "--p-group", "before", stdin=TABLE)
    assert refused.status == 2
    assert "pick two of: after, before, never" in refused.stderr


def test_a_group_that_is_not_there_is_told_with_the_closest(run: Run) -> None:
    refused = run("compare", "-", "--by", "when", "--p-group", "befor", stdin=TABLE)
    assert refused.status == 2
    assert "did you mean 'before'?" in refused.stderr
