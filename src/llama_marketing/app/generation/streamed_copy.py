"""What has arrived of one streamed variation, and what it is worth so far."""

from __future__ import annotations

from typing import Self

import attrs

from llama_marketing.app.generation.operation import Operation
from llama_marketing.app.generation.walk import Taken
from llama_marketing.domain.chat.models import ChatDelta, FinishReason, ReportedUsage
from llama_marketing.domain.compliance.normalise import is_blank
from llama_marketing.domain.errors import HostError, Refused
from llama_marketing.domain.generation.accounting import answered, failed
from llama_marketing.domain.generation.attempts import PlannedAttempt
from llama_marketing.domain.generation.copy_reader import CopyReader
from llama_marketing.domain.generation.copy_text import CopyStream
from llama_marketing.domain.generation.drafts import Draft, take_reply
from llama_marketing.domain.generation.notices import note_warnings
from llama_marketing.domain.usage.entries import Attempt, Outcome
from llama_marketing.ports.chat import ChatStream


@attrs.define
class StreamedCopy:
    """What has arrived of one variation."""

    draft: Draft
    taken: Taken[ChatStream]
    reader: CopyReader
    copy: CopyStream = attrs.Factory(CopyStream)
    reply: list[str] = attrs.Factory(list)
    shown: list[str] = attrs.Factory(list)
    usage: ReportedUsage | None = None
    finish_reason: FinishReason | None = None
    noted: bool = False
    first_token_ms: int | None = None
    """Milliseconds from the call to its first text."""

    @classmethod
    def of(cls, operation: Operation, draft: Draft, taken: Taken[ChatStream]) -> Self:
        """A variation of which nothing has arrived yet; its host serves the draft from now on."""
        draft.served = taken.planned
        note_warnings(draft, taken.answer.warnings)
        reader = CopyReader(operation.plan.shape.copy_field)
        if not reader.field:
            reader.end()
        return cls(draft, taken, reader)

    @property
    def planned(self) -> PlannedAttempt:
        """The attempt that is served."""
        return self.taken.planned

    @property
    def line(self) -> ChatStream:
        """The open line to the host."""
        return self.taken.answer

    def take(self, delta: ChatDelta) -> str:
        """The copy that a delta brings; raises Refused when the model refuses."""
        if delta.usage is not None:
            self.usage = delta.usage
        if delta.model:
            self.draft.served_model = delta.model
        if delta.finish_reason is not None:
            self.finish_reason = delta.finish_reason
        if delta.refusal:
            raise Refused(f"{self.planned.host_model_id} refused", host=self.planned.row.id)
        if not delta.text:
            return ""
        self.reply.append(delta.text)
        text = self.copy.feed(self.reader.feed(delta.text))
        if self.reader.done:
            # Nothing of the copy will follow, so what was held back can be shown now.
            text += self.copy.end()
        if text:
            self.shown.append(text)
        return text

    def end(self) -> str:
        """The copy that was held back until the end."""
        text = self.copy.feed(self.reader.end()) + self.copy.end()
        if text:
            self.shown.append(text)
        return text

    def read(self, operation: Operation) -> str:
        """Read the whole reply; answers the copy where none of it was shown so far.

        A copy that was shown is the copy, whatever else is broken.
        """
        draft, shown = self.draft, "".join(self.shown)
        finish_reason = self.finish_reason or FinishReason.STOP
        take_reply(draft, operation.plan, "".join(self.reply), finish_reason)
        if is_blank(shown):
            return draft.content
        if draft.result is None:
            shape, brief = operation.plan.shape, operation.plan.brief
            found = {shape.copy_field: shown}
            draft.result, draft.cut = shape.result_of(found, brief, draft.variation), True
        elif draft.content != shown:
            draft.result = draft.result.with_text(shown)
        return ""

    def attempt(self, latency_ms: int, error: HostError | None) -> Attempt:
        """The call as it goes into the entry."""
        planned, call = self.planned, self.taken.call
        if error is not None and self.usage is None and not isinstance(error, Refused):
            if self.reply:
                error.received_bytes = len("".join(self.reply).encode("utf-8", "surrogatepass"))
            return failed(planned, call, error, latency_ms)
        outcome = Outcome.OK if error is None else Outcome.FAILED
        if isinstance(error, Refused):
            outcome = Outcome.REFUSED
        code = "" if error is None else error.code
        text = "".join(self.reply)
        return answered(planned, call, text, self.usage, latency_ms, outcome, code)
