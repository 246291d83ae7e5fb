"""From a request, a configuration and the catalog to a plan: what is sent, where, at what cost.

The attempts stand in the order in which they are tried: the client's host and model, its
fallback hosts in their order, then the fallback model on the first host. A plan never leads
from the client's own machine to a cloud unless the client opted in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import attrs

from llama_marketing.domain.catalog.models import Catalog, ModelRow
from llama_marketing.domain.chat.models import ChatCall, Message, ReplySchema
from llama_marketing.domain.chat.traits import llama_traits
from llama_marketing.domain.config.models import MetaAIConfig
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.attempts import PlannedAttempt, bound_of, fit
from llama_marketing.domain.generation.brief import Brief
from llama_marketing.domain.generation.client_hosts import ClientHost, client_hosts
from llama_marketing.domain.generation.prompts import OwnPrompts, Prompt, fill
from llama_marketing.domain.generation.use_cases.offered import shape_of
from llama_marketing.domain.generation.use_cases.shape import UseCaseShape
from llama_marketing.domain.usage.amounts import Amount
from llama_marketing.domain.vocabulary import GenerationUseCase, LlamaCapability, Platform

NEEDED = {GenerationUseCase.IMAGE_ANALYSIS: LlamaCapability.VISION}
"""What a use case asks of a model where that is more than text."""

# Room the JSON around the copy takes, in tokens; the copy gets what is left of max_tokens.
_ENVELOPE_TOKENS = 80
_SHORTEST_COPY = 20


@attrs.frozen
class Plan:
    """Everything that is decided before a host is called; pure data."""

    shape: UseCaseShape
    brief: Brief
    prompt: Prompt
    schema: ReplySchema
    attempts: tuple[PlannedAttempt, ...]
    variations: int
    config: MetaAIConfig
    warnings: tuple[str, ...] = ()
    downgraded_from: str | None = None
    """The model that was asked for, where the quota only had room for another one."""

    def call(self, attempt: PlannedAttempt, correction: str = "", variation: int = 0) -> ChatCall:
        """The call of one attempt at one variation (from 0)."""
        parameters = self.shape.parameters(self.brief, self.config.parameters)
        which = ""
        if self.variations > 1:
            which = self.shape.variant(variation, self.variations)
        return ChatCall(
            model=attempt.host_model_id,
            messages=self.prompt.messages(correction, which),
            max_tokens=attempt.max_tokens,
            temperature=parameters.temperature,
            top_p=parameters.top_p,
            frequency_penalty=parameters.frequency_penalty,
            presence_penalty=parameters.presence_penalty,
            schema=self.schema,
            traits=attempt.traits,
        )

    def bound(self, messages: Sequence[Message], calls: int = 1) -> Amount:
        """The most that so many calls can take, by the dearest attempt; counts no generation."""
        return bound_of(self.attempts, messages, calls)


def make_plan(
    brief: Brief,
    config: MetaAIConfig,
    catalog: Catalog,
    moment: datetime,
    shape: UseCaseShape | None = None,
) -> Plan:
    """Decide what is sent and where.

    ``shape`` None is that of the request's use case. Raises InvalidRequest for a use case that is
    not offered, an unknown main host or model, or a prompt larger than every window, HostRetired
    when the client's host no longer exists.
    """
    attempts, warnings = _attempts(config, catalog, brief.request.use_case, moment)
    return plan_over(brief, config, catalog, attempts, warnings, shape)


def plan_over(
    brief: Brief,
    config: MetaAIConfig,
    catalog: Catalog,
    attempts: Sequence[PlannedAttempt],
    warnings: Sequence[str],
    shape: UseCaseShape | None = None,
) -> Plan:
    """Decide what is sent to these attempts; raises InvalidRequest as ``make_plan`` does."""
    request = brief.request
    shape = shape or shape_of(request.use_case)
    length = copy_length(brief)
    settings = config.use_case(request.use_case)
    prompt = prompt_of(shape, brief, config)
    most = shape.parameters(brief, config.parameters).max_tokens
    wanted = settings.max_tokens_override or most
    fitting, lowered = fit(attempts, catalog, config, prompt.messages(), wanted)
    room = max(_SHORTEST_COPY, (min(a.max_tokens for a in fitting) - _ENVELOPE_TOKENS) * 2)
    return Plan(
        shape=shape,
        brief=brief,
        prompt=prompt,
        schema=shape.schema(brief, room if shape.fills_the_reply else min(length, room)),
        attempts=fitting,
        variations=max(request.variations, shape.fewest_variations),
        config=config,
        warnings=(*warnings, *lowered, *_other_platform(shape, request.platform)),
    )


def _other_platform(shape: UseCaseShape, asked: Platform | None) -> list[str]:
    """What is said of a platform that the use case has no text for."""
    if not shape.has_one_platform or asked in (None, shape.default_platform):
        return []
    own = shape.default_platform.value
    return [f"«{shape.use_case.value}» siempre se escribe para {own}, no para otra plataforma."]


def copy_length(brief: Brief) -> int:
    """How long the model is asked to write, in the measure of the surface."""
    return min(brief.request.max_length or brief.template.length_target, brief.length.limit)


def prompt_of(shape: UseCaseShape, brief: Brief, config: MetaAIConfig) -> Prompt:
    """The turns of the use case, with the client's own prompts and voice."""
    custom = config.use_case(brief.request.use_case).custom_prompt or ""
    own = OwnPrompts(general=config.parameters.system_prompt, custom=custom)
    if shape.prompt is not None:
        return shape.prompt(brief, own)
    voice = brief.brand_voice if shape.takes_brand_voice else ""
    length, material = copy_length(brief), shape.material(brief)
    prompt = fill(brief.template, brief.request, length, own, material, voice)
    if brief.picture is not None:
        prompt = attrs.evolve(prompt, images=(brief.picture.image,))
    return prompt


