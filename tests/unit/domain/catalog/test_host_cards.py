"""The hosts in a user's words, with status by the day."""

from __future__ import annotations

from datetime import date

import attrs
import pytest

from llama_marketing.domain.catalog.host_cards import HostCard, host_cards
from llama_marketing.domain.catalog.hosts import ServingStatus
from tests.unit.domain.catalog.samples import TODAY, catalog, host


def cards(day: date = TODAY) -> dict[str, HostCard]:
    return {card.id: card for card in host_cards(catalog(), day)}


def test_retired_hosts_come_last() -> None:
    moved = attrs.evolve(catalog(), hosts=tuple(reversed(catalog().hosts)))
    assert [card.id for card in host_cards(moved, TODAY)] == ["cloud", "home", "old"]


def test_a_status_follows_the_day() -> None:
    assert cards()["old"].status_text == "Retirado desde el 6 de julio de 2026."
    assert cards(date(2026, 7, 5))["old"].status_text == "Disponible hasta el 6 de julio de 2026."
    assert cards()["cloud"].status_text == "Disponible."


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (ServingStatus.DEDICATED, "Sólo con un despliegue dedicado contratado por el cliente."),
        (ServingStatus.RETIRED, "Retirado."),
        (ServingStatus.NEVER, "No ofrece modelos Llama."),
        (ServingStatus.UNKNOWN, "Disponibilidad sin confirmar."),
    ],
)
def test_every_status_has_its_sentence(status: ServingStatus, text: str) -> None:
    one = attrs.evolve(catalog(), hosts=(host("a", status=status),), offers=(), prices=())
    assert [card.status_text for card in host_cards(one, TODAY)] == [text]


def test_only_an_endpoint_of_ones_own_is_edited() -> None:
    assert (cards()["home"].endpoint, cards()["home"].endpoint_editable) == ("", True)
    cloud = cards()["cloud"]
    assert (cloud.endpoint, cloud.endpoint_editable) == ("https://cloud.example/v1", False)
    assert cloud.key_required
    assert not cards()["home"].key_required
