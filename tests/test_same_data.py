"""The same data, whatever it comes in: the same numbers to the last digit."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from divcli import compare
from tests.conftest import Run

# ---------------------------------------------------------------------------------- weights

SYMBOLS = ["a", "b", "ü", "007", "x,y"]
P = [0.1, 0.2, 0.3, 0.15, 0.25]
Q = [0.3, 1e-3, 0.3, 0.149, 0.25]
INLINE = "0.1,0.2,0.3,0.15,0.25", "0.3,1e-3,0.3,0.149,0.25"


def delimited(delimiter: str, header: str, columns: list[list[Any]]) -> str:
    """A table with quoted text, floats as repr spells them."""
    rows = zip(*columns, strict=True)
    cells = [[f'"{v}"' if isinstance(v, str) else repr(v) for v in row] for row in rows]
    return "\n".join([header, *(delimiter.join(row) for row in cells), ""])


def objects() -> tuple[dict[str, float], dict[str, float]]:
    return dict(zip(SYMBOLS, P, strict=True)), dict(zip(SYMBOLS, Q, strict=True))


def records() -> list[dict[str, Any]]:
    return [{"s": s, "p": p, "q": q} for s, p, q in zip(SYMBOLS, P, Q, strict=True)]


# What is written into the file, and the arguments that read both sides from it. The order of
# symbols, their names, headers and delimiters differ; the weights do not.
READ = ("-c", "s", "--p-weights", "p", "--q-weights", "q")
WEIGHTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "CSV": ("w.csv", delimited(",", "s,p,q", [SYMBOLS, P, Q]), READ),
    "CSV of CRLF lines with a mark": (
        "w.csv", "\ufeff" + delimited(",", "s,p,q", [SYMBOLS, P, Q]).replace("\n", "\r\n"), READ),
    "CSV of semicolons": ("w.csv", delimited(";", "s;p;q", [SYMBOLS, P, Q]), READ),
    "CSV of a delimiter named": ("w.csv", delimited(":", "s:p:q", [SYMBOLS, P, Q]),
                                 ("-d", ":", *READ)),
    "CSV without a header": ("w.csv", delimited(",", "", [SYMBOLS, P, Q])[1:],
                             ("--no-header", "-c", "column1", "--p-weights", "column2",
                              "--q-weights", "column3")),
    "TSV": ("w.tsv", delimited("\t", "s\tp\tq", [SYMBOLS, P, Q]), READ),
    "JSON object": ("w.json", json.dumps(dict(zip("pq", objects(), strict=True))), ()),
    "JSON arrays": ("w.json", json.dumps({"p": P, "q": Q}), ("--as", "weights")),
    "JSON columns": ("w.json", json.dumps({"s": SYMBOLS, "p": P, "q": Q}), READ),
    "JSON records": ("w.json", json.dumps(records(), indent=1), READ),
    "JSON deeper down": ("w.json", json.dumps({"results": [objects()[0], objects()[1]]}),
                         ("--p-path", "results.0", "--q-path", "results.1")),
    "NDJSON": ("w.ndjson", "".join(f"{json.dumps(one)}\n" for one in records()), READ),
}  # fmt: skip


def measures_text(document: str) -> str:
    """The bytes of `measures` in a JSON document of the command line."""
    start = document.index('"measures": {')
    return document[start : document.index("}", start)]


@pytest.fixture
def inline_measures(run: Run) -> str:
    status, stdout, _ = run("compare", *INLINE, "--json")
    assert status == 0
    return measures_text(stdout)


def test_the_measures_are_those_of_these_weights(inline_measures: str) -> None:
    # ½Σ|p − q| by hand: ½(0.2 + 0.199 + 0 + 0.001 + 0)
    tv = json.loads("{" + inline_measures.partition("{")[2] + "}")["tv"]
    assert tv == pytest.approx(0.2, rel=1e-15)


@pytest.mark.parametrize(("name", "text", "options"), WEIGHTS.values(), ids=WEIGHTS)
def test_weights_in_a_file_are_measured_as_inline(
    name: str, text: str, options: tuple[str, ...], inline_measures: str, run: Run, folder: Path
) -> None:
    (folder / name).write_text(text, encoding="utf-8", newline="")
    status, stdout, stderr = run("compare", name, *options, "--json")
    assert (status, stderr) == (0, "")
    assert measures_text(stdout) == inline_measures


@pytest.mark.parametrize(("name", "text", "options"), WEIGHTS.values(), ids=WEIGHTS)
def test_weights_through_a_pipe_are_measured_as_inline(
    name: str, text: str, options: tuple[str, ...], inline_measures: str, run: Run
) -> None:
    status, stdout, stderr = run("compare", "-", *options, "--json", stdin=text)
    assert (status, stderr) == (0, "")
    assert measures_text(stdout) == inline_measures


def test_weights_in_two_files_are_measured_as_in_one(
    inline_measures: str, run: Run, folder: Path
) -> None:
    (folder / "p.csv").write_text(delimited(",", "symbol,p", [SYMBOLS, P]))
    (folder / "q.json").write_text(json.dumps(objects()[1]))
    assert measures_text(run("compare", "p.csv", "q.json", "--json").stdout) == inline_measures


def test_weights_named_inline_or_one_side_piped_are_measured_alike(
    inline_measures: str, run: Run
) -> None:
    named = [",".join(f"{chr(65 + i)}={w!r}" for i, w in enumerate(weights)) for weights in (P, Q)]
    assert measures_text(run("compare", *named, "--json").stdout) == inline_measures
    piped = run("compare", "-", INLINE[1], "--json", stdin=json.dumps(objects()[0]))
    assert measures_text(piped.stdout) == inline_measures


FRAME = pd.DataFrame({"s": SYMBOLS, "p": P, "q": Q})
INDEXED = FRAME.set_index("s")
OBJECTS: dict[str, dict[str, Any]] = {
    "a data frame": {"p": FRAME, "column": "s", "p_weights": "p", "q_weights": "q"},
    "two data frames": {"p": FRAME[["s", "p"]], "q": FRAME[["s", "q"]], "q_weights": "q"},
    "series": {"p": INDEXED["p"], "q": INDEXED["q"], "given": "weights"},
    "series without symbols": {"p": FRAME["p"], "q": FRAME["q"], "given": "weights"},
    "arrays": {"p": np.array(P), "q": np.array(Q), "given": "weights"},
    "mappings": {"p": objects()[0], "q": objects()[1]},
}


@pytest.mark.parametrize("arguments", OBJECTS.values(), ids=OBJECTS)
def test_weights_in_objects_are_measured_as_inline(
    arguments: dict[str, Any], inline_measures: str
) -> None:
    document = json.dumps(compare(**arguments).to_dict(), ensure_ascii=False)
    assert measures_text(document) == inline_measures


# ---------------------------------------------------------------------------------- samples

Values = list[Any]
# None is missing. No sample ends with one: a workbook stores no empty last row.
SAMPLES: dict[str, tuple[Values, Values]] = {
    "text": (["a", "b", "NA", "a", "007", None, "ü"], ["a", "007", None, "b", None, "b", "7"]),
    "numbers": ([1.5, 2.0, None, 1.5, -3.0, 1e5, 2.25], [2.0, 2.0, 2.25, None, 7.0, 1e5, 0.1]),
    "whole numbers": ([1, None, 2, 3, 2], [3, 3, 2, 1, 1]),
    "times": (["2024-02-29", "2024-03-01", None, "2024-03-01T12:00:00"],
              ["2024-02-29 00:00", None, "2024-03-01T00:00:00Z", "2024-03-01T14:00:00+02:00"]),
}  # fmt: skip


class Format(NamedTuple):
    """A file format: how its names end, its writer, and the options that reach column x."""

    ending: str
    write: Callable[[Values], str | bytes]
    options: tuple[str, ...] = ()


def lines(values: Values, around: str = "{}") -> str:
    """One value a line, nothing where it is missing."""
    return "".join(around.format("" if v is None else v) + "\n" for v in values)


def workbook(values: Values) -> bytes:
    file = io.BytesIO()
    pd.DataFrame({"x": values}).to_excel(file, index=False)
    return file.getvalue()


FORMATS = {
    "CSV": Format("csv", lambda v: "y,x\n" + lines(v, "0,{}"), ("-c", "x")),
    "CSV of one column": Format("csv", lambda v: "x\n" + lines(v)),
    "CSV of quotes and CRLF": Format("csv", lambda v: "x\n" + lines(v, '"{}"\r')),
    "TSV": Format("tsv", lambda v: "x\ty\n" + lines(v, "{}\t0"), ("-c", "x")),
    "lines": Format("txt", lines),
    "JSON array": Format("json", json.dumps),
    "JSON columns": Format("json", lambda v: json.dumps({"x": v, "y": v}), ("-c", "x")),
    "JSON records": Format("json", lambda v: json.dumps([{"x": one} for one in v])),
    "NDJSON": Format("ndjson", lambda v: "".join(json.dumps({"x": one}) + "\n" for one in v)),
    "NDJSON of bare values": Format(
        "jsonl", lambda v: "".join(json.dumps(one) + "\n" for one in v)
    ),
    "Excel": Format("xlsx", workbook),
}


def written(data: str | bytes, path: Path) -> str:
    """The path as an argument, once the data stands in it."""
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return str(path)


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("samples", SAMPLES.values(), ids=SAMPLES)
def test_samples_are_counted_in_every_format_as_in_a_series(
    samples: tuple[Values, Values], form: Format, run: Run, tmp_path: Path
) -> None:
    paths = [
        written(form.write(values), tmp_path / f"{side}.{form.ending}")
        for side, values in zip("pq", samples, strict=True)
    ]
    status, stdout, stderr = run("compare", *paths, *form.options, "--json")
    assert (status, stderr) == (0, "")
    theirs = json.loads(stdout)
    ours = json.loads(json.dumps(compare(*map(pd.Series, samples)).to_dict()))
    assert measures_text(stdout) == measures_text(json.dumps(ours))
    assert theirs["contributions"] == ours["contributions"]
    for side, values in zip("pq", samples, strict=True):
        assert theirs[side]["missing"] == values.count(None)
        assert theirs[side]["n"] == len(values)


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("samples", SAMPLES.values(), ids=SAMPLES)
def test_two_formats_of_the_same_samples_do_not_differ(
    samples: tuple[Values, Values], form: Format, run: Run, tmp_path: Path
) -> None:
    values = samples[0]
    one = written("x\n" + lines(values), tmp_path / "one.csv")
    other = written(form.write(values), tmp_path / f"other.{form.ending}")
    column = [text.replace("-c", "--q-column") for text in form.options]
    status, stdout, _ = run("compare", one, other, *column, "--json")
    measures = json.loads(stdout)["measures"]
    assert status == 0
    assert {measures[name] for name in ("js", "kl_pq", "kl_qp", "tv", "hellinger")} == {0.0}
