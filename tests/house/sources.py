"""Reads the project's own files for the house tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "llama_marketing"
GENERATED = {"__pycache__", "build", "dist"}
OWN_FOLDERS = ("src", "tests", "bench", "docs", "examples", ".ci", ".github")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(folder: Path) -> list[Path]:
    """Every Python file below a folder, in order."""
    return sorted(path for path in folder.rglob("*.py") if not GENERATED & set(path.parts))


def own_files() -> list[Path]:
    """Every file that a commit may hold: the root's files and those of our folders."""
    inside = (path for name in OWN_FOLDERS for path in (ROOT / name).rglob("*"))
    return sorted(
        path
        for path in [*ROOT.iterdir(), *inside]
        if path.is_file()
        and not GENERATED & set(path.parts)
        and path.suffix not in {".pyc", ".db"}
        and not path.name.startswith((".coverage", ".ready"))
    )


def relative(path: Path) -> str:
    """The path from the root, with slashes."""
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Every function of a tree with its dotted name, inner ones too."""
    for node in ast.iter_child_nodes(tree):
        name = prefix
        if isinstance(node, Function | ast.ClassDef):
            name = f"{prefix}.{node.name}" if prefix else node.name
        if isinstance(node, Function):
            yield name, node
        yield from functions(node, name)


def lines_without_docstring(node: Function) -> int:
    """How long a function is, its decorators and its docstring not counted."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    docstring = ast.get_docstring(node, clean=False)
    return lines - (docstring.count("\n") + 1 if docstring else 0)
