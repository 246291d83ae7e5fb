"""`llama-marketing reconcile`: the books are added up again, and exit 1 says that they differ."""

from __future__ import annotations

import json
import sqlite3

import pytest

from tests.unit.adapters.cli.shell import OWNER, TENANT, Shell

POST = {"use_case": "social_post", "platform": "instagram", "prompt": "Buen Fin"}


@pytest.fixture
def used(shell: Shell) -> Shell:
    """A shell whose client has generated once."""
    shell.configure()
    with shell.container() as container:
        container.generation_service().generate(TENANT, POST)
    return shell


def plant(shell: Shell) -> None:
    """Put one pico-USD too many into the counter of the file."""
    with sqlite3.connect(shell.folder / "store.db") as connection:
        ((document,),) = connection.execute("SELECT document FROM counters").fetchall()
        counter = json.loads(document)
        counter["settled"]["cost"] += 1
        connection.execute("UPDATE counters SET document = ?", (json.dumps(counter),))
    connection.close()


@pytest.mark.parametrize("owner", [(), OWNER])
def test_books_that_agree_exit_with_0(used: Shell, owner: tuple[str, ...]) -> None:
    """Of one client or of all."""
    assert used.json("reconcile", *owner) == {"tenants": 1, "periods": 1, "differences": []}
    result = used.run("reconcile", *owner)
    assert result.exit_code == 0
    assert "Diferencias: 0" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize("owner", [(), OWNER])
def test_a_planted_pico_dollar_exits_with_1(used: Shell, owner: tuple[str, ...]) -> None:
    """And the document says where it is."""
    plant(used)

    (found,) = used.json("reconcile", *owner, exit_code=1)["differences"]

    assert (found["organizationId"], found["clientId"]) == ("org1", "cli1")
    assert found["what"] == "counter.settled.cost"
    assert found["kept"] == found["summed"] + 1


def test_a_person_is_shown_a_table_of_the_differences(used: Shell) -> None:
    """In Spanish, on standard error."""
    plant(used)

    result = used.run("reconcile")

    assert result.exit_code == 1
    assert "Diferencias: 1" in result.stdout
    assert "no cuadran" in result.stderr
    assert "counter.settled.cost" in result.stderr


def test_reconcile_takes_both_ids_or_none(shell: Shell) -> None:
    """Half a tenant is bad usage, a wrong one a domain error; no books agree."""
    assert shell.run("reconcile", "--org", "org1").exit_code == 2
    assert shell.run("reconcile", "--org", "a/b", "--client", "c").exit_code == 1
    assert shell.json("reconcile")["differences"] == []
