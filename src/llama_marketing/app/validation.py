"""Trying a host with a real call, and saying in one word what came of it."""

from __future__ import annotations

from enum import StrEnum

import attrs

from llama_marketing.app.host_access import HostAccess, HostSlot
from llama_marketing.domain.catalog.hosts import ServingStatus
from llama_marketing.domain.chat.models import ChatCall, HostTarget, Message, ReportedUsage, Role
from llama_marketing.domain.config.models import MetaAIConfig
from llama_marketing.domain.costing.cost import cost
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
)
from llama_marketing.domain.model import Model
from llama_marketing.domain.money import usd
from llama_marketing.domain.secret import Secret
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import Basis, Outcome, Purpose, UsageEntry, timestamp
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
        except (BadKey, SecretError):
            return _result(ValidationOutcome.BAD_KEY)
        seconds = config.deadline_seconds or self.deadline_seconds
        deadline = Deadline(self.clock.monotonic() + seconds, self.clock.monotonic)
        return self._try(tenant, config, target, deadline)

    def _try(
        self, tenant: TenantRef, config: MetaAIConfig, target: HostTarget, deadline: Deadline
    ) -> ValidationResult:
        started = self.clock.monotonic()
        usage, served, failure = None, "", None
        try:
            self.chat.models(target, deadline)
            started = self.clock.monotonic()
            reply = self.chat.complete(target, self._greeting(config, target), deadline)
            usage, served = reply.usage, reply.model
        except HostError as error:
            failure = error
        latency = max(1, round((self.clock.monotonic() - started) * 1000))
        if isinstance(failure, BlockedEndpoint):
            return _result(ValidationOutcome.BLOCKED_ENDPOINT)
        self._book(tenant, config, target, usage, failure, latency)
        return _result(_outcome(failure), latency, served)

    def _greeting(self, config: MetaAIConfig, target: HostTarget) -> ChatCall:
        offer = self.access.catalog.catalog().offer(target.row.id, config.selected_model_id)
        model = (offer.host_model_id if offer is not None else "") or config.selected_model_id
        if target.row.takes_any_model and config.advanced.fine_tune_id:
            model = config.advanced.fine_tune_id
        return ChatCall(
            model=model,
            messages=(Message(Role.USER, GREETING),),
            max_tokens=GREETING_TOKENS,
            temperature=0.0,
            top_p=1.0,
        )

    def _book(
        self,
        tenant: TenantRef,
        config: MetaAIConfig,
        target: HostTarget,
        usage: ReportedUsage | None,
        failure: HostError | None,
        latency_ms: int,
    ) -> None:
        moment = self.clock.now()
        zone = self.zone.zone(tenant.organization_id)
        catalog = self.access.catalog.catalog()
        price = catalog.price(target.row.id, config.selected_model_id, moment)
        used = usage or ReportedUsage(0, 0)
        pico = 0 if failure is not None else cost(
            price, used.input_tokens, used.output_tokens, used.cached_tokens, latency_ms
        )
        entry = UsageEntry(
            id=self.ids.new(moment),
            client_id=tenant.client_id,
            timestamp=timestamp(moment),
            use_case=None,
            purpose=Purpose.VALIDATION,
            model=config.selected_model_id,
            provider=target.row.id,
            tokens_input=used.input_tokens,
            tokens_output=used.output_tokens,
            cost_usd=None if pico is None else usd(pico),
            latency_ms=latency_ms,
            outcome=Outcome.OK if failure is None else Outcome.FAILED,
            basis=Basis.REPORTED if usage is not None else Basis.NONE,
            error_code="" if failure is None else failure.code,
            period=month_of(moment, zone),
            day=day_of(moment, zone),
        )
        self.books.record(tenant, entry)


def _outcome(failure: HostError | None) -> ValidationOutcome:
    if failure is None:
        return ValidationOutcome.OK
    for kind, outcome in _OUTCOMES:
        if isinstance(failure, kind):
            return outcome
    return ValidationOutcome.UNREACHABLE


def _result(
    outcome: ValidationOutcome, latency_ms: int = 0, model: str = ""
) -> ValidationResult:
    return ValidationResult(
        outcome=outcome, latency_ms=latency_ms, model=model, message=_MESSAGES[outcome]
    )
