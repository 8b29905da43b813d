"""divcli.toml and [tool.divcli]: what is read, what it changes, and how it is refused."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import click
import pytest
from markdown_it import MarkdownIt

from divcli.catalog import COMMANDS
from divcli.cli import configuration, options
from divcli.model.column_settings import ColumnSettings, settings_of
from tests.conftest import Run

PAIR = ("compare", "1,2", "2,1", "-m", "js", "--json", "--no-inference")
EXACT = ("compare", "0.5,0.5", "0.25,0.75")


def unit(run: Run, *options: str) -> str:
    result = run(*PAIR, *options)
    assert result.status == 0, result.stderr
    return str(json.loads(result.stdout)["unit"])


def settings(run: Run, *arguments: str) -> dict[str, dict[str, Any]]:
    """The settings of `divcli config COMMAND`, by option."""
    result = run("config", *arguments, "--json")
    assert result.status == 0, result.stderr
    return {one["option"]: one for one in json.loads(result.stdout)["settings"]}


# ---------------------------------------------------------------------------------- which file


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_nearest_file_is_read_and_no_other(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "divcli.toml", 'unit = "bans"\ntop = 3\n')
    write(folder / "a" / "pyproject.toml", '[tool.divcli]\nunit = "nats"\n')
    (folder / "a" / "b").mkdir()
    assert unit(run) == "bans"
    monkeypatch.chdir(folder / "a" / "b")
    assert unit(run) == "nats"
    assert settings(run, "compare")["top"]["from"] == "default"


def test_divcli_toml_goes_before_pyproject_in_one_folder(run: Run, folder: Path) -> None:
    write(folder / "divcli.toml", 'unit = "nats"\n')
    write(folder / "pyproject.toml", '[tool.divcli]\nunit = "bans"\n')
    assert unit(run) == "nats"


@pytest.mark.parametrize(
    "text",
    ["[project]\nname = 'x'\n", "[project]\ndependencies = ['divcli']\n", "[tool.ruff]\n", "[tool"],
    ids=["other", "a dependency", "other tool", "no TOML, but none of ours"],
)
def test_a_pyproject_without_the_table_is_passed_over(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    write(folder / "divcli.toml", 'unit = "bans"\n')
    write(folder / "a" / "pyproject.toml", text)
    monkeypatch.chdir(folder / "a")
    assert unit(run) == "bans"


@pytest.mark.parametrize(
    "text",
    [
        '[tool.divcli]\nunit = "nats"\n',
        '[tool]\ndivcli.unit = "nats"\n',
        '[tool."divcli"]\nunit = "nats"\n',
        'tool = { divcli = { unit = "nats" } }\n',
    ],
)
def test_every_spelling_of_the_table_is_read(run: Run, folder: Path, text: str) -> None:
    write(folder / "pyproject.toml", text)
    assert unit(run) == "nats"


def test_a_named_file_is_read_instead_and_none_with_no_config(run: Run, folder: Path) -> None:
    write(folder / "divcli.toml", 'unit = "nats"\n')
    write(folder / "ci" / "other.toml", 'unit = "bans"\n')
    assert unit(run, "--config", "ci/other.toml") == "bans"
    assert unit(run, "--no-config") == "bits"


def test_what_names_the_file_has_the_order_of_every_option(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "divcli.toml", 'unit = "nats"\n')
    write(folder / "other.toml", 'unit = "bans"\n')
    monkeypatch.setenv("DIVCLI_NO_CONFIG", "1")
    assert unit(run) == "bits"
    assert unit(run, "--config", "other.toml") == "bans"
    monkeypatch.delenv("DIVCLI_NO_CONFIG")
    monkeypatch.setenv("DIVCLI_CONFIG", "other.toml")
    assert unit(run) == "bans"
    assert unit(run, "--no-config") == "bits"
    refused = run(*PAIR, "--no-config", "--config", "other.toml")
    assert (refused.status, "exclude each other" in refused.stderr) == (2, True)


def test_help_and_version_read_no_file(run: Run, folder: Path) -> None:
    write(folder / "divcli.toml", "no TOML")
    for arguments in (("--help",), ("-V",), ("compare", "--help"),
                      ("compare", "--config", "divcli.toml", "-h")):  # fmt: skip
        assert run(*arguments).status == 0


def test_a_mark_of_byte_order_is_no_error(run: Run, folder: Path) -> None:
    (folder / "divcli.toml").write_bytes(b'\xef\xbb\xbfunit = "nats"\n')
    assert unit(run) == "nats"


# --------------------------------------------------------------------------------- precedence


def test_flag_before_variable_before_file_before_default(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert unit(run) == "bits"
    write(folder / "divcli.toml", 'unit = "nats"\n')
    assert unit(run) == "nats"
    monkeypatch.setenv("DIVCLI_UNIT", "bans")
    assert unit(run) == "bans"
    assert unit(run, "--unit", "bits") == "bits"


def test_a_key_of_the_command_goes_before_one_for_all_wherever_it_stands(
    run: Run, folder: Path
) -> None:
    write(folder / "divcli.toml", 'compare.unit = "nats"\nunit = "bans"\n')
    assert unit(run) == "nats"
    assert json.loads(run("entropy", "1,1", "--json").stdout)["unit"] == "bans"


def test_what_is_typed_is_not_undone_by_other_words_in_the_file(run: Run, folder: Path) -> None:
    write(folder / "divcli.toml", 'base = 3\nformat = ["csv", "markdown:x.md"]\np-column = "a"\n')
    assert unit(run, "--unit", "nats") == "nats"
    assert not (folder / "x.md").exists()
    assert unit(run) == "base 3"
    write(folder / "t.csv", "a,b\nx,y\ny,y\n")
    document = json.loads(run("compare", "t.csv", "t.csv", "-c", "b", "--json").stdout)
    assert (document["p"]["column"], document["q"]["column"]) == ("b", "b")


def test_a_variable_is_not_undone_by_other_words_in_the_file(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "divcli.toml", "base = 3\n")
    monkeypatch.setenv("DIVCLI_UNIT", "nats")
    assert unit(run) == "nats"


def test_limits_in_the_file_fail_a_run_and_typed_ones_replace_them(run: Run, folder: Path) -> None:
    write(folder / "divcli.toml", '[compare]\nfail-over = ["js=0.01", "tv=0.9"]\n')
    result = run(*EXACT, "--json")
    assert result.status == 1
    assert [check["measure"] for check in json.loads(result.stdout)["checks"]] == ["js", "tv"]
    assert run(*EXACT, "--fail-over", "js=0.5").status == 0
    assert run(*EXACT, "--no-config").status == 0


def test_flags_numbers_for_text_and_single_values_for_lists_are_taken(
    run: Run, folder: Path
) -> None:
    write(folder / "divcli.toml", 'measure = "tv"\nbins = 7\nheader = false\nquiet = true\n')
    found = settings(run, "compare")
    values = {name: found[name]["value"] for name in ("measure", "bins", "header", "quiet")}
    assert values == {"measure": ["tv"], "bins": "7", "header": False, "quiet": True}
    result = run(*EXACT, "-f", "csv")
    assert (result.status, result.stderr) == (0, "")


def test_what_is_typed_for_all_columns_goes_before_what_the_file_says_of_one(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command()
    @options.counting_options
    @options.output_options
    def probe(**values: Any) -> None:
        seen.append(settings_of("x", configuration.rules()))

    seen: list[ColumnSettings] = []
    write(folder / "divcli.toml", '[columns.x]\nbins = 5\nmissing = "drop"\nkind = "numeric"\n')
    monkeypatch.setenv("DIVCLI_MISSING", "error")
    for arguments in ([], ["--bins", "7"], ["--no-config"]):
        with probe.make_context("probe", arguments) as context:
            probe.invoke(context)
    assert seen == [
        ColumnSettings(kind="numeric", bins="5"),
        ColumnSettings(kind="numeric"),
        ColumnSettings(),
    ]


# -------------------------------------------------------------------------------------- errors

REFUSED: dict[str, tuple[str, list[str]]] = {
    "no TOML": ("unit = \n", ["divcli.toml: no TOML", "line 1"]),
    "no such key": ('unti = "nats"\n', ["divcli.toml: unti: no such key", "did you mean 'unit'?"]),
    "underscores": ("fail_over = []\n", ["fail_over: no such key", "did you mean 'fail-over'?"]),
    "no such table": ("[comparee]\n", ["comparee: no such key", "did you mean 'compare'?"]),
    "no such key of a command": (
        '[compare]\nmeasures = "js"\n',
        ["compare.measures: no such key", "did you mean 'measure'?"],
    ),
    "an option of another command": ("[entropy]\nsubset = true\n", ["entropy.subset: no such"]),
    "no such choice": ('unit = "bit"\n', ["unit: no choice 'bit'", "did you mean 'bits'?"]),
    "no list": ('unit = ["bits"]\n', ["unit: expected a text, found ['bits']"]),
    "a table": ("[unit]\nx = 1\n", ["unit: expected a text, found a table"]),
    "no table": ("compare = 3\n", ["compare: expected a table, found 3"]),
    "no table of columns": ("columns = 3\n", ["columns: expected a table, found 3"]),
    "no truth": ("subset = 1\n", ["subset: expected true or false, found 1"]),
    "no number": ('confidence = "high"\n', ["confidence: expected a number, found 'high'"]),
    "truth for a number": ("top = true\n", ["top: expected a whole number, found true"]),
    "a fraction": ("top = 2.5\n", ["top: expected a whole number, found 2.5"]),
    "out of range": ("confidence = 2\n", ["confidence: 2.0 is not in the range"]),
    "a number in a list": ("fail-over = [[1]]\n", ["fail-over: expected a text, found [1]"]),
    "a date": ("bins = 2026-01-01\n", ["bins: expected a text, found 2026-01-01"]),
    "the file itself": ('config = "x"\n', ["config: expected a table"]),
    "another command's value": ('[explain]\nunit = "bit"\n', ["explain.unit: no choice 'bit'"]),
    "a measure": ('measure = ["jss"]\n', ["divcli.toml: measure: -m: no measure 'jss'", "'js'?"]),
    "a limit": ('[compare]\nfail-over = "js"\n', ["divcli.toml: compare.fail-over: --fail-over"]),
    "a column's key": (
        '[columns.x]\nkinds = "numeric"\n',
        ["columns.x.kinds: no such setting of a column", "did you mean 'kind'?"],
    ),
    "a column's kind": (
        '[columns."x*"]\nkind = "number"\n',
        ['columns."x*".kind: no choice \'number\'', "numeric"],
    ),
    "a column's alpha": ("[columns.x]\nalpha = 1\n", ["columns.x.alpha: 1.0 is not in the range"]),
    "a column's effect": ("[columns.x]\nmin-effect = 0.1\n", ["min-effect: no measure '0.1'"]),
    "an effect's value": (
        '[columns.x]\nmin-effect = "js=-1"\n',
        ["expected MEASURE=VALUE, found 'js=-1'"],
    ),
    "a column's bins": ('[columns.x]\nbins = "many"\n', ["divcli.toml: columns.x.bins: "]),
    "a column's ignore": ('[columns.x]\nignore = "yes"\n', ["ignore: expected true or false"]),
    "a column without a table": ('columns.x = "numeric"\n', ["columns.x: expected a table"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_file_is_refused_by_file_and_key(
    run: Run, folder: Path, text: str, said: list[str]
) -> None:
    write(folder / "divcli.toml", text)
    result = run("compare", "1,2", "2,1")
    assert (result.status, result.stdout) == (2, "")
    assert result.stderr.startswith("divcli: error: divcli.toml: ")
    assert [words for words in said if words not in result.stderr] == []


def test_keys_of_pyproject_are_named_in_full(run: Run, folder: Path) -> None:
    write(folder / "pyproject.toml", '[tool.divcli.columns."a b"]\nkind = 1\n')
    result = run("compare", "1,2", "2,1")
    assert 'pyproject.toml: tool.divcli.columns."a b".kind: expected' in result.stderr


def test_a_limit_for_all_commands_that_one_cannot_measure_says_where_to_put_it(
    run: Run, folder: Path
) -> None:
    write(folder / "divcli.toml", 'fail-over = "js=0.5"\n')
    result = run("entropy", "1,2")
    assert result.status == 2
    assert "divcli.toml: fail-over: --fail-over: no measure 'js'" in result.stderr
    assert "for entropy alone: entropy.fail-over" in result.stderr


def test_a_wrong_variable_is_named(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIVCLI_FAIL_OVER", "jss=1")
    result = run(*PAIR)
    assert result.status == 2
    assert "DIVCLI_FAIL_OVER: --fail-over: no measure 'jss'" in result.stderr


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("none.toml", "No such file"),
        ("pyproject.toml", "no table [tool.divcli]"),
        ("f", "directory"),
    ],
)
def test_a_named_file_without_a_configuration_is_refused(
    run: Run, folder: Path, name: str, words: str
) -> None:
    write(folder / "pyproject.toml", "[project]\n")
    (folder / "f").mkdir()
    result = run(*PAIR, "--config", name)
    assert result.status == 2
    assert result.stderr.startswith(f"divcli: error: {name}: ")
    assert words in result.stderr


def test_bytes_that_are_no_text_and_keys_that_act_on_a_screen_are_inert(
    run: Run, folder: Path
) -> None:
    (folder / "divcli.toml").write_bytes(b"\xff\xfe")
    assert "divcli.toml: no TOML" in run(*PAIR).stderr
    write(folder / "divcli.toml", '"\\u001b[31m::error" = 1\n')
    result = run(*PAIR)
    assert result.status == 2
    assert "\x1b" not in result.stderr


# ------------------------------------------------------------------------------ divcli config


def test_config_names_the_place_of_every_value(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "pyproject.toml", "[tool.divcli]\ntop = 4\n[tool.divcli.compare]\nseed = 2\n")
    monkeypatch.setenv("DIVCLI_UNIT", "nats")
    found = settings(run, "compare", "a.csv", "--fail-over", "js=1", "--fail-over=tv=1")
    told = {
        name: (found[name]["value"], found[name]["from"], found[name]["name"])
        for name in ("top", "seed", "unit", "fail-over", "kind")
    }
    assert told == {
        "top": (4, "file", "tool.divcli.top"),
        "seed": (2, "file", "tool.divcli.compare.seed"),
        "unit": ("nats", "variable", "DIVCLI_UNIT"),
        "fail-over": (["js=1", "tv=1"], "flag", "--fail-over"),
        "kind": ("auto", "default", None),
    }


def test_config_without_a_command_tells_all_and_what_agrees_once(run: Run, folder: Path) -> None:
    write(folder / "divcli.toml", '[entropy]\nunit = "bans"\n')
    rows = json.loads(run("config", "--json").stdout)["settings"]
    units = {tuple(row["commands"]): row["value"] for row in rows if row["option"] == "unit"}
    assert units[("entropy",)] == "bans"
    assert any("compare" in commands and value == "bits" for commands, value in units.items())
    quiet = [row for row in rows if row["option"] == "quiet"]
    assert [row["commands"] for row in quiet] == [[command.name for command in COMMANDS]]


def test_config_shows_what_gave_way_as_the_default_that_it_is(run: Run, folder: Path) -> None:
    write(folder / "divcli.toml", "base = 3\n")
    assert settings(run, "compare")["base"]["value"] == 3
    found = settings(run, "compare", "--unit", "nats")
    assert (found["base"]["value"], found["base"]["from"]) == (None, "default")


def test_config_tells_which_pattern_sets_what_of_a_column(run: Run, folder: Path) -> None:
    text = (
        '[columns."*"]\nalpha = 0.001\n[columns."price*"]\nmin-effect = "js=0.02"\nalpha = 0.01\n'
    )
    write(folder / "divcli.toml", text)
    document = json.loads(run("config", "--column", "price_eur", "--json").stdout)
    told = {row["setting"]: (row["value"], row["pattern"]) for row in document["columns"]}
    assert document["column"] == "price_eur"
    assert document["settings"] == []
    assert told == {
        "kind": (None, None),
        "min-effect": ("js=0.02", "price*"),
        "alpha": (0.01, "price*"),
        "ignore": (None, None),
        "bins": (None, None),
        "missing": (None, None),
    }
    assert "as the table" in run("config", "--column", "city").stdout


def test_config_in_csv_and_markdown_has_every_setting(run: Run, folder: Path) -> None:
    write(folder / "divcli.toml", 'fail-over = ["js=1", "tv=1"]\n[columns."a|b*"]\nignore = true\n')
    count = len(settings(run, "compare"))
    records = list(csv.DictReader(io.StringIO(run("config", "compare", "-f", "csv").stdout)))
    assert len(records) == count + 1
    limits = next(record for record in records if record["option"] == "fail-over")
    assert (limits["value"], limits["from"], limits["file"]) == ("js=1 tv=1", "file", "divcli.toml")
    page = MarkdownIt("gfm-like", {"linkify": False}).render(
        run("config", "compare", "-f", "markdown").stdout
    )
    assert page.count("<tr>") == count + 3
    assert '<td style="text-align:left">a|b*</td>' in page


def test_config_refuses_what_it_does_not_know(run: Run, folder: Path) -> None:
    assert "did you mean 'compare'?" in run("config", "comare").stderr
    assert run("config", "--colum", "x").status == 2
    refused = run("config", "compare", "--unti", "nats")
    assert (refused.status, "--unti" in refused.stderr) == (2, True)


def test_config_without_a_file_says_so(run: Run, folder: Path) -> None:
    assert "No configuration file." in run("config").stdout
    write(folder / "divcli.toml", "unit = 'nats'\n")
    assert "No configuration file." in run("config", "--no-config").stdout
    assert "Read divcli.toml." in run("config").stdout


@pytest.mark.parametrize(
    "text",
    [
        '[tool.divcli]\nunit = "nats"',
        '[ tool . "divcli" ]\nunit = "nats"',
        '["tool".divcli]\nunit = "nats"',
        'tool.divcli.unit = "nats"',
        '[tool]\ndivcli.unit = "nats"',
        '  [tool]\n[tool.other]\nx = 1\n[tool.divcli]\nunit = "nats"',
        'tool = {divcli = {unit = "nats"}}',
    ],
)
def test_the_table_is_found_however_it_is_written(run: Run, folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(text + "\n")
    document = json.loads(run("compare", "0.5,0.5", "0.25,0.75", "--json").stdout)
    assert document["unit"] == "nats"


def test_a_project_that_merely_names_divcli_has_no_configuration(run: Run, folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[project]\ndependencies = ["divcli"]\n[tool.ruff]\n')
    document = json.loads(run("compare", "0.5,0.5", "0.25,0.75", "--json").stdout)
    assert document["unit"] == "bits"
