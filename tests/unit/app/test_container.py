"""The container: made early and whole, shared safely, closed once, apart from every other."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs
import pytest

from llama_marketing.adapters.memory.jobs import MemoryJobQueue
from llama_marketing.adapters.sqs.billing_events import SqsBillingEvents
from llama_marketing.adapters.sqs.job_queue import SqsJobQueue
from llama_marketing.adapters.system.clock import SystemClock
from llama_marketing.adapters.system.ids import UlidIds
from llama_marketing.app.container import Container
from llama_marketing.app.settings import Settings
from llama_marketing.app.stores import StoreAddress, TableAddress
from llama_marketing.domain.errors import (
    ConfigNotFound,
    SettingsError,
    StoreIncompatible,
    StoreUnavailable,
)
from llama_marketing.domain.secret import Secret
from llama_marketing.ports.ids import Ids
from llama_marketing.testing.billing_events import RecordingBillingEvents
from llama_marketing.testing.hosts import FakeChatHosts
from llama_marketing.testing.races import run_together
from tests.unit.app.generation.test_generate import by_variation
from tests.unit.app.samples import (
    ASKED,
    TENANT,
    StandingClock,
    configure,
    container_over,
    entries_of,
    post,
    settings,
)


def test_two_containers_share_nothing() -> None:
    with container_over() as one, container_over() as other:
        configure(one)
        with pytest.raises(ConfigNotFound):
            other.config_service().get(TENANT)


def test_two_containers_on_one_file_see_the_same(tmp_path: Path) -> None:
    store = {"LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path / 'store.db'}"}
    with container_over(**store) as one, container_over(**store) as other:
        made = configure(one)
        assert other.config_service().get(TENANT) == made
        answer = other.generation_service().generate(TENANT, ASKED)
        assert one.generation_service().generation(TENANT, answer.id).id == answer.id
        assert one.usage_service().summary(TENANT, "monthly").total_requests == 1


def test_services_are_made_once_also_by_racing_threads() -> None:
    with container_over() as container:
        made = run_together([container.services] * 16)
    for name in ("config", "catalog", "generation", "usage"):
        assert len({id(getattr(services, name)) for services in made}) == 1
    assert made[0].config is container.config_service()
    assert made[0].usage is container.usage_service()
    assert made[0].catalog is container.catalog_service()


def test_without_overrides_the_parts_are_the_machines_own() -> None:
    with Container.from_settings(settings()) as container:
        assert isinstance(container._wiring.clock(), SystemClock)
        assert isinstance(container._wiring.ids(), UlidIds)
        assert container.catalog_service().models()


@attrs.define
class Numbers(Ids):
    """Counts."""

    made: int = 0

    def new(self, moment: datetime) -> str:
        """The next number."""
        self.made += 1
        return f"N{self.made}"


class OwnHosts(FakeChatHosts):
    """Hosts of the caller, who closes them himself."""

    closed = 0

    def close(self) -> None:
        """Note it."""
        self.closed += 1


def test_what_the_caller_brings_is_used_and_stays_his() -> None:
    chat, clock, ids = OwnHosts(otherwise=by_variation), StandingClock(), Numbers()
    names: set[str] = set()

    class Pool(ThreadPoolExecutor):
        def submit(self, *args: Any, **options: Any) -> Any:
            names.add(threading.current_thread().name)
            return super().submit(*args, **options)

    with Pool(2) as executor:
        with Container.from_settings(
            settings(), clock=clock, ids=ids, chat=chat, executor=executor
        ) as container:
            made = configure(container)
            answer = container.generation_service().generate(TENANT, ASKED | {"variations": 3})
        assert executor.submit(lambda: 7).result() == 7
    assert (made.id, answer.id) == ("N1", "N2")
    assert made.created_at == "2026-11-24T18:00:00.000000Z"
    assert (len(chat.calls), chat.closed) == (3, 0)
    assert names


def test_closing_twice_closes_once_and_what_is_closed_says_so(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with container_over(LLAMA_MARKETING_STORE=f"sqlite:///{path}") as container:
        configure(container)
        service = container.config_service()
    container.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        service.get(TENANT)
    path.unlink()
    container.close()
    assert not path.exists()


def test_the_queue_of_the_settings_is_closed_and_a_callers_own_hub_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the caller brings stays the caller's, and need not know how to close."""
    closed: list[str] = []
    monkeypatch.setattr(SqsBillingEvents, "close", lambda events: closed.append(events.queue_url))
    queue = "https://sqs.us-east-1.amazonaws.com/111122223333/billing"
    own = settings(LLAMA_MARKETING_BILLING_QUEUE=queue)

    with Container.from_settings(own, billing_events=RecordingBillingEvents()):
        pass
    with Container.from_settings(own):
        assert closed == []
    assert closed == [queue]


