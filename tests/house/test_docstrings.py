"""Whatever is public says in a sentence what it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import PACKAGE, Function, parsed, python_files, relative


def undocumented(tree: ast.Module, promised: set[str]) -> Iterator[str]:
    """Names of public things without a docstring; methods that a port describes need none."""
    if not ast.get_docstring(tree):
        yield "module"
    for node in tree.body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield node.name
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if (
                    isinstance(inner, Function)
                    and not inner.name.startswith("_")
                    and inner.name not in promised
                    and not ast.get_docstring(inner)
                ):
                    yield f"{node.name}.{inner.name}"


def promised_methods() -> set[str]:
    """The methods that the ports describe."""
    return {
        inner.name
        for path in python_files(PACKAGE / "ports")
        for node in parsed(path).body
        if isinstance(node, ast.ClassDef)
        for inner in node.body
        if isinstance(inner, Function)
    }


def test_every_public_thing_has_a_docstring() -> None:
    """Modules, classes, functions and methods of src whose names start without underscore."""
    promised = promised_methods()
    missing = {
        relative(path): names
        for path in python_files(PACKAGE)
        if (names := list(undocumented(parsed(path), promised)))
    }

    assert missing == {}


def test_every_test_module_says_what_it_proves() -> None:
    """The first line of a test file names its subject."""
    missing = [
        relative(path)
        for path in python_files(Path(__file__).parents[1])
        if path.name != "__init__.py" and not ast.get_docstring(parsed(path))
    ]

    assert missing == []
