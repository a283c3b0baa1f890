"""The notebooks run from top to bottom on the pipeline's outputs, and write nothing."""

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT, STAGES, make_workspace

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def done(tmp_path_factory, log):
    workspace = make_workspace(tmp_path_factory.mktemp("notebooks") / "shop")
    workspace.write_log(log)
    workspace.set(churn__members=["logistic"])
    finished = workspace.run(*STAGES[: STAGES.index("export")])
    assert finished.returncode == 0, finished.stderr
    return workspace


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path, done):
    before = done.files("data", "models", "metrics", "plots")
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "commit notebooks without outputs"
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(done.path)}}).execute()
    assert done.files("data", "models", "metrics", "plots") == before
