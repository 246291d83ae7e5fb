"""Trying a host with a real call, and saying in one word what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

import attrs

from llama_marketing.app.host_access import MAIN, HostAccess, HostSlot
from llama_marketing.app.telemetry import CALLER_REQUEST_ID, NO_TELEMETRY
from llama_marketing.domain.catalog.hosts import HostRow, ServingStatus
from llama_marketing.domain.chat.models import (
    ChatCall,
    ChatReply,
    HostTarget,
    Message,
    Role,
    ServedModel,
)
from llama_marketing.domain.config.models import MetaAIConfig
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    BadKey,
    BlockedEndpoint,
    HostError,
    HostRateLimited,
    HostRetired,
    ModelNotServed,
    NoCredit,
    SecretError,
    SettingsError,
)
from llama_marketing.domain.generation.accounting import answered, failed, totals
from llama_marketing.domain.generation.attempts import PlannedAttempt
from llama_marketing.domain.generation.client_hosts import ClientHost
from llama_marketing.domain.generation.comparator_attempt import comparator_attempt
from llama_marketing.domain.generation.plan import plan_attempt
from llama_marketing.domain.model import Model
from llama_marketing.domain.money import usd
from llama_marketing.domain.secret import Secret
from llama_marketing.domain.telemetry import CallFacts, OperationEnd, OperationFacts
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import Attempt, Outcome, Purpose, UsageEntry, timestamp
from llama_marketing.domain.usage.periods import day_of, month_of
from llama_marketing.ports.chat import ChatHosts
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.ids import Ids
from llama_marketing.ports.telemetry import Telemetry
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.ports.zone import BillingZone

GREETING = "Hello"


class ValidationOutcome(StrEnum):
    """What came of trying a host."""

    OK = "ok"
    BAD_KEY = "bad_key"
    NO_CREDIT = "no_credit"
    MODEL_NOT_SERVED = "model_not_served"
    HOST_RETIRED = "host_retired"
    RATE_LIMITED = "rate_limited"
    UNREACHABLE = "unreachable"
    BLOCKED_ENDPOINT = "blocked_endpoint"


_NO_LINE = "No fue posible comunicarse con el proveedor del modelo. Revisa el endpoint."
_MESSAGES = {
    ValidationOutcome.OK: "La conexión funciona: el modelo respondió.",
    ValidationOutcome.BAD_KEY: "El proveedor rechazó la API key.",
    ValidationOutcome.NO_CREDIT: "La API key es válida, pero la cuenta no tiene saldo.",
    ValidationOutcome.MODEL_NOT_SERVED: "El proveedor no ofrece el modelo seleccionado.",
    ValidationOutcome.HOST_RETIRED: "Ese proveedor ya no está disponible. Elige otro.",
    ValidationOutcome.RATE_LIMITED: "El proveedor recibió demasiadas solicitudes. Espera un poco.",
    # One sentence for blocked, refused and unknown: validation must not be a port scanner.
    ValidationOutcome.UNREACHABLE: _NO_LINE,
    ValidationOutcome.BLOCKED_ENDPOINT: _NO_LINE,
}
_OUTCOMES: tuple[tuple[type[HostError], ValidationOutcome], ...] = (
    (BadKey, ValidationOutcome.BAD_KEY),
    (NoCredit, ValidationOutcome.NO_CREDIT),
    (ModelNotServed, ValidationOutcome.MODEL_NOT_SERVED),
    (HostRetired, ValidationOutcome.HOST_RETIRED),
    (HostRateLimited, ValidationOutcome.RATE_LIMITED),
    (BlockedEndpoint, ValidationOutcome.BLOCKED_ENDPOINT),
)


class ValidationResult(Model):
    """What came of trying a host.

    ``latency_ms`` is of the completion, 0 where nothing was called; ``model`` is the id the
    host answered with, empty where none did; ``message`` a Spanish sentence.
    """

    outcome: ValidationOutcome
    latency_ms: int = 0
    model: str = ""
    message: str


@attrs.frozen
class _Trial:
    """What was tried and what came of it; ``latency_ms`` is of the last call."""

    planned: PlannedAttempt
    latency_ms: int
    served: str = ""
    attempts: tuple[Attempt, ...] = ()
    failure: HostError | None = None
    listed: bool = False
    """Whether the host gave its list to this key before it failed."""


@attrs.frozen(kw_only=True)
class HostValidation:
    """Lists a host's models, then asks for a few tokens; books what it did outside the quota."""

    access: HostAccess
    chat: ChatHosts
    books: UsageBooks
    clock: Clock
    ids: Ids
    zone: BillingZone
    deadline_seconds: float
    telemetry: Telemetry = NO_TELEMETRY

    def validate(
        self, tenant: TenantRef, config: MetaAIConfig, slot: HostSlot, typed_key: Secret | None
    ) -> ValidationResult:
        """Try the slot with the config's main model; raises InvalidRequest for an unknown one."""
        row, model = self.access.row(slot.provider), config.selected_model_id
        if not slot.endpoint and self._is_retired(row):
            return _result(ValidationOutcome.HOST_RETIRED)
        try:
            target = self.access.unsaved_target(tenant, slot, typed_key)
        except SecretError as error:
            return unreadable_key(error)
        catalog, moment = self.access.catalog.catalog(), self.clock.now()
        host = ClientHost(MAIN, row, slot.endpoint, model)
        planned = plan_attempt(catalog, config, host, moment)
        return self._validate(tenant, planned, target, config.deadline_seconds)

    def validate_provider(
        self, tenant: TenantRef, row: HostRow, model: str, key: Secret
    ) -> ValidationResult:
        """Try another provider's key with one of its models."""
        if self._is_retired(row):
            return _result(ValidationOutcome.HOST_RETIRED)
        catalog, moment = self.access.catalog.catalog(), self.clock.now()
        planned = comparator_attempt(catalog, row, model, moment, row.greeting_tokens)
        return self._validate(tenant, planned, HostTarget(row, row.base_url, key))

    def _is_retired(self, row: HostRow) -> bool:
        return row.status_on(self.clock.now().date()) is ServingStatus.RETIRED

    def _validate(
        self,
        tenant: TenantRef,
        planned: PlannedAttempt,
        target: HostTarget,
        seconds: float | None = None,
    ) -> ValidationResult:
        planned = attrs.evolve(planned, max_tokens=target.row.greeting_tokens)
        limit = self.clock.monotonic() + (seconds or self.deadline_seconds)
        try:
            trial = self._try(planned, target, Deadline(limit, self.clock.monotonic))
        except SettingsError:
            # This version does not speak the host's protocol; nothing was sent.
            return _result(ValidationOutcome.UNREACHABLE)
        if isinstance(trial.failure, BlockedEndpoint):
            return _result(ValidationOutcome.BLOCKED_ENDPOINT)
        entry = self._entry(tenant, trial)
        self.books.record(tenant, entry)
        self._tell(tenant, trial, entry, target)
        return _result(_outcome(trial.failure, trial.listed), trial.latency_ms, trial.served)

    def _try(self, planned: PlannedAttempt, target: HostTarget, deadline: Deadline) -> _Trial:
        """The list, where the host has one, then exactly one completion."""
        started = self.clock.monotonic()
        served: tuple[ServedModel, ...] = ()
        listed = target.row.models_path != ""
        if listed:
            try:
                served = tuple(self.chat.models(target, deadline))
            except HostError as error:
                return _Trial(planned, self._since(started), failure=error)
        call, started = _greeting(planned), self.clock.monotonic()
        try:
            reply = self.chat.complete(target, call, deadline)
        except HostError as error:
            took = self._since(started)
            attempts = (failed(planned, call, error, took),)
            return _Trial(planned, took, attempts=attempts, failure=error, listed=listed)
        took = self._since(started)
        attempts = (answered(planned, call, reply.text, reply.usage, took),)
        return _Trial(planned, took, _served_model(reply, served), attempts, listed=listed)

    def _tell(
        self, tenant: TenantRef, trial: _Trial, entry: UsageEntry, target: HostTarget
    ) -> None:
        """Tell who watches; like every operation, but all of it at its end."""
        now, failure = self.clock.now(), trial.failure
        facts = OperationFacts(
            operation_id=entry.id,
            caller_request_id=CALLER_REQUEST_ID.get(),
            tenant=tenant,
            use_case=None,
            platform=None,
            started_at=now - timedelta(milliseconds=trial.latency_ms),
        )
        followed, call = self.telemetry.started(facts), _greeting(trial.planned)
        for attempt in trial.attempts:
            followed.call_ended(
                CallFacts.of(
                    trial.planned,
                    call,
                    attempt,
                    origin=target.identity.origin,
                    ended_at=now,
                    reported_model=trial.served,
                    error=failure,
                )
            )
        followed.ended(OperationEnd.of(now, entry, failure))

    def _since(self, started: float) -> int:
        return max(1, round((self.clock.monotonic() - started) * 1000))

    def _entry(self, tenant: TenantRef, trial: _Trial) -> UsageEntry:
        moment, sums, failure = self.clock.now(), totals(trial.attempts), trial.failure
        zone = self.zone.zone(tenant.organization_id)
        return UsageEntry(
            id=self.ids.new(moment),
            client_id=tenant.client_id,
            timestamp=timestamp(moment),
            use_case=None,
            purpose=Purpose.VALIDATION,
            model=trial.planned.model_id,
            provider=trial.planned.row.id,
            tokens_input=sums.tokens_input,
            tokens_output=sums.tokens_output,
            cost_usd=None if sums.cost is None else usd(sums.cost),
            latency_ms=trial.latency_ms,
            outcome=Outcome.OK if failure is None else Outcome.FAILED,
            basis=sums.basis,
            billable=sums.worked and failure is None,
            error_code="" if failure is None else failure.code,
            attempts=trial.attempts,
            period=month_of(moment, zone),
            day=day_of(moment, zone),
        )


