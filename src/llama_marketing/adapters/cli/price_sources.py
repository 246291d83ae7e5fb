"""Where ``refresh-prices`` reads prices: the data inside of genai-prices, or a file.

Neither touches the network.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_EVEN, Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import attrs

from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.catalog.price_refresh import SeenPrice, served_pairs
from llama_marketing.domain.errors import InvalidRequest

PROVIDERS: Final = {
    "anthropic": "anthropic",
    "bedrock": "aws",
    "fireworks": "fireworks",
    "gemini": "google",
    "groq": "groq",
    "openai": "openai",
    "openrouter": "openrouter",
    "together": "together",
}
"""Our hosts as genai-prices calls them (its 0.2.3, read on 2026-11-28; it has no DeepInfra)."""

_AMOUNTS: Final = {
    "input": "input_mtok",
    "output": "output_mtok",
    "cached_input": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
}
_SIX_DECIMALS: Final = Decimal("0.000001")


@attrs.frozen
class PriceSource:
    """Prices as a source has them; ``covered`` are the hosts it knows, ``name`` what to cite."""

    name: str
    seen: tuple[SeenPrice, ...]
    covered: Collection[str]


def packaged_prices(catalog: Catalog, day: date) -> PriceSource:
    """What the installed genai-prices says of every model that is served on a day.

    Raises ImportError where it is not installed.
    """
    from genai_prices.data_snapshot import get_snapshot

    providers = {provider.id: provider for provider in get_snapshot().providers}
    moment = datetime.combine(day, time(12), UTC)
    seen = []
    for host, model, host_model_id in served_pairs(catalog, day):
        provider = providers.get(PROVIDERS.get(host, ""))
        known = None if provider is None else provider.find_model(host_model_id)
        amounts = {} if known is None else _amounts(known.get_prices(moment))
        if {"input", "output"} <= amounts.keys():
            seen.append(SeenPrice(host=host, model=model, **amounts))
    covered = [host for host, provider_id in PROVIDERS.items() if provider_id in providers]
    return PriceSource(f"genai-prices {version('genai-prices')}", tuple(seen), covered)


def file_prices(path: Path) -> PriceSource:
    """The rows of a file: ``[[prices]]`` in TOML; in JSON a list, or one under ``prices``.

    Raises InvalidRequest for what is neither, or a row that breaks a rule.
    """
    rows = _rows(path)
    seen = []
    for number, row in enumerate(rows, 1):
        try:
            seen.append(SeenPrice.read(row))
        except InvalidRequest as error:
            raise InvalidRequest(
                f"{path.name}, row {number}: {error}",
                user_message=f"La fila {number} de {path.name} no es válida.",
                issues=error.issues,
            ) from None
    return PriceSource(path.name, tuple(seen), {price.host for price in seen})


def _amounts(prices: Any) -> dict[str, Decimal]:
    """A model's prices with at most six decimals; of a tiered price the first tier."""
    found = {}
    for ours, theirs in _AMOUNTS.items():
        price = getattr(prices, theirs, None)
        base = getattr(price, "base", price)
        if base is not None:
            found[ours] = Decimal(str(base)).quantize(_SIX_DECIMALS, ROUND_HALF_EVEN)
    return found


def _rows(path: Path) -> list[Any]:
    try:
        text = path.read_text(encoding="utf-8")
        document = (
            tomllib.loads(text, parse_float=Decimal)
            if path.suffix == ".toml"
            else json.loads(text, parse_float=Decimal)
        )
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, type(error).__name__) from None
    rows = document.get("prices") if isinstance(document, dict) else document
    if not isinstance(rows, list):
        raise _unreadable(path, "no list of prices")
    return rows


def _unreadable(path: Path, why: str) -> InvalidRequest:
    return InvalidRequest(
        f"{path.name} cannot be read as prices: {why}",
        user_message=f"No se pudo leer {path.name}: debe ser JSON o TOML con una lista de precios.",
    )
