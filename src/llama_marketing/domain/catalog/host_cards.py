"""The hosts as a client's user chooses among them."""

from __future__ import annotations

from datetime import date

from llama_marketing.domain.catalog.hosts import HostRow, ServingStatus
from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.model import Model


class HostCard(Model):
    """One hosting provider on a day, in the user's words."""

    id: str
    name: str
    description: str
    key_hint: str
    docs_url: str
    status: ServingStatus
    status_text: str
    """Spanish, one sentence."""
    retired_on: date | None
    endpoint: str
    """The base URL that is filled in; empty where the client must give its own."""
    endpoint_editable: bool
    key_required: bool


def host_cards(catalog: Catalog, today: date) -> tuple[HostCard, ...]:
    """Every Llama host on a day: usable ones first, else in the catalog's order."""
    cards = [_card(row, today) for row in catalog.llama_hosts]
    return tuple(sorted(cards, key=lambda card: _PLACE.index(card.status)))


_PLACE = (
    ServingStatus.LIVE,
    ServingStatus.DEDICATED,
    ServingStatus.UNKNOWN,
    ServingStatus.NEVER,
    ServingStatus.RETIRED,
)


def _card(row: HostRow, today: date) -> HostCard:
    status = row.status_on(today)
    return HostCard(
        id=row.id,
        name=row.name,
        description=row.description,
        key_hint=row.key_hint,
        docs_url=row.docs_url,
        status=status,
        status_text=_in_words(status, row.retired_on),
        retired_on=row.retired_on,
        endpoint=row.base_url,
        endpoint_editable=row.takes_any_model,
        key_required=row.key_required,
    )


def _in_words(status: ServingStatus, retired_on: date | None) -> str:
    day = "" if retired_on is None else f"{retired_on.day} de {_MONTHS[retired_on.month - 1]} de "
    day += "" if retired_on is None else str(retired_on.year)
    match status:
        case ServingStatus.LIVE:
            return f"Disponible hasta el {day}." if day else "Disponible."
        case ServingStatus.DEDICATED:
            return "Sólo con un despliegue dedicado contratado por el cliente."
        case ServingStatus.RETIRED:
            return f"Retirado desde el {day}." if day else "Retirado."
        case ServingStatus.NEVER:
            return "No ofrece modelos Llama."
    return "Disponibilidad sin confirmar."


_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
    "octubre", "noviembre", "diciembre",
)  # fmt: skip
