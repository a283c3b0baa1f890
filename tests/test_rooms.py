"""A newcomer finds every module of a room on the map in its docstring."""

import ast
import re

import pytest
import yaml

from tests.conftest import ROOT

PACKAGE = ROOT / "pipeline"
ROOMS = [str(path.parent.relative_to(PACKAGE)) for path in sorted(PACKAGE.glob("**/__init__.py"))]
LISTS = {".", "features/catalogue", "tables/contracts"}  # of features and of tables
STAGES = set(yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"])


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in LISTS])
def test_every_module_is_on_the_map_of_its_room(room):
    folder = PACKAGE / room
    drawn = ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))
    named = set(re.findall(r"`(\w+)\*?`", drawn))
    found = {
        path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    modules = {"sentences_" if name.startswith("sentences_") else name for name in found}
    assert named == modules - {"__init__", "__main__"} - (STAGES if room == "stages" else set())
