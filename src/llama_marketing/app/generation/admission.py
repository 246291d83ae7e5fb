"""Admission: may this client have this generation, what would it be, and is there quota?"""

from __future__ import annotations

import hashlib
from datetime import timedelta

import attrs

from llama_marketing.app.generation.operation import Operation
from llama_marketing.app.sweeping import Sweeper
from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.costing.estimate import input_token_bound
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    Disabled,
    NotConfigured,
    QuotaExceeded,
    UseCaseDisabled,
)
from llama_marketing.domain.generation.drafts import LengthTarget
from llama_marketing.domain.generation.models import GenerationRequest
from llama_marketing.domain.generation.plan import Plan, make_plan
from llama_marketing.domain.generation.use_cases import shape_of
from llama_marketing.domain.money import usd
from llama_marketing.domain.tenant import TenantRef, check_owner
from llama_marketing.domain.usage.books import Hold
from llama_marketing.domain.usage.entries import Basis, Outcome, UsageEntry, timestamp
from llama_marketing.domain.usage.periods import day_of, month_of, seconds_to_month_end
from llama_marketing.domain.usage.quota import quota_terms
from llama_marketing.domain.vocabulary import Platform
from llama_marketing.ports.catalog import CatalogSource
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.configs import Configs
from llama_marketing.ports.ids import Ids
from llama_marketing.ports.platform_rules import PlatformRulesSource
from llama_marketing.ports.prompts import Prompts
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.ports.zone import BillingZone

DEFAULT_PLATFORM = Platform.FACEBOOK
"""The platform of a request that names none: the one with the most room."""


@attrs.frozen(kw_only=True)
class Admission:
    """Turns a request into an operation with an open hold, or refuses it."""

    configs: Configs
    catalog: CatalogSource
    rules: PlatformRulesSource
    prompts: Prompts
    books: UsageBooks
    sweeper: Sweeper
    clock: Clock
    ids: Ids
    zone: BillingZone
    hold_grace: float
    """Seconds after the deadline at which an open hold may be swept."""

    def admit(
        self, tenant: TenantRef, request: GenerationRequest, user_id: str, default_deadline: float
    ) -> Operation:
        """Decide, plan and reserve.

        Raises NotConfigured, Disabled, UseCaseDisabled, InvalidRequest, HostRetired or
        QuotaExceeded; then nothing was opened.
        """
        stored = self._usable_config(tenant, request)
        shape_of(request.use_case)
        platform = request.platform or DEFAULT_PLATFORM
        rules = self.rules.rules()
        surface = rules.surface_for(platform, request.use_case).id
        limit = rules.hard_limit(surface)
        assert limit.measure is not None, "a hard limit on length has a measure"
        moment = self.clock.now()
        template = self.prompts.template(request.use_case, platform)
        catalog = self.catalog.catalog()
        plan = make_plan(request, stored.config, catalog, template, limit.value, moment)
        seconds = stored.config.deadline_seconds or default_deadline
        started = self.clock.monotonic()
        hold = self._hold(tenant, request, user_id, plan, seconds)
        self._reserve(tenant, stored, hold)
        return Operation(
            tenant=tenant,
            user_id=user_id,
            request=request,
            plan=plan,
            stored=stored,
            hold=hold,
            surface=surface,
            length=LengthTarget(limit.value, limit.measure, request.max_length),
            deadline=Deadline(started + seconds, self.clock.monotonic),
            started=started,
        )

    def _usable_config(self, tenant: TenantRef, request: GenerationRequest) -> StoredConfig:
        check_owner(tenant, request.client_id)
        stored = self.configs.get(tenant)
        if stored is None:
            raise NotConfigured(f"{tenant} has no Meta AI configuration")
        if not stored.config.enabled:
            raise Disabled(f"Meta AI is disabled for {tenant}")
        if not stored.config.use_case(request.use_case).enabled:
            raise UseCaseDisabled(f"use case {request.use_case.value} is disabled for {tenant}")
        return stored

    def _hold(
        self,
        tenant: TenantRef,
        request: GenerationRequest,
        user_id: str,
        plan: Plan,
        seconds: float,
    ) -> Hold:
        """The hold at its upper bound, with the entry that a sweep would book."""
        moment = self.clock.now()
        zone = self.zone.zone(tenant.organization_id)
        messages = plan.call(plan.attempts[0]).messages
        bound = plan.bound(messages, plan.variations).model_copy(update={"generations": 1})
        tokens_input = input_token_bound(messages) * plan.variations
        first = plan.attempts[0]
        entry = UsageEntry(
            id=self.ids.new(moment),
            client_id=tenant.client_id,
            timestamp=timestamp(moment),
            use_case=request.use_case,
            model=first.model_id,
            provider=first.row.id,
            tokens_input=tokens_input,
            tokens_output=bound.tokens - tokens_input,
            cost_usd=None if first.price is None else usd(bound.cost),
            user_id=user_id,
            outcome=Outcome.ABORTED,
            basis=Basis.UPPER_BOUND,
            billable=False,
            period=month_of(moment, zone),
            day=day_of(moment, zone),
            prompt_version=plan.template.name,
            booked=bound,
        )
        return Hold(
            id=entry.id,
            amount=bound,
            entry=entry,
            expires_at=timestamp(moment + timedelta(seconds=seconds + self.hold_grace)),
            request_hash=_hash(request),
        )

    def _reserve(self, tenant: TenantRef, stored: StoredConfig, hold: Hold) -> None:
        """Open the hold, or raise QuotaExceeded; a refusal also books what dead processes left.

        That frees nothing for this operation, since it is booked at its upper bound.
        """
        terms = quota_terms(stored.config)
        self.sweeper.sweep_now_and_then(tenant)
        reservation = self.books.reserve(tenant, hold, terms)
        if not reservation.admitted:
            self.sweeper.sweep(tenant)
            counter = reservation.counter
            zone = self.zone.zone(tenant.organization_id)
            raise QuotaExceeded(
                f"{tenant} used up the quota of {hold.period}: available {counter.available} of "
                f"{counter.limit}, needed {hold.amount.in_unit(terms.unit)} ({terms.unit.value})",
                retry_after=seconds_to_month_end(self.clock.now(), zone),
            )


def _hash(request: GenerationRequest) -> str:
    return hashlib.sha256(request.model_dump_json().encode()).hexdigest()
