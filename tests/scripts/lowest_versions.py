"""Print the requirements of divcli and its tests at the lowest versions that pyproject.toml allows.

One `name==version` a line: `pip install -r FILE -e .` installs exactly these, or fails.
"""

import re
import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?P<extras>\[[\w,-]+\])?>=(?P<version>[\w.]+)(,<.*)?")


def lowest(requirement: str) -> str:
    """The requirement at its lower bound; ValueError where it has none."""
    found = _REQUIREMENT.fullmatch(requirement)
    if found is None:
        raise ValueError(f"no lower bound: {requirement}")
    return f"{found['name']}{found['extras'] or ''}=={found['version']}"


def main() -> None:
    """Print the dependencies, then those of every extra."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    own = f"{project['name']}["
    for requirement in (one for group in groups for one in group if not one.startswith(own)):
        sys.stdout.write(f"{lowest(requirement)}\n")


if __name__ == "__main__":
    main()
