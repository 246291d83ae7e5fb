"""What may be told of an operation to whoever watches the service: facts, never content.

No fact holds a prompt, a reply, a key, a user's id or a host's own words: not even an error
comes whole, since its message may repeat them. So an exporter cannot leak what it never got.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Self

import attrs

from llama_marketing.domain.chat.models import ChatCall, FinishReason
from llama_marketing.domain.errors import (
    HostError,
    LlamaMarketingError,
    SecretError,
    SettingsError,
    StoreError,
)
from llama_marketing.domain.generation.attempts import PlannedAttempt
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import Attempt, Basis, Outcome, Purpose, UsageEntry
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform

_VERSION_OR_DATE = re.compile(r"(?:[-:@.]v?\d[\d.-]{0,15})?", re.ASCII)
_OURS = (StoreError, SecretError, SettingsError)


@attrs.frozen(kw_only=True)
class OperationFacts:
    """An operation that starts; ``operation_id`` is its id in the books and the history.

    ``caller_request_id`` is the id that the request came with (``X-Request-Id``), if it did.
    """

    operation_id: str
    tenant: TenantRef
    use_case: GenerationUseCase | None
    """None for a validation."""
    platform: Platform | None
    started_at: datetime
    caller_request_id: str = ""

    @property
    def kind(self) -> str:
        """The use case, or ``validation``: the word that the roll-ups group by."""
        return Purpose.VALIDATION.value if self.use_case is None else self.use_case.value

    @property
    def request_id(self) -> str:
        """The id that joins it with the caller's own records."""
        return self.caller_request_id or self.operation_id


@attrs.frozen(kw_only=True)
class CallFacts:
    """One finished call of a host, whatever came of it; ``number`` counts those of its variation.

    ``server_address`` and ``server_port`` are the host's, without any path; empty and None where
    they are not known. ``time_to_first_token_ms`` is None unless the answer was streamed and
    began. ``status`` is the HTTP status of a failure, None where none came.
    """

    attempt: Attempt
    host_model_id: str
    ended_at: datetime
    server_address: str = ""
    server_port: int | None = None
    streamed: bool = False
    variation: int = 0
    """From 0."""
    number: int = 1
    """From 1: the first question, then what was asked again or elsewhere."""
    max_tokens: int | None = None
    temperature: float | None = None
    time_to_first_token_ms: int | None = None
    response_model: str = ""
    finish_reason: FinishReason | None = None
    status: int | None = None

    @classmethod
    def of(
        cls,
        planned: PlannedAttempt,
        call: ChatCall,
        attempt: Attempt,
        *,
        origin: str,
        ended_at: datetime,
        reported_model: str = "",
        error: BaseException | None = None,
        **known: Any,
    ) -> Self:
        """The facts of a call; ``origin`` is the ``scheme://host:port`` of the host's identity.

        ``known`` are further fields. Of ``reported_model``, the host's words, only what is the
        id that was asked for is told, alone or with a version or date behind it.
        """
        address, port = _address(origin)
        sampled = planned.traits.accepts_sampling and "temperature" in planned.row.parameters
        fields: dict[str, Any] = {
            "attempt": attempt,
            "host_model_id": planned.host_model_id,
            "ended_at": ended_at,
            "server_address": address,
            "server_port": port,
            "max_tokens": call.max_tokens,
            "temperature": call.temperature if sampled else None,
            "response_model": known_model(planned.host_model_id, reported_model),
            "status": error.status if isinstance(error, HostError) else None,
        }
        return cls(**(fields | known))

    @property
    def started_at(self) -> datetime:
        """When the host was asked."""
        return self.ended_at - timedelta(milliseconds=self.attempt.latency_ms)


@attrs.frozen(kw_only=True)
class OperationEnd:
    """How an operation ended.

    ``cost_pico_usd`` None is unknown. ``our_fault`` says that the store, a sealed key, a setting
    or a defect is to blame, neither a host nor the request.
    """

    ended_at: datetime
    outcome: Outcome
    error_code: str = ""
    our_fault: bool = False
    host: str = ""
    model: str = ""
    basis: Basis = Basis.NONE
    tokens_input: int = 0
    tokens_output: int = 0
    cost_pico_usd: int | None = None
    latency_ms: int = 0

    @classmethod
    def of(
        cls, ended_at: datetime, entry: UsageEntry | None, error: BaseException | None = None
    ) -> Self:
        """The end as it was booked, or without an entry where it could not be booked."""
        code = getattr(error, "code", "") if isinstance(error, LlamaMarketingError) else ""
        if isinstance(error, Exception) and not code:
            code = LlamaMarketingError.code
        ours = isinstance(error, Exception) and (
            isinstance(error, _OURS) or not isinstance(error, LlamaMarketingError)
        )
        if entry is None:
            outcome = Outcome.FAILED if isinstance(error, Exception) else Outcome.ABORTED
            return cls(ended_at=ended_at, outcome=outcome, error_code=code, our_fault=ours)
        return cls(
            ended_at=ended_at,
            outcome=entry.outcome,
            error_code=entry.error_code or code,
            our_fault=ours,
            host=entry.provider,
            model=entry.model,
            basis=entry.basis,
            tokens_input=entry.tokens_input,
            tokens_output=entry.tokens_output,
            cost_pico_usd=entry.cost_pico_usd,
            latency_ms=entry.latency_ms,
        )


def known_model(asked: str, reported: str) -> str:
    """The model that a host says it served, where that is the one asked for; else empty.

    A host can put anything there, also the key it was sent.
    """
    known = reported[: len(asked)].casefold() == asked.casefold()
    return reported if known and _VERSION_OR_DATE.fullmatch(reported[len(asked) :]) else ""


def _address(origin: str) -> tuple[str, int | None]:
    host, _, port = origin.rpartition("://")[2].rpartition(":")
    return host.strip("[]"), int(port) if host and port.isdecimal() else None