def _attempts(
    config: MetaAIConfig, catalog: Catalog, use_case: GenerationUseCase, moment: datetime
) -> tuple[list[PlannedAttempt], list[str]]:
    """Every host and model of the client in the order to try, and what was left out."""
    model = config.use_case(use_case).model_override or config.selected_model_id
    hosts, warnings = client_hosts(config, catalog, model, moment)
    if config.fallback_model_id is not None and config.fallback_model_id != model:
        hosts.append(attrs.evolve(hosts[0], model_id=config.fallback_model_id))
    needed = NEEDED.get(use_case)
    if needed is not None:
        hosts = [host for host in hosts if _can(catalog, host.model_id, needed)]
        if not hosts or hosts[0].model_id != model:
            raise _lacks(model)
    # Of what the operator took out of the catalog, only the main model ends the operation.
    known = [host for host in hosts[1:] if catalog.model(host.model_id) is not None]
    return [plan_attempt(catalog, config, host, moment) for host in [hosts[0], *known]], warnings


def plan_attempt(
    catalog: Catalog,
    config: MetaAIConfig,
    host: ClientHost,
    moment: datetime,
) -> PlannedAttempt:
    """One host and model of a configuration, with its price; ``max_tokens`` is still 0.

    Raises InvalidRequest for a model that is not in the catalog.
    """
    row, model_id = host.row, host.model_id
    model = _known_model(catalog, model_id)
    offer = catalog.offer(row.id, model_id)
    host_model_id = (offer.host_model_id if offer is not None else "") or model_id
    if row.takes_any_model and host.slot < 0 and config.advanced.fine_tune_id:
        host_model_id = config.advanced.fine_tune_id
    return PlannedAttempt(
        row=row,
        base_url=host.endpoint or row.base_url,
        slot=host.slot,
        model_id=model_id,
        host_model_id=host_model_id,
        price=catalog.price(row.id, model_id, moment),
        max_tokens=0,
        window=model.context_window,
        traits=llama_traits(model),
    )


def _can(catalog: Catalog, model_id: str, needed: LlamaCapability) -> bool:
    model = catalog.model(model_id)
    return model is None or needed in model.capabilities


def _lacks(model_id: str) -> InvalidRequest:
    return InvalidRequest(
        f"model {model_id} cannot see pictures",
        user_message="El modelo elegido no analiza imágenes. Elige uno con visión, como "
        "Llama 3.2 11B Vision, en Settings > AI.",
        issues=(("modelId", "cannot see pictures"),),
    )


def _known_model(catalog: Catalog, model_id: str) -> ModelRow:
    model = catalog.model(model_id)
    if model is None:
        raise InvalidRequest(
            f"model {model_id} is not in the catalog",
            user_message="El modelo no está en el catálogo.",
            issues=(("modelId", "not in the catalog"),),
        )
    return model
