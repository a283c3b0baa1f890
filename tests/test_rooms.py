"""A newcomer finds every module of a large room on the map in its docstring."""

import ast
import re

import pytest

from tests.conftest import ROOT

TABLES = ["inspection", "optional", "orders", "sources"]


@pytest.mark.parametrize(
    "room", ["btyd", "churn", "evaluation", "report", "tables", *(f"tables/{room}" for room in TABLES)]
)
def test_every_module_is_on_the_map_of_its_room(room):
    folder = ROOT / "pipeline" / room
    drawn = ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))
    named = set(re.findall(r"`(\w+)\*?`", drawn))
    found = {
        path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    modules = {"sentences_" if name.startswith("sentences_") else name for name in found}
    assert named == modules - {"__init__"}
