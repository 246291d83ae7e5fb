"""`llama-marketing playground`: what each provider said, side by side."""

from __future__ import annotations

from llama_marketing.domain.chat.models import ChatCall, ChatReply, FinishReason, HostTarget
from llama_marketing.testing.hosts import FakeChatHosts, Said
from tests.unit.adapters.cli.shell import OWNER, TENANT, Shell


def said(target: HostTarget, _: ChatCall) -> Said:
    """Each host says its name, and drops a parameter."""
    reply = ChatReply(f"Soy {target.row.id}", FinishReason.STOP)
    return ChatReply(reply.text, reply.finish_reason, warnings=("dropped_parameter:seed",))


def test_each_column_is_a_panel(shell: Shell) -> None:
    """The one without a key too."""
    shell.chat = FakeChatHosts(otherwise=said)
    shell.configure()
    with shell.container() as container:
        service = container.config_service()
        service.set_provider_key(TENANT, "openai", {"apiKey": "sk-0123456789abcdef"})
    columns = ("--column", "meta_ai", "--column", "openai:gpt-6-luna", "--column", "gemini")
    result = shell.run("playground", *OWNER, "Hola", *columns)
    document = shell.json("playground", *OWNER, "Hola", *columns)

    assert result.exit_code == 0, result.output
    for shown in ("Soy deepinfra", "Soy openai", "openai: gpt-6-luna", "(not_found)", "«seed»"):
        assert shown in result.stdout
    assert [each["outcome"] for each in document["columns"]] == ["ok", "ok", "failed"]


def test_one_column_is_no_playground(shell: Shell) -> None:
    result = shell.configure().run("playground", *OWNER, "Hola", "--column", "meta_ai")

    assert result.exit_code == 1
    assert "(invalid_request)" in result.stderr
