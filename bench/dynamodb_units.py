"""What a generation and a month's view cost on DynamoDB: ``python -m bench.dynamodb_units``.

The whole library runs over moto, which keeps the items but counts no capacity: units are worked
out from the sizes of the items that were touched, by Amazon's published rules (a transactional
write 2 units a KB, a consistent read 1 unit for each 4 KB). The month's table is filled in bulk.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import attrs
from boto3.session import Session
from cryptography.fernet import Fernet
from moto import mock_aws

from llama_marketing import Container, Settings, TenantRef, UsageEntry
from llama_marketing.adapters.dynamodb import keys
from llama_marketing.adapters.dynamodb.table import create_table
from llama_marketing.adapters.dynamodb.usage import DynamoUsageBooks
from llama_marketing.domain.vocabulary import GenerationUseCase
from llama_marketing.ports.billing_events import BillingEvents
from llama_marketing.testing.billing_events import RecordingBillingEvents
from llama_marketing.testing.hosts import FakeChatHosts

TENANT = TenantRef("bench", "client")
TABLE = "bench"
REGION = "us-east-1"
WRITE_BYTES, READ_BYTES = 1024, 4096
BATCH = 25
FILLED = (1_000, 100_000)
COPY = "Este Buen Fin, Café Azul te invita: 2x1 en capuchinos de viernes a lunes. ¿Vienes? " * 3
PROMPT = (
    "Una publicación para el Buen Fin de una cafetería de barrio en Puebla, con dos ofertas. " * 3
)
MODELS = ("llama-3.3-70b-instruct", "llama-3.1-8b-instruct")
REPLY = json.dumps({"content": COPY, "hashtags": ["BuenFin", "CafeAzul"], "emojis": ["☕"]})

Item = Mapping[str, Any]
Key = tuple[str, str]


@attrs.define(eq=False)
class Meter:
    """Counts trips, items and units of what is asked of the table."""

    boto3: Any
    trips: int = 0
    read_items: int = 0
    read_units: int = 0
    written: list[tuple[str, Key]] = attrs.Factory(list)
    sizes: dict[Key, int] = attrs.Factory(dict)
    own: bool = False
    """Whether the meter itself is reading."""

    def started(self) -> None:
        """Forget what was counted."""
        self.trips = self.read_items = self.read_units = 0
        self.written.clear()

    def asked(self, params: Mapping[str, Any], **_: Any) -> None:
        """Take note of a request before it goes out."""
        if self.own:
            return
        self.trips += 1
        for action in params.get("TransactItems", ()):
            ((kind, write),) = action.items()
            self.written.append((kind, _key(write.get("Item") or write["Key"])))

    def answered(self, parsed: Mapping[str, Any], **_: Any) -> None:
        """Take note of what came back."""
        if self.own:
            return
        single = [parsed["Item"]] if "Item" in parsed else []
        together = parsed.get("Responses", {}).get(TABLE, [])
        items = [*single, *together]
        self.read_units += sum(_units(_size(item), READ_BYTES) for item in items)
        if "Items" in parsed:
            self.read_units += _units(sum(map(_size, parsed["Items"])), READ_BYTES)
            items += parsed["Items"]
        self.read_items += len(items)

    def write_units(self) -> list[tuple[str, str, int]]:
        """What was done to which item, and its units; each as large as it is by now."""
        self.own = True
        for _, key in self.written:
            found = self.boto3.get_item(TableName=TABLE, Key=_as_key(key)).get("Item")
            if found is not None:
                self.sizes[key] = _size(found)
        self.own = False
        return [
            (kind, key[1], 2 * _units(self.sizes.get(key, 1), WRITE_BYTES))
            for kind, key in self.written
        ]


def main() -> None:
    """Measure everything and print it."""
    with mock_aws(), opened(billing_events=RecordingBillingEvents()) as (container, meter):
        _configure(container)
        _generate(container, meter, "first of the period, billing events on", "a")
        _generate(container, meter, "warm, billing events on", "b")
    with mock_aws(), opened() as (container, meter):
        _configure(container)
        _generate(container, meter, "first of the period", "a")
        _generate(container, meter, "warm", "b")
        _generate(container, meter, "from the cache", "b")
        kept = 3
        for wanted in FILLED:
            _fill(container, meter, wanted - kept)
            kept = wanted
            meter.started()
            summary = container.usage_service().summary(TENANT)
            print(
                f"month's view after {summary.total_requests} generations: {meter.trips} trips, "
                f"{meter.read_items} items, {meter.read_units} read units"
            )


def _generate(container: Container, meter: Meter, title: str, prompt: str) -> None:
    """Measure one generation and print it."""
    meter.started()
    service = container.generation_service()
    service.generate(TENANT, {**_asked(), "prompt": PROMPT + prompt})
    writes = meter.write_units()
    print(
        f"generation, {title}: {meter.trips} trips, "
        f"{sum(units for *_, units in writes)} write units, {meter.read_units} read units"
    )
    for kind, sort_key, units in writes:
        print(f"    {kind:14} {sort_key.split('#')[0]:20} {units:3}")


@contextmanager
def opened(billing_events: BillingEvents | None = None) -> Iterator[tuple[Container, Meter]]:
    """The library over a fresh table, and what it asks of it."""
    session = Session(aws_access_key_id="bench", aws_secret_access_key="bench", region_name=REGION)
    create_table(session.client("dynamodb"), TABLE)
    settings = Settings.from_env(
        {
            "AI_ENCRYPTION_KEY": Fernet.generate_key().decode(),
            "LLAMA_MARKETING_STORE": f"dynamodb://{TABLE}?region={REGION}",
        }
    )
    chat = FakeChatHosts(otherwise=REPLY)
    with Container.from_settings(
        settings, chat=chat, aws_session=session, billing_events=billing_events
    ) as container:
        books = container._wiring.books()
        assert isinstance(books, DynamoUsageBooks)
        boto3 = books.client.line.client
        meter = Meter(boto3)
        boto3.meta.events.register("provide-client-params.dynamodb.*", meter.asked)
        boto3.meta.events.register("after-call.dynamodb.*", meter.answered)
        yield container, meter


def _configure(container: Container) -> None:
    fields = {"hostingProvider": "deepinfra", "apiKey": "di-0123456789abcdef", "enabled": True}
    container.config_service().create(TENANT, fields)


def _asked() -> dict[str, Any]:
    return {"useCase": "social_post", "platform": "instagram"}


def _fill(container: Container, meter: Meter, count: int) -> None:
    """Book so many operations: one a model through the library, the others as copies of them.

    The roll-ups get the sums that they would have had.
    """
    meter.own = True
    moment = container._wiring.clock().now()
    for number, model in enumerate(MODELS):
        share = count // len(MODELS) + (number < count % len(MODELS))
        entry = UsageEntry(
            id=f"fill-{number}-{count}",
            client_id=TENANT.client_id,
            timestamp=moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            use_case=GenerationUseCase.AD_COPY,
            model=model,
            provider="groq",
            tokens_input=900,
            tokens_output=300,
            latency_ms=1200,
        )
        container.usage_service().record(TENANT, entry)
        _copy(meter.boto3, container.usage_service().entry(TENANT, entry.id), share - 1)
    meter.own = False


def _copy(boto3: Any, entry: UsageEntry, count: int) -> None:
    partition = keys.partition(TENANT)
    first, last = keys.day_bounds(entry.day, entry.day)
    found = boto3.query(
        TableName=TABLE,
        KeyConditionExpression="PK = :p AND SK BETWEEN :a AND :b",
        ExpressionAttributeValues={":p": {"S": partition}, ":a": {"S": first}, ":b": {"S": last}},
    )["Items"]
    rollup = next(item for item in found if item["model"]["S"] == entry.model)
    month = {"PK": {"S": partition}, "SK": {"S": keys.month(entry.period, "generation")}}
    for key in ({"PK": rollup["PK"], "SK": rollup["SK"]}, month):
        boto3.update_item(
            TableName=TABLE,
            Key=key,
            UpdateExpression="ADD operations :n, tokens_input :i, tokens_output :o",
            ExpressionAttributeValues={
                ":n": {"N": str(count)},
                ":i": {"N": str(count * entry.tokens_input)},
                ":o": {"N": str(count * entry.tokens_output)},
            },
        )
    template = boto3.get_item(
        TableName=TABLE, Key=_as_key((partition, keys.entry(entry.timestamp, entry.id)))
    )["Item"]
    copies = ({**template, "SK": {"S": f"{template['SK']['S']}-{n}"}} for n in range(count))
    for batch in _batches([{"PutRequest": {"Item": item}} for item in copies]):
        boto3.batch_write_item(RequestItems={TABLE: batch})


def _batches(requests: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(requests), BATCH):
        yield requests[start : start + BATCH]


def _key(item: Item) -> Key:
    return item[keys.PK]["S"], item[keys.SK]["S"]


def _as_key(key: Key) -> dict[str, dict[str, str]]:
    return {keys.PK: {"S": key[0]}, keys.SK: {"S": key[1]}}


def _units(size: int, unit: int) -> int:
    return math.ceil(size / unit)


def _size(item: Item) -> int:
    """Bytes of an item, as DynamoDB counts them: names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return math.ceil(len(content.strip("-0.")) / 2) + 1
    if kind == "L":
        return 3 + sum(1 + _value_size(part) for part in content)
    if kind == "M":
        return 3 + _size(content) + len(content)
    return 1


if __name__ == "__main__":
    main()
