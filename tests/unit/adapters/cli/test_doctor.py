"""`llama-marketing doctor` and `config`: whether the machine is ready, and how it is set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llama_marketing.adapters.cli.config import MEANINGS
from llama_marketing.app.settings import VARIABLES
from llama_marketing.domain.errors import HostUnreachable
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.adapters.cli.shell import CANARY, FERNET, OWNER, TENANT, Shell


def states(document: dict[str, Any]) -> dict[str, str]:
    """The state of each check by its name."""
    return {check["name"]: check["state"] for check in document["checks"]}


def test_a_sound_machine_passes(shell: Shell) -> None:
    """Every check has a state and a sentence; exit 0."""
    result = shell.run("doctor")

    assert result.exit_code == 0
    assert "fallo" not in result.stdout
    document = shell.json("doctor")
    assert document["ok"] is True
    assert list(states(document)) == [
        "Variables", "Llave", "Almacenamiento", "Zona horaria", "Catálogo", "Límites",
        "Endpoints propios",
    ]  # fmt: skip
    assert set(states(document).values()) <= {"ok", "aviso"}
    assert all(check["detail"].endswith(".") for check in document["checks"])


@pytest.mark.parametrize(
    ("variable", "value", "broken"),
    [
        ("AI_ENCRYPTION_KEY", "", "Llave"),
        ("AI_ENCRYPTION_KEY", "not-a-fernet-key", "Llave"),
        ("LLAMA_MARKETING_STORE", "mysql://x", "Almacenamiento"),
        ("LLAMA_MARKETING_TIMEZONE", "Marte/Olimpo", "Zona horaria"),
        ("LLAMA_MARKETING_ALLOWED_ENDPOINTS", "no vale", "Endpoints propios"),
    ],
)
def test_a_fault_is_told_where_it_lies(
    shell: Shell, variable: str, value: str, broken: str
) -> None:
    """Only that check fails, and the exit code is 1."""
    shell.environ[variable] = value
    shell.chat = None
    document = shell.json("doctor", exit_code=1)

    failed = [name for name, state in states(document).items() if state == "fallo"]
    assert (document["ok"], failed) == (False, [broken])


def test_a_variable_that_cannot_be_read_stops_the_rest(shell: Shell) -> None:
    """Nothing can be checked with settings that are not there; --verbose names the variable."""
    shell.environ["LLAMA_MARKETING_DEADLINE"] = "pronto"
    result = shell.run("doctor", "--verbose")

    assert result.exit_code == 1
    assert "LLAMA_MARKETING_DEADLINE" in "".join(result.stdout.split())
    assert states(shell.json("doctor", exit_code=1)) == {"Variables": "fallo"}


def test_a_broken_catalog_and_broken_limits_fail(shell: Shell, tmp_path: Path) -> None:
    """Each file is read by its own check."""
    (tmp_path / "models.toml").write_text("no = [")
    (tmp_path / "limits.toml").write_text("no = [")
    shell.environ["LLAMA_MARKETING_CATALOG"] = str(tmp_path)
    found = states(shell.json("doctor", exit_code=1))

    assert (found["Catálogo"], found["Límites"]) == ("fallo", "fallo")
    assert found["Almacenamiento"] == "ok"


def test_rows_that_nobody_looked_after_are_a_warning(shell: Shell, tmp_path: Path) -> None:
    """It names the kind of row and does not fail."""
    (tmp_path / "models.toml").write_text(
        '[[models]]\nid = "viejo"\nname = "Viejo"\nfamily = "vieja"\nparameter_count = "1B"\n'
        'context_window = 4096\ncapabilities = ["text"]\nas_of = 2020-01-01\nsource = "nuestro"\n'
    )
    shell.environ["LLAMA_MARKETING_CATALOG"] = str(tmp_path)
    document = shell.json("doctor")

    assert states(document)["Catálogo"] == "aviso"
    assert "ModelRow" in next(c["detail"] for c in document["checks"] if c["name"] == "Catálogo")


def test_several_keys_are_counted(shell: Shell) -> None:
    """The first of them seals."""
    shell.environ["AI_ENCRYPTION_KEY"] = f"{FERNET},{FERNET}"

    assert "2 llaves" in shell.run("doctor").stdout


def test_a_clients_host_is_tried(shell: Shell) -> None:
    """With a client there is one more check, which calls the host."""
    document = shell.configure().json("doctor", *OWNER)

    assert states(document)["Cliente org1/cli1"] == "ok"


def test_a_disabled_client_is_a_warning_and_a_dead_host_a_failure(shell: Shell) -> None:
    """A host that works for a client that is switched off is worth a word."""
    shell.configure(enabled=False)
    assert states(shell.json("doctor", *OWNER))[f"Cliente {TENANT}"] == "aviso"

    shell.chat = FakeChatHosts(otherwise=HostUnreachable("down"))
    assert states(shell.json("doctor", *OWNER, exit_code=1))[f"Cliente {TENANT}"] == "fallo"


def test_an_unknown_client_fails_and_half_a_client_is_bad_usage(shell: Shell) -> None:
    """As for every command."""
    assert shell.run("doctor", *OWNER).exit_code == 1
    assert shell.run("doctor", "--org", "org1").exit_code == 2


def test_config_shows_every_variable_with_its_meaning(shell: Shell) -> None:
    """Values, defaults, and Spanish words; secrets as stars."""
    shell.environ["LLAMA_MARKETING_TOKEN"] = CANARY
    result = shell.run("config")

    assert result.exit_code == 0
    for variable in VARIABLES:
        assert variable.name in result.stdout
    assert FERNET not in result.stdout + result.stderr
    assert CANARY not in result.stdout + result.stderr
    assert "********" in result.stdout
    assert "(predeterminado)" in result.stdout


def test_config_as_json_lists_the_same(shell: Shell) -> None:
    """One document with a row for each variable."""
    rows = {row["name"]: row for row in shell.json("config")["settings"]}

    assert list(rows) == [variable.name for variable in VARIABLES]
    assert rows["AI_ENCRYPTION_KEY"]["value"] == "********"
    assert rows["LLAMA_MARKETING_TIMEZONE"]["value"] == "America/Mexico_City"


def test_config_needs_no_key_and_fails_on_a_wrong_value(shell: Shell) -> None:
    """The table is shown first, then what is wrong."""
    shell.environ = {}
    assert shell.run("config").exit_code == 0

    shell.environ = {"LLAMA_MARKETING_JSON_CASE": "kebab"}
    result = shell.run("config", "--verbose")
    assert result.exit_code == 1
    assert "kebab" in result.stdout
    assert "LLAMA_MARKETING_JSON_CASE" in result.stderr


def test_every_variable_has_a_spanish_meaning() -> None:
    """A new variable needs a line in MEANINGS."""
    assert MEANINGS.keys() == set(VARIABLES)
