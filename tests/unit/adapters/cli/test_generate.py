"""`llama-marketing generate`: streams, summarises, and ends with the right code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from typing import cast

import attrs
import pytest
from rich.console import Console

from llama_marketing.adapters.cli import copy_stream
from llama_marketing.domain.chat.models import ChatCall, ChatDelta, HostTarget
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import BadKey, Truncated
from llama_marketing.ports.chat import ChatStream
from llama_marketing.testing.hosts import BreaksOff, FakeChatHosts
from tests.unit.adapters.cli.shell import COPY, OWNER, TENANT, Shell, ad_reply, reply

POST = ("generate", *OWNER, "--platform", "instagram")


@attrs.define
class WatchedStream(ChatStream):
    """A stream that looks at standard output before its last delta, or stops the reader."""

    inner: ChatStream
    seen: list[str]
    interrupts: bool

    def __iter__(self) -> Iterator[ChatDelta]:
        deltas = list(self.inner)
        yield from deltas[:-3]
        if self.interrupts:
            raise KeyboardInterrupt
        self.seen.append(cast("BytesIO", sys.stdout.buffer).getvalue().decode())
        yield from deltas[-3:]

    def close(self) -> None:
        self.inner.close()


class WatchedHosts(FakeChatHosts):
    """Fake hosts whose streams are watched."""

    def __init__(self, *, interrupts: bool = False) -> None:
        super().__init__(otherwise=reply())
        self.seen: list[str] = []
        self.interrupts = interrupts

    def stream(self, target: HostTarget, call: ChatCall, deadline: Deadline) -> ChatStream:
        return WatchedStream(super().stream(target, call, deadline), self.seen, self.interrupts)


def test_the_copy_and_its_summary_are_shown(shell: Shell) -> None:
    """The text, who wrote it, tokens, cost, hashtags and the platform's verdict."""
    result = shell.configure().run(*POST, "Buen Fin")

    assert result.exit_code == 0
    assert result.stdout.startswith(COPY + "\n")
    for shown in ("en deepinfra", "12 de entrada + 5 de salida = 17", "US$", "#BuenFin", "☕"):
        assert shown in result.stdout
    assert "instagram" in result.stdout
    assert "2,200" in result.stdout
    assert "cumple" in result.stdout
    assert result.stderr == ""
    assert "\x1b" not in result.stdout


def test_the_copy_is_on_the_output_before_the_host_has_ended(shell: Shell) -> None:
    """The reader sees text while the host still writes."""
    hosts = WatchedHosts()
    shell.chat = hosts
    result = shell.configure().run(*POST, "--prompt", "Buen Fin")

    assert result.exit_code == 0
    assert len(hosts.seen) == 1
    assert hosts.seen[0].startswith("Buen Fin en Café Azul")
    assert "Tokens" not in hosts.seen[0]


def test_ctrl_c_closes_the_stream_and_exits_with_130(shell: Shell) -> None:
    """What was written is booked as aborted."""
    shell.chat = WatchedHosts(interrupts=True)
    result = shell.configure().run(*POST, "Buen Fin")

    assert result.exit_code == 130
    assert "Cancelado" in result.stderr
    with shell.container() as container:
        (record,) = container.generation_service().history(TENANT).items
        assert record.outcome.value == "aborted"
        assert container.usage_service().quota_status(TENANT).reserved == 0


