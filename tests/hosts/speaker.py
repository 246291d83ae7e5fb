"""What a speaker is: one host's wire, from the host's side.

A speaker says a turn in its host's own body shapes and statuses, and reads a request back as
the host would. It shares no code with the dialects: what both say is proved by both.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

import attrs

from llama_marketing.domain.catalog.hosts import HostRow, JsonMode
from llama_marketing.domain.chat.models import FinishReason, HostTarget, ReportedUsage
from llama_marketing.domain.errors import (
    BadKey,
    BadPayload,
    HostError,
    HostRateLimited,
    HostUnreachable,
    ModelNotServed,
    NoCredit,
    Refused,
    Truncated,
)
from llama_marketing.domain.secret import Secret
from tests.fake_host import Answer, FakeHost, SeenRequest, Step, as_json, chunked, head, raw

TEXT = "¡Hoy abre el Café Azul! ☕\u2028Ven a la colonia Roma."
USAGE = ReportedUsage(20, 15)
SAMPLING = ("temperature", "top_p", "frequency_penalty", "presence_penalty", "seed")


@attrs.frozen
class Said:
    """A turn of the model: its text, why it stopped, and the tokens that the host counts."""

    text: str = TEXT
    usage: ReportedUsage | None = USAGE
    finish: FinishReason = FinishReason.STOP

    @property
    def pieces(self) -> list[str]:
        """The text as it is streamed."""
        return [self.text[start : start + 9] for start in range(0, len(self.text), 9)]


@attrs.frozen
class Failure:
    """An answer by which the host turns a call down, and what it means."""

    name: str
    answer: Answer
    error: type[HostError]
    retry_after: float | None = None
    too_long: bool = False
    """The person is told that the text does not fit the model."""


@attrs.frozen
class BrokenStream:
    """A stream that says ``"Ho"`` and then goes wrong."""

    name: str
    steps: Sequence[Step]
    error: type[HostError]


@attrs.frozen
class Heard:
    """A request as the host understands it."""

    model: str
    system: str
    user: str
    token_field: str
    max_tokens: int
    sampling: Mapping[str, Any]
    json_mode: JsonMode
    schema: Mapping[str, Any] | None
    images: Sequence[tuple[str, bytes]]
    stream: bool
    wants_stream_usage: bool
    unknown: frozenset[str]
    """Fields that the host does not know; Fireworks answers 400 to one."""


class Speaker(ABC):
    """One host, or one server that speaks for a row."""

    row_id: ClassVar[str]
    name: ClassVar[str]
    stream_type: ClassVar[str] = "text/event-stream"
    tells_cached: ClassVar[bool] = True
    echoes_model: ClassVar[bool] = True
    never_says: ClassVar[Mapping[str, str]] = {}
    """The kinds of failure that the host does not know, each with the reason."""

    @abstractmethod
    def reply_object(self, said: Said) -> dict[str, Any]:
        """A whole answer."""

    @abstractmethod
    def opening(self, text: str) -> bytes:
        """The events of a stream up to its first text."""

    @abstractmethod
    def piece(self, text: str) -> bytes:
        """The event that brings more text."""

    @abstractmethod
    def closings(self, said: Said) -> Mapping[str, bytes]:
        """The events after the text, by the place where the host tells the usage."""

    @abstractmethod
    def refusals(self) -> Sequence[tuple[dict[str, Any], bytes]]:
        """The ways to refuse: a whole answer, and the events of a stream."""

    @abstractmethod
    def stopped_by(self, word: str) -> tuple[dict[str, Any], bytes]:
        """``"Hola"`` that stopped for a reason of that word: whole, and the end of a stream."""

    @abstractmethod
    def counted(self, tokens_in: Any, tokens_out: Any) -> tuple[dict[str, Any], bytes]:
        """``"Hola"`` with these values in the place of the counts: whole, and a stream's end."""

    @abstractmethod
    def failures(self) -> Sequence[Failure]:
        """Every way in which the host turns a call down."""

    @abstractmethod
    def broken_streams(self) -> Sequence[BrokenStream]:
        """Every way in which the host's streams are known to break, after ``"Ho"``."""

    @abstractmethod
    def models_object(self, *ids: str) -> Any:
        """The list of models."""

    @abstractmethod
    def heard(self, request: SeenRequest) -> Heard:
        """Read a request, as the host would."""

    def chat_path(self, row: HostRow, model: str, stream: bool) -> str:
        """Where the host takes a call."""
        del model, stream
        return _base_path(row) + "/chat/completions"

    def models_path(self, row: HostRow) -> str:
        """Where the host lists its models."""
        return _base_path(row) + "/models"

    def whole(self, said: Said = Said()) -> Answer:
        """A whole answer on the wire."""
        return as_json(self.reply_object(said))

    def streams(self, said: Said = Said()) -> Mapping[str, Answer]:
        """A streamed answer on the wire, by the place of its usage."""
        return {
            place: self.stream_of(*self.text_events(said), closing)
            for place, closing in self.closings(said).items()
        }

    def text_events(self, said: Said) -> list[bytes]:
        """The events of a stream that bring the text."""
        first, *rest = said.pieces
        return [self.opening(first), *(self.piece(text) for text in rest)]

    def stream_head(self, *, is_chunked: bool = False) -> bytes:
        """The head of a stream, with no length."""
        headers = {"Content-Type": self.stream_type}
        if is_chunked:
            headers["Transfer-Encoding"] = "chunked"
        return head("200 OK", headers, keep_alive=is_chunked)

    def stream_of(self, *events: bytes) -> Answer:
        """Events that end well, chunked, so that the line can be used again."""
        parts = [chunked(part, end=False) for part in events if part]
        return raw(self.stream_head(is_chunked=True), *parts, chunked(), keep_alive=True)

    def opened_then(self, *steps: Step) -> Answer:
        """A stream that has said ``"Ho"``, and these steps; then the line closes."""
        return raw(self.stream_head(), self.opening("Ho"), *steps)

    def expected(self, usage: ReportedUsage | None) -> ReportedUsage | None:
        """The usage as far as the host tells it."""
        if usage is None or self.tells_cached:
            return usage
        return attrs.evolve(usage, cached_tokens=0)


