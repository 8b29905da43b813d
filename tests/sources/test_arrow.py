"""Arrow tables in memory, which the database reads where they are."""

import gc
import subprocess
import sys
import weakref

import pyarrow
import pytest

import divcli
from divcli.sources.columns import Resources
from divcli.sources.database import database

VALUES = {"x": [1.5, 2.0, 2.0, None, float("nan")], "y": ["a", "b", "b", "", None]}


@pytest.mark.parametrize("column", VALUES)
def test_an_arrow_table_says_what_its_columns_say(column: str) -> None:
    said = divcli.entropy(pyarrow.table(VALUES), column=column)
    assert said.to_dict() == divcli.entropy(VALUES, column=column).to_dict()


@pytest.mark.process
def test_a_process_that_loads_nothing_else_reads_an_arrow_table() -> None:
    program = (
        "import divcli, pyarrow; t = pyarrow.table({'x': [1, 2, 2]}); "
        "print(divcli.compare(t, t, column='x').measures['tv'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("0.0\n", "")


def test_an_arrow_table_goes_with_whoever_asked_for_it() -> None:
    table = pyarrow.table({"x": [1, 2, 2]})
    gone = weakref.ref(table)
    found = divcli.entropy(table, column="x")
    del table, found
    gc.collect()
    database(Resources()).keep("SELECT 1", "the test")  # which clears what nobody holds
    assert gone() is None
