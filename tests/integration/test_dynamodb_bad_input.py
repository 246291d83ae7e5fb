"""What can be wrong with the table or what lies in it: a clear error, and nothing is lost."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from llama_marketing.adapters.dynamodb import items, keys, writes
from llama_marketing.adapters.dynamodb.cache import DynamoAnswerCache, cached_item
from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.configs import DynamoConfigs
from llama_marketing.adapters.dynamodb.generations import DynamoGenerations, generation_item
from llama_marketing.adapters.dynamodb.idempotency import DynamoIdempotencyKeys
from llama_marketing.adapters.dynamodb.outbox import DynamoOutbox, put_aside
from llama_marketing.adapters.dynamodb.provider_keys import DynamoProviderKeys
from llama_marketing.adapters.dynamodb.table import check_table
from llama_marketing.app.container import Container
from llama_marketing.domain.errors import (
    LlamaMarketingError,
    SettingsError,
    StoreError,
    StoreIncompatible,
    StoreUnavailable,
)
from llama_marketing.testing.billing_events import sample_event
from llama_marketing.testing.cache import KEY, sample_item
from llama_marketing.testing.idempotency import NOW, sample_answer, sample_claim
from llama_marketing.testing.provider_keys import sample_provider_key
from llama_marketing.testing.samples import AFTERWARDS, TENANT, sample_config, sample_record
from tests.dynamodb_local import REGION, LocalDynamo, local_session
from tests.unit.app.samples import settings

pytestmark = pytest.mark.slow

Act = Callable[[DynamoClient], object]


@attrs.frozen
class Kept:
    """One kind of item, how it is put there, and every way to read or replace it."""

    name: str
    put: Act
    uses: tuple[Act, ...]


KEPT = (
    Kept(
        "configuration",
        lambda client: DynamoConfigs(client).create(TENANT, sample_config()),
        (
            lambda client: DynamoConfigs(client).get(TENANT),
            lambda client: DynamoConfigs(client).create(TENANT, sample_config(id="other")),
            lambda client: DynamoConfigs(client).reseal(TENANT, sample_config(), sample_config()),
        ),
    ),
    Kept(
        "provider key",
        lambda client: DynamoProviderKeys(client).put(TENANT, sample_provider_key(), 0),
        (
            lambda client: DynamoProviderKeys(client).get(TENANT, "openai"),
            lambda client: DynamoProviderKeys(client).list(TENANT),
            lambda client: DynamoProviderKeys(client).put(TENANT, sample_provider_key(mask="x"), 0),
        ),
    ),
    Kept(
        "generation",
        lambda client: client.write(writes.put(generation_item(TENANT, sample_record("gen1")))),
        (
            lambda client: DynamoGenerations(client).get(TENANT, "gen1", AFTERWARDS),
            lambda client: DynamoGenerations(client).newest(TENANT, AFTERWARDS),
        ),
    ),
    Kept(
        "billing event",
        lambda client: client.transact(put_aside(TENANT, [sample_event()])),
        (lambda client: DynamoOutbox(client).waiting(),),
    ),
    Kept(
        "cached answer",
        lambda client: client.write(writes.put(cached_item(TENANT, sample_item()))),
        (lambda client: DynamoAnswerCache(client).get(TENANT, KEY, AFTERWARDS),),
    ),
    Kept(
        "idempotency key",
        lambda client: DynamoIdempotencyKeys(client).take(TENANT, "k1", sample_claim(), NOW),
        (lambda client: DynamoIdempotencyKeys(client).take(TENANT, "k1", sample_claim(), NOW),),
    ),
)
WRONG = {
    "newer": ({"version": {"N": "99"}}, "version 99"),
    "corrupt": ({"document": {"S": "{not json"}}, "cannot be read"),
    "of no value": ({"document": {"S": "{}"}}, "cannot be read"),
    "another client's": ({"client": {"S": "cli2"}}, "not marked"),
    "another organization's": ({"org": {"S": "org2"}}, "not marked"),
}


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.name)
def test_an_item_that_cannot_be_trusted_is_neither_answered_nor_overwritten(
    dynamo: DynamoClient, kept: Kept
) -> None:
    """Newer, corrupt, or not marked as the tenant's."""
    kept.put(dynamo)
    (whole,) = dynamo.scan()
    for changed, told in WRONG.values():
        wrong = {**whole, **changed}
        dynamo.write(writes.put(wrong))
        for use in kept.uses:
            with pytest.raises(StoreIncompatible, match=told):
                use(DynamoClient(dynamo.line, dynamo.table))
        assert list(dynamo.scan()) == [wrong]


def test_a_replacement_leaves_what_a_newer_version_wrote(dynamo: DynamoClient) -> None:
    """Though its revision is the one that was seen."""
    DynamoConfigs(dynamo).create(TENANT, sample_config())
    DynamoProviderKeys(dynamo).put(TENANT, sample_provider_key(), seen_revision=0)
    newer = [{**item, "version": {"N": "99"}} for item in dynamo.scan()]
    for item in newer:
        dynamo.write(writes.put(item))

    with pytest.raises(StoreIncompatible, match="version 99"):
        DynamoConfigs(dynamo).replace(TENANT, sample_config(revision=2), seen_revision=1)
    with pytest.raises(StoreIncompatible, match="version 99"):
        DynamoProviderKeys(dynamo).put(TENANT, sample_provider_key(revision=2), seen_revision=1)

    assert list(dynamo.scan()) == newer


