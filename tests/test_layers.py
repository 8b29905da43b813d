"""Imports point downwards only, wherever in a file they stand."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "divcli").rglob("*.py"))

# From the top down: a module imports its own layer's package and what stands in a later row.
# The package itself, which holds the version, is everyone's.
LAYERS = (
    {"__main__"},
    {"cli"},
    {"api_many"},
    {"api"},
    {"analysis", "render"},
    {"inference", "measures", "counting"},
    {"families"},
    {"sources"},
    {"model"},
    {"catalog"},
    {"errors", "inert"},
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}

# Stricter than downwards: all that these may import of divcli beside themselves.
NARROW = {
    "render": {"model", "inert", "errors", "catalog"},
    "measures": {"model"},
    "inference": {"model", "measures", "catalog"},
    "families": {"model", "catalog", "errors"},
    "sources": {"model", "errors", "inert", "catalog"},
    "model": {"errors", "inert", "catalog"},
    "errors": set[str](),
    "inert": set[str](),
    "catalog": {"errors"},
}

# Who may import what is not the standard library's; numpy is everyone's above the registries.
THIRD_PARTY = {
    "click": {"cli", "__main__"},
    "rich": {"render"},
    "scipy": {"inference", "families"},
    "duckdb": {"sources"},
    "_duckdb": {"sources"},
    "pyarrow": {"sources"},
    "pandas": {"sources", "model", "api"},
    "numpy": set(RANK) - {"cli", "__main__", "errors", "inert", "catalog"},
}


class Import(NamedTuple):
    """One imported module, and where."""

    path: Path
    line: int
    module: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.module}"

    @property
    def importer(self) -> str:
        """The layer that imports; empty for the package itself."""
        part = self.path.relative_to(ROOT / "divcli").parts[0].removesuffix(".py")
        return "" if part == "__init__" else part

    @property
    def imported(self) -> str:
        """The layer that is imported; empty for the package itself."""
        return self.module.partition(".")[2].partition(".")[0]


def imports_of(path: Path) -> Iterator[Import]:
    """Every import statement of a file, those of functions and of type checking included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(path, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            yield from modules_of(path, node)


def modules_of(path: Path, node: ast.ImportFrom) -> Iterator[Import]:
    """The modules of `from … import …`: the names themselves where those are modules."""
    for alias in node.names:
        named = f"{node.module}.{alias.name}"
        file = ROOT / named.replace(".", "/")
        is_module = file.is_dir() or file.with_suffix(".py").is_file()
        yield Import(path, node.lineno, named if is_module else str(node.module))


IMPORTS = [one for path in FILES for one in imports_of(path)]
OWN = [one for one in IMPORTS if one.module.partition(".")[0] == "divcli"]
# The package itself names the public interface, lazily; its version is everyone's.
LAYERED = [one for one in OWN if one.importer and one.imported]


def test_every_module_has_a_layer() -> None:
    tops = {path.relative_to(ROOT / "divcli").parts[0].removesuffix(".py") for path in FILES}
    assert tops - {"__init__"} <= set(RANK)


def test_imports_point_downwards() -> None:
    wrong = [
        str(one)
        for one in LAYERED
        if one.imported != one.importer and RANK[one.imported] <= RANK[one.importer]
    ]
    assert wrong == []


def test_nobody_imports_the_command_line() -> None:
    wrong = [
        str(one) for one in OWN if one.imported == "cli" and one.importer not in {"cli", "__main__"}
    ]
    assert wrong == []


@pytest.mark.parametrize("layer", NARROW)
def test_a_narrow_layer_imports_no_more_than_it_may(layer: str) -> None:
    wrong = [
        str(one)
        for one in LAYERED
        if one.importer == layer and one.imported not in NARROW[layer] | {layer}
    ]
    assert wrong == []


def test_third_party_packages_are_imported_where_they_belong() -> None:
    wrong = []
    for one in IMPORTS:
        package = one.module.partition(".")[0]
        if package in sys.stdlib_module_names or package == "divcli":
            continue
        if one.importer not in THIRD_PARTY.get(package, set()):
            wrong.append(str(one))
    assert wrong == []


def test_the_package_loads_nothing_of_its_own_eagerly() -> None:
    package = ast.parse((ROOT / "divcli" / "__init__.py").read_text(encoding="utf-8"))
    eager = [
        ast.unparse(node)
        for node in package.body
        if isinstance(node, (ast.Import, ast.ImportFrom)) and "divcli" in ast.unparse(node)
    ]
    assert eager == []