def test_the_queue_of_jobs_is_the_one_of_the_settings_and_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without one the parts of jobs wait in the store."""
    closed: list[str] = []
    monkeypatch.setattr(SqsJobQueue, "close", lambda queue: closed.append(queue.queue_url))
    queue = "https://sqs.us-east-1.amazonaws.com/111122223333/moderation"

    with Container.from_settings(settings(LLAMA_MARKETING_QUEUE=f"sqs://{queue}")) as container:
        worker = container.job_worker()
        assert isinstance(worker.queue, SqsJobQueue) and worker.queue.queue_url == queue
    with Container.from_settings(settings()) as container:
        assert isinstance(container.job_worker().queue, MemoryJobQueue)
    assert closed == [queue]


def test_a_body_that_raises_closes_the_container_and_is_raised_on(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'store.db'}"
    with pytest.raises(ZeroDivisionError):
        _raise_inside(store)
    assert not (tmp_path / "store.db-wal").exists()


def _raise_inside(store: str) -> None:
    with container_over(LLAMA_MARKETING_STORE=store) as container:
        configure(container)
        raise ZeroDivisionError


# Faults show at the start --------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"AI_ENCRYPTION_KEY": "not-a-fernet-key-CANARY"},
        {"LLAMA_MARKETING_TIMEZONE": "Mexico/Nowhere"},
        {"LLAMA_MARKETING_ALLOWED_ENDPOINTS": "not an address"},
        {"LLAMA_MARKETING_STORE": "mysql://host/db"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_wrong_setting_is_told_before_anything_is_done(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as raised:
        Container.from_settings(settings(**wrong))
    assert next(iter(wrong)) in str(raised.value)
    assert "CANARY" not in str(raised.value)


def test_settings_without_a_key_make_no_container() -> None:
    with pytest.raises(SettingsError, match="AI_ENCRYPTION_KEY"):
        Container.from_settings(Settings(store="memory://"))


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("models.toml", "not toml ["),
        ("prices.toml", '[[prices]]\nhost = "groq"\n'),
        ("limits.toml", "not toml ["),
        ("prompts/social_post.facebook.toml", "not toml ["),
    ],
)
def test_a_broken_override_file_is_told_at_the_start(
    file: str, content: str, tmp_path: Path
) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / file).write_text(content)
    with pytest.raises(SettingsError, match=file.rpartition("/")[2]):
        Container.from_settings(settings(LLAMA_MARKETING_CATALOG=str(tmp_path)))


def test_a_file_that_is_not_ours_is_left_as_it_is(tmp_path: Path) -> None:
    text, other = tmp_path / "notes.txt", tmp_path / "other.db"
    text.write_text("shopping list " * 500)
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = {path: path.read_bytes() for path in (text, other)}
    for path in before:
        with pytest.raises(StoreIncompatible) as raised:
            Container.from_settings(settings(LLAMA_MARKETING_STORE=f"sqlite:///{path}"))
        assert raised.value.code == "store_incompatible"
        assert path.read_bytes() == before[path]


def test_a_folder_that_does_not_exist_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        Container.from_settings(settings(LLAMA_MARKETING_STORE=f"sqlite:///{tmp_path}/no/store.db"))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("memory://", StoreAddress()),
        ("sqlite:///file.db", StoreAddress("file.db")),
        ("sqlite:////var/lib/file.db", StoreAddress("/var/lib/file.db")),
        ("sqlite:///file.db?synchronous=normal", StoreAddress("file.db")),
        ("sqlite:///file.db?synchronous=full", StoreAddress("file.db", full_synchronous=True)),
        ("dynamodb://my.table_1", StoreAddress(table=TableAddress(table="my.table_1"))),
        (
            "dynamodb://table?region=us-gov-east-1&endpoint=http://localhost:8000&index=by-month",
            StoreAddress(
                table=TableAddress(
                    table="table",
                    region="us-gov-east-1",
                    endpoint="http://localhost:8000",
                    index="by-month",
                )
            ),
        ),
        (
            "dynamodb://table?endpoint=https%3A%2F%2F%5B%3A%3A1%5D",
            StoreAddress(table=TableAddress(table="table", endpoint="https://[::1]")),
        ),
    ],
)
def test_a_store_has_an_address(text: str, address: StoreAddress) -> None:
    assert StoreAddress.parse(text) == address
    assert address.in_memory is (text == "memory://")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "memory://x",
        "memory:",
        "sqlite://",
        "sqlite:///",
        "sqlite://file.db",
        "sqlite:///:memory:",
        "sqlite:///a#b.db",
        "sqlite:///a\0b.db",
        "sqlite:///a.db?synchronous=off",
        "sqlite:///a.db?synchronous=full&x=1",
        "sqlite:///a.db?mode=ro",
        "sqlite://[",
        "file.db",
        "mysql://table",
    ],
)
def test_any_other_address_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="LLAMA_MARKETING_STORE"):
        StoreAddress.parse(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("dynamodb://", "the table's name"),
        ("dynamodb://ab", "the table's name"),
        ("dynamodb://a table", "the table's name"),
        ("dynamodb://host/table", "the table's name"),
        ("dynamodb://table?profile=x", "only region, endpoint, index"),
        ("dynamodb://table?region=us-east-1&", "only region, endpoint, index"),
        ("dynamodb://table?region=us-east-1&region=us-east-2", "region must be named once"),
        ("dynamodb://table?region=", "region must be named once, and be a region of AWS"),
        ("dynamodb://table?region=US EAST", "a region of AWS"),
        (
            "dynamodb://table?endpoint=localhost:8000",
            "endpoint must be named once, and be http:// or https://",
        ),
        ("dynamodb://table?endpoint=http://key:secret@localhost", "at most, a port"),
        ("dynamodb://table?endpoint=http://localhost/path", "at most, a port"),
        ("dynamodb://table?index=x", "an index's name"),
    ],
)
def test_what_is_wrong_with_a_table_s_address_is_named(text: str, told: str) -> None:
    """Without the address itself, in which somebody may have put a key."""
    with pytest.raises(SettingsError, match=told) as caught:
        StoreAddress.parse(text)
    assert str(caught.value).startswith("LLAMA_MARKETING_STORE")
    assert "secret" not in str(caught.value)


def test_full_synchronous_reaches_the_file(tmp_path: Path) -> None:
    for level, expected in (("full", 2), ("normal", 1)):
        store = f"sqlite:///{tmp_path / 'store.db'}?synchronous={level}"
        with container_over(LLAMA_MARKETING_STORE=store) as container:
            database = container._wiring.configs().database
            with database.reading() as connection:
                (found,) = connection.execute("PRAGMA synchronous").fetchone()
        assert found == expected


def test_several_keys_open_what_the_older_one_sealed(tmp_path: Path) -> None:
    older, newer = (settings().encryption_keys[0].reveal(), "A" * 43 + "=")
    store, chat = f"sqlite:///{tmp_path / 'store.db'}", FakeChatHosts(otherwise=post())
    with container_over(LLAMA_MARKETING_STORE=store) as container:
        configure(container)
    both = attrs.evolve(
        settings(LLAMA_MARKETING_STORE=store), encryption_keys=(Secret(newer), Secret(older))
    )
    with Container.from_settings(both, chat=chat, clock=StandingClock()) as container:
        container.generation_service().generate(TENANT, ASKED)
        assert len(entries_of(container)) == 1
