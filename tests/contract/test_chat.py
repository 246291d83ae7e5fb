"""The contract of ``ChatHosts`` over the adapter on real sockets and over the fake."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from llama_marketing.adapters.hosts.client import HttpChatHosts
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.domain.chat.models import HostTarget, ReportedUsage, ServedModel
from llama_marketing.domain.errors import HostError
from llama_marketing.domain.secret import Secret
from llama_marketing.ports.chat import ChatHosts
from llama_marketing.testing.chat import ChatHostsContract, Turn
from llama_marketing.testing.hosts import BreaksOff, FakeChatHosts
from tests.fake_host import (
    NO_USAGE,
    Answer,
    FakeHost,
    SeenRequest,
    as_json,
    chunk_object,
    completion_object,
    event,
    head,
    host_row,
    models_list,
    raw,
    status,
    stream_steps,
    streamed,
    target_of,
)

KEY = "sk-CANARY-0123456789"


class TestFakeChatHosts(ChatHostsContract):
    """The fake keeps what it makes other code believe."""

    def make(
        self, *turns: Turn, served: Sequence[ServedModel] = ()
    ) -> tuple[ChatHosts, HostTarget]:
        """The turns are the script."""
        target = HostTarget(host_row(), "http://fake.test/v1", Secret(KEY))
        return FakeChatHosts(*turns, served=served), target


class TestHttpChatHosts(ChatHostsContract):
    """The adapter, against a host on a raw socket."""

    @pytest.fixture(autouse=True)
    def _host(self) -> Iterator[None]:
        with FakeHost() as host:
            self.host = host
            self.hosts = HttpChatHosts.over(EndpointGuard.parse(host.endpoint))
            yield
            self.hosts.close()

    def make(
        self, *turns: Turn, served: Sequence[ServedModel] = ()
    ) -> tuple[ChatHosts, HostTarget]:
        """The host plays the turns on the wire, in the way that it was asked."""
        if served:
            self.host.script(models_list(*(model.id for model in served)))
        self.host.script(*(_on_the_wire(turn) for turn in turns))
        return self.hosts, target_of(self.host, KEY)


def _on_the_wire(turn: Turn) -> Callable[[SeenRequest], Answer]:
    """How a host says a turn, in the way that it was asked."""

    def answer(request: SeenRequest) -> Answer:
        as_stream = request.json["stream"]
        if isinstance(turn, HostError):
            hint = {} if turn.retry_after is None else {"retry-after": f"{turn.retry_after:g}"}
            return status(turn.status or 500, hint)
        if isinstance(turn, BreaksOff):
            if as_stream:
                return stream_steps(event(chunk_object(turn.text)))
            whole = json.dumps(completion_object(turn.text)).encode()
            return raw(head(length=len(whole)) + whole[:60])
        usage = NO_USAGE if turn.usage is None else _as_reported(turn.usage)
        if as_stream:
            pieces = [turn.text[start : start + 5] for start in range(0, len(turn.text), 5)]
            return streamed(*pieces, finish=turn.finish_reason.value, usage=usage)
        data = completion_object(turn.text, usage, turn.finish_reason.value)
        return as_json({**data, "model": turn.model})

    return answer


def _as_reported(usage: ReportedUsage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
    }