def test_ctrl_c_while_the_text_is_shown_closes_the_stream(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may hit the command line's own work as well as the host's."""

    def interrupt(console: Console, text: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(copy_stream, "write", interrupt)
    result = shell.configure().run(*POST, "Buen Fin")

    assert result.exit_code == 130
    with shell.container() as container:
        (record,) = container.generation_service().history(TENANT).items
    assert record.outcome.value == "aborted"


def test_json_is_one_document_in_camel_case(shell: Shell) -> None:
    """It asks without streaming and prints nothing else."""
    hosts = FakeChatHosts(otherwise=reply())
    shell.chat = hosts
    answer = shell.configure().json(*POST, "Buen Fin")

    assert answer["content"] == COPY
    assert answer["tokensUsed"]["totalTokens"] == 17
    assert answer["metadata"]["platformCompliance"]["isCompliant"] is True
    assert [seen.streamed for seen in hosts.calls] == [False]


def test_no_stream_shows_the_same_in_one_piece(shell: Shell) -> None:
    """The host is asked without streaming."""
    hosts = FakeChatHosts(otherwise=reply())
    shell.chat = hosts
    result = shell.configure().run(*POST, "Buen Fin", "--no-stream")

    assert result.exit_code == 0
    assert COPY in result.stdout
    assert not hosts.calls[0].streamed


@pytest.mark.parametrize("mode", ["--stream", "--no-stream"])
def test_each_variation_has_a_heading(shell: Shell, mode: str) -> None:
    """The second version stands below a line that says so."""
    shell.chat = FakeChatHosts(reply("Ven por tu café hoy."), reply("Dos cafés al precio de uno."))
    result = shell.configure().run(*POST, "Buen Fin", "--variations", "2", mode)

    assert result.exit_code == 0
    first, _, second = result.stdout.partition("--- Variación 2 ---")
    texts = {"Ven por tu café hoy.", "Dos cafés al precio de uno."}
    assert {text for text in texts if text in first} | {t for t in texts if t in second} == texts


def test_every_option_reaches_the_request(shell: Shell) -> None:
    """What is asked for on the command line is what the history keeps."""
    options = ("--tone", "friendly", "--language", "es-MX", "--max-length", "90")
    shell.configure().json(*POST, "Buen Fin", *options, "--use-case", "social_post")

    with shell.container() as container:
        (record,) = container.generation_service().history(TENANT).items
    assert record.request["tone"] == "friendly"
    assert record.request["language"] == "es-MX"
    assert record.request["max_length"] == 90
    assert record.request["platform"] == "instagram"


@pytest.mark.parametrize(
    "arguments",
    [
        POST,
        (*POST, "uno", "--prompt", "dos"),
        ("generate", *OWNER, "hola", "--platform", "correo"),
        ("generate", "hola"),
        (*POST, "hola", "--api-key", "x"),
    ],
)
def test_bad_usage_exits_with_2(shell: Shell, arguments: tuple[str, ...]) -> None:
    """No prompt or two, an unknown platform or option, no client."""
    assert shell.run(*arguments).exit_code == 2


def test_a_domain_error_is_a_spanish_sentence_and_a_code_on_standard_error(shell: Shell) -> None:
    """Nothing of it is on standard output; the English detail comes only with --verbose."""
    quiet = shell.run(*POST, "Buen Fin")
    told = shell.run(*POST, "Buen Fin", "--verbose")

    assert (quiet.exit_code, quiet.stdout) == (1, "")
    assert "Configure Meta AI en Settings > AI (not_configured)" in quiet.stderr
    assert "org1/cli1 has no Meta AI configuration" not in quiet.stderr
    assert "org1/cli1 has no Meta AI configuration" in told.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((*POST, "  "), "invalid_request"),
        ((*POST, "hola", "--variations", "9"), "invalid_request"),
        (("generate", "--org", "a#b", "--client", "c", "hola"), "invalid_request"),
    ],
)
def test_what_the_library_refuses_exits_with_1(
    shell: Shell, arguments: tuple[str, ...], code: str
) -> None:
    """Its code stands behind the sentence."""
    result = shell.configure().run(*arguments)

    assert result.exit_code == 1
    assert f"({code})" in result.stderr


def test_a_stream_that_breaks_off_exits_with_1(shell: Shell) -> None:
    """The terminal error event is told on standard error."""
    shell.chat = FakeChatHosts(otherwise=BreaksOff(reply()[:40], Truncated("cut")))
    result = shell.configure().run(*POST, "Buen Fin")

    assert result.exit_code == 1
    assert "(truncated)" in result.stderr


def test_a_host_that_refuses_the_key_exits_with_1(shell: Shell) -> None:
    """What comes before the stream is told in the same way."""
    shell.chat = FakeChatHosts(otherwise=BadKey("401"))
    result = shell.configure().run(*POST, "Buen Fin")

    assert result.exit_code == 1
    assert "(bad_key)" in result.stderr


def test_a_model_cannot_command_the_terminal(shell: Shell) -> None:
    """Escape sequences in a reply or in the model's name never reach the output."""
    shell.chat = FakeChatHosts(otherwise=reply("Hola \u001b[2J\u009bm mundo"))
    result = shell.configure().run(*POST, "Buen Fin")

    assert "Hola" in result.stdout
    assert "\x1b" not in result.stdout
    assert "\x9b" not in result.stdout


def test_a_missing_encryption_key_is_told(shell: Shell) -> None:
    """The operator reads which variable is missing."""
    del shell.environ["AI_ENCRYPTION_KEY"]
    result = shell.run(*POST, "Buen Fin")

    assert result.exit_code == 1
    assert "AI_ENCRYPTION_KEY" in result.stderr


def test_a_vague_settings_error_points_to_verbose(shell: Shell) -> None:
    """The Spanish sentence alone would not say which variable is wrong."""
    shell.environ["LLAMA_MARKETING_STORE"] = "mysql://x"
    quiet, told = shell.run(*POST, "Buen Fin"), shell.run(*POST, "Buen Fin", "-v")

    assert "--verbose" in quiet.stderr
    assert "LLAMA_MARKETING_STORE" in told.stderr


def test_what_an_ad_a_calendar_and_a_voice_need_can_be_said(shell: Shell) -> None:
    """It goes into the request as it stands."""
    shell.configure()
    shell.chat = FakeChatHosts(otherwise=ad_reply())
    for_ad = ("--use-case", "ad_copy", "--platform", "facebook")
    ad = shell.run(
        *("generate", *OWNER, *for_ad, "--objective", "ventas"),
        *("--landing-url", "https://cafeazul.mx", "Buen Fin"),
    )
    refused = shell.run("generate", *OWNER, "--use-case", "content_calendar", "--month", "13", "x")
    shell.chat = hosts = FakeChatHosts(otherwise="{}")
    samples = ("--sample", "Primero el café", "--sample", "Luego el pan")
    shell.run("generate", *OWNER, "--use-case", "brand_voice", *samples, "x")

    assert ad.exit_code == 0, ad.output
    assert "Comprar" in ad.stdout
    assert "CAFEAZUL.MX" in ad.stdout
    assert refused.exit_code == 1
    turn = hosts.calls[0].call.messages[-1].content
    assert "Primero el café" in turn and "Luego el pan" in turn
