"""The GitHub action and the pre-commit hook, run step by step as GitHub and pre-commit run them."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from divcli.catalog import COMMANDS, RENDERERS

ROOT = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
STEPS: dict[str, dict[str, Any]] = {
    step["id"]: step for step in ACTION["runs"]["steps"] if "id" in step
}
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
# The Python that stands in for an installation: the one that runs the tests.
BIN = Path(sys.executable).parent
HAS_DRIFT = any(row.name == "drift" for row in COMMANDS)
# While there is no drift, a comparison under a limit fails and passes in its place.
COMMAND = "drift" if HAS_DRIFT else "compare"
OPTIONS = "" if HAS_DRIFT else "--fail-over js=0.05"


class Step(NamedTuple):
    """How a step ended: its status, its log, its outputs, and the summary of the job."""

    status: int
    log: str
    outputs: dict[str, str]
    summary: str


def run_step(name: str, folder: Path, expressions: Mapping[str, str], script: str = "") -> Step:
    """Run a step of the action as GitHub does, with these values of its expressions."""
    step = STEPS[name]
    assert step["shell"] == "bash"
    output, summary, temp = folder / "output", folder / "summary", folder / "temp"
    temp.mkdir(exist_ok=True)
    output.write_text("")
    summary.write_text("")
    environment = {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
        "RUNNER_TEMP": str(temp),
    }
    for key, text in step.get("env", {}).items():
        environment[key] = _EXPRESSION.sub(lambda found: expressions[found.group(1)], text)
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script or step["run"]],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False, timeout=300,
    )  # fmt: skip
    lines = output.read_text().splitlines()
    outputs = dict(line.split("=", 1) for line in lines)
    assert len(outputs) == len(lines)
    return Step(done.returncode, done.stdout, outputs, summary.read_text())


def check(folder: Path, reference: str, current: str, arguments: str = OPTIONS) -> Step:
    """Run the step that checks, with these inputs."""
    expressions = {
        "steps.install.outputs.folder": str(BIN),
        "inputs.reference": reference,
        "inputs.current": current,
        "inputs.args": arguments,
    }
    return run_step("drift", folder, expressions, runnable(STEPS["drift"]["run"]))


def runnable(script: str) -> str:
    """The script with the command, and with formats that there are."""
    known = [row.name for row in RENDERERS]
    script = script.replace('divcli" drift', f'divcli" {COMMAND}')
    assert f'divcli" {COMMAND}' in script
    for form, other in (("github", "table"), ("junit", "csv")):
        if form not in known:
            script = re.sub(rf'-f ("?){form}\b', rf"-f \1{other}", script)
    return script


def table(folder: Path, name: str, *counts: int) -> str:
    rows = [symbol for symbol, n in zip("abcde", counts, strict=False) for _ in range(n)]
    (folder / name).write_text("city\n" + "\n".join(rows) + "\n")
    return name


# ---------------------------------------------------------------------------------- the action


def test_inputs_are_never_a_part_of_a_script() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert len(scripts) == len(STEPS) == 2
    assert [found for script in scripts for found in _EXPRESSION.findall(script)] == []


def test_every_expression_names_something_that_the_action_has() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    known = {f"inputs.{name}" for name in ACTION["inputs"]}
    written = {
        f"steps.{name}.outputs.{output}"
        for name, step in STEPS.items()
        for output in re.findall(r'echo "(\w+)=', step["run"])
    }
    reports = re.search(r"for report in (.*); do", STEPS["drift"]["run"])
    assert reports is not None
    written |= {f"steps.drift.outputs.{one.partition(':')[0]}" for one in reports[1].split()}
    assert set(_EXPRESSION.findall(text)) <= known | written
    assert {f"steps.drift.outputs.{name}" for name in ACTION["outputs"]} <= written


@pytest.mark.process
def test_the_action_installs_divcli_in_an_environment_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = [path for path in sys.path if path.endswith("site-packages")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(site))
    # No network: what is needed to build and to run is that of the Python that runs the tests.
    # The variable of an option that begins with "no" holds the value of its positive: 0 is off.
    settings = "export PIP_NO_INDEX=1 PIP_NO_DEPS=1 PIP_NO_BUILD_ISOLATION=0\n"
    step = run_step("install", tmp_path, {}, settings + STEPS["install"]["run"])
    assert step.status == 0, step.log
    folder = Path(step.outputs["folder"])
    assert folder.is_relative_to(tmp_path / "temp")
    shown = subprocess.run([folder / "divcli", "--version"], capture_output=True, check=True)
    assert shown.stdout.startswith(b"divcli ")


@pytest.mark.process
def test_the_action_passes_and_fails_with_the_data(tmp_path: Path) -> None:
    same, moved = table(tmp_path, "a.csv", 600, 400), table(tmp_path, "b.csv", 200, 800)
    passed = check(tmp_path, same, same)
    assert (passed.status, passed.outputs["verdict"]) == (0, "passed"), passed.log
    failed = check(tmp_path, same, moved)
    assert (failed.status, failed.outputs["verdict"]) == (1, "drift"), failed.log
    for step in (passed, failed):
        document = json.loads(Path(step.outputs["json"]).read_text())
        assert document["exit_status"] == step.status
        assert "city" in Path(step.outputs["markdown"]).read_text()
        assert "city" in Path(step.outputs["junit"]).read_text() or not HAS_DRIFT
    if HAS_DRIFT:
        assert "city" in failed.summary


@pytest.mark.process
def test_what_cannot_be_measured_is_an_error_and_no_drift(tmp_path: Path) -> None:
    same = table(tmp_path, "a.csv", 600, 400)
    for arguments in ("--unti nats", '--kind "'):
        step = check(tmp_path, same, same, arguments)
        assert (step.status, step.outputs) == (2, {"verdict": "error"}), step.log
    step = check(tmp_path, same, "none.csv")
    assert (step.status, step.outputs) == (3, {"verdict": "error"}), step.log


@pytest.mark.process
@pytest.mark.parametrize(
    "name", ["a b.csv", "$(touch ran).csv", '";touch ran;".csv', "-x.csv", "a\n::error::x=1.csv"]
)
def test_names_of_files_are_data(tmp_path: Path, name: str) -> None:
    table(tmp_path, name, 600, 400)
    step = check(tmp_path, name, name)
    assert (step.status, step.outputs["verdict"]) == (0, "passed"), step.log
    assert not (tmp_path / "ran").exists()
    assert [line for line in step.log.splitlines() if line.startswith("::error")] == []


@pytest.mark.process
def test_options_are_split_as_in_a_shell_and_do_not_run(tmp_path: Path) -> None:
    same = table(tmp_path, "a.csv", 600, 400)
    options = "--missing 'drop' \"--na=$(touch ran),`touch ran`\" --kind\ncategorical"
    step = check(tmp_path, same, same, options)
    assert step.status == 0, step.log
    assert not (tmp_path / "ran").exists()


# ------------------------------------------------------------------------------------ the hook


@pytest.mark.process
def test_the_hook_passes_and_fails_with_the_data(tmp_path: Path) -> None:
    (hook,) = (hook for hook in HOOKS if hook["id"] == "divcli-drift")
    entry = shlex.split(hook["entry"])
    assert (entry[:2], hook["pass_filenames"], hook["language"]) == (
        ["divcli", "drift"], False, "python",
    )  # fmt: skip
    same, moved = table(tmp_path, "a.csv", 600, 400), table(tmp_path, "b.csv", 200, 800)
    command = [str(BIN / entry[0]), COMMAND, *entry[2:], *shlex.split(OPTIONS)]
    for current, status in ((same, 0), (moved, 1)):
        done = subprocess.run([*command, same, current], cwd=tmp_path, capture_output=True)
        assert done.returncode == status, done.stderr
        assert b"city" in done.stdout


@pytest.mark.parametrize(
    ("name", "runs"),
    [("data/a.csv", True), ("a.csv.gz", True), ("a.parquet", True), ("a.jsonl.zst", True),
     ("a.py", False), ("csv", False), ("a.csv.py", False)],
)  # fmt: skip
def test_the_hook_runs_for_commits_of_data(name: str, runs: bool) -> None:
    assert (re.search(HOOKS[0]["files"], name) is not None) is runs
