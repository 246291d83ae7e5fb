"""The port for hosts, over HTTP: one transport, and a dialect by the host's row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Self, TypeVar

import attrs

from llama_marketing.adapters.hosts.aws_signing import NOT_PERMITTED, AwsSigner
from llama_marketing.adapters.hosts.dialects.anthropic import AnthropicDialect
from llama_marketing.adapters.hosts.dialects.bedrock import BedrockDialect
from llama_marketing.adapters.hosts.dialects.dialect import Dialect
from llama_marketing.adapters.hosts.dialects.gemini import GeminiDialect
from llama_marketing.adapters.hosts.dialects.meta_native import MetaNativeDialect
from llama_marketing.adapters.hosts.dialects.openai import OpenAiDialect
from llama_marketing.adapters.hosts.dialects.request_body import dropped_parameters
from llama_marketing.adapters.hosts.stream import HttpChatStream
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.adapters.wire.faults import as_failure
from llama_marketing.adapters.wire.request import HttpRequest, RequestSigner
from llama_marketing.adapters.wire.transport import HostTransport, OpenAnswer
from llama_marketing.domain.chat.models import ChatCall, ChatReply, HostTarget, ServedModel
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    BadKey,
    BadPayload,
    HostError,
    HostUnreachable,
    HostWork,
    SettingsError,
    Truncated,
)
from llama_marketing.ports.chat import ChatHosts

MAX_ERROR_BYTES: Final = 65_536
"""How much of an error's body is read to name the fault."""
ERROR_SECONDS: Final = 1.0
"""How long such a body is waited for: its status has told the fault already."""
MAX_WHOLE_BYTES: Final = 2 * 1_048_576
"""How much of a whole answer is read. As text one emoji makes it four times as big, and its JSON
holds that text again: more would break the promise of 32 MB at the most."""

Read = TypeVar("Read")
Reader = Callable[[int, Mapping[str, str], bytes], Read]


