"""What the calls of an operation took: tokens, cost, and what the figures rest on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from llama_marketing.domain.chat.models import ChatCall, ReportedUsage
from llama_marketing.domain.costing.cost import cost
from llama_marketing.domain.costing.estimate import estimated_tokens, image_tokens
from llama_marketing.domain.errors import DeadlineExceeded, HostError, HostWork, Refused
from llama_marketing.domain.generation.attempts import PlannedAttempt
from llama_marketing.domain.usage.amounts import Amount
from llama_marketing.domain.usage.entries import Attempt, Basis, Outcome

_WINDOWS: Final = 10
"""Of the model's own; more tokens in one call are no count."""


def answered(
    planned: PlannedAttempt,
    call: ChatCall,
    text: str,
    usage: ReportedUsage | None,
    latency_ms: int,
    outcome: Outcome = Outcome.OK,
    error_code: str = "",
) -> Attempt:
    """An attempt that brought text: by the host's own figures, else by an estimate."""
    basis = Basis.REPORTED
    if usage is None or not is_possible(planned, usage):
        usage = ReportedUsage(_input_estimate(call), min(estimated_tokens(text), call.max_tokens))
        basis = Basis.ESTIMATED
    return Attempt(
        host=planned.row.id,
        model=planned.model_id,
        outcome=outcome,
        error_code=error_code,
        tokens_input=usage.input_tokens,
        tokens_output=usage.output_tokens,
        basis=basis,
        cost_pico_usd=_cost_of(planned, usage, latency_ms),
        latency_ms=latency_ms,
    )


def is_possible(planned: PlannedAttempt, usage: ReportedUsage) -> bool:
    """Whether a host's figures can be true of a model with this window.

    With room for a server that was given a larger window than the catalog knows: what is cut off
    here is a figure that would eat a month's quota by mistake.
    """
    total = usage.input_tokens + usage.output_tokens
    return not planned.window or total <= _WINDOWS * planned.window


def _cost_of(planned: PlannedAttempt, usage: ReportedUsage, latency_ms: int) -> int | None:
    return cost(
        planned.price,
        usage.input_tokens,
        usage.output_tokens,
        usage.cached_tokens,
        latency_ms,
        usage.cache_write_tokens,
    )


def failed(planned: PlannedAttempt, call: ChatCall, error: HostError, latency_ms: int) -> Attempt:
    """An attempt that brought an error: what the host may bill, by how far it got."""
    outcome = Outcome.REFUSED if isinstance(error, Refused) else Outcome.FAILED
    tokens_in = tokens_out = 0
    basis = Basis.NONE
    if error.work is not HostWork.NONE:
        tokens_in = _input_estimate(call)
        tokens_out = min(-(-error.received_bytes // 3), call.max_tokens)
        basis = Basis.ESTIMATED
    pico = (
        0
        if basis is Basis.NONE
        else cost(planned.price, tokens_in, tokens_out, latency_ms=latency_ms)
    )
    return Attempt(
        host=planned.row.id,
        model=planned.model_id,
        outcome=outcome,
        error_code=error.code,
        tokens_input=tokens_in,
        tokens_output=tokens_out,
        basis=basis,
        cost_pico_usd=pico,
        latency_ms=latency_ms,
    )


def interrupted(planned: PlannedAttempt, call: ChatCall, latency_ms: int) -> Attempt:
    """An attempt that our own side broke off; the host may have read what was sent."""
    attempt = failed(planned, call, DeadlineExceeded(), latency_ms)
    return attempt.model_copy(update={"outcome": Outcome.ABORTED, "error_code": ""})


@attrs.frozen
class Totals:
    """The sums over an operation's calls. ``cost`` is in pico-USD, None when any is unknown."""

    tokens_input: int
    tokens_output: int
    cost: int | None
    basis: Basis

    @property
    def worked(self) -> bool:
        """Whether any host may have done something."""
        return self.basis is not Basis.NONE

    def amount(self) -> Amount:
        """What the operation takes from the quota; nothing when no host did anything."""
        return Amount(
            cost=self.cost or 0,
            tokens=self.tokens_input + self.tokens_output,
            generations=int(self.worked),
        )


def totals(attempts: Sequence[Attempt]) -> Totals:
    """Add up the calls of one operation."""
    costs = [attempt.cost_pico_usd for attempt in attempts]
    known = [value for value in costs if value is not None]
    return Totals(
        tokens_input=sum(attempt.tokens_input for attempt in attempts),
        tokens_output=sum(attempt.tokens_output for attempt in attempts),
        cost=sum(known) if len(known) == len(costs) else None,
        basis=_basis([attempt.basis for attempt in attempts]),
    )


def billable(attempts: Sequence[Attempt], timed_out: bool) -> bool:
    """Whether the client may be invoiced: not for a read timeout that brought nothing."""
    worked = [attempt for attempt in attempts if attempt.basis is not Basis.NONE]
    silent = [attempt for attempt in worked if attempt.tokens_output == 0]
    return not (timed_out and worked and len(silent) == len(worked))


def was_silent(error: BaseException | None) -> bool:
    """Whether the host may have worked for nothing: a timeout, or a line that died unanswered."""
    if not isinstance(error, HostError):
        return False
    return isinstance(error, DeadlineExceeded) or error.work is HostWork.UNKNOWN


def _basis(parts: Sequence[Basis]) -> Basis:
    for basis in (Basis.ESTIMATED, Basis.REPORTED):
        if basis in parts:
            return basis
    return Basis.NONE


def _input_estimate(call: ChatCall) -> int:
    return sum(
        estimated_tokens(message.content) + image_tokens(message) + 4 for message in call.messages
    )
