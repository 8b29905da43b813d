"""drift with a configuration: settings of single columns, and the first one from the data."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Result, Run

REFERENCE = "id,city,price\n" + "".join(
    f"u{i},{'ab'[i % 2]},{i * 37 % 1000}.5\n" for i in range(2000)
)
# City moves from one half to two thirds (JS .0207 bits), and price by a tenth of its range.
CURRENT = "id,city,price\n" + "".join(
    f"v{i},{'abb'[i % 3]},{i * 37 % 1000 + 100}.5\n" for i in range(2000)
)


@pytest.fixture
def tables(folder: Path) -> Path:
    (folder / "r.csv").write_text(REFERENCE)
    (folder / "c.csv").write_text(CURRENT)
    return folder


def verdicts(run: Run, *options: str, status: int = 1) -> dict[str, str]:
    document = told(run("drift", "r.csv", "c.csv", "--json", *options), status)
    return {one["column"]: one["verdict"] for one in document["columns"]}


def told(result: Result, status: int) -> dict[str, Any]:
    assert result.status == status, result.stderr
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def configure(folder: Path, text: str) -> None:
    (folder / "divcli.toml").write_text(text)


def test_without_a_file_both_drift(run: Run, tables: Path) -> None:
    assert verdicts(run) == {"id": "identifier", "city": "drift", "price": "drift"}


def test_a_column_has_its_own_smallest_effect_and_is_left_out(run: Run, tables: Path) -> None:
    configure(tables, '[columns."pr*"]\nignore = true\n[columns.city]\nmin-effect = "js=0.1"\n')
    assert verdicts(run, status=0) == {"id": "identifier", "city": "negligible", "price": "ignored"}
    assert verdicts(run, "--no-config")["price"] == "drift"


def test_a_column_has_its_own_kind_missing_policy_and_cells(run: Run, tables: Path) -> None:
    configure(tables, '[columns.id]\nkind = "categorical"\n[columns.price]\nbins = 3\n')
    document = told(run("drift", "r.csv", "c.csv", "--json"), 1)
    found = {one["column"]: one for one in document["columns"]}
    assert found["id"]["verdict"] != "identifier"
    assert len(found["price"]["contributions"]) == 3


def test_what_is_typed_for_the_table_goes_before_what_the_file_says_of_a_column(
    run: Run, tables: Path
) -> None:
    configure(tables, '[columns.city]\nmin-effect = "js=0.1"\n')
    assert verdicts(run)["city"] == "negligible"
    assert verdicts(run, "--min-effect", "js=0.01")["city"] == "drift"
    configure(tables, '[columns.city]\nmin-effect = "js=0.1"\n[drift]\nmin-effect = "js=0.01"\n')
    assert verdicts(run)["city"] == "negligible"


def test_a_pattern_about_no_column_is_a_note(run: Run, tables: Path) -> None:
    configure(tables, '[columns]\nid.ignore = true\n"prise*".ignore = true\n')
    notes = told(run("drift", "r.csv", "c.csv", "--json"), 1)["notes"]
    lost = [note for note in notes if "has no such column" in note]
    assert lost == ['columns."prise*": r.csv has no such column']


def test_a_measure_that_is_no_effect_is_refused(run: Run, tables: Path) -> None:
    configure(tables, '[columns.city]\nmin-effect = "entropy_p=0.1"\n')
    refused = run("drift", "r.csv", "c.csv")
    assert (refused.status, "entropy_p" in refused.stderr) == (2, True)


def test_the_first_configuration_changes_no_verdict(run: Run, tables: Path) -> None:
    before = verdicts(run)
    written = run("drift", "--init", "r.csv", "c.csv")
    assert (written.status, written.stdout) == (0, "")
    assert "wrote divcli.toml" in written.stderr
    columns = tomllib.loads((tables / "divcli.toml").read_text())["columns"]
    assert columns == {
        "id": {"ignore": True}, "city": {"kind": "categorical"}, "price": {"kind": "numeric"},
    }  # fmt: skip
    assert verdicts(run) == before | {"id": "ignored"}
    assert run("drift", "--init", "r.csv").status == 2


def test_what_the_first_configuration_calls_detectable_is_what_drift_does(
    run: Run, tables: Path
) -> None:
    text = run("drift", "--init", "r.csv", "c.csv", "-o", "-").stdout
    document = told(run("drift", "r.csv", "c.csv", "--json"), 1)
    found = {one["column"]: one.get("minimum_detectable_effect") for one in document["columns"]}
    for name in ("city", "price"):
        section = text.partition(f"[columns.{name}]")[2]
        written = float(section.partition("JS divergence of ")[2].split()[0])
        assert written == pytest.approx(found[name], rel=0.05)
