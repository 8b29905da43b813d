"""`drift` and `profile` as commands: files, pipes, formats, and names that act nowhere."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from junitparser import Failure, JUnitXml, Skipped
from markdown_it import MarkdownIt

from divcli.catalog import RENDERERS
from tests.conftest import Run

ORDERS = ("sample_data/orders_reference.csv", "sample_data/orders_current.csv")
HOSTILE = [
    "[/]", "[red]", "\x1b[31m", "tab\there", "\u202eleft", "a|b", "<script>alert(1)</script>",
    "*b*", "::error file=a::b", "##[error]x", "=1+1", "a:b,c", "100%", "&amp;", "]]>", "bell\x07",
    "\ufffe", "two\nlines",
]  # fmt: skip


def table(seed: int, rows: int = 400) -> str:
    """A table with a column of every kind."""
    rng = np.random.default_rng(seed)
    start = np.datetime64("2024-01-01T00:00:00")
    times = start + rng.integers(0, 10**6, rows).astype("timedelta64[s]")
    columns = {
        "key": [f"k{seed}-{i}" for i in range(rows)],
        "decimal": [f"{value:.4f}" for value in rng.normal(size=rows)],
        "atoms": ["0" if value < 0.5 else f"{value:.3f}" for value in rng.random(rows)],
        "whole": rng.integers(1, 7, rows).tolist(),
        "missing": ["" if value < 0 else f"{value:.2f}" for value in rng.normal(size=rows)],
        "odd": ["nan" if value < -1 else f"{value:.2f}" for value in rng.normal(size=rows)],
        "flag": rng.choice(["true", "false"], rows).tolist(),
        "text": rng.choice(["a", "b", "é", "NA", "007"], rows).tolist(),
        "names": rng.choice([f"n{i}" for i in range(90)], rows).tolist(),
        "day": [str(time)[:10] for time in times],
        "time": times.tolist(),
    }
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow([v.isoformat() if hasattr(v, "isoformat") else v for v in row])
    return out.getvalue()


@pytest.fixture
def files(folder: Path) -> Path:
    """A reference, its profile to be, and a current."""
    (folder / "reference.csv").write_text(table(1), encoding="utf-8")
    (folder / "current.csv").write_text(table(2, 300), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", [row.name for row in RENDERERS])
@pytest.mark.parametrize(
    "options", [(), ("--bins", "3", "--ignore", "text"), ("--bins", "-1,0,1", "-c", "decimal")]
)
def test_a_table_and_its_profile_give_the_same_output_to_the_byte(
    run: Run, files: Path, name: str, options: tuple[str, ...]
) -> None:
    assert run("profile", "reference.csv", "-o", "reference.json").status == 0
    if "-c" in options:
        edges = (*options, "-o", "reference.json")
        assert run("profile", "reference.csv", *edges).status == 0
    raw = run("drift", "reference.csv", "current.csv", "-f", name, *options)
    saved = run("drift", "reference.json", "current.csv", "-f", name, *options)
    assert raw.status in (0, 1)
    assert raw == saved


def test_a_saved_profile_cannot_be_of_another_kind_than_it_is(run: Run, files: Path) -> None:
    run("profile", "reference.csv", "-o", "reference.json")
    for kind, kept in (("whole=categorical", "numeric"), ("key=categorical", "an identifier")):
        refused = run("drift", "reference.json", "current.csv", "--kind", kind)
        assert refused.status == 2
        assert f"is kept as {kept}" in refused.stderr
        assert run("drift", "reference.csv", "current.csv", "--kind", kind).status in (0, 1)
    made = run("profile", "reference.csv", "--kind", "whole=categorical", "-o", "other.json")
    assert made.status == 0
    options = ("current.csv", "--kind", "whole=categorical", "--json")
    assert run("drift", "other.json", *options) == run("drift", "reference.csv", *options)


def test_the_output_does_not_change_from_run_to_run(run: Run, files: Path) -> None:
    command = ("drift", "reference.csv", "current.csv", "--json")
    assert run(*command) == run(*command)


def test_a_current_profile_on_the_same_edges_gives_what_its_table_gives(
    run: Run, files: Path
) -> None:
    run("profile", "reference.csv", "-o", "reference.json")
    made = run("profile", "current.csv", "--like", "reference.json", "-o", "current.json")
    assert made.status == 0, made.stderr
    of_table = json.loads(run("drift", "reference.json", "current.csv", "--json").stdout)
    of_profile = json.loads(run("drift", "reference.json", "current.json", "--json").stdout)
    assert of_profile["columns"] == of_table["columns"]


def test_a_current_profile_on_other_edges_is_shared_out_with_a_note(run: Run, files: Path) -> None:
    run("profile", "current.csv", "-o", "current.json")
    result = run("drift", "reference.csv", "current.json", "--json")
    notes = json.loads(result.stdout)["notes"]
    assert any("other edges" in note and "--like" in note for note in notes)


def test_merged_profiles_stand_for_both_tables(run: Run, files: Path) -> None:
    both = table(1) + table(2, 300).partition("\n")[2]
    (files / "both.csv").write_text(both, encoding="utf-8")
    run("profile", "reference.csv", "-o", "a.json")
    run("profile", "current.csv", "--like", "a.json", "-o", "b.json")
    merged = run("profile", "--merge", "a.json", "b.json", "-o", "c.json")
    assert merged.status == 0, merged.stderr
    assert run("profile", "--merge", "b.json", "a.json", "-o", "d.json").status == 0
    assert (files / "c.json").read_text() == (files / "d.json").read_text()
    whole = run("profile", "both.csv", "--like", "a.json", "--json")
    columns = {one["column"]: one for one in json.loads(whole.stdout)["columns"]}
    for one in json.loads((files / "c.json").read_text())["columns"]:
        if not one["identifier"]:
            assert one | {"notes": []} == columns[one["column"]] | {"notes": []}


def test_merging_other_edges_is_refused(run: Run, files: Path) -> None:
    for name in ("reference", "current"):
        run("profile", f"{name}.csv", "-o", f"{name}.json")
    refused = run("profile", "--merge", "reference.json", "current.json")
    assert refused.status == 3
    assert "--like" in refused.stderr


def test_a_column_of_a_profile_can_be_compared(run: Run, files: Path) -> None:
    run("profile", "reference.csv", "-o", "reference.json")
    for column in ("text", "whole"):
        pair = [
            json.loads(run("compare", side, "current.csv", "-c", column, "--json").stdout)
            for side in ("reference.csv", "reference.json")
        ]
        assert pair[0]["measures"]["js"] == pair[1]["measures"]["js"]
        assert pair[1]["p"]["n"] == 400
    entropy = run("entropy", "reference.json", "-c", "decimal", "--json")
    assert "cells" in "".join(json.loads(entropy.stdout)["notes"])
    refused = run("compare", "reference.json", "current.csv", "-c", "txt")
    assert refused.status == 3
    assert "did you mean 'text'?" in refused.stderr
    assert "pick" in run("compare", "reference.json", "current.csv").stderr


def test_either_side_can_be_piped(run: Run, files: Path) -> None:
    direct = run("drift", "reference.csv", "current.csv", "-f", "csv")
    piped = run("drift", "reference.csv", "-", "-f", "csv", stdin=table(2, 300))
    assert piped.stdout == direct.stdout
    profile = run("profile", "reference.csv").stdout
    assert run("drift", "-", "current.csv", "-f", "csv", stdin=profile).stdout == direct.stdout
    assert run("drift", "-", "-", stdin="x").status == 2


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("drift", ORDERS[0]), 2, "a reference and a current"),
        (("drift", *ORDERS, "--min-effect", "jss=0.1"), 2, "did you mean 'js'?"),
        (("drift", *ORDERS, "--min-effect", "js"), 2, "MEASURE=VALUE"),
        (("drift", *ORDERS, "--min-effect", "js=-1"), 2, "MEASURE=VALUE"),
        (("drift", *ORDERS, "--min-effect", "entropy_p=1"), 2, "no effect is estimated"),
        (("drift", *ORDERS, "--kind", "amount=decimal"), 2, "no kind 'decimal'"),
        (("drift", *ORDERS, "--kind", "amnt=numeric"), 3, "did you mean 'amount'?"),
        (("drift", *ORDERS, "--ignore", "contry"), 3, "did you mean 'country'?"),
        (("drift", *ORDERS, "-c", "contry"), 3, "did you mean 'country'?"),
        (("drift", *ORDERS, "--bins", "fd"), 2, "rules need the values"),
        (("drift", *ORDERS, "--missing", "error"), 3, "missing values"),
        (("drift", "0.5,0.5", "0.4,0.6"), 3, "no sample size"),
        (("drift", "nowhere.csv", ORDERS[1]), 3, "nowhere.csv"),
        (("profile", *ORDERS), 2, "one source"),
        (("profile", "--merge", ORDERS[0]), 2, "two profiles"),
        (("profile", "--merge", *ORDERS), 2, "is no profile"),
        (("profile", ORDERS[0], "--like", ORDERS[1]), 2, "is no profile"),
    ],
)
def test_errors_say_what_and_where(
    run: Run, arguments: tuple[str, ...], status: int, said: str
) -> None:
    result = run(*arguments)
    assert result.status == status
    assert said in result.stderr
    assert result.stdout == ""


def test_edges_are_for_columns_of_their_kind(run: Run) -> None:
    result = run("drift", *ORDERS, "--bins", "0,20,50", "--json")
    columns = {one["column"]: one for one in json.loads(result.stdout)["columns"]}
    assert columns["amount"]["grid"] == "edges given"
    assert columns["amount"]["cells"] == 3  # no amount is below 0
    assert any("--bins has no effect" in note for note in columns["ordered_at"]["notes"])


def test_directions_are_told_in_words(run: Run) -> None:
    for measure, words in (("kl_pq", "KL(current‖reference)"), ("kl_qp", "KL(reference‖current)")):
        shown = run("drift", *ORDERS, "--min-effect", f"{measure}=0.001", "-q").stdout
        assert f"{words} above 0.001" in shown.replace("\n", " ")


def test_the_exit_status_is_1_on_drift_and_for_nothing_else(run: Run) -> None:
    assert run("drift", *ORDERS).status == 1
    assert run("drift", *ORDERS, "--max-drifted", "2").status == 0
    assert run("drift", *ORDERS, "--ignore", "ordered_at", "--ignore", "country").status == 0
    assert run("drift", *ORDERS, "--min-effect", "js=1").status == 0
    assert run("drift", ORDERS[0], ORDERS[0]).status == 0


def test_the_table_explains_what_moved(run: Run) -> None:
    shown = run("drift", *ORDERS, "-q").stdout
    assert "DRIFT. 2 columns drifted: ordered_at, country." in shown.replace("\n", " ")
    assert re.search(r"^PT +0\.0% +4\.1% +\+4\.1 ", shown, re.MULTILINE)
    assert "reference  ▁" in shown
    assert re.search(r"^  current    ▁* *█", shown, re.MULTILINE)


def test_the_document_has_passing_columns_and_recomputes(run: Run) -> None:
    document = json.loads(run("drift", *ORDERS, "--json").stdout)
    verdicts = {one["column"]: one["verdict"] for one in document["columns"]}
    assert verdicts["gift"] == "stable"
    assert verdicts["order_id"] == "identifier"
    for one in document["columns"]:
        if "effect" in one and len(one["contributions"]) == one["cells"]:
            js = sum(record["js"] for record in one["contributions"])
            assert js == pytest.approx(one["effect"]["value"], rel=1e-9)
            shares = sum(record["current"] for record in one["contributions"])
            assert shares == pytest.approx(1)


def test_several_formats_at_once(run: Run, files: Path) -> None:
    formats = ("-f", "junit:report.xml", "-f", "markdown:comment.md", "-f", "json:drift.json")
    result = run("drift", "reference.csv", "current.csv", *formats)
    assert result.stdout == ""
    assert (files / "report.xml").read_text().startswith("<?xml")
    assert "| column | kind |" in (files / "comment.md").read_text()
    assert json.loads((files / "drift.json").read_text())["exit_status"] == result.status


def suites(text: str) -> JUnitXml:
    return JUnitXml.fromstring(text.encode())


def test_junit_has_a_case_a_column(run: Run) -> None:
    result = run("drift", *ORDERS, "-f", "junit")
    (suite,) = suites(result.stdout)
    cases = {case.name: [type(one) for one in case.result] for case in suite}
    assert len(cases) == suite.tests == 10
    assert suite.failures == 2
    assert cases["country"] == cases["ordered_at"] == [Failure]
    assert cases["order_id"] == [Skipped]
    assert cases["gift"] == []
    allowed = suites(run("drift", *ORDERS, "-f", "junit", "--max-drifted", "2").stdout)
    assert allowed.failures == 0


def test_junit_of_other_results_has_a_case_a_limit(run: Run) -> None:
    limits = ("--fail-over", "js=0.5", "--fail-over", "kl_pq=0.01")
    result = run("compare", "1,2", "2,1", *limits, "-f", "junit")
    (suite,) = suites(result.stdout)
    assert result.status == 1
    assert [(case.name, len(case.result)) for case in suite] == [("js", 0), ("kl_pq", 1)]
    assert suites(run("compare", "1,2", "2,1", "-f", "junit").stdout).tests == 0


def test_github_annotates_failures_and_adds_to_the_step_summary(
    run: Run, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (files / "summary.md").write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    pair = ("A=5000,B=5000", "A=9000,B=1000")
    result = run("drift", *pair, "-f", "github")
    lines = result.stdout.splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error", "::notice"]
    summary = (files / "summary.md").read_text()
    assert summary.startswith("before\n")
    assert "| column | kind | verdict |" in summary
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    allowed = run("drift", *pair, "-f", "github", "--max-drifted", "1")
    assert allowed.stdout.startswith("::warning ")
    over = run("compare", "1,2", "2,1", "--fail-over", "js=0.01", "-f", "github")
    assert over.stdout.startswith("::error title=divcli%3A js::js: 0.0")


def hostile_pair(files: Path) -> tuple[str, str]:
    """Two documents whose column names and symbols want to act."""
    names = []
    for name, weight in (("p", 1), ("q", 30)):
        columns = {
            label: HOSTILE[i:] + HOSTILE[:i] * weight + ["x"] * 400
            for i, label in enumerate(HOSTILE)
        }
        longest = max(map(len, columns.values()))
        padded = {label: [*v, *["x"] * (longest - len(v))] for label, v in columns.items()}
        path = files / f"{name}.json"
        path.write_text(json.dumps(padded), encoding="utf-8")
        names.append(path.name)
    return names[0], names[1]


ACTIVE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)


@pytest.mark.parametrize("name", [row.name for row in RENDERERS])
def test_names_and_symbols_come_out_inert(run: Run, folder: Path, name: str) -> None:
    result = run("drift", *hostile_pair(folder), "-f", name, "--top", "30", "--max-drifted", "3")
    assert result.status == 1, result.stderr
    assert not ACTIVE.search(result.stdout)
    assert not ACTIVE.search(result.stderr)
    for line in (result.stdout + result.stderr).splitlines():
        starts = line.strip().startswith(("::", "##["))
        assert not starts or (name == "github" and re.match(r"::(error|notice) title=divcli", line))


def test_github_names_cannot_end_the_title_or_the_line(run: Run, folder: Path) -> None:
    lines = run("drift", *hostile_pair(folder), "-f", "github").stdout.splitlines()
    for line in lines:
        level, title, message = line.split("::", 2)[1].partition(" ")[0], *line.split("::", 2)[1:]
        assert level in ("error", "notice")
        assert ":" not in title.removeprefix(f"{level} title=")
        assert "," not in title
        assert re.search(r"%(?!25|3A|2C|0A|0D)", title + message) is None


def test_junit_holds_what_xml_cannot(run: Run, folder: Path) -> None:
    text = run("drift", *hostile_pair(folder), "-f", "junit").stdout
    root = ElementTree.fromstring(text.encode())
    names = [case.get("name") for case in root.iter("testcase")]
    assert sorted(names, key=str)[:1] == ["&amp;"]
    assert "\\ufffe" in names
    assert "<script>alert(1)</script>" in names
    assert len(suites(text)) == 1


def test_markdown_is_a_comment_that_shows_names_as_they_are(run: Run, folder: Path) -> None:
    text = run("drift", *hostile_pair(folder), "-f", "markdown").stdout
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    assert "<script>" not in html
    assert "<em>" not in html
    rows = re.findall(r"<td style=\"text-align:left\">(.*?)</td>", html)
    for name in ("a|b", "*b*", "[red]", "&lt;script&gt;alert(1)&lt;/script&gt;", "&amp;amp;"):
        assert name in rows


def test_weights_of_symbols_are_one_column(run: Run, folder: Path) -> None:
    (folder / "counts.csv").write_text("city,n\nRome,500\nOslo,500\n")
    (folder / "later.csv").write_text("city,n\nRome,900\nOslo,100\n")
    result = run("drift", "counts.csv", "later.csv", "-c", "city", "-w", "n", "--json")
    assert result.status == 1
    (column,) = json.loads(result.stdout)["columns"]
    assert column["n"] == {"reference": 1000, "current": 1000}
