"""`llama-marketing usage`, `validate` and `sweep`: the views of the books."""

from __future__ import annotations

import pytest

from llama_marketing import GenerationRequest
from llama_marketing.domain.errors import BadKey
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.adapters.cli.shell import OWNER, TENANT, Shell, reply

POST = {"use_case": "social_post", "platform": "instagram", "prompt": "Buen Fin"}


def test_usage_shows_what_was_booked(shell: Shell) -> None:
    """Totals, the quota, and a table for use cases, models and providers."""
    shell.configure(quotaMonthly=9000, quotaUnit="tokens")
    with shell.container() as container:
        container.generation_service().generate(TENANT, POST)
    result = shell.run("usage", *OWNER)

    assert result.exit_code == 0
    assert "17 de 9,000 tokens" in result.stdout
    for shown in ("social_post", "llama-3.3-70b-instruct", "deepinfra"):
        assert shown in result.stdout
    document = shell.json("usage", *OWNER)
    assert document["totalRequests"] == 1
    assert document["totalTokens"] == 17
    assert document["quota"]["settled"] == 17


def test_usage_of_another_month_shows_no_present_quota(shell: Shell) -> None:
    """Only the share of that month's quota."""
    result = shell.configure().run("usage", *OWNER, "--month", "2020-01")

    assert result.exit_code == 0
    assert "2020-01" in result.stdout
    assert "Cuota usada   0.0 %" in result.stdout


def test_usage_without_a_configuration_is_zeros(shell: Shell) -> None:
    """A client that was never configured has used nothing."""
    assert shell.json("usage", *OWNER)["totalRequests"] == 0
    assert "sin cuota" in shell.run("usage", *OWNER).stdout


def test_usage_without_a_client_shows_the_whole_organization(shell: Shell) -> None:
    """One row a client, and what they used together."""
    shell.configure()
    with shell.container() as container:
        container.generation_service().generate(TENANT, POST)
    result = shell.run("usage", "--org", "org1")

    assert result.exit_code == 0
    assert "Organización  org1" in result.stdout
    assert "cli1" in result.stdout
    document = shell.json("usage", "--org", "org1")
    assert (document["totalRequests"], document["clients"][0]["clientId"]) == (1, "cli1")
    assert shell.json("usage", "--org", "org1", "--month", "2020-01")["clients"] == []
    assert shell.run("usage", "--org", "a/b").exit_code == 1


def test_usage_shows_the_month_before(shell: Shell) -> None:
    """In one line."""
    result = shell.configure().run("usage", *OWNER)

    assert "Mes anterior  0 operaciones, US$0.00" in result.stdout


def test_a_bad_month_exits_with_1(shell: Shell) -> None:
    """The library says so."""
    result = shell.run("usage", *OWNER, "--month", "2026-13")

    assert result.exit_code == 1
    assert "(invalid_request)" in result.stderr


def test_validate_tells_the_outcome(shell: Shell) -> None:
    """Outcome, message, model; the same in JSON."""
    result = shell.configure().run("validate", *OWNER)

    assert result.exit_code == 0
    assert "La conexión funciona" in result.stdout
    assert shell.json("validate", *OWNER)["outcome"] == "ok"


def test_validate_exits_with_1_when_the_host_does_not_work(shell: Shell) -> None:
    """A script can rely on the exit code; the outcome is shown all the same."""
    shell.chat = FakeChatHosts(otherwise=BadKey("401"))
    result = shell.configure().run("validate", *OWNER)

    assert result.exit_code == 1
    assert "bad_key" in result.stdout
    assert shell.json("validate", *OWNER, exit_code=1)["outcome"] == "bad_key"


def test_validate_without_a_configuration_is_an_error(shell: Shell) -> None:
    """There is nothing to try."""
    result = shell.run("validate", *OWNER)

    assert result.exit_code == 1
    assert "(config_not_found)" in result.stderr


@pytest.mark.parametrize("owner", [(), OWNER])
def test_sweep_with_nothing_open_books_nothing(shell: Shell, owner: tuple[str, ...]) -> None:
    """Of one client or of all."""
    assert shell.json("sweep", *owner) == {"swept": 0}
    assert "Reservas cerradas: 0" in shell.run("sweep", *owner).stdout


def test_sweep_takes_both_ids_or_none(shell: Shell) -> None:
    """Half a tenant is bad usage, a wrong one a domain error."""
    assert shell.run("sweep", "--org", "org1").exit_code == 2
    assert shell.run("sweep", "--client", "cli1").exit_code == 2
    assert shell.run("sweep", "--org", "a/b", "--client", "c").exit_code == 1


def test_sweep_books_what_a_dead_process_left(shell: Shell) -> None:
    """An open hold whose time is over is booked and counted."""
    shell.chat = FakeChatHosts(otherwise=reply())
    shell.environ |= {"LLAMA_MARKETING_DEADLINE": "0.001", "LLAMA_MARKETING_HOLD_GRACE": "0"}
    shell.configure()
    with shell.container() as container:
        admission = container.generation_service().admission
        admission.reserve(admission.prepare(TENANT, GenerationRequest.read(POST), "", 0.001))

    assert shell.json("sweep", *OWNER) == {"swept": 1}
    assert shell.json("sweep") == {"swept": 0}
