"""The examples in the docstrings work as printed."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import pipeline.btyd

MODULES = [f"pipeline.btyd.{module.name}" for module in pkgutil.iter_modules(pipeline.btyd.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder()
    examples = [
        test for name in MODULES for test in finder.find(importlib.import_module(name)) if test.examples
    ]
    assert len(examples) >= 5
