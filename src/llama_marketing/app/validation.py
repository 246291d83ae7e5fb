"""Trying a host with a real call, and saying in one word what came of it."""

from __future__ import annotations

from enum import StrEnum

import attrs

from llama_marketing.app.host_access import MAIN, HostAccess, HostSlot
from llama_marketing.domain.catalog.hosts import ServingStatus
from llama_marketing.domain.chat.models import ChatCall, HostTarget, Message, Role
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
from llama_marketing.domain.generation.plan import PlannedAttempt
from llama_marketing.domain.model import Model
from llama_marketing.domain.money import usd
from llama_marketing.domain.secret import Secret
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import Attempt, Outcome, Purpose, UsageEntry, timestamp
from llama_marketing.domain.usage.periods import day_of, month_of
from llama_marketing.ports.chat import ChatHosts
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.ids import Ids
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.ports.zone import BillingZone

GREETING = "Hello"
GREETING_TOKENS = 5


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

    def validate(
        self, tenant: TenantRef, config: MetaAIConfig, slot: HostSlot, typed_key: Secret | None
    ) -> ValidationResult:
        """Try the slot with the config's main model."""
        row = self.access.row(slot.provider)
        today = self.clock.now().date()
        if not slot.endpoint and row.status_on(today) is ServingStatus.RETIRED:
            return _result(ValidationOutcome.HOST_RETIRED)
        try:
            target = self.access.unsaved_target(tenant, slot, typed_key)
        except SecretError as error:
            return ValidationResult(outcome=ValidationOutcome.BAD_KEY, message=error.user_message)
        seconds = config.deadline_seconds or self.deadline_seconds
        deadline = Deadline(self.clock.monotonic() + seconds, self.clock.monotonic)
        return self._try(tenant, config, target, deadline)

    def _try(
        self, tenant: TenantRef, config: MetaAIConfig, target: HostTarget, deadline: Deadline
    ) -> ValidationResult:
        planned = self._planned(config, target)
        attempts: tuple[Attempt, ...] = ()
        served, listing, failure = "", True, None
        started = self.clock.monotonic()
        try:
            self.chat.models(target, deadline)
            listing, started = False, self.clock.monotonic()
            call = _greeting(planned)
            reply = self.chat.complete(target, call, deadline)
            served = reply.model
            attempts = (answered(planned, call, reply.text, reply.usage, self._since(started)),)
        except HostError as error:
            failure = error
            if not listing:
                attempts = (failed(planned, call, error, self._since(started)),)
        except SettingsError:
            # This version does not speak the host's protocol; nothing was sent.
            return _result(ValidationOutcome.UNREACHABLE)
        if isinstance(failure, BlockedEndpoint):
            return _result(ValidationOutcome.BLOCKED_ENDPOINT)
        latency = self._since(started)
        self._book(tenant, planned, attempts, failure, latency)
        return _result(_outcome(failure, listing), latency, served)

    def _planned(self, config: MetaAIConfig, target: HostTarget) -> PlannedAttempt:
        catalog, model = self.access.catalog.catalog(), config.selected_model_id
        offer = catalog.offer(target.row.id, model)
        host_model_id = (offer.host_model_id if offer is not None else "") or model
        if target.row.takes_any_model and config.advanced.fine_tune_id:
            host_model_id = config.advanced.fine_tune_id
        return PlannedAttempt(
            row=target.row,
            base_url=target.base_url,
            slot=MAIN,
            model_id=model,
            host_model_id=host_model_id,
            price=catalog.price(target.row.id, model, self.clock.now()),
            max_tokens=GREETING_TOKENS,
        )

    def _since(self, started: float) -> int:
        return max(1, round((self.clock.monotonic() - started) * 1000))

    def _book(
        self,
        tenant: TenantRef,
        planned: PlannedAttempt,
        attempts: tuple[Attempt, ...],
        failure: HostError | None,
        latency_ms: int,
    ) -> None:
        moment = self.clock.now()
        zone = self.zone.zone(tenant.organization_id)
        sums = totals(attempts)
        entry = UsageEntry(
            id=self.ids.new(moment),
            client_id=tenant.client_id,
            timestamp=timestamp(moment),
            use_case=None,
            purpose=Purpose.VALIDATION,
            model=planned.model_id,
            provider=planned.row.id,
            tokens_input=sums.tokens_input,
            tokens_output=sums.tokens_output,
            cost_usd=None if sums.cost is None else usd(sums.cost),
            latency_ms=latency_ms,
            outcome=Outcome.OK if failure is None else Outcome.FAILED,
            basis=sums.basis,
            billable=sums.worked and failure is None,
            error_code="" if failure is None else failure.code,
            attempts=attempts,
            period=month_of(moment, zone),
            day=day_of(moment, zone),
        )
        self.books.record(tenant, entry)


def _greeting(planned: PlannedAttempt) -> ChatCall:
    return ChatCall(
        model=planned.host_model_id,
        messages=(Message(Role.USER, GREETING),),
        max_tokens=planned.max_tokens,
        temperature=0.0,
        top_p=1.0,
    )


def _outcome(failure: HostError | None, listing: bool) -> ValidationOutcome:
    """The word for a failure; ``listing`` says that it came before the completion."""
    if failure is None:
        return ValidationOutcome.OK
    if failure.status == 403 and isinstance(failure, BadKey) and not listing:
        # The key was good enough for the list: this is a gate or a region, not the key.
        return ValidationOutcome.UNREACHABLE
    for kind, outcome in _OUTCOMES:
        if isinstance(failure, kind):
            return outcome
    return ValidationOutcome.UNREACHABLE


def _result(outcome: ValidationOutcome, latency_ms: int = 0, model: str = "") -> ValidationResult:
    return ValidationResult(
        outcome=outcome, latency_ms=latency_ms, model=model, message=_MESSAGES[outcome]
    )
