"""Terminals and pipes of the commands that take many distributions."""

from __future__ import annotations

import pytest

from tests.cli.test_process import on_terminal, shell

pytestmark = pytest.mark.process

ORDERS = "sample_data/orders_current.csv"
COMMANDS = {
    "rank": ("rank", "30,50,20", "0.3,0.5,0.2", "20,60,21", "1,0,0"),
    "matrix": ("matrix", ORDERS, "--by", "country", "-c", "channel", "-q"),
    "nearest": ("matrix", ORDERS, "--by", "country", "-c", "channel", "--nearest", "-q"),
    "sample-check": ("sample-check", ORDERS, ORDERS, "-c", "channel", "-c", "items", "-q"),
    "dependence": ("dependence", ORDERS, "--target", "gift", "-c", "items", "-c", "coupon", "-q"),
    "entropy": ("entropy", ORDERS, "-c", "channel", "-c", "gift", "-q"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_narrow_terminal_has_no_line_too_long(command: tuple[str, ...]) -> None:
    status, screen = on_terminal(*command, "-q", columns=70, NO_COLOR="1")
    assert status == 0
    assert max(map(len, screen.splitlines())) <= 70


def test_a_reader_that_closes_early_keeps_the_verdict() -> None:
    rows = "{ echo g,x; seq 40000 | awk '{print $1%300\",\"$1%7}'; }"
    result = shell(
        f"{rows} | divcli matrix - --by g -c x --fail-over js=0 --json 2>/dev/null | head -c 10 "
        ">/dev/null; echo ${PIPESTATUS[1]}"
    )
    assert result.stdout == "1\n"
    assert "Traceback" not in result.stderr


def test_a_sample_comes_through_a_pipe() -> None:
    result = shell(
        "head -n 31 sample_data/worms.csv | divcli sample-check - sample_data/worms.csv -f csv"
    )
    assert result.returncode == 0
    assert result.stdout.splitlines()[1].startswith("teeth,numeric,30,100,11,")
