"""A real TypeScript compiler takes our real answers for the customer's interfaces."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from flask import Flask
from flask.testing import FlaskClient

from llama_marketing import Container, HostUnreachable, Settings
from llama_marketing.adapters.flask import Principal, create_blueprint
from llama_marketing.testing.hosts import FakeChatHosts

HERE = Path(__file__).parent / "typescript"
PACKAGE = "typescript@7"
OPTIONS = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext"]
CLIENT = "/api/v1/organization/org1/clients/cli1"
MODELS = "/api/v1/ai-providers/meta/models"
ENVIRONMENT = {
    "AI_ENCRYPTION_KEY": "ZmFrZS1mYWtlLWZha2UtZmFrZS1mYWtlLWZha2UtZmE=",
    "LLAMA_MARKETING_STORE": "memory://",
    "LLAMA_MARKETING_ALLOWED_ENDPOINTS": "127.0.0.1:8080",
}
REPLY = {"content": "2x1 en capuchinos.", "hashtags": ["CaféAzul"], "emojis": ["☕"]}
CONFIG = {"enabled": True, "hostingProvider": "groq", "apiKey": "gsk_0123456789abcdef"}
FULL_CONFIG = {
    **CONFIG,
    "quotaMonthly": None,
    "fallbackModelId": None,
    "deadlineSeconds": 30,
    "parameters": {"temperature": 0.5, "systemPrompt": "Sé breve.", "responseFormat": "json"},
    "useCases": [{"useCase": "ad_copy", "enabled": False, "customPrompt": "Corto."}],
    "fallbackHosts": [{"hostingProvider": "together", "apiKey": "tgp_v1_0123456789abcdef"}],
    "advanced": {"contextWindow": 8192, "visionMode": "quick"},
}
UNPRICED_CONFIG = {
    "enabled": True,
    "hostingProvider": "self_hosted",
    "apiEndpoint": "http://127.0.0.1:8080/v1",
}
POST = {"useCase": "social_post", "platform": "instagram", "prompt": "Buen Fin en Café Azul"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.story("B4"),
    pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed"),
]


@attrs.frozen
class Compiler:
    """``tsc`` over one file that stands beside the interfaces."""

    command: Path
    folder: Path

    def complaints(self, source: str) -> str:
        """What the compiler says about a source, nothing when it takes it."""
        for interfaces in HERE.glob("*.ts"):
            shutil.copy(interfaces, self.folder)
        (self.folder / "literals.ts").write_text(source, encoding="utf-8")
        ran = subprocess.run(
            [self.command, *OPTIONS, "literals.ts"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (ran.returncode == 0) == (ran.stdout + ran.stderr == ""), ran.stdout + ran.stderr
        return ran.stdout + ran.stderr


def cache_folder() -> Path:
    """Where the compiler stays between runs; named after its version."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "llama-marketing-tests" / PACKAGE.replace("@", "-")


@pytest.fixture(scope="module")
def compiler_command() -> Path:
    """The compiler, installed by npm at its first use."""
    folder = cache_folder()
    command = folder / "node_modules" / ".bin" / "tsc"
    if not command.exists():
        folder.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE]
        installed = subprocess.run(
            install, capture_output=True, text=True, timeout=300, check=False
        )
        if installed.returncode != 0:
            pytest.skip(f"npm cannot install {PACKAGE}: {installed.stderr.strip()[-200:]}")
    return command


@pytest.fixture
def compiler(compiler_command: Path, tmp_path: Path) -> Compiler:
    """The compiler, in a folder of the test's own."""
    return Compiler(compiler_command, tmp_path)


@pytest.fixture
def hosts() -> FakeChatHosts:
    """Hosts that answer with a post."""
    return FakeChatHosts(otherwise=json.dumps(REPLY))


@pytest.fixture
def client(hosts: FakeChatHosts) -> Iterator[FlaskClient]:
    """The blueprint in a plain app, over fake hosts."""
    with Container.from_settings(Settings.from_env(ENVIRONMENT), chat=hosts) as container:
        app = Flask(__name__)
        app.register_blueprint(create_blueprint(container.services(), lambda *_: Principal("u1")))
        yield app.test_client()


def configured(client: FlaskClient, config: dict[str, Any] | None = None) -> Any:
    """Configure the client and answer what it was answered."""
    answer = client.post(f"{CLIENT}/ai-providers/meta", json=config or CONFIG)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def generated(client: FlaskClient, **changed: Any) -> Any:
    """A generation's answer."""
    answer = client.post(f"{CLIENT}/ai/meta/generate", json={**POST, **changed})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def used(client: FlaskClient) -> Any:
    """The usage of the running month."""
    return client.get(f"{CLIENT}/ai-providers/meta/usage").get_json()


