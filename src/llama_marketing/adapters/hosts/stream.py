"""An answer that arrives from a host in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from llama_marketing.adapters.hosts.dialects.answers import UNKNOWN_FINISH, finish_with
from llama_marketing.adapters.hosts.dialects.dialect import Dialect
from llama_marketing.adapters.hosts.dialects.json_body import has_too_many_values
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.adapters.wire.faults import as_failure
from llama_marketing.adapters.wire.transport import OpenAnswer
from llama_marketing.domain.chat.models import ChatDelta, FinishReason
from llama_marketing.domain.errors import BadPayload, HostError, HostWork, Refused, Truncated
from llama_marketing.ports.chat import ChatStream

USAGE_SECONDS: Final = 2.0
"""How long a host may take for the usage after it has said why the model stopped."""
END_SECONDS: Final = 0.05
"""How long it may take for its last word when nothing else is missing."""


class HttpChatStream(ChatStream):
    """Reads events off an open answer and gives out their deltas.

    After the finish reason only the usage and the host's word for the end are waited for, and
    not for long; a line that dies there ends the stream, and the answer stays good.
    ``warnings`` grows by a word for the finish that nobody knows, before that delta is given
    out. A refusal is given out together with the usage, which is billed: whoever reads it
    leaves.
    """

    def __init__(
        self, answer: OpenAnswer, dialect: Dialect, host: str, warnings: tuple[str, ...] = ()
    ) -> None:
        self._answer = answer
        self.warnings = warnings
        self._dialect = dialect
        self._host = host
        self._decoder = dialect.decoder()
        self._failure: HostError | None = None
        self._finished = False
        self._ended = False
        self._text_bytes = 0
        self._refusal: ChatDelta | None = None

    def __iter__(self) -> Iterator[ChatDelta]:
        """Give every delta once; raises a HostError where the answer breaks off."""
        try:
            while not self._ended:
                yield from self._next_deltas()
            if self._failure is not None:
                raise self._failure
            self._answer.finish()
        finally:
            self.close()

    def close(self) -> None:
        """Drop the line; any thread, any number of times."""
        self._answer.close()

    def _next_deltas(self) -> list[ChatDelta]:
        """Wait for the next bytes and read them; sets ``_ended``, and ``_failure`` if any."""
        chunk = self._answer.next_chunk()
        if isinstance(chunk, HostError):
            self._end(chunk)
            return self._held_back()
        if chunk is None:
            return self._rest()
        deltas = self._read(self._decoder.feed(chunk))
        if not self._ended:
            if self._decoder.problem is not None:
                self._fail(BadPayload(f"the stream has {self._decoder.problem}"))
            elif self._decoder.stray:
                self._judge_stray()
        return deltas

    def _read(self, events: list[ServerSentEvent]) -> list[ChatDelta]:
        deltas: list[ChatDelta] = []
        for event in events:
            if has_too_many_values(event.data):
                self._fail(BadPayload("an event of the stream has too many values"))
            elif self._dialect.ends(event):
                self._end(None)
            if self._ended:
                break
            try:
                delta = self._dialect.delta(event)
            except Exception as error:  # noqa: BLE001 - its frames hold the host's words
                self._fail(as_failure(error))
                break
            if delta is not None:
                deltas += self._counted(delta)
        return deltas + self._held_back()

    def _counted(self, delta: ChatDelta) -> list[ChatDelta]:
        """The delta as it is given out, its text and its finish noted."""
        self._text_bytes += len(delta.text.encode("utf-8", "surrogatepass"))
        if delta.finish_reason is not None:
            delta = self._finish(delta, delta.finish_reason)
        if self._finished:
            told = delta.usage is not None
            self._answer.end_within(END_SECONDS if told else USAGE_SECONDS)
        if self._refusal is not None and delta.usage is not None:
            delta, self._refusal = attrs.evolve(self._refusal, usage=delta.usage), None
        elif delta.refusal and delta.finish_reason is not None and delta.usage is None:
            self._refusal = delta
            return []
        return [delta]

    def _finish(self, delta: ChatDelta, finish: FinishReason) -> ChatDelta:
        """Note why the model stopped."""
        self._finished = True
        word = delta.host_finish
        unknown = word and not delta.refusal and not self._dialect.knows_finish(word)
        if unknown and UNKNOWN_FINISH not in self.warnings:
            self.warnings = (*self.warnings, UNKNOWN_FINISH)
        has_text = self._text_bytes > 0
        return attrs.evolve(delta, finish_reason=finish_with(finish, word, has_text))

    def _held_back(self) -> list[ChatDelta]:
        """The refusal for which no usage came, once nothing more can come."""
        if not self._ended or self._refusal is None:
            return []
        held, self._refusal = self._refusal, None
        return [held]

    def _rest(self) -> list[ChatDelta]:
        """Read what the end of the body cut off, and end."""
        event = self._decoder.end()
        self._judge_stray()
        delta = None if event is None or self._ended else self._cut_delta(event)
        deltas = [] if delta is None else self._counted(delta)
        self._end(None)
        return deltas + self._held_back()

    def _cut_delta(self, event: ServerSentEvent) -> ChatDelta | None:
        """By the rules a cut event is none: its text is dropped, its usage still counts."""
        if has_too_many_values(event.data) or self._dialect.ends(event):
            return None
        try:
            delta = self._dialect.delta(event)
        except BadPayload:
            return None
        except Exception as error:  # noqa: BLE001 - its frames hold the host's words
            self._fail(as_failure(error))
            return None
        return delta if delta is None or not delta.text else ChatDelta(usage=delta.usage)

    def _judge_stray(self) -> None:
        line, self._decoder.stray = self._decoder.stray, b""
        failure = None if has_too_many_values(line) else self._dialect.stray(line)
        if failure is not None and not self._ended:
            self._fail(failure)

    def _fail(self, failure: HostError) -> None:
        """The host broke its own answer."""
        if not isinstance(failure, Refused):
            failure.work = HostWork.PARTIAL
        self._finished = False
        self._end(failure)

    def _end(self, failure: HostError | None) -> None:
        if self._ended:
            return
        self._ended = True
        if self._finished:
            return
        failure = failure or Truncated("the stream ended without a finish reason")
        failure.host = self._host
        failure.status = failure.status or 200
        failure.received_bytes = self._text_bytes
        self._failure = failure
