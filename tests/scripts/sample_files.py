"""Write the files of sample_data/, or check that they are what the scripts would write."""

import argparse
import csv
import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

SAMPLE_DATA = Path(__file__).resolve().parents[2] / "sample_data"


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV with newline line ends, quoted only where the format requires it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def run(description: str, files: Mapping[str, str]) -> int:
    """Exit status of a script whose whole output is files, {name: text}."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 if any differs")
    parser.add_argument("--directory", type=Path, default=SAMPLE_DATA, metavar="DIR")
    options = parser.parse_args()
    return (check if options.check else write)(options.directory, files)


def write(directory: Path, files: Mapping[str, str]) -> int:
    """0, once every file is written."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (directory / name).write_bytes(text.encode())
    return 0


def check(directory: Path, files: Mapping[str, str]) -> int:
    """1 if a file is missing or differs in any byte, else 0; names each on stderr."""
    differing = 0
    for name, text in files.items():
        path = directory / name
        if not path.is_file():
            print(f"{path}: missing", file=sys.stderr)
        elif path.read_bytes() != text.encode():
            print(f"{path}: differs from what the script writes", file=sys.stderr)
        else:
            continue
        differing += 1
    return int(differing > 0)