def unreadable_key(error: SecretError) -> ValidationResult:
    """What is said of a stored key that cannot be opened; it is never sent."""
    return ValidationResult(outcome=ValidationOutcome.BAD_KEY, message=error.user_message)


def _greeting(planned: PlannedAttempt) -> ChatCall:
    return ChatCall(
        model=planned.host_model_id,
        messages=(Message(Role.USER, GREETING),),
        max_tokens=planned.max_tokens,
        temperature=0.0,
        top_p=1.0,
        traits=planned.traits,
    )


def _served_model(reply: ChatReply, served: Sequence[ServedModel]) -> str:
    """The id the host answered with; of a server of one model, which may say none, that one's."""
    if not reply.model and len(served) == 1:
        return served[0].id
    return reply.model


def _outcome(failure: HostError | None, listed: bool) -> ValidationOutcome:
    """The word for a failure; ``listed`` says that the key was good for the host's list."""
    if failure is None:
        return ValidationOutcome.OK
    if failure.status == 403 and isinstance(failure, BadKey) and listed:
        # This is a gate or a region, not the key.
        return ValidationOutcome.UNREACHABLE
    for kind, outcome in _OUTCOMES:
        if isinstance(failure, kind):
            return outcome
    return ValidationOutcome.UNREACHABLE


def _result(outcome: ValidationOutcome, latency_ms: int = 0, model: str = "") -> ValidationResult:
    return ValidationResult(
        outcome=outcome, latency_ms=latency_ms, model=model, message=_MESSAGES[outcome]
    )
