"""Admission: may this client have this generation, what would it be, and is there quota?"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import attrs

from llama_marketing.app.alerts import QuotaWatch
from llama_marketing.app.generation.operation import Operation
from llama_marketing.app.generation.prepared import KnownOperation, Prepared
from llama_marketing.app.sweeping import Sweeper
from llama_marketing.app.telemetry import NO_TELEMETRY
from llama_marketing.domain.compliance.brand_check import BrandGuide
from llama_marketing.domain.compliance.surfaces import surface_of
from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.costing.estimate import input_token_bound
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    Disabled,
    InvalidRequest,
    NotConfigured,
    QuotaExceeded,
    UseCaseDisabled,
)
from llama_marketing.domain.generation.brief import Brief
from llama_marketing.domain.generation.cache import cache_key
from llama_marketing.domain.generation.downgrade import cheaper_plan, whole_bound
from llama_marketing.domain.generation.length import LengthTarget
from llama_marketing.domain.generation.models import GenerationRequest
from llama_marketing.domain.generation.pictures import Picture
from llama_marketing.domain.generation.plan import make_plan
from llama_marketing.domain.generation.use_cases.offered import shape_of
from llama_marketing.domain.generation.use_cases.shape import UseCaseShape
from llama_marketing.domain.money import usd
from llama_marketing.domain.tenant import TenantRef, check_owner
from llama_marketing.domain.usage.amounts import Amount
from llama_marketing.domain.usage.books import Counter, Hold, Reservation
from llama_marketing.domain.usage.entries import Basis, Outcome, UsageEntry, timestamp
from llama_marketing.domain.usage.periods import day_of, month_of, seconds_to_month_end
from llama_marketing.domain.usage.quota import quota_terms
from llama_marketing.domain.vocabulary import QuotaAction
from llama_marketing.ports.ad_rules import AdRulesSource
from llama_marketing.ports.catalog import CatalogSource
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.configs import Configs
from llama_marketing.ports.ids import Ids
from llama_marketing.ports.platform_rules import PlatformRulesSource
from llama_marketing.ports.prompts import Prompts
from llama_marketing.ports.telemetry import Telemetry
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.ports.zone import BillingZone


@attrs.frozen(kw_only=True)
class Admission:
    """Turns a request into an operation with an open hold, or refuses it, in two steps.

    Between them an answer may be found that needs no hold.
    """

    configs: Configs
    catalog: CatalogSource
    rules: PlatformRulesSource
    ad_rules: AdRulesSource
    prompts: Prompts
    books: UsageBooks
    sweeper: Sweeper
    watch: QuotaWatch
    clock: Clock
    ids: Ids
    zone: BillingZone
    hold_grace: float
    """Seconds after the deadline at which an open hold may be swept."""
    telemetry: Telemetry = NO_TELEMETRY

    def prepare(
        self,
        tenant: TenantRef,
        request: GenerationRequest,
        user_id: str,
        default_deadline: float,
        *,
        fresh: bool = True,
        shape: UseCaseShape | None = None,
        picture: Picture | None = None,
    ) -> Prepared:
        """Decide whether the client may have this, and plan it.

        ``fresh`` False takes a configuration that this process read before, where the store
        keeps one. ``shape`` None is that of the request's use case.

        Raises NotConfigured, Disabled, UseCaseDisabled, InvalidRequest or HostRetired.
        """
        moment, started = self.clock.now(), self.clock.monotonic()
        stored = self.usable_config(tenant, request, fresh=fresh)
        config, shape = stored.config, shape or shape_of(request.use_case)
        seen = None if picture is None else picture.in_mode_of(config)
        if seen is None and shape.needs_picture:
            raise _no_picture()
        brief = attrs.evolve(self.brief(tenant, request, shape, moment, stored), picture=seen)
        plan = make_plan(brief, config, self.catalog.catalog(), moment, shape)
        return Prepared(
            tenant=tenant,
            user_id=user_id,
            stored=stored,
            plan=plan,
            moment=moment,
            started=started,
            seconds=config.deadline_seconds or default_deadline,
            cache_key=cache_key(tenant, plan) if config.cache_hours and shape.is_kept else "",
        )

    def brief(
        self,
        tenant: TenantRef,
        request: GenerationRequest,
        shape: UseCaseShape,
        moment: datetime,
        stored: StoredConfig,
    ) -> Brief:
        """The request with its template, its surface, and how long the copy may be there."""
        use_case = request.use_case
        platform = shape.platform_for(request.platform)
        rules = self.rules.rules()
        surface = surface_of(rules, platform, request.surface, use_case).id
        limit = rules.target_limit(surface) if shape.keeps_advice else rules.hard_limit(surface)
        assert limit.measure is not None, "a limit on length has a measure"
        return Brief(
            request=request,
            template=self.prompts.template(use_case, platform),
            rules=rules,
            surface=surface,
            length=LengthTarget(limit.value, limit.measure, request.max_length),
            today=moment.astimezone(self.zone.zone(tenant.organization_id)).date(),
            ad_rules=self.ad_rules.rules(),
            brand_voice="" if stored.brand_voice is None else stored.brand_voice.words,
            brand_guide=_guide(stored, request) if shape.takes_brand_voice else None,
            own_version=stored.prompt_version(use_case),
        )

    def reserve(self, prepared: Prepared, known: KnownOperation | None = None) -> Operation:
        """Open the hold that pays for it; a client may want a cheaper model when it does not fit.

        The hold of a known operation is not opened again. Raises QuotaExceeded; then nothing was
        opened.
        """
        if known is not None:
            prepared = attrs.evolve(prepared, moment=known.moment)
        operation_id = self.ids.new(prepared.moment) if known is None else known.operation_id
        self.sweeper.sweep_now_and_then(prepared.tenant)
        hold = self._hold(prepared, operation_id)
        reservation = self._open(prepared, hold)
        cheaper = None if reservation.admitted else self._cheaper(prepared, reservation)
        if cheaper is not None:
            # Under the same id, so that what is admitted after all is no refusal.
            prepared, hold = cheaper, self._hold(cheaper, hold.id)
            reservation = self._open(prepared, hold)
        terms = quota_terms(prepared.stored.config)
        self.watch.reserved(prepared.tenant, reservation, terms)
        if not reservation.admitted:
            assert reservation.counter is not None, "a refusal tells the counter"
            raise self._refusal(prepared, hold, reservation.counter)
        deadline = Deadline(prepared.started + prepared.seconds, self.clock.monotonic)
        return Operation(
            tenant=prepared.tenant,
            user_id=prepared.user_id,
            plan=prepared.plan,
            stored=prepared.stored,
            hold=hold,
            deadline=deadline,
            started=prepared.started,
            cache_key=prepared.cache_key,
            telemetry=self.telemetry.started(prepared.facts(hold.id)),
        )

    def usable_config(
        self, tenant: TenantRef, request: GenerationRequest, *, fresh: bool
    ) -> StoredConfig:
        """The configuration that allows this; raises what ``prepare`` raises of it."""
        check_owner(tenant, request.client_id)
        stored = self.configs.get(tenant, fresh=fresh)
        if stored is None:
            raise NotConfigured(f"{tenant} has no Meta AI configuration")
        if not stored.config.enabled:
            raise Disabled(f"Meta AI is disabled for {tenant}")
        if not stored.config.use_case(request.use_case).enabled:
            raise UseCaseDisabled(f"use case {request.use_case.value} is disabled for {tenant}")
        return stored

    def _hold(self, prepared: Prepared, hold_id: str) -> Hold:
        """The hold at its upper bound, with the entry that a sweep would book."""
        plan = prepared.plan
        bound = whole_bound(plan)
        tokens_input = input_token_bound(plan.call(plan.attempts[0]).messages) * plan.variations
        entry = self._upper_bound(prepared, hold_id, bound, tokens_input)
        open_for = timedelta(seconds=prepared.seconds + self.hold_grace)
        return Hold(
            id=entry.id,
            amount=bound,
            entry=entry,
            expires_at=timestamp(prepared.moment + open_for),
            request_hash=_hash(prepared.request),
        )

    def _upper_bound(
        self, prepared: Prepared, hold_id: str, bound: Amount, tokens_input: int
    ) -> UsageEntry:
        moment, first = prepared.moment, prepared.plan.attempts[0]
        zone = self.zone.zone(prepared.tenant.organization_id)
        return UsageEntry(
            id=hold_id,
            client_id=prepared.tenant.client_id,
            timestamp=timestamp(moment),
            use_case=prepared.request.use_case,
            model=first.model_id,
            provider=first.row.id,
            tokens_input=tokens_input,
            tokens_output=bound.tokens - tokens_input,
            cost_usd=None if first.price is None else usd(bound.cost),
            user_id=prepared.user_id,
            outcome=Outcome.ABORTED,
            basis=Basis.UPPER_BOUND,
            billable=False,
            period=month_of(moment, zone),
            day=day_of(moment, zone),
            prompt_version=prepared.plan.brief.prompt_version,
            booked=bound,
        )

    def _open(self, prepared: Prepared, hold: Hold) -> Reservation:
        config = prepared.stored.config
        return self.books.reserve(prepared.tenant, hold, quota_terms(config), config.revision)

    def _cheaper(self, prepared: Prepared, refused: Reservation) -> Prepared | None:
        """The same request for a model that still fits, where the client wants that; else None.

        Its answer is kept for nobody: an equal request may find more quota.
        """
        if prepared.stored.config.quota_action is not QuotaAction.DOWNGRADE:
            return None
        assert refused.counter is not None, "a refusal tells the counter"
        plan = cheaper_plan(prepared.plan, self.catalog.catalog(), prepared.moment, refused.counter)
        return None if plan is None else attrs.evolve(prepared, plan=plan, cache_key="")

    def _refusal(self, prepared: Prepared, hold: Hold, counter: Counter) -> QuotaExceeded:
        """Why nothing fits; also books what dead processes left.

        That frees nothing for this operation, since it is booked at its upper bound.
        """
        tenant = prepared.tenant
        self.sweeper.sweep(tenant)
        zone = self.zone.zone(tenant.organization_id)
        needed = f"{hold.amount.in_unit(counter.unit)} ({counter.unit.value})"
        return QuotaExceeded(
            f"{tenant} used up the quota of {hold.period}: available {counter.available} of "
            f"{counter.limit}, needed {needed}",
            retry_after=seconds_to_month_end(prepared.moment, zone),
        )


def _guide(stored: StoredConfig, request: GenerationRequest) -> BrandGuide | None:
    """What the copy is checked against: the kept voice, unless the request brings its own."""
    own = request.context is not None and request.context.brand_voice
    return None if own or stored.brand_voice is None else stored.brand_voice.guide


def _no_picture() -> InvalidRequest:
    return InvalidRequest(
        "there is no picture to analyse",
        user_message="Falta la imagen que se va a analizar. Envíala por analyze-image.",
        issues=(("imageUrl", "is missing"),),
    )


def _hash(request: GenerationRequest) -> str:
    return hashlib.sha256(request.model_dump_json().encode()).hexdigest()
