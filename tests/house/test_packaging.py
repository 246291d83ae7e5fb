"""Wheel and sdist build, and each extra installs into an empty environment."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from tests.house.sources import PACKAGE, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

EXTRAS = {
    "": "httpx",
    "cli": "typer, rich",
    "flask": "flask",
    "server": "flask, gunicorn",
    "images": "PIL",
    "local": "xllamacpp",
    "telemetry": "opentelemetry.trace",
    "prices": "genai_prices",
    "plot": "matplotlib",
    "dev": "pytest, hypothesis, importlinter, mypy, llm_katan, opentelemetry.sdk",
}
"""What each extra must make importable; the empty name is the bare package."""

pytestmark = pytest.mark.slow


def run(*command: str | Path, folder: Path = ROOT) -> str:
    """Run a command to its end and answer what it printed."""
    clean = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    result = subprocess.run(
        [*map(str, command)],
        cwd=folder,
        env=clean,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel, the wheel built from the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder)
    return folder


@pytest.fixture(scope="module")
def wheel(distributions: Path) -> Path:
    """The one wheel."""
    (path,) = distributions.glob("*.whl")
    return path


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    """Code, py.typed and data files, and nothing beside the package and its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    ours = {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert "llama_marketing/py.typed" in inside
    assert {name for name in inside if ".dist-info/" not in name} == ours


def test_the_sdist_can_be_built_and_tested_again(distributions: Path) -> None:
    """It holds the tests, the pins and the licence beside the source."""
    (path,) = distributions.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}

    assert {"pyproject.toml", "constraints.txt", "LICENSE", "README.md", "Makefile"} <= inside
    assert "tests/conftest.py" in inside
    assert not any(".venv" in name for name in inside)


def test_every_extra_is_tried() -> None:
    """A new extra needs a row in the table above."""
    assert EXTRAS.keys() - {""} == PROJECT["optional-dependencies"].keys()


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_installs_into_an_empty_environment(
    wheel: Path, extra: str, tmp_path: Path
) -> None:
    """The wheel with that extra alone: its libraries import, and so does every public name."""
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env" / "bin" / "python"
    requirement = f"{wheel}[{extra}]" if extra else str(wheel)

    run(
        *(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile"),
        *("--disable-pip-version-check", "--constraint", ROOT / "constraints.txt", requirement),
    )

    names = "import llama_marketing as m; print(sum(hasattr(m, name) for name in m.__all__))"
    public = (Path(__file__).parent / "public_names.txt").read_text(encoding="utf-8").split()
    assert int(run(python, "-c", names, folder=tmp_path)) == len(public)
    run(python, "-c", f"import {EXTRAS[extra]}", folder=tmp_path)
    if extra == "cli":
        assert "demo" in run(python.parent / "llama-marketing", "--help", folder=tmp_path)