def literal(interface: str, value: Any) -> str:
    """``const answer: Interface = {...};`` with the value written inline."""
    array = "[]" if isinstance(value, list) else ""
    written = json.dumps(value, ensure_ascii=False, indent=1)
    return (
        f"import type {{ {interface} }} from './answers.js';\n"
        f"export const answer: {interface}{array} = {written};\n"
    )


@pytest.mark.parametrize("config", [CONFIG, FULL_CONFIG, UNPRICED_CONFIG])
def test_a_configuration_is_the_customers(
    client: FlaskClient, compiler: Compiler, config: dict[str, Any]
) -> None:
    """With and without quota, fallback model and the optional fields."""
    created = configured(client, config)

    assert compiler.complaints(literal("MetaAIConfig", created)) == ""
    assert client.get(f"{CLIENT}/ai-providers/meta").get_json() == created


def test_the_models_are_the_customers(client: FlaskClient, compiler: Compiler) -> None:
    """Every model of the catalog."""
    models = client.get(MODELS).get_json()["models"]

    assert len(models) == 9
    assert compiler.complaints(literal("LlamaModel", models)) == ""


@pytest.mark.parametrize(
    ("config", "request_fields"),
    [
        (CONFIG, {}),
        (CONFIG, {"variations": 3, "maxLength": 10}),
        (CONFIG, {"platform": "whatsapp"}),
        (UNPRICED_CONFIG, {}),
    ],
)
def test_a_generation_is_the_customers(
    client: FlaskClient,
    compiler: Compiler,
    config: dict[str, Any],
    request_fields: dict[str, Any],
) -> None:
    """One text and several, cut and whole, with a cost and without."""
    configured(client, config)

    answer = generated(client, **request_fields)

    assert compiler.complaints(literal("MetaAIGenerationResponse", answer)) == ""


def test_findings_are_written_as_declared(
    client: FlaskClient, hosts: FakeChatHosts, compiler: Compiler
) -> None:
    """A copy over a recommended length comes with what was found in it."""
    hosts.otherwise = json.dumps({**REPLY, "content": "Buen Fin en Café Azul. " * 60})
    configured(client)

    answer = generated(client, platform="whatsapp")

    assert answer["metadata"]["platformCompliance"]["findings"] != []
    assert compiler.complaints(literal("MetaAIGenerationResponse", answer)) == ""


def test_usage_is_the_customers(
    client: FlaskClient, hosts: FakeChatHosts, compiler: Compiler
) -> None:
    """Of a client without usage, and of one with a success and a failure."""
    configured(client, {**CONFIG, "fallbackModelId": None})
    before = used(client)
    generated(client)
    hosts.otherwise = HostUnreachable("nobody answers")
    fresh = {**POST, "bypassCache": True}
    assert client.post(f"{CLIENT}/ai/meta/generate", json=fresh).status_code == 502
    after = used(client)

    assert (before["totalRequests"], after["totalRequests"]) == (0, 2)
    for summary in (before, after):
        assert compiler.complaints(literal("MetaAIUsageSummary", summary)) == ""


def test_a_wrong_type_is_refused(client: FlaskClient, compiler: Compiler) -> None:
    """The control: the compiler sees a changed, an unknown, a missing and a null field."""
    config = configured(client)
    without_id = {name: value for name, value in config.items() if name != "id"}
    wrong = {
        "TS2322": {**config, "enabled": "yes"},
        "TS2353": {**config, "unheardOf": 1},
        "TS2741": without_id,
    }

    for code, value in wrong.items():
        assert code in compiler.complaints(literal("MetaAIConfig", value)), code
    null = {**config, "fallbackModelId": None}
    assert "TS2322" in compiler.complaints(literal("MetaAIConfig", null))


def test_our_interfaces_add_fields_and_change_none(compiler: Compiler) -> None:
    """What is ours may stand wherever the customer's interface is asked for."""
    names = re.findall(r"^export interface (\w+) extends spec\.\1 ", read("answers.ts"), re.M)
    assert {"LlamaModel", "MetaAIConfig", "MetaAIGenerationResponse", "MetaAIUsageSummary"} <= {
        *names
    }

    lines = ["import type * as spec from './specification.js';"]
    lines += ["import type * as answers from './answers.js';"]
    lines += [f"export let as{n} = (x: answers.{n}): spec.{n} => x;" for n in names]
    assert compiler.complaints("\n".join(lines)) == ""


def read(name: str) -> str:
    """One of the files with interfaces."""
    return (HERE / name).read_text(encoding="utf-8")
