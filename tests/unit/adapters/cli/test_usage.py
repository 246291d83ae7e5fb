"""`llama-marketing usage`, `validate` and `sweep`: the views of the books."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from llama_marketing import GenerationRequest
from llama_marketing.app.sweeping import Sweeper
from llama_marketing.domain.errors import BadKey, StoreIncompatible
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.adapters.cli.shell import OWNER, TENANT, Shell, reply

ASK = ("--platform", "instagram", "--prompt", "Buen Fin")
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

    assert re.search(r"Antes +\d{4}-\d\d( en sus primeros .+)?: 0 operaciones", result.stdout)


def used(shell: Shell) -> Shell:
    """A client that generated once."""
    shell.configure()
    with shell.container() as container:
        container.generation_service().generate(TENANT, POST)
    return shell


def test_usage_shows_bars_a_trend_and_other_periods(shell: Shell) -> None:
    """A day alone has no trend."""
    used(shell)
    month = shell.run("usage", *OWNER)
    day = shell.run("usage", *OWNER, "--period", "daily")
    week = shell.json("usage", *OWNER, "--period", "weekly")

    assert "█" * 20 in month.stdout
    assert "Al cierre" in month.stdout or "Por día" in month.stdout
    assert "Por día" not in day.stdout
    assert re.fullmatch(r"\d{4}-W\d\d", week["period"])
    assert shell.run("usage", *OWNER, "--from", "2026-01-02", "--to", "2026-01-01").exit_code == 1


def test_usage_is_exported_as_csv(shell: Shell) -> None:
    """The lines alone, for a file."""
    result = used(shell).run("usage", *OWNER, "--export", "summary", "--markup", "20")

    assert result.exit_code == 0
    assert result.stdout_bytes.startswith(b"period,clientId,")
    assert result.stdout.splitlines()[-1].split(",")[2] == "TOTAL"
    assert shell.run("usage", *OWNER, "--export", "all").exit_code == 1


def test_usage_is_drawn(shell: Shell, tmp_path: Path) -> None:
    """The same figures are the same file; nothing used is a figure too."""
    one, two, none = (tmp_path / f"{name}.svg" for name in ("one", "two", "none"))
    used(shell)
    for file in (one, two):
        assert shell.run("usage", *OWNER, "--plot", str(file)).exit_code == 0
    past = shell.run("usage", *OWNER, "--month", "2020-01", "--plot", str(none))

    assert one.read_bytes() == two.read_bytes()
    assert one.read_text(encoding="utf-8").count("<svg") == 1
    assert past.exit_code == 0
    assert none.stat().st_size > 0


def test_a_figure_that_cannot_be_drawn_exits_with_1(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the folder, or without the extra."""
    shell.configure()
    nowhere = shell.run("usage", *OWNER, "--plot", str(tmp_path / "none" / "a.svg"))
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    without = shell.run("usage", *OWNER, "--plot", str(tmp_path / "a.svg"))

    assert (nowhere.exit_code, without.exit_code) == (1, 1)
    assert "No se pudo escribir" in nowhere.stderr
    assert "extra plot" in without.stderr


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


@pytest.fixture
def queue(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[str]]]:
    """A queue of SQS that the shell's environment names; answers the ids in it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        sqs = boto3.session.Session(region_name="us-west-2").client("sqs")
        url = sqs.create_queue(QueueName="billing")["QueueUrl"]
        shell.environ["LLAMA_MARKETING_BILLING_QUEUE"] = url

        def ids() -> list[str]:
            got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
            return [json.loads(message["Body"])["id"] for message in got]

        yield ids


def test_sweep_sends_what_waits_to_be_billed(shell: Shell, queue: Callable[[], list[str]]) -> None:
    """Put aside by another process; once. The queue's URL says the region."""
    made = shell.configure().json("generate", *OWNER, *ASK)

    assert shell.json("sweep", *OWNER) == {"swept": 0}
    assert queue() == []
    assert shell.json("sweep") == {"swept": 0, "billing": {"published": 1, "complete": True}}
    assert queue() == [made["id"]]
    assert "Cobros enviados: 0" in shell.run("sweep").stdout
    assert queue() == []


def test_sweep_says_when_the_queue_does_not_take_all(
    shell: Shell, queue: Callable[[], list[str]]
) -> None:
    """What was not taken waits for the next one."""
    shell.configure().json("generate", *OWNER, *ASK)
    there = shell.environ["LLAMA_MARKETING_BILLING_QUEUE"]
    shell.environ["LLAMA_MARKETING_BILLING_QUEUE"] = f"{there}-gone"

    result = shell.run("sweep")
    assert result.exit_code == 1
    assert "(billing_events_waiting)" in result.stderr
    assert "Reservas cerradas: 0" in result.stdout

    shell.environ["LLAMA_MARKETING_BILLING_QUEUE"] = there
    assert shell.json("sweep")["billing"] == {"published": 1, "complete": True}
    assert len(queue()) == 1


def test_a_sweep_that_fails_keeps_no_invoice_waiting(
    shell: Shell, queue: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hold that a newer program wrote, for one, is there at every sweep."""
    made = shell.configure().json("generate", *OWNER, *ASK)

    def unreadable(*_: Any) -> Any:
        raise StoreIncompatible("a hold of version 99")

    monkeypatch.setattr(Sweeper, "sweep", unreadable)
    assert shell.run("sweep").exit_code == 1
    assert queue() == [made["id"]]


def test_without_a_queue_nothing_is_put_aside(shell: Shell, queue: Callable[[], list[str]]) -> None:
    """Nobody is billed later for what was made before."""
    url = shell.environ.pop("LLAMA_MARKETING_BILLING_QUEUE")
    shell.configure().json("generate", *OWNER, *ASK)
    shell.environ["LLAMA_MARKETING_BILLING_QUEUE"] = url

    assert shell.json("sweep")["billing"] == {"published": 0, "complete": True}
    assert queue() == []