def test_an_item_over_400_kb_is_refused_with_a_sentence(dynamo: DynamoClient) -> None:
    """Alone and in a transaction, of which nothing is written then."""
    large = sample_record("gen1", request={"prompt": "x" * items.MAX_ITEM_BYTES})
    small = generation_item(TENANT, sample_record("gen2"))
    item = generation_item(TENANT, large)

    for act in (
        lambda: dynamo.write(writes.put(item)),
        lambda: dynamo.transact([writes.put(small), writes.put(item)]),
        lambda: DynamoIdempotencyKeys(dynamo).take(
            TENANT, "k", sample_claim("x" * items.MAX_ITEM_BYTES), NOW
        ),
    ):
        with pytest.raises(StoreError, match="400 KB") as caught:
            act()
        assert "demasiado grande" in caught.value.user_message

    assert list(dynamo.scan()) == []
    assert items.size_of(item) > items.MAX_ITEM_BYTES > items.size_of(small)


def test_an_answer_too_large_to_keep_leaves_the_claim(dynamo: DynamoClient) -> None:
    """So the request is not made twice meanwhile."""
    idempotency = DynamoIdempotencyKeys(dynamo)
    idempotency.take(TENANT, "k1", sample_claim(), NOW)

    with pytest.raises(StoreError, match="400 KB"):
        idempotency.keep(
            TENANT, "k1", sample_claim(), sample_answer(body="x" * items.MAX_ITEM_BYTES)
        )

    assert idempotency.take(TENANT, "k1", sample_claim("hash2"), NOW) == sample_claim()


def test_a_missing_table_or_index_is_told_at_the_start_and_later(
    dynamodb_local: LocalDynamo, dynamo: DynamoClient
) -> None:
    """At the start as the operator's fault, later as a store that is out of reach."""
    no_table = dynamodb_local.over("no-such-table")
    no_index = DynamoClient(dynamo.line, dynamo.table, "no-such-index")

    with pytest.raises(SettingsError, match=r"'no-such-table'.*no such table"):
        check_table(no_table)
    with pytest.raises(SettingsError, match="no index 'no-such-index'"):
        check_table(no_index)
    with pytest.raises(StoreUnavailable, match=rf"'no-such-table'.*{REGION}.*no such table"):
        DynamoConfigs(no_table).get(TENANT)
    with pytest.raises(StoreUnavailable, match=r"'no-such-index'.*no such index"):
        list(no_index.query_index(keys.organization("org1"), "x"))
    check_table(dynamo)


def closed_port() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def test_a_closed_port_is_given_up_within_the_deadline() -> None:
    client = DynamoClient.connect(
        "table",
        endpoint=closed_port(),
        session=local_session(),
        deadline_seconds=1.5,
        answer_seconds=0.2,
    )
    began = time.monotonic()

    with pytest.raises(StoreUnavailable, match=r"table 'table'.*127\.0\.0\.1.*no answer"):
        client.get(TENANT, "x")

    assert time.monotonic() - began < 1.5
    client.close()


def test_a_server_that_never_answers_is_given_up_within_the_deadline() -> None:
    """It takes the call and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        endpoint = f"http://127.0.0.1:{mute.getsockname()[1]}"
        client = DynamoClient.connect(
            "table",
            endpoint=endpoint,
            session=local_session(),
            deadline_seconds=2.0,
            answer_seconds=0.3,
        )
        began = time.monotonic()
        with pytest.raises(StoreUnavailable, match="ReadTimeoutError"):
            client.get(TENANT, "x")
        assert time.monotonic() - began < 2.0
        client.close()


@pytest.mark.parametrize(
    ("changed", "told", "kind"),
    [
        ({"table": "no-such-table"}, "no such table", SettingsError),
        ({"index": "no-such-index"}, "no index 'no-such-index'", SettingsError),
        ({"credentials": False}, "no AWS credentials", SettingsError),
        ({"endpoint": "closed"}, "no answer", StoreUnavailable),
    ],
)
def test_no_container_is_made_over_a_store_that_cannot_be_used(
    dynamodb_local: LocalDynamo,
    dynamo: DynamoClient,
    monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, Any],
    told: str,
    kind: type[LlamaMarketingError],
) -> None:
    """The sentence names the table; nothing of the machine's credentials is in it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    endpoint = closed_port() if "endpoint" in changed else dynamodb_local.endpoint
    table, index = changed.get("table", dynamo.table), changed.get("index", "usage-gsi")
    store = f"dynamodb://{table}?region={REGION}&endpoint={endpoint}&index={index}"
    session = local_session() if changed.get("credentials", True) else None

    with pytest.raises(kind, match=told) as caught:
        Container.from_settings(settings(LLAMA_MARKETING_STORE=store), aws_session=session)

    assert table in str(caught.value)
    assert "local-secret" not in str(caught.value)


def test_a_container_works_over_the_callers_session(
    dynamodb_local: LocalDynamo, dynamo: DynamoClient
) -> None:
    """And another one over the same table sees what it kept."""
    own = settings(LLAMA_MARKETING_STORE=dynamodb_local.address(dynamo.table))
    with Container.from_settings(own, aws_session=local_session()) as container:
        made = container.config_service().create(
            TENANT, {"hosting_provider": "deepinfra", "api_key": "di-0123456789abcdefghijKLMN"}
        )
    with Container.from_settings(own, aws_session=dynamodb_local.session) as container:
        assert container.config_service().get(TENANT) == made
