"""An answer that arrives from a host in pieces."""

from __future__ import annotations

from collections.abc import Iterator

from llama_marketing.adapters.hosts.dialects.dialect import Dialect
from llama_marketing.adapters.hosts.dialects.json_body import has_too_many_values
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.adapters.wire.faults import as_failure
from llama_marketing.adapters.wire.transport import OpenAnswer
from llama_marketing.domain.chat.models import ChatDelta
from llama_marketing.domain.errors import BadPayload, HostError, HostWork, Refused, Truncated
from llama_marketing.ports.chat import ChatStream


class HttpChatStream(ChatStream):
    """Reads events off an open answer and gives out their deltas.

    After the finish reason only the usage and the host's word for the end are waited for; a
    line that dies there ends the stream, and the answer stays good.
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
            return []
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
            if self._dialect.ends(event):
                self._end(None)
                break
            if has_too_many_values(event.data):
                self._fail(BadPayload("an event of the stream has too many values"))
                break
            try:
                delta = self._dialect.delta(event)
            except Exception as error:  # noqa: BLE001 - its frames hold the host's words
                self._fail(as_failure(error))
                break
            if delta is not None:
                self._text_bytes += len(delta.text.encode("utf-8", "surrogatepass"))
                if delta.finish_reason is not None:
                    self._finished = True
                deltas.append(delta)
        return deltas

    def _rest(self) -> list[ChatDelta]:
        """Read what the end of the body cut off, and end."""
        event = self._decoder.end()
        self._judge_stray()
        delta = None if event is None or self._ended else self._cut_delta(event)
        self._end(None)
        return [] if delta is None else [delta]

    def _cut_delta(self, event: ServerSentEvent) -> ChatDelta | None:
        """By the rules a cut event is none: its text is dropped, its usage still counts."""
        if self._dialect.ends(event) or has_too_many_values(event.data):
            return None
        try:
            delta = self._dialect.delta(event)
        except BadPayload:
            return None
        except Exception as error:  # noqa: BLE001 - its frames hold the host's words
            self._fail(as_failure(error))
            return None
        if delta is None or delta.text:
            return None if delta is None else ChatDelta(usage=delta.usage)
        self._finished = self._finished or delta.finish_reason is not None
        return delta

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
