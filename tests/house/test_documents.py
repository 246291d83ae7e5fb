"""README and docs say what is there."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g

import llama_marketing
from llama_marketing import Container
from llama_marketing.adapters.memory.configs import MemoryConfigs
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.package_data.catalog import PackagedCatalog
from tests.house.sources import PACKAGE, ROOT, relative
from tests.unit.adapters.cli.shell import demo_hosts

DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)")
REPLY = {"content": "2x1 en capuchinos.", "hashtags": ["CaféAzul"], "emojis": []}
VARIABLE = re.compile(r"\b(?:LLAMA_MARKETING_[A-Z_]+|AI_ENCRYPTION_KEY)\b")


def test_the_readme_starts_with_the_two_commands() -> None:
    """The first block a stranger sees is what brings it to life."""
    blocks = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))

    assert blocks[0][1] == "make demo\nmake test\n"
    assert blocks[1][0] == "python"


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_a_link_leads_somewhere(document: Path) -> None:
    """A relative link names a file or folder of the project."""
    targets = LINK.findall(document.read_text(encoding="utf-8"))

    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_an_example_is_python(document: Path) -> None:
    """Code blocks compile, and what they import from the package exists."""
    for language, code in BLOCK.findall(document.read_text(encoding="utf-8")):
        if language != "python":
            continue
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("llama_"):
                imported = __import__(node.module or "", fromlist=["*"])
                assert [name.name for name in node.names if not hasattr(imported, name.name)] == []


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the README asks for, with fake hosts in the place of a server of one's own."""
    monkeypatch.setenv("AI_ENCRYPTION_KEY", "ZmFrZS1mYWtlLWZha2UtZmFrZS1mYWtlLWZha2UtZmE=")
    monkeypatch.setenv("LLAMA_MARKETING_STORE", "memory://")
    monkeypatch.setenv("LLAMA_MARKETING_ALLOWED_ENDPOINTS", "127.0.0.1:8080")
    hosts = demo_hosts(post=json.dumps(REPLY))
    made = partial(Container.from_settings, chat=hosts)
    monkeypatch.setattr(Container, "from_settings", made)


def run_examples(document: str) -> dict[str, Any]:
    """Run the Python blocks of a document, one after the other, and answer their names."""
    names: dict[str, Any] = {"__name__": "example"}
    blocks = BLOCK.findall((ROOT / document).read_text(encoding="utf-8"))
    for code in [code for language, code in blocks if language == "python"]:
        exec(compile(code, document, "exec"), names)
    return names


@pytest.mark.usefixtures("environment")
def test_the_readmes_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """It writes, moderates, rates, sums up, compares; the column without a key says so."""
    run_examples("README.md")

    printed = capsys.readouterr().out
    assert printed.count("2x1 en capuchinos.") >= 2
    assert "178_2" in printed
    assert "TOTAL" in printed
    assert "not_found" in printed
    assert "#CaféAzul" in printed
    assert "quota=Decimal('50." in printed


@pytest.mark.usefixtures("environment")
def test_the_app_of_the_mounting_page_runs() -> None:
    """It asks its own authorize: nobody, another organization's token, its own."""
    app: Flask = run_examples("docs/mounting-in-flask.md")["make_app"]()
    claims: dict[str, str] = {}
    path = "/api/v1/organization/org1/clients/cli1/ai-providers/meta"

    @app.before_request
    def sign_in() -> None:
        if claims:
            g.claims = claims

    asked = app.test_client()
    assert asked.get(path).status_code == 401
    claims |= {"sub": "u1", "org_id": "org2"}
    assert asked.get(path).status_code == 403
    claims["org_id"] = "org1"
    assert asked.get(path).get_json()["code"] == "config_not_found"


def test_every_variable_is_documented_and_every_documented_one_is_read() -> None:
    """docs/settings.md and app/settings.py name the same environment variables."""
    read = VARIABLE.findall((PACKAGE / "app" / "settings.py").read_text(encoding="utf-8"))
    told = VARIABLE.findall((ROOT / "docs" / "settings.md").read_text(encoding="utf-8"))

    assert sorted(set(told)) == sorted(set(read))


def test_the_version_is_one_and_in_the_changelog() -> None:
    """pyproject.toml, the package and the newest heading agree."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.+)"', project, re.MULTILINE)

    assert version is not None
    assert llama_marketing.__version__ == version[1]
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_decisions_are_numbered_without_gaps() -> None:
    """An ADR is never taken away, only superseded."""
    numbers = [path.name[:4] for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]

    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


CATALOG_FILES = {"hosts": "hosts.toml", "offers": "models.toml", "prices": "prices.toml"}


@pytest.mark.parametrize("document", ["docs/adding-a-host.md", "docs/bedrock.md"])
def test_the_rows_of_a_page_fit_into_the_catalog(document: str, tmp_path: Path) -> None:
    """As they stand there, laid over the bundled ones."""
    blocks = BLOCK.findall((ROOT / document).read_text(encoding="utf-8"))
    files: dict[str, str] = {}
    for code in [code for language, code in blocks if language == "toml"]:
        for row in re.split(r"\n(?=\[\[)", code):
            table = re.match(r"\[\[(\w+)\]\]", row)
            assert table is not None
            name = CATALOG_FILES[table[1]]
            files[name] = f"{files.get(name, '')}{row}\n"
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    catalog = PackagedCatalog(tmp_path).catalog()

    assert files
    assert len(catalog.hosts) >= len(PackagedCatalog().catalog().hosts)


def test_the_suite_of_the_adapters_page_runs() -> None:
    """On an adapter of one's own, which is ours in memory here."""
    names: dict[str, Any] = {
        "__name__": "example",
        "MyConfigs": MemoryConfigs,
        "empty_table": MemoryDatabase,
    }
    (code,) = python_blocks("docs/adapters.md")
    exec(compile(code, "docs/adapters.md", "exec"), names)
    suite = names["TestMyConfigs"]()
    tests = [name for name in dir(suite) if name.startswith("test_")]

    assert isinstance(suite.make(), MemoryConfigs)
    assert len(tests) > 5


def test_the_logging_of_the_observability_page_writes_json() -> None:
    """In a process of its own, since it configures the whole of one."""
    (code,) = python_blocks("docs/observability.md")
    line = "logging.getLogger('llama_marketing.http').info('started', extra={'method': 'GET'})"
    command = [sys.executable, "-c", f"{code}\n{line}"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    assert json.loads(ran.stderr)["method"] == "GET"


def test_the_container_of_the_bedrock_page_signs_with_its_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The profile is that of the page, the machine needs none."""
    (code,) = python_blocks("docs/bedrock.md")
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, "docs/bedrock.md", "exec"), names)
    sessions: list[dict[str, str]] = []
    monkeypatch.setattr("boto3.Session", lambda **given: sessions.append(given))
    monkeypatch.setattr(Container, "from_settings", lambda *_, **__: "container")
    monkeypatch.setenv("AI_ENCRYPTION_KEY", "ZmFrZS1mYWtlLWZha2UtZmFrZS1mYWtlLWZha2UtZmE=")

    assert names["make_container"]() == "container"
    assert sessions == [{"profile_name": "marketing", "region_name": "us-east-1"}]


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_a_json_block_is_json(document: Path) -> None:
    """Policies and answers can be taken as they stand."""
    for language, code in BLOCK.findall(document.read_text(encoding="utf-8")):
        assert language != "json" or json.loads(code)


def python_blocks(document: str) -> list[str]:
    """The Python blocks of a page."""
    blocks = BLOCK.findall((ROOT / document).read_text(encoding="utf-8"))
    return [code for language, code in blocks if language == "python"]
