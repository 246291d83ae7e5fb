"""What is planned for a column: whom it calls, how, and with which key."""

from __future__ import annotations

from datetime import datetime

import attrs

from llama_marketing.app.comparators import comparator_host, default_model, no_key
from llama_marketing.app.host_access import MAIN, HostAccess, slot_of
from llama_marketing.domain.catalog.hosts import ServingStatus
from llama_marketing.domain.chat.models import ChatCall, HostTarget, Message, Role
from llama_marketing.domain.comparison.models import META_AI
from llama_marketing.domain.config.models import MetaAIConfig, StoredConfig
from llama_marketing.domain.errors import Disabled, HostRetired
from llama_marketing.domain.generation.attempts import PlannedAttempt, fit
from llama_marketing.domain.generation.client_hosts import client_hosts
from llama_marketing.domain.generation.comparator_attempt import comparator_attempt
from llama_marketing.domain.generation.plan import plan_attempt
from llama_marketing.domain.playground.models import PlaygroundColumn
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.credentials import ProviderCredentials


@attrs.frozen
class PlannedColumn:
    """One column that can be called; the target's key shows in no repr."""

    provider: str
    planned: PlannedAttempt
    target: HostTarget = attrs.field(repr=False)
    call: ChatCall = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class ColumnPlanner:
    """Plans columns. Safe between threads."""

    access: HostAccess
    credentials: ProviderCredentials

    def plan(
        self,
        tenant: TenantRef,
        stored: StoredConfig,
        column: PlaygroundColumn,
        prompt: str,
        moment: datetime,
    ) -> PlannedColumn:
        """The column's one call; there is no other host behind it.

        Raises InvalidRequest, NotFound, Disabled, BadKey, SecretError and HostRetired.
        """
        messages, config = (Message(Role.USER, prompt),), stored.config
        if column.provider == META_AI:
            planned, target = self._llama(tenant, stored, column, messages, moment)
        else:
            planned, target = self._other(tenant, column, config.parameters.max_tokens, moment)
        return PlannedColumn(column.provider, planned, target, _call(planned, config, messages))

    def _llama(
        self,
        tenant: TenantRef,
        stored: StoredConfig,
        column: PlaygroundColumn,
        messages: tuple[Message, ...],
        moment: datetime,
    ) -> tuple[PlannedAttempt, HostTarget]:
        config, catalog = stored.config, self.access.catalog.catalog()
        if not config.enabled:
            raise Disabled(f"Meta AI is disabled for {tenant}")
        model = column.model or config.selected_model_id
        hosts, _ = client_hosts(config, catalog, model, moment)
        planned = plan_attempt(catalog, config, hosts[0], moment)
        (fitting, *_), _ = fit([planned], catalog, config, messages, config.parameters.max_tokens)
        return fitting, self.access.target(tenant, slot_of(stored, MAIN))

    def _other(
        self, tenant: TenantRef, column: PlaygroundColumn, wanted: int, moment: datetime
    ) -> tuple[PlannedAttempt, HostTarget]:
        catalog = self.access.catalog.catalog()
        row = comparator_host(catalog, column.provider)
        if row.status_on(moment.date()) is ServingStatus.RETIRED:
            raise HostRetired(f"host {row.id} was retired on {row.retired_on}", host=row.id)
        secret = self.credentials.key(tenant, column.provider)
        if secret is None:
            raise no_key(tenant, column.provider)
        model = column.model or secret.model or default_model(catalog, row.id, moment.date())
        planned = comparator_attempt(catalog, row, model, moment, wanted)
        return planned, HostTarget(row, row.base_url, secret.key)


def _call(planned: PlannedAttempt, config: MetaAIConfig, messages: tuple[Message, ...]) -> ChatCall:
    parameters = config.parameters
    return ChatCall(
        model=planned.host_model_id,
        messages=messages,
        max_tokens=planned.max_tokens,
        temperature=parameters.temperature,
        top_p=parameters.top_p,
        frequency_penalty=parameters.frequency_penalty,
        presence_penalty=parameters.presence_penalty,
        traits=planned.traits,
    )