@attrs.frozen
class HttpChatHosts(ChatHosts):
    """Talks to hosts over HTTP. Safe between threads; make it after a fork, and close it.

    A fault is built where it is found and raised only in the public method, so that no frame
    of its traceback holds the host's words, the request or the key.
    """

    transport: HostTransport = attrs.field(repr=False)
    dialects: Mapping[str, Dialect] = attrs.field(repr=False)
    signers: Mapping[str, RequestSigner] = attrs.field(factory=dict, repr=False)
    """By the row's ``signing``."""

    @classmethod
    def over(cls, guard: EndpointGuard, session: Any = None) -> Self:
        """The usual make: the pooled transport behind ``guard``, and every dialect.

        ``session`` is a session of boto3 or botocore to sign with; None is the machine's own.
        """
        dialects: dict[str, Dialect] = {
            "openai": OpenAiDialect(),
            "anthropic": AnthropicDialect(),
            "gemini": GeminiDialect(),
            "meta_native": MetaNativeDialect(),
            "bedrock": BedrockDialect(),
        }
        return cls(HostTransport(guard), dialects, {"aws": AwsSigner(guard, session)})

    def complete(self, target: HostTarget, call: ChatCall, deadline: Deadline) -> ChatReply:
        """One whole answer."""
        dialect = self._dialect(target)
        request = self._signed(target, dialect.request(target, call, stream=False))
        reply = self._exchange(target, request, deadline, dialect.reply)
        if isinstance(reply, HostError):
            raise reply
        dropped = _dropped(target, call)
        return attrs.evolve(reply, warnings=(*reply.warnings, *dropped)) if dropped else reply

    def stream(self, target: HostTarget, call: ChatCall, deadline: Deadline) -> HttpChatStream:
        """An answer in pieces; returns once the host has answered 200."""
        dialect = self._dialect(target)
        request = self._signed(target, dialect.request(target, call, stream=True))
        answer = self._open(target, request, deadline)
        if isinstance(answer, HostError):
            raise answer
        return HttpChatStream(answer, dialect, target.row.id, _dropped(target, call))

    def models(self, target: HostTarget, deadline: Deadline) -> Sequence[ServedModel]:
        """The models that the host lists; none, and no call, where it has no list."""
        if not target.row.models_path:
            return ()
        dialect = self._dialect(target)
        request = self._signed(target, dialect.models_request(target))
        models = self._exchange(target, request, deadline, dialect.models)
        if isinstance(models, HostError):
            raise models
        return models

    def close(self) -> None:
        """Drop all connections."""
        self.transport.close()

    def _dialect(self, target: HostTarget) -> Dialect:
        name = target.row.dialect
        if name not in self.dialects:
            raise SettingsError(f"host {target.row.id}: there is no dialect {name!r}")
        return self.dialects[name]

    def _signed(self, target: HostTarget, request: HttpRequest) -> HttpRequest:
        """The request with what signs it, where the host wants that and there is no key."""
        if target.key is not None or not target.row.signing:
            return request
        return attrs.evolve(request, signer=self.signers[target.row.signing])

    def _exchange(
        self,
        target: HostTarget,
        request: HttpRequest,
        deadline: Deadline,
        read: Reader[Read],
    ) -> Read | HostError:
        answer = self.transport.open(request, deadline)
        if isinstance(answer, HostError):
            return _stamped(answer, target)
        failure = self._refused(target, request, answer)
        if failure is not None:
            return failure
        body = answer.read(MAX_WHOLE_BYTES)
        if isinstance(body, HostError):
            return _stamped(body, target, answer)
        try:
            return read(answer.status, answer.headers, body)
        except Exception as error:  # noqa: BLE001 - its frames hold the host's words
            failure = as_failure(error)
        return _stamped(failure, target, answer)

    def _open(
        self, target: HostTarget, request: HttpRequest, deadline: Deadline
    ) -> OpenAnswer | HostError:
        answer = self.transport.open(request, deadline)
        if isinstance(answer, HostError):
            return _stamped(answer, target)
        failure = self._refused(target, request, answer)
        if failure is not None:
            return failure
        dialect = self._dialect(target)
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == dialect.stream_type:
            answer.begin_stream()
            return answer
        told = _told_whole(dialect, answer) if kind == "application/json" else None
        answer.close()
        return _stamped(told or BadPayload("the answer is no event stream"), target, answer)

    def _refused(
        self, target: HostTarget, request: HttpRequest, answer: OpenAnswer
    ) -> HostError | None:
        """The fault of an answer other than a plain 200, closed; None for that."""
        if answer.status == 200 and not answer.encoded:
            return None
        failure: HostError
        try:
            if answer.status == 200:
                failure = BadPayload("the host encoded what was asked for plain")
            else:
                failure = self._named(target, answer)
        finally:
            answer.close()
        if answer.status == 403 and isinstance(failure, BadKey) and request.signer is not None:
            failure.user_message = NOT_PERMITTED
        return _stamped(failure, target, answer)

    def _named(self, target: HostTarget, answer: OpenAnswer) -> HostError:
        """The fault behind a status, by the words that come in time."""
        words = b"" if answer.encoded else answer.read_begun(MAX_ERROR_BYTES, ERROR_SECONDS)
        try:
            return self._dialect(target).failure(answer.status, answer.headers, words)
        except Exception as error:  # noqa: BLE001 - its frames hold the host's words
            unread = as_failure(error)
        # By the status alone, which decides whether another host is asked.
        return HostUnreachable(str(unread)) if answer.status >= 500 else unread


def _told_whole(dialect: Dialect, answer: OpenAnswer) -> HostError | None:
    """The fault that a whole JSON answer tells where a stream was asked for, None for none."""
    body = answer.read_begun(MAX_ERROR_BYTES, ERROR_SECONDS)
    try:
        dialect.reply(answer.status, answer.headers, body)
    except Truncated:
        return None
    except Exception as error:  # noqa: BLE001 - its frames hold the host's words
        return as_failure(error)
    return None


def _dropped(target: HostTarget, call: ChatCall) -> tuple[str, ...]:
    """A warning for each parameter that the request leaves out."""
    return tuple(f"dropped_parameter:{name}" for name in dropped_parameters(target.row, call))


def _stamped(failure: HostError, target: HostTarget, answer: OpenAnswer | None = None) -> HostError:
    """Put on a fault what only the caller knows."""
    failure.host = target.row.id
    if answer is not None:
        failure.status = answer.status if failure.status is None else failure.status
        if answer.status != 200:
            failure.work = HostWork.NONE
        elif failure.work is HostWork.PARTIAL:
            failure.received_bytes = answer.received_bytes
    return failure
