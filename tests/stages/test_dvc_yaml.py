"""dvc.yaml says the truth about what each stage uses and makes."""

import ast
from functools import cache
from pathlib import Path

import pytest
import yaml

from pipeline.params import Params
from pipeline.stages import files, report

ROOT = Path(__file__).parents[2]
STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
PACKAGE = ROOT / "pipeline"
SECTIONS = set(Params.model_fields)


def names(entries: list) -> set[str]:
    """Paths of a list of deps or outs, whether or not they carry flags."""
    return {entry if isinstance(entry, str) else next(iter(entry)) for entry in entries}


def outputs(stage: str) -> set[str]:
    return names(STAGES[stage].get("outs", [])) | names(STAGES[stage].get("metrics", []))


def module_files(dotted: str) -> set[Path]:
    """The file of a module and those of the packages around it, as far as they hold code."""
    path = ROOT / dotted.replace(".", "/")
    packages = [
        parent / "__init__.py" for parent in [path, *path.parents] if PACKAGE in [parent, *parent.parents]
    ]
    return {file for file in [path.with_suffix(".py"), *packages] if file.exists() and has_code(file)}


def has_code(file: Path) -> bool:
    return any(not isinstance(node, ast.Expr) for node in ast.parse(file.read_text()).body)


@cache
def imports(file: Path) -> frozenset[Path]:
    """The package's own files that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            dotted = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            dotted = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        found |= {file for name in dotted if name.startswith("pipeline.") for file in module_files(name)}
    return frozenset(found)


def closure(file: Path) -> set[Path]:
    """Every file of the package that a module needs."""
    seen: set[Path] = set()
    waiting = [file, *module_files("pipeline.stages")]
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting += imports(module)
    return seen


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_depends_on_all_code_it_uses(stage):
    deps = [ROOT / dep for dep in names(STAGES[stage]["deps"])]
    used = closure(PACKAGE / "stages" / f"{stage}.py")
    uncovered = {
        str(file.relative_to(ROOT))
        for file in used
        if not any(file == dep or dep in file.parents for dep in deps)
    }
    assert not uncovered


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_depends_on_no_code_it_does_not_use(stage):
    used = closure(PACKAGE / "stages" / f"{stage}.py")
    code = [dep for dep in names(STAGES[stage]["deps"]) if dep.startswith("pipeline/")]
    idle = [dep for dep in code if not any((ROOT / dep) in (file, *file.parents) for file in used)]
    assert not idle


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_tracks_the_params_and_files_it_reads(stage):
    tree = ast.parse((PACKAGE / "stages" / f"{stage}.py").read_text())
    declared = {
        next(iter(param)) if isinstance(param, dict) else param for param in STAGES[stage].get("params", [])
    }
    read_params, read_files = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            text = ast.unparse(node)
            if text.startswith("params.") and text.split(".")[1] in SECTIONS:
                read_params.add(text.removeprefix("params."))
            if text.startswith("files.") and isinstance(path := getattr(files, node.attr, None), Path):
                read_files.add(str(path))
    if "params.yaml" not in declared:
        missing = {
            p
            for p in read_params
            if not any(p == d or p.startswith(f"{d}.") or d.startswith(f"{p}.") for d in declared)
        }
        assert not missing
    kept_aside = {str(files.HISTORY)}  # docs/decisions/0012-score-history.md
    known = names(STAGES[stage]["deps"]) | outputs(stage) | kept_aside
    unknown = {
        f for f in read_files if not any(f"{f}/".startswith(f"{k}/") or k.startswith(f"{f}/") for k in known)
    }
    assert not unknown


def test_the_report_depends_on_every_table_it_shows():
    shown = {f"plots/{name}.csv" for name in (*report.SHOWN, *report.INSIDE)}
    assert shown == {dep for dep in names(STAGES["report"]["deps"]) if dep.startswith("plots/")}


def test_every_stage_module_is_a_stage():
    shared = {"__init__", "evidence", "files", "frames", "runs", "shell"}
    assert {file.stem for file in (PACKAGE / "stages").glob("*.py")} - shared == set(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_a_failing_stage_keeps_the_last_outputs(stage):
    for entry in [*STAGES[stage].get("outs", []), *STAGES[stage].get("metrics", [])]:
        assert isinstance(entry, dict), f"{entry} has no flags"
        assert next(iter(entry.values()))["persist"] is True


def test_real_ids_never_enter_the_cache():
    for entry in [entry for stage in STAGES.values() for entry in stage.get("outs", [])]:
        path, flags = next(iter(entry.items()))
        if path.startswith(("exports/", "data/vault/")):
            assert flags["cache"] is False


def test_track_has_no_outputs_and_says_what_every_stage_does():
    assert outputs("track") == set()
    assert all(STAGES[stage]["desc"] for stage in STAGES)
