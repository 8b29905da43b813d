"""Where the process matters: pipes that close, disks that fill, terminals and interrupts."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

DIVCLI = [sys.executable, "-m", "divcli"]
LETTERS = ["compare", "0.5,0.4,0.1", "0.5,0.1,0.4"]
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("DIVCLI_") and name not in ("NO_COLOR", "COLUMNS")
}


def shell(command: str) -> subprocess.CompletedProcess[str]:
    """A bash command in which `divcli` is this one; its status is that of divcli."""
    script = f'divcli() {{ "{sys.executable}" -m divcli "$@"; }}; {command}'
    return subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, env=ENVIRONMENT, timeout=60
    )


def on_terminal(*arguments: str, columns: int = 100, **environment: str) -> tuple[int, str]:
    """Run with a terminal for all three streams; the status and what the screen was sent."""
    read, write = pty.openpty()
    process = subprocess.Popen(
        [*DIVCLI, *arguments],
        stdin=write, stdout=write, stderr=write,
        env=ENVIRONMENT | {"COLUMNS": str(columns), "TERM": "xterm"} | environment,
    )  # fmt: skip
    os.close(write)
    chunks = []
    while True:
        try:
            chunk = os.read(read, 4096)
        except OSError:
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(read)
    return process.wait(timeout=60), b"".join(chunks).decode().replace("\r\n", "\n")


@pytest.mark.parametrize(("limit", "status"), [("1", 0), ("0.01", 1)])
def test_a_reader_that_closes_early_keeps_the_verdict(limit: str, status: int) -> None:
    weights = ",".join(["1"] * 30000)
    result = shell(
        f"echo '{{\"p\": [{weights}], \"q\": [2,{weights[2:]}]}}' | "
        f"divcli compare - --as weights --fail-over tv={limit} --fail-over js=1 --json "
        "--fail-over kl_qp=1 | head -c 100 > /dev/null; echo ${PIPESTATUS[1]}"
        if limit == "1" else
        f"divcli compare 1,2 2,1 --fail-over js={limit} --json | head -c 1 >/dev/null; "
        "echo ${PIPESTATUS[0]}"
    )  # fmt: skip
    assert result.stdout == f"{status}\n"
    assert "Traceback" not in result.stderr
    assert "Broken" not in result.stderr


def test_help_into_a_closed_pipe_is_silent() -> None:
    result = shell("divcli compare --help | true; echo ${PIPESTATUS[0]}")
    assert result.stdout == "0\n"
    assert result.stderr == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full on this system")
@pytest.mark.parametrize(
    "command",
    [
        "compare 1,2 2,1",
        "compare 1,2 2,1 --json",
        "compare 1,2 2,1 -m js --value",
        "measures -f csv",
        "--help",
    ],
)
def test_a_full_disk_is_an_error_of_the_output(command: str) -> None:
    result = shell(f"divcli {command} > /dev/full")
    assert result.returncode == 3
    assert "No space left on device" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_full_disk_hides_no_exceeded_limit_as_a_pass() -> None:
    assert shell("divcli compare 1,2 2,1 --fail-over js=0 > /dev/full").returncode == 3


def test_an_interrupt_ends_at_once_with_130() -> None:
    process = subprocess.Popen(
        [*DIVCLI, "compare", "-", "0.5,0.5"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(b"a,b\n")
    process.stdin.flush()
    time.sleep(1.0)  # until it waits for more input
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert stderr.decode().strip() == "divcli: interrupted"


@pytest.mark.parametrize("command", [["compare"], ["entropy"], ["explain"], ["compare", "-"]])
def test_a_terminal_with_nothing_piped_gets_help_and_no_wait(command: list[str]) -> None:
    status, screen = on_terminal(*command)
    assert status == 2
    assert "Usage: divcli" in screen or "nothing is piped" in screen


def test_color_on_a_terminal_and_none_where_no_color_is_set() -> None:
    assert "\x1b[" in on_terminal(*LETTERS)[1]
    assert "\x1b[" not in on_terminal(*LETTERS, NO_COLOR="1")[1]
    assert "\x1b[" in on_terminal(*LETTERS, "--color", "always", NO_COLOR="1")[1]


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_a_narrow_terminal_shows_every_number_and_no_line_too_long(columns: int) -> None:
    status, screen = on_terminal(*LETTERS, columns=columns, NO_COLOR="1")
    assert status == 0
    assert max(map(len, screen.splitlines())) <= columns
    piped = shell("divcli compare 0.5,0.4,0.1 0.5,0.1,0.4").stdout
    numbers = re.findall(r"-?\d\.\d{4}", piped)
    assert sorted(re.findall(r"-?\d\.\d{4}", screen)) == sorted(numbers)


def test_an_ascii_locale_still_prints() -> None:
    result = subprocess.run(
        [*DIVCLI, *LETTERS], capture_output=True, timeout=60,
        env=ENVIRONMENT | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert result.returncode == 0
    assert "KL(P‖Q)" in result.stdout.decode("utf-8")


def test_output_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "result.json"
    target.write_text("before")
    assert shell(f"divcli compare 1,x 2,1 --json -o {target}").returncode == 3
    assert target.read_text() == "before"
    assert shell(f"divcli compare 1,2 2,1 --json -o {target}").returncode == 0
    assert json.loads(target.read_text())["schema"] == "divcli/compare/1"
    assert os.listdir(tmp_path) == ["result.json"]


def test_several_formats_go_to_several_files(tmp_path: Path) -> None:
    result = shell(
        f"cd {tmp_path}; divcli compare 1,2 2,1 -f json:a.json -f markdown:b.md -f table"
    )
    assert result.returncode == 0
    assert json.loads((tmp_path / "a.json").read_text())
    assert (tmp_path / "b.md").read_text().startswith("P  1,2")
    assert result.stdout.startswith("P  1,2")


@pytest.mark.parametrize(
    ("command", "status", "words"),
    [
        ("compare 1,2 2,1", 0, ""),
        ("compare 1,2 2,1 --fail-over js=0.9", 0, ""),
        ("compare 1,2 2,1 --fail-over js=0.01", 1, ""),
        ("compare 1,1,0 0,1,1 --fail-over kl_pq=1e300", 1, ""),
        ("entropy 1,1 --fail-over entropy=0.5", 1, ""),
        ("compare 1,2 2,1 --fail-over jss=0.1", 2, "did you mean 'js'?"),
        ("compare 1,2 2,1 --fail-over js", 2, "expected MEASURE=LIMIT"),
        ("compare 1,2 2,1 --fail-over js=nan", 2, "expected MEASURE=LIMIT"),
        ("compare 1,2 2,1 -m kl", 2, "did you mean"),
        ("compare 1,2 2,1 --value", 2, "--value prints one measure"),
        ("compare 1,2 2,1 3,4", 2, "too many"),
        ("compare 1,2 2,1 -f yaml", 2, "no output format 'yaml'"),
        ("compare 1,2 2,1 --base 1", 2, "above 1"),
        ("compare 1,2 2,1 -m renyi_pq", 2, "--alpha-order"),
        ("compare 0.5,0.5 1,2 --smoothing kt", 2, "adds to counts"),
        ("compare 1,2 2,1 --bins none", 2, "ascending edges"),
        ("compare 1,2 2,1 -f json -f csv", 2, "two formats for one place"),
        ("comprae 1,2 2,1", 2, "did you mean 'compare'?"),
        ("compare --colour never", 2, "--color"),
        ("compare -0.5,1.5 0.5,0.5", 2, "weights are not negative"),
        ("measures jss", 2, "did you mean 'js'?"),
        ("compare 1,2 no_such_file.csv", 3, "no such file"),
        ("compare 1,2 2,1 -o /no/such/folder/out.json", 3, "cannot write"),
    ],
)  # fmt: skip
def test_exit_statuses(command: str, status: int, words: str) -> None:
    result = shell(f"divcli {command}")
    assert (result.returncode, words in result.stderr) == (status, True), result.stderr
    assert "Traceback" not in result.stderr
    if status > 1:
        assert result.stdout == ""
        assert result.stderr.startswith("divcli: error: ")
        assert len(result.stderr.splitlines()) <= 2


def test_environment_sets_options_and_flags_win() -> None:
    assert (
        json.loads(shell("DIVCLI_UNIT=nats divcli compare 1,2 2,1 --json").stdout)["unit"] == "nats"
    )
    chosen = shell("DIVCLI_UNIT=nats divcli compare 1,2 2,1 --json -u bans").stdout
    assert json.loads(chosen)["unit"] == "bans"


def test_quiet_says_no_notes() -> None:
    assert "note:" in shell("divcli compare 1,2,3 2,1,5").stderr
    assert shell("divcli compare 1,2,3 2,1,5 -q").stderr == ""


def test_verbose_shows_the_traceback_of_a_fault_and_nothing_else_does() -> None:
    script = (
        "import divcli.cli.compare as c, divcli.__main__ as m, sys;"
        "c.comparison_of = lambda values: 1 / 0;"
        "sys.exit(m.main(sys.argv[1:]))"
    )
    for flags, traceback in (([], False), (["-v"], True)):
        result = subprocess.run(
            [sys.executable, "-c", script, *LETTERS, *flags],
            capture_output=True, text=True, env=ENVIRONMENT, timeout=60,
        )  # fmt: skip
        assert result.returncode == 4
        assert ("Traceback" in result.stderr) == traceback
        assert "ZeroDivisionError" in result.stderr
        assert "please report" in result.stderr


def test_closed_and_full_outputs_are_errors_without_a_traceback() -> None:
    for command, words in (
        ("divcli compare 1,2 2,1 --json >&-", "standard output is closed"),
        ("divcli --help > /dev/full", "No space left"),
    ):
        result = shell(command)
        assert result.returncode == 3, command
        assert words in result.stderr
        assert "Traceback" not in result.stderr
    assert shell("divcli compare 1,2 nowhere.csv 2>&-").stdout == ""


def test_a_profiler_is_left_its_last_word(tmp_path: Path) -> None:
    profile = tmp_path / "divcli.prof"
    result = shell(f"{sys.executable} -m cProfile -o {profile} -m divcli compare 1,2 2,1 --json")
    assert json.loads(result.stdout)["measures"]
    assert profile.stat().st_size