def target_on(host: FakeHost, row: HostRow, key: str) -> HostTarget:
    """The row's target, moved to the fake host with its path."""
    base = f"http://127.0.0.1:{host.port}{_base_path(row)}"
    return HostTarget(row, base, Secret(key) if key else None)


def _base_path(row: HostRow) -> str:
    return urlsplit(row.base_url).path if row.base_url else "/v1"


def json_bytes(data: Any) -> bytes:
    """JSON with its accents and U+2028 as they are, as most hosts write it."""
    return json.dumps(data, ensure_ascii=False).encode()


# Shorthands for the tables of failures: what most hosts mean by a status.


def bad_key(answer: Answer, name: str = "bad key") -> Failure:
    """The key is unknown or may not do this."""
    return Failure(name, answer, BadKey)


def no_credit(answer: Answer, name: str = "no credit") -> Failure:
    """The key is fine, the account is empty."""
    return Failure(name, answer, NoCredit)


def no_model(answer: Answer, name: str = "unknown model") -> Failure:
    """The host does not serve the model."""
    return Failure(name, answer, ModelNotServed)


def limited(answer: Answer, retry_after: float | None, name: str = "rate limit") -> Failure:
    """Too many requests, with the seconds that the host asks to wait."""
    return Failure(name, answer, HostRateLimited, retry_after)


def busy(answer: Answer, name: str = "overload", retry_after: float | None = None) -> Failure:
    """The host cannot serve anybody now."""
    return Failure(name, answer, HostUnreachable, retry_after)


def too_long(answer: Answer, name: str = "context overflow") -> Failure:
    """The prompt does not fit the model."""
    return Failure(name, answer, BadPayload, too_long=True)


def not_accepted(answer: Answer, name: str) -> Failure:
    """The host did not like the request."""
    return Failure(name, answer, BadPayload)


def flagged(answer: Answer, name: str) -> Failure:
    """The host will not serve what was asked for."""
    return Failure(name, answer, Refused)


def cut(name: str, *steps: Step) -> BrokenStream:
    """A stream that ends before its finish."""
    return BrokenStream(name, steps, Truncated)
