"""A newcomer finds every module of a large room on the map in its docstring."""

import ast
import re

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("room", ["btyd", "churn", "evaluation", "report", "tables"])
def test_every_module_is_on_the_map_of_its_room(room):
    folder = ROOT / "pipeline" / room
    drawn = ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))
    named = set(re.findall(r"`(\w+)\*?`", drawn))
    modules = {file.stem for file in folder.glob("*.py") if file.stem != "__init__"}
    modules = {"sentences_" if name.startswith("sentences_") else name for name in modules}
    assert named - {"contracts"} == modules
