"""The history: newest first, page by page, read, forgotten, and gone after its retention."""

from __future__ import annotations

from typing import Any

import pytest

from llama_marketing.domain.errors import InvalidRequest, NotFound
from tests.unit.app.samples import (
    ASKED,
    OTHER,
    TENANT,
    StandingClock,
    configure,
    container_over,
    entries_of,
)


def test_pages_hold_every_generation_once_newest_first() -> None:
    clock = StandingClock()
    with container_over(None, clock) as container:
        configure(container)
        service = container.generation_service()
        made = []
        for _ in range(7):
            made.append(service.generate(TENANT, ASKED).id)
            clock.go_on(1)
        pages, cursor = [], ""
        while True:
            page = service.history(TENANT, cursor, limit=3)
            pages.append([record.id for record in page.items])
            if page.next_cursor is None:
                break
            cursor = page.next_cursor
        assert service.history(OTHER).items == ()
        assert len(service.history(TENANT).items) == 7
        exact = service.history(TENANT, limit=7)
    newest = made[::-1]
    assert pages == [newest[:3], newest[3:6], newest[6:]]
    assert exact.next_cursor is None


@pytest.mark.parametrize("limit", [0, 101, -1, True, 2.0, "5", None])
def test_a_limit_is_a_whole_number_from_1_to_100(limit: Any) -> None:
    with container_over() as container:
        with pytest.raises(InvalidRequest) as raised:
            container.generation_service().history(TENANT, limit=limit)
        assert raised.value.issues == (("limit", "must be from 1 to 100"),)
        container.generation_service().history(TENANT, limit=100)
        container.generation_service().history(TENANT, limit=1)


@pytest.mark.parametrize("bad", ["a#b", "a\n", "x" * 65, "é", 5])
def test_a_cursor_and_an_id_are_ids(bad: Any) -> None:
    with container_over() as container:
        service = container.generation_service()
        for act in (
            lambda: service.history(TENANT, bad),
            lambda: service.generation(TENANT, bad),
            lambda: service.delete_generation(TENANT, bad),
        ):
            with pytest.raises(InvalidRequest):
                act()


def test_another_clients_generation_is_not_found() -> None:
    with container_over() as container:
        configure(container)
        service = container.generation_service()
        made = service.generate(TENANT, ASKED).id
        for act in (service.generation, service.delete_generation):
            with pytest.raises(NotFound):
                act(OTHER, made)
        assert service.generation(TENANT, made).id == made


def test_a_forgotten_generation_is_gone_and_its_entry_stays() -> None:
    with container_over() as container:
        configure(container)
        service = container.generation_service()
        made = service.generate(TENANT, ASKED).id
        service.delete_generation(TENANT, made)
        for act in (service.generation, service.delete_generation):
            with pytest.raises(NotFound):
                act(TENANT, made)
        assert service.history(TENANT).items == ()
        assert [entry.id for entry in entries_of(container)] == [made]


def test_a_generation_is_gone_after_the_operators_retention() -> None:
    clock = StandingClock()
    with container_over(None, clock, LLAMA_MARKETING_RETENTION_DAYS="2") as container:
        configure(container)
        service = container.generation_service()
        made = service.generate(TENANT, ASKED).id
        clock.go_on(2 * 86_400 - 1)
        assert service.generation(TENANT, made).id == made
        clock.go_on(2)
        with pytest.raises(NotFound):
            service.generation(TENANT, made)
        assert service.history(TENANT).items == ()
