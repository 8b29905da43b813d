"""Bad input: one line that says what is wrong and where, a way out, and nothing on stdout.

Or, where an answer is right, the answer with a note on what was done.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import Run

HALF = "0.5,0.5"
RAGGED = (
    "quote fields that hold the delimiter, name it with --delimiter, or take whole lines with "
    "-i lines"
)
NO_ROWS = "--no-header takes the first line as data"
NOT_JSON = "-i names the format where it is another: csv, tsv, ndjson, lines"
FINITE = "weights are finite and non-negative"
QUOTE = "a quote is not closed, or is followed by text; -i lines takes lines as they are"
UTF_8 = "convert it: iconv -f ISO-8859-1 -t UTF-8"
UTF_16 = "convert it: iconv -f UTF-16 -t UTF-8"
NO_WEIGHTS = "no such file, nor inline weights such as 0.5,0.4,0.1 or A=0.5,B=0.5"
RULES = "rules: auto, fd, doane, scott, stone, rice, sturges, sqrt"
EDGES = "expected a number of cells up to 1,000,000, a rule, or ascending edges e0,e1,…"


class Bad(NamedTuple):
    """What is read (as the file named by the ending, if any), and the error it must give."""

    data: str | bytes
    error: str
    hint: str | None = None
    options: tuple[str, ...] = ()
    ending: str = "csv"
    status: int = 3


IN_A_FILE = {
    # empty, or next to it
    "empty": Bad("", "in.csv: the file is empty"),
    "half of a byte-order mark": Bad(b"\xef\xbb", "in.csv:1: invalid UTF-8 (byte 0xef)", UTF_8),
    "only a byte-order mark": Bad(b"\xef\xbb\xbf", "in.csv: the file is empty"),
    "only blank lines": Bad("\n\r\n\n", "in.csv: the file is empty"),
    "empty json": Bad(" \n", "in.json: the file is empty", ending="json"),
    "empty ndjson": Bad("\n\n", "in.ndjson: the file is empty", ending="ndjson"),
    "header only": Bad("a,b\n", "in.csv: a header and no rows", NO_ROWS),
    "header only, one column": Bad("city\n", "in.csv: a header and no rows", NO_ROWS),
    "header forced on one row": Bad("1\n", "in.csv: a header and no rows", NO_ROWS, ("--header",)),
    # not well formed
    "a field too many": Bad("a,b\n1,2\n\n1,2,3\n", "in.csv:4: expected 2 fields, found 3", RAGGED,
                            ("-c", "a")),
    "a field too few": Bad("a,b\n1,2\n1\n", "in.csv:3: expected 2 fields, found 1", RAGGED,
                           ("-c", "a")),
    "a comma in one of many lines": Bad("x\n1\n1,5\n2\n", "in.csv:3: expected 1 field, found 2",
                                        RAGGED),
    "ragged after quoted line ends": Bad('a,b\n"1\n2\n3",2\n4\n',
                                         "in.csv:5: expected 2 fields, found 1", RAGGED,
                                         ("-c", "a")),
    "ragged far beyond the rows sniffed": Bad("a,b\n" + "1,2\n" * 999 + "3\n",
                                              "in.csv:1001: expected 2 fields, found 1", RAGGED,
                                              ("-c", "a")),
    "a quote never closed": Bad('a,b\n1,2\n"3,4\n5,6\n7,8\n',
                                "in.csv:3: not well-formed CSV: unexpected end of data", QUOTE,
                                ("-c", "a")),
    "text after a quote": Bad('a,b\n"1"x,2\n', "in.csv:2: not well-formed CSV: ',' expected after "
                              "'\"'", QUOTE, ("-c", "a")),
    "two columns of one name": Bad("a,b,a\n1,2,3\n", "in.csv: two columns are named 'a'",
                                   "rename one of them", ("-c", "b")),
    "two columns without names": Bad("a,,\n1,2,3\n", "in.csv: two columns are named ''",
                                     "rename one of them", ("-c", "a")),
    # not text
    "invalid UTF-8": Bad(b"a,b\nx,1\ny\xff,2\n", "in.csv:3: invalid UTF-8 (byte 0xff)", UTF_8,
                         ("-c", "a")),
    "invalid UTF-8 far down": Bad(b"a\n" + b"x\n" * 9999 + b"\xe9\n",
                                  "in.csv:10001: invalid UTF-8 (byte 0xe9)", UTF_8),
    "invalid UTF-8 in lines": Bad(b"x\n\xc3\x28\n", "in.txt:2: invalid UTF-8 (byte 0xc3)", UTF_8,
                                  ending="txt"),
    "invalid UTF-8 in json": Bad(b'{"a":\n"\xff"}', "in.json:2: invalid UTF-8 (byte 0xff)", UTF_8,
                                 ending="json"),
    "UTF-16": Bad("a\nb\n".encode("utf-16"), "in.csv: UTF-16 text", UTF_16),
    "UTF-16, big end first": Bad(b"\xfe\xff\0a", "in.csv: UTF-16 text", UTF_16),
    "UTF-16 in json": Bad('{"a": 1}'.encode("utf-16"), "in.json: UTF-16 text", UTF_16,
                          ending="json"),
    "a NUL byte": Bad(b"a\nx\ny\0\n", "in.csv:3: a NUL byte: this is no text file",
                      "-i names the format where the file name does not"),
    "a NUL byte in json": Bad(b'{"a\0": 1}', "in.json:1: a NUL byte: this is no text file",
                              "-i names the format where the file name does not", ending="json"),
    # columns
    "no such column": Bad("city,day\n1,2\n", "in.csv: no column 'ctiy'", "did you mean 'city'?",
                          ("-c", "ctiy")),
    "no such weights": Bad("city,day\n1,2\n", "in.csv: no column 'x'", "one of: city, day",
                           ("-w", "x")),
    "columns of lines": Bad("a,b\n1,2\n", "in.txt: its lines are samples, without columns or a "
                            "header", "-i csv reads a table, -i lines says that lines are meant",
                            ("-c", "a"), "txt", 2),
    "a header of lines": Bad("a\n1\n", "in.txt: its lines are samples, without columns or a "
                             "header", "-i csv reads a table, -i lines says that lines are meant",
                             ("--header",), "txt", 2),
    "which column": Bad("city,day\n1,2\n", "in.csv has 2 columns", "pick one with -c: city, day",
                        status=2),
    "which symbols": Bad("city,day,n\n1,2,3\n", "in.csv: which column holds the symbols?",
                         "pick one with -c: city, day", ("-w", "n"), status=2),
    "no such group column": Bad("city,day\n1,2\n", "in.csv: no column 'x'", "one of: city, day",
                                ("--by", "x")),
    "a delimiter of two characters": Bad("a;;b\n1;;2\n", "--delimiter: expected one character, "
                                         "found ';;'", r"\t is a tab", ("-d", ";;"), status=2),
    "no delimiter": Bad("a,b\n1,2\n", "--delimiter: expected one character, found ''",
                        r"\t is a tab", ("-d", ""), status=2),
    # weights
    "a negative weight": Bad("s,n\na,1\nb,-2\n", "in.csv:3: column 'n': a weight is a finite "
                             "non-negative number, found -2"),
    "a weight that is NaN": Bad("s,n\na,NaN\n", "in.csv:2: column 'n': a weight is a finite "
                                "non-negative number, found NaN"),
    "an infinite weight": Bad("s,n\na,inf\n", "in.csv:2: column 'n': a weight is a finite "
                              "non-negative number, found inf"),
    "a weight beyond doubles": Bad("s,p\na,1e400\n", "in.csv:2: column 'p': a weight is a finite "
                                   "non-negative number, found 1e400"),
    "a weight that is text": Bad("s,n\na,1\nb,abc\n", "in.csv:3: column 'n': expected a number, "
                                 "found 'abc'"),
    "a weight that is much text": Bad(
        f"s,n\na,{'abc' * 9999}\n", "in.csv:2: column 'n': expected a number, found "
        "'abcabcabcabcabcabca… (29,999 characters)"),
    "a weight that is missing": Bad("s,n\na,1\nb,\n", "in.csv:3: column 'n': expected a number, "
                                    "found nothing"),
    "a weight with a separator": Bad("s,n\na,1_000\n", "in.csv:2: column 'n': expected a number, "
                                     "found '1_000'"),
    "a weight in Arabic digits": Bad("s,n\na,٣\n", "in.csv:2: column 'n': expected a number, "
                                     "found '٣'"),
    "the line of a weight below quoted lines": Bad('s,n\n"a\nb",1\nc,x\n', "in.csv:4: column 'n': "
                                                   "expected a number, found 'x'"),
    "all weights zero": Bad("s,n\na,0\nb,0\n", "in.csv: column 'n': all weights are zero"),
    "probabilities that do not sum to 1": Bad(
        "s,p\na,0.5\nb,0.6\n", "in.csv: column 'p': probabilities sum to 1.1, not 1",
        "--as weights normalises them", ("--as", "probabilities")),
    "counts that are not whole": Bad("s,n\na,1.5\n", "in.csv: column 'n': counts are whole "
                                     "numbers, found 1.5", "--as weights", ("--as", "counts")),
    "weights that are no samples": Bad("s,n\na,1\n", "in.csv: column 'n': symbols with weights "
                                       "are never samples", "--as counts, probabilities or "
                                       "weights", ("-w", "n", "--as", "samples")),
    # json
    "json cut short": Bad('{"a": 1, "b"', "in.json:1:13: not JSON: Expecting ':' delimiter",
                          NOT_JSON, ending="json"),
    "json and more": Bad('{"a": 1} x', "in.json:1:10: not JSON: Extra data", NOT_JSON,
                         ("-i", "json"), ending="json"),
    "a key twice": Bad('{"a": 1, "b": 2, "a": 1}', "in.json: the key 'a' stands twice in one "
                       "object", ending="json"),
    "a key twice in a record": Bad('{"a": 1}\n{"a": 1, "a": 2}\n', "in.ndjson:2: the key 'a' "
                                   "stands twice in one object", ending="ndjson"),
    "a broken record": Bad('{"a": 1}\n\n{"a": \n', "in.ndjson:3:7: not JSON: Expecting value",
                           NOT_JSON, ending="ndjson"),
    "a NaN token": Bad('{"a": NaN, "b": 1}', "in.json: the weight of 'a' is nan", FINITE,
                       ending="json"),
    "an Infinity token": Bad('{"a": 1, "b": Infinity}', "in.json: the weight of 'b' is inf", FINITE,
                             ending="json"),
    "a negative weight in json": Bad('{"a": 1, "b": -1}', "in.json: the weight of 'b' is -1",
                                     FINITE, ending="json"),
    "a weight of null": Bad('{"a": 1, "b": null}', "in.json: the weight of 'b' is null, not a "
                            "number", ending="json"),
    "a weight in quotes": Bad('{"a": "3", "b": 1}', "in.json: the weight of 'a' is \"3\", not a "
                              "number", ending="json"),
    "a weight that is true": Bad('{"a": true, "b": 1}', "in.json: the weight of 'a' is true, not a "
                                 "number", ending="json"),
    "weights deeper down": Bad('{"a": {"x": 1}, "b": 2}', "in.json: the weight of 'a' is an "
                               "object, not a number", "--path reaches inside: a", ending="json"),
    "all weights zero in json": Bad('{"a": 0, "b": 0.0}', "in.json: all weights are zero",
                                    ending="json"),
    "nested too deeply": Bad("[" * 100_000, "in.json: nested too deeply", ending="json"),
    "a number of 5,000 digits": Bad(f'{{"a": {"9" * 5000}}}', "in.json: a whole number of "
                                    "thousands of digits", ending="json"),
    "a whole number beyond doubles": Bad(
        f'{{"a": {10**400}, "b": 1}}', "in.json: the weight of 'a' is 10000000000000000000… (401 "
        "characters)",
        FINITE, ending="json"),
    "whole numbers of a sum beyond doubles": Bad(
        f'{{"a": {10**308}, "b": {10**308}, "c": 0.5}}',
        "in.json: whole numbers that sum to more than 1.8e308", ending="json"),
    "an empty object": Bad("{}", "in.json: an empty object: no symbols", ending="json"),
    "an empty array": Bad("[]", "in.json: expected an object or an array, found an empty array",
                          "--path a.b.c reaches inside a document", ending="json"),
    "null": Bad("null", "in.json: expected an object or an array, found null",
                "--path a.b.c reaches inside a document", ending="json"),
    "an array of arrays": Bad("[1, [2]]", "in.json: expected numbers and strings, or records, in "
                              "the array; it holds an array too",
                              "--path a.b.c reaches inside a document", ending="json"),
    "columns of different lengths": Bad('{"a": [1, 2], "b": [1]}', "in.json: columns of different "
                                        "lengths: 'a' has 2 values, 'b' 1", ending="json"),
    "columns without values": Bad('{"a": []}', "in.json: columns without values", ending="json"),
    "weights that are strings": Bad('["3", 1]', 'in.json: item 1: expected a number, found "3"',
                                    options=("--as", "counts"), ending="json"),
    "a path that leads nowhere": Bad('{"a": {"b": {"x": 1}}}', "in.json: --path a.c: nothing at "
                                     "'c'", "one of: b", ("--path", "a.c"), "json", 2),
    "a path that one record lacks": Bad('{"v": {"a": 1}}\n{"v": {"b": 1}}\n', "in.ndjson:2: --path "
                                        "v.a: nothing at 'a'", "one of: b", ("--path", "v.a"),
                                        "ndjson", 2),
    # what becomes of the values
    "nothing but missing": Bad("x\n\"\"\n\n", "in.csv: column 'x': nothing but missing values",
                               options=("--missing", "drop", "--header")),
    "missing values refused": Bad("x\na\n\n", "in.csv: column 'x': 1 missing value",
                                  "--missing symbol or drop", ("--missing", "error")),
    "no number where numbers are wanted": Bad(
        "x\na\nb\n", "in.csv: column 'x': --kind numeric: no value is numeric",
        "--kind categorical takes each value as a symbol", ("--kind", "numeric")),
    "no time where times are wanted": Bad(
        "x\n2024-02-30\n", "in.csv: column 'x': --kind datetime: no value is datetime",
        "--kind categorical takes each value as a symbol", ("--kind", "datetime")),
    "bins of no number": Bad("x\n1\n2\n", f"--bins few: {EDGES}", RULES, ("--bins", "few"),
                             status=2),
    "no bins": Bad("x\n1\n2\n", f"--bins 0: {EDGES}", RULES, ("--bins", "0"), status=2),
    "too many bins": Bad("x\n1\n2\n", f"--bins 99999999999: {EDGES}", RULES,
                         ("--bins", "99999999999"), status=2),
    "edges that descend": Bad("x\n1\n2\n", f"--bins 2,1: {EDGES}", RULES, ("--bins", "2,1"),
                              status=2),
    "edges of another kind": Bad("x\n1\n2\n", "--bins: the edges are times, the values numeric",
                                 options=("--bins", "2024-01-01,2024-02-01"), status=2),
    "a rule that needs a sample size": Bad(
        "x,p\n1,0.5\n2,0.5\n", "--bins fd goes by the sample size; in.csv: column 'p' has "
        "probabilities", "name a number of cells or the edges", ("--bins", "fd"), status=2),
    "a rule with no finite answer": Bad(
        "x\n1e308\n-1e308\n0\n", "--bins auto: no finite number of cells for these values",
        "name a number of cells or the edges e0,e1,…", ("--bins", "auto"), status=2),
}  # fmt: skip


def complaint(error: str, hint: str | None) -> str:
    """All of standard error: the error on one line, the hint on the next."""
    return f"divcli: error: {error}\n" + (f"hint: {hint}\n" if hint else "")


@pytest.mark.parametrize("bad", IN_A_FILE.values(), ids=IN_A_FILE)
def test_a_bad_file_is_named_with_the_place_and_the_way_out(
    bad: Bad, run: Run, folder: Path
) -> None:
    data = bad.data.encode() if isinstance(bad.data, str) else bad.data
    (folder / f"in.{bad.ending}").write_bytes(data)
    result = run("entropy", f"in.{bad.ending}", *bad.options, "--json")
    assert result == (bad.status, "", complaint(bad.error, bad.hint))


IN_A_PIPE = {name: bad for name, bad in IN_A_FILE.items() if "of lines" not in name}


@pytest.mark.parametrize("bad", IN_A_PIPE.values(), ids=IN_A_PIPE)
def test_the_same_through_a_pipe_is_the_same_error(bad: Bad, run: Run) -> None:
    data = bad.data.encode() if isinstance(bad.data, str) else bad.data
    named = "lines" if bad.ending == "txt" else bad.ending
    result = run("entropy", "-", "-i", named, *bad.options, "--json", stdin=data)
    error = bad.error.replace(f"in.{bad.ending}", "standard input")
    if not data:
        error = "standard input: nothing came through the pipe"
    assert result == (bad.status, "", complaint(error, bad.hint))


INLINE = {
    "negative": ("A=-1,B=2", "A=-1,B=2: the weight of 'A' is -1", FINITE),
    "negative without symbols": ("2,-1", "2,-1: the weight of 'B' is -1", FINITE),
    "NaN": ("nan,1", "nan,1: the weight of 'A' is nan", FINITE),
    "infinite": ("1,inf", "1,inf: the weight of 'B' is inf", FINITE),
    "beyond doubles": ("1,1e400", "1,1e400: the weight of 'B' is inf", FINITE),
    "all zero": ("0,0.0", "0,0.0: all weights are zero", None),
    "no number": ("0.5,0.4,0.l", f"'0.5,0.4,0.l': {NO_WEIGHTS}: '0.l' is no number", None),
    "a comma too many": ("0.5,0.5,", f"'0.5,0.5,': {NO_WEIGHTS}: '' is no number", None),
    "no weight": ("A=,B=1", f"'A=,B=1': {NO_WEIGHTS}: '' is no number", None),
    "no symbol": ("=1,B=2", "'=1,B=2': a weight without a symbol",
                  "give each symbol one weight: A=0.5,B=0.5"),
    "one of them without": ("A=1,2", "'A=1,2': a weight without a symbol",
                            "give each symbol one weight: A=0.5,B=0.5"),
    "a symbol twice": ("A=1,B=2,A=3", "'A=1,B=2,A=3': 'A' stands twice",
                       "give each symbol one weight: A=0.5,B=0.5"),
    "no such file": ("nope.csv", f"'nope.csv': {NO_WEIGHTS}", None),
    "no such file with = in its path": ("day=1/nope.csv", f"'day=1/nope.csv': {NO_WEIGHTS}", None),
    "nothing": ("", f"'': {NO_WEIGHTS}", None),
    "5,000 digits": (f"{'9' * 5000},1", f"{'9' * 5000},1: the weight of 'A' is inf", FINITE),
    "a directory": (".", ".: a folder without data", "name a file or a glob"),
    "a path through a file": ("/dev/null/x", f"'/dev/null/x': {NO_WEIGHTS}", None),
    "a link to nothing": ("dead", "dead: No such file or directory", None),
}  # fmt: skip


@pytest.mark.parametrize("side", ["p", "q"])
@pytest.mark.parametrize(("text", "error", "hint"), INLINE.values(), ids=INLINE)
def test_a_bad_argument_is_quoted_with_what_is_wrong(
    text: str, error: str, hint: str | None, side: str, run: Run, folder: Path
) -> None:
    (folder / "dead").symlink_to("nowhere")
    result = run("compare", *([text, HALF] if side == "p" else [HALF, text]), "--json")
    assert result == (3, "", complaint(error, hint))


def test_a_file_that_cannot_be_read_gives_the_systems_reason(run: Run, folder: Path) -> None:
    # Root reads whatever the mode; a loop of links nobody does.
    (folder / "loop.csv").symlink_to("loop.csv")
    assert run("entropy", "loop.csv") == (
        3, "", "divcli: error: loop.csv: Too many levels of symbolic links\n"
    )  # fmt: skip


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_without_permission(run: Run, folder: Path) -> None:
    (folder / "mine.csv").write_text("x\n1\n")
    (folder / "mine.csv").chmod(0)
    assert run("entropy", "mine.csv") == (3, "", "divcli: error: mine.csv: Permission denied\n")


SIDES: dict[str, tuple[list[str], int, str, str | None]] = {
    "- twice": (["-", "-"], 2, "standard input can be read for one side only",
                "a table or document with both sides is given once"),
    "three sources": ([HALF, HALF, HALF], 2, f"compares two sources, found 3: {HALF!r} is one too "
                      "many", "divcli compare --help"),
    "one distribution": ([HALF], 2, f"{HALF} is one distribution; compare takes two",
                         "name a second source, or give a table that holds both"),
    "lengths that differ": ([HALF, "0.2,0.3,0.5"], 3, "0.2,0.3,0.5: 2 weights on one side, 3 on "
                            "the other: which belong together?",
                            "name the symbols: A=0.5,B=0.5"),
    "one table, no columns": (["table.csv"], 2, "one table for both sides: which columns of "
                              "table.csv?", "--p-column A --q-column B; -c SYMBOLS --p-weights A "
                              "--q-weights B; or --by COL. Columns: day, city, n"),
    "three groups": (["table.csv", "--by", "day", "-c", "city"], 2, "--by day: 3 groups, compare "
                     "takes two", "--p-group and --q-group pick two of: 1, 2, (missing)"),
    "a group that is none": (["table.csv", "--by", "day", "--p-group", "3"], 2,
                             "--by day: no group '3'", "one of: 1, 2, (missing)"),
    "a group without a name": (["table.csv", "--by", "day", "--q-group", ""], 2,
                               "--by day: no group ''", "one of: 1, 2, (missing)"),
    "a group of no column": (["table.csv", "--p-group", "1"], 2,
                             "--p-group and --q-group name values of a column: --by COL says which",
                             None),
    "a group named like the missing one": (["named.csv", "--by", "g"], 2,
                                           "--by g: 3 groups, compare takes two",
                                           "--p-group and --q-group pick two of: (missing), x, "
                                           "(missing)"),
    "groups of two files": (["table.csv", "table.csv", "--by", "day"], 2,
                            "--by splits one table; two sources are given", None),
    "a pair as one side": (["pair.json", HALF], 3, "pair.json: a document with both p and q, "
                           "given as one side", "give it alone, or reach one side with --path p"),
    "half of a pair is empty": (["half.json"], 3, "half.json: q: an empty object: no symbols",
                                None),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "status", "error", "hint"), SIDES.values(), ids=SIDES)
def test_sides_that_do_not_fit_say_which_and_how(
    arguments: list[str], status: int, error: str, hint: str | None, run: Run, folder: Path
) -> None:
    (folder / "table.csv").write_text("day,city,n\n1,A,1\n2,B,2\n,A,3\n")
    (folder / "named.csv").write_text("g,v\n(missing),a\n,b\nx,c\n")
    (folder / "pair.json").write_text('{"p": {"a": 1}, "q": {"a": 1}}')
    (folder / "half.json").write_text('{"p": {"a": 1}, "q": {}}')
    assert run("compare", *arguments, "--json") == (status, "", complaint(error, hint))


@pytest.mark.parametrize("command", ["compare", "entropy", "explain"])
def test_nothing_piped_shows_the_help_and_does_not_wait(command: str, run: Run) -> None:
    status, stdout, stderr = run(command, stdin=None)
    assert (status, stdout) == (2, "")
    assert stderr.startswith(f"Usage: divcli {command} ")


def test_a_dash_with_nothing_piped_is_an_error(run: Run) -> None:
    error = "'-' reads standard input, but nothing is piped into it"
    hint = "cut -d, -f3 orders.csv | divcli …"
    assert run("compare", "-", HALF, stdin=None) == (2, "", complaint(error, hint))


# Symbols as hostile as they come, each as a person may see it: escapes for what acts.
HOSTILE = {
    "rich markup": ("[red]", "[red]"),
    "an end of no markup": ("[/]", "[/]"),
    "an ANSI escape": ("\x1b[31mx", "\\x1b[31mx"),
    "a C1 control": ("\x9b31m", "\\x9b31m"),
    "a tab": ("a\tb", "a\\tb"),
    "a line feed": ("a\nb", "a\\nb"),
    "a carriage return": ("a\rb", "a\\rb"),
    "a right-to-left mark": ("\u200fab", "\\u200fab"),
    "an override": ("\u202eab", "\\u202eab"),
    "a byte-order mark within": ("a\ufeffb", "a\\ufeffb"),
    "a workflow command": ("::error::x", "\\x3a:error::x"),
}  # fmt: skip


def csv_of(*values: str) -> bytes:
    """A column x of quoted fields."""
    quoted = ['"' + value.replace('"', '""') + '"' for value in values]
    return "\r\n".join(["x", *quoted, ""]).encode()


ACTING = set("\x1b\x9b\t\r\u200f\u202e\ufeff")


@pytest.mark.parametrize(("symbol", "seen"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_symbols_are_data_to_the_letter(
    symbol: str, seen: str, run: Run, folder: Path
) -> None:
    (folder / "p.csv").write_bytes(csv_of(symbol, symbol, symbol, "b"))
    (folder / "q.csv").write_bytes(csv_of(symbol, "b", "b", "b"))
    status, stdout, _ = run("compare", "p.csv", "q.csv", "--json")
    rows = {row["symbol"]: (row["p"], row["q"]) for row in json.loads(stdout)["contributions"]}
    assert (status, rows) == (0, {symbol: (0.75, 0.25), "b": (0.25, 0.75)})
    assert f"\n{seen} " in run("compare", "p.csv", "q.csv").stdout


@pytest.mark.parametrize("output", ["table", "json", "csv", "markdown"])
@pytest.mark.parametrize("symbol", [symbol for symbol, _ in HOSTILE.values()], ids=HOSTILE)
def test_hostile_symbols_are_inert_in_every_format(
    symbol: str, output: str, run: Run, folder: Path
) -> None:
    (folder / "p.csv").write_bytes(csv_of(symbol, "b"))
    status, stdout, stderr = run("compare", "p.csv", "p.csv", "-f", output)
    assert status == 0
    assert not ACTING & set(stdout + stderr)


@pytest.mark.parametrize(("symbol", "seen"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_are_inert_in_errors(symbol: str, seen: str, run: Run, folder: Path) -> None:
    (folder / "p.csv").write_text("a,b\n1,2\n")
    status, stdout, stderr = run("entropy", "p.csv", "-c", symbol)
    assert (status, stdout) == (3, "")
    assert stderr.count("\n") == 2
    assert not ACTING & set(stderr)


FOREIGN = {"xlsx": b"x,y\n", "dta": b"x,y\n", "sas7bdat": b"x,y\n" * 99, "xpt": b"HEADER RECORD"}


@pytest.mark.parametrize(("ending", "data"), FOREIGN.items(), ids=FOREIGN)
def test_what_only_pandas_reads_is_no_fault_of_ours_when_damaged(
    ending: str, data: bytes, run: Run, folder: Path
) -> None:
    (folder / f"in.{ending}").write_bytes(data)
    status, stdout, stderr = run("entropy", f"in.{ending}")
    assert (status, stdout, stderr.count("\n")) == (3, "", 1)
    assert stderr.startswith(f"divcli: error: in.{ending}: it cannot be read: ")


class Answer(NamedTuple):
    """Input that looks bad and is not: its measures, and the note on what was done."""

    sources: tuple[str, ...]
    js: float
    note: str


ANSWERED = {
    "no overlap": Answer(("A=1,B=1", "C=1,D=1"), 1.0,
                         "P and Q share no symbol: both KL divergences are infinite, JS is at its "
                         "maximum"),
    "weights of any sum": Answer(("A=0.25,B=0.25", "A=3.5,B=3.5"), 0.0,
                                 "A=3.5,B=3.5: weights sum to 7.0, normalised to 1"),
    "sums beyond doubles": Answer(("A=1e308,B=1e308", "A=1,B=1"), 0.0,
                                  "A=1e308,B=1e308: weights sum to inf, normalised to 1"),
    "a symbol in several rows": Answer(("twice.csv", "a=2,b=2"), 0.0,
                                       "twice.csv: column 'n': 'a' in several rows, their weights "
                                       "summed"),
    "weights in order": Answer(("2,2", "a=1,b=1"), 0.0,
                               "2,2 has no symbols of its own: taken in the order of a=1,b=1"),
    # {1: ½, 007: ½} against {1: ½, 7: ½}: half of the mass is apart, so half a bit.
    "text against numbers": Answer(("text.csv", "numbers.csv"), 0.5,
                                   "text.csv: column 'x' is categorical ('007'), numbers.csv: "
                                   "column 'x' is numeric: compared as text; --kind forces "
                                   "another"),
}  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERED.values(), ids=ANSWERED)
def test_what_is_not_wrong_is_answered_with_a_note(answer: Answer, run: Run, folder: Path) -> None:
    (folder / "twice.csv").write_text("s,n\na,1\nb,2\na,1\n")
    (folder / "text.csv").write_text("x\n1\n007\n")
    (folder / "numbers.csv").write_text("x\n1\n7\n")
    status, stdout, stderr = run("compare", *answer.sources, "--json")
    document: dict[str, Any] = json.loads(stdout)
    assert (status, stderr) == (0, "")
    assert answer.note in document["notes"]
    assert document["measures"]["js"] == answer.js


def test_no_traceback_wherever_a_document_is_cut(run: Run) -> None:
    document = b'{"p": {"a": 1.5e3, "\\u00e9": [2, null]}, "q": [{"x": "y"}, -0.0, true]}\n'
    for length in range(1, len(document)):
        status, stdout, stderr = run("compare", "-", "--json", stdin=document[:length])
        assert (status, stdout) in ((2, ""), (3, "")), document[:length]
        assert stderr.startswith("divcli: error: ")
