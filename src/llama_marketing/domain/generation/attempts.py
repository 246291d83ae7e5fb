"""Hosts and models to try: what each is sent to, what fits into it, what it can cost at most."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llama_marketing.domain.catalog.hosts import HostRow
from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.chat.models import Message, ModelTraits
from llama_marketing.domain.config.models import MAX_DEADLINE_SECONDS, MetaAIConfig
from llama_marketing.domain.costing.cost import cost
from llama_marketing.domain.costing.estimate import (
    estimated_tokens,
    image_tokens,
    input_token_bound,
)
from llama_marketing.domain.costing.prices import PriceRow
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.usage.amounts import Amount


@attrs.frozen
class PlannedAttempt:
    """One host and model to try. ``slot`` is -1 for the client's main host, else the place of
    the fallback host whose key and endpoint are used."""

    row: HostRow
    base_url: str
    slot: int
    model_id: str
    host_model_id: str
    price: PriceRow | None
    max_tokens: int
    window: int = 0
    """Tokens of prompt and answer that the model takes at most; 0 where that is not known."""
    traits: ModelTraits = attrs.field(factory=ModelTraits)


def bound_of(
    attempts: Sequence[PlannedAttempt], messages: Sequence[Message], calls: int = 1
) -> Amount:
    """The most that so many calls of one of the attempts can take; counts no generation."""
    tokens_in = input_token_bound(messages) * calls
    tokens_out = max(attempt.max_tokens for attempt in attempts) * calls
    longest = MAX_DEADLINE_SECONDS * 1000 * calls
    costs = [
        cost(attempt.price, tokens_in, attempt.max_tokens * calls, cached, longest, written)
        for attempt in attempts
        for cached, written in ((0, 0), (tokens_in, 0), (0, tokens_in))
    ]
    known = [value for value in costs if value is not None]
    return Amount(cost=max(known, default=0), tokens=tokens_in + tokens_out)


def fit(
    attempts: Sequence[PlannedAttempt],
    catalog: Catalog,
    config: MetaAIConfig,
    messages: Sequence[Message],
    wanted: int,
) -> tuple[tuple[PlannedAttempt, ...], list[str]]:
    """Give each attempt its max_tokens; leave out those whose window the prompt overflows.

    Also answers what is said of a lowered one. Raises InvalidRequest where none is left.
    """
    prompt_tokens = sum(
        estimated_tokens(message.content) + image_tokens(message) + 16 for message in messages
    )
    fitting = []
    for attempt in attempts:
        room = _window(attempt, catalog, config) - prompt_tokens
        if room >= 1:
            most = _most_output(attempt, catalog)
            fitting.append(attrs.evolve(attempt, max_tokens=min(wanted, room, most or wanted)))
    if not fitting:
        raise InvalidRequest(
            f"the prompt needs about {prompt_tokens} tokens, more than the model's window",
            user_message="El texto es demasiado largo para el modelo. Acórtalo.",
            issues=(("prompt", "larger than the model's window"),),
        )
    sent = fitting[0].max_tokens
    lowered = sent < wanted
    return tuple(fitting), [
        f"Se pidieron hasta {wanted} tokens de respuesta; el proveedor permite {sent}."
    ] if lowered else []


def _window(attempt: PlannedAttempt, catalog: Catalog, config: MetaAIConfig) -> int:
    model = catalog.model(attempt.model_id)
    offer = catalog.offer(attempt.row.id, attempt.model_id)
    windows = [
        model.context_window if model is not None else None,
        offer.context_window if offer is not None else None,
        config.advanced.context_window if attempt.slot < 0 else None,
    ]
    return min(window for window in windows if window is not None)


def _most_output(attempt: PlannedAttempt, catalog: Catalog) -> int | None:
    offer = catalog.offer(attempt.row.id, attempt.model_id)
    return offer.max_output_tokens if offer is not None else None
