"""The contract of the port ``ChatHosts``, as tests for any adapter."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from llama_marketing.domain.chat.models import (
    ChatCall,
    ChatDelta,
    ChatReply,
    FinishReason,
    HostTarget,
    Message,
    ReportedUsage,
    Role,
    ServedModel,
)
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    BadKey,
    DeadlineExceeded,
    HostError,
    HostRateLimited,
    HostUnreachable,
    HostWork,
    ModelNotServed,
    NoCredit,
    Truncated,
)
from llama_marketing.ports.chat import ChatHosts
from llama_marketing.testing.hosts import BreaksOff

CALL = ChatCall(model="m", messages=(Message(Role.USER, "Escribe un post"),), max_tokens=64)
TEXT = "¡Hoy abre el Café Azul! ☕ Ven a la colonia Roma."
USAGE = ReportedUsage(input_tokens=20, output_tokens=15, cached_tokens=4)
REPLY = ChatReply(TEXT, FinishReason.STOP, "stop", USAGE, "m")
FAULTS = (
    BadKey("", status=401),
    NoCredit("", status=402),
    ModelNotServed("", status=404),
    HostRateLimited("", status=429, retry_after=7.0),
    HostUnreachable("", status=503),
)
Turn = ChatReply | BreaksOff | HostError


class ChatHostsContract(ABC):
    """Derive a class whose name starts with Test and say how a host is told what to say."""

    @abstractmethod
    def make(
        self, *turns: Turn, served: Sequence[ServedModel] = ()
    ) -> tuple[ChatHosts, HostTarget]:
        """The adapter, and a target whose host takes these turns in order.

        A HostError stands for an answer with its ``status`` and its hint. The target's key is
        ``sk-CANARY-0123456789``.
        """

    def test_a_whole_answer_has_the_text_the_finish_and_the_usage(self) -> None:
        """Accents and emoji arrive as they were said."""
        hosts, target = self.make(REPLY)

        assert hosts.complete(target, CALL, soon()) == REPLY

    def test_a_stream_says_the_same_as_a_whole_answer(self) -> None:
        """The text in pieces, one finish reason, and the usage."""
        hosts, target = self.make(REPLY)

        deltas = list(hosts.stream(target, CALL, soon()))

        assert "".join(delta.text for delta in deltas) == TEXT
        assert [d.finish_reason for d in deltas if d.finish_reason] == [FinishReason.STOP]
        assert [d.usage for d in deltas if d.usage] == [USAGE]
        assert len(deltas) > 3

    def test_a_stream_gives_every_delta_once(self) -> None:
        """A second look at the stream finds nothing."""
        hosts, target = self.make(REPLY)
        stream = hosts.stream(target, CALL, soon())

        assert list(stream)
        assert list(stream) == []

    @pytest.mark.parametrize("finish", [FinishReason.STOP, FinishReason.LENGTH])
    def test_the_finish_reason_is_told(self, finish: FinishReason) -> None:
        """In both ways of asking."""
        reply = ChatReply("Hola", finish, finish.value, USAGE, "m")
        hosts, target = self.make(reply, reply)

        assert hosts.complete(target, CALL, soon()).finish_reason is finish
        reasons = [delta.finish_reason for delta in hosts.stream(target, CALL, soon())]
        assert [reason for reason in reasons if reason] == [finish]

    def test_usage_that_was_not_reported_is_none(self) -> None:
        """Unknown is not 0."""
        reply = ChatReply("Hola", FinishReason.STOP, "stop", None, "m")
        hosts, target = self.make(reply, reply)

        assert hosts.complete(target, CALL, soon()).usage is None
        assert {delta.usage for delta in hosts.stream(target, CALL, soon())} == {None}

    def test_a_reported_zero_stays_zero(self) -> None:
        """0 is a number."""
        nothing = ReportedUsage(0, 0)
        reply = ChatReply("Hola", FinishReason.STOP, "stop", nothing, "m")
        hosts, target = self.make(reply)

        assert hosts.complete(target, CALL, soon()).usage == nothing

    @pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.code)
    def test_a_refusal_by_status_is_raised_at_once_and_costs_nothing(
        self, fault: HostError
    ) -> None:
        """``stream`` raises it too, before anything is iterated."""
        hosts, target = self.make(fault, fault)

        for ask in (hosts.complete, hosts.stream):
            with pytest.raises(type(fault)) as caught:
                ask(target, CALL, soon())
            assert caught.value.host == target.row.id
            assert caught.value.work is HostWork.NONE
            assert caught.value.status == fault.status
            assert caught.value.retry_after == fault.retry_after

    def test_a_stream_that_breaks_off_gives_what_came_and_is_truncated(self) -> None:
        """And says how much came."""
        hosts, target = self.make(BreaksOff("Hoy abre"))
        seen: list[ChatDelta] = []

        with pytest.raises(Truncated) as caught:
            seen.extend(hosts.stream(target, CALL, soon()))

        assert "".join(delta.text for delta in seen) == "Hoy abre"
        assert caught.value.work is HostWork.PARTIAL
        assert caught.value.received_bytes == len("Hoy abre")
        assert caught.value.host == target.row.id

    def test_a_whole_answer_that_breaks_off_is_truncated(self) -> None:
        """Half an answer is none."""
        hosts, target = self.make(BreaksOff("Hoy abre"))

        with pytest.raises(Truncated) as caught:
            hosts.complete(target, CALL, soon())

        assert caught.value.work is HostWork.PARTIAL

    def test_nothing_is_called_after_the_deadline(self) -> None:
        """And the host has done no work."""
        hosts, target = self.make()
        over = Deadline(time.monotonic() - 1.0, time.monotonic)

        for ask in (
            lambda: hosts.complete(target, CALL, over),
            lambda: hosts.stream(target, CALL, over),
            lambda: hosts.models(target, over),
        ):
            with pytest.raises(DeadlineExceeded) as caught:
                ask()
            assert caught.value.work is HostWork.NONE

    def test_a_stream_may_be_closed_at_any_time_and_twice(self) -> None:
        """After that, nothing whole comes out of it."""
        hosts, target = self.make(REPLY)
        stream = hosts.stream(target, CALL, soon())

        stream.close()
        stream.close()

        with pytest.raises(Truncated):
            list(stream)

    def test_a_stream_that_is_left_early_ends(self) -> None:
        """The reader takes one delta and closes, from another thread."""
        hosts, target = self.make(REPLY)
        stream = hosts.stream(target, CALL, soon())
        deltas = iter(stream)
        next(deltas)

        closer = threading.Thread(target=stream.close)
        closer.start()
        closer.join(5.0)

        assert not closer.is_alive()
        with pytest.raises(Truncated):
            list(deltas)

    def test_the_models_are_listed(self) -> None:
        """In the host's order."""
        hosts, target = self.make(served=[ServedModel("a"), ServedModel("b")])

        assert [model.id for model in hosts.models(target, soon())] == ["a", "b"]

    def test_many_threads_may_ask_at_once(self) -> None:
        """Each gets one answer."""
        replies = [
            ChatReply(f"texto {n}", FinishReason.STOP, "stop", USAGE, "m") for n in range(16)
        ]
        hosts, target = self.make(*replies)

        with ThreadPoolExecutor(8) as pool:
            said = list(pool.map(lambda _: hosts.complete(target, CALL, soon()), replies))

        assert {reply.text for reply in said} == {reply.text for reply in replies}


def soon() -> Deadline:
    """A deadline that no working call meets."""
    return Deadline(time.monotonic() + 10.0, time.monotonic)
