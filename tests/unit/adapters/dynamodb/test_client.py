"""The client: what is made again, for how long, and what is told when it is over."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from botocore import exceptions
from botocore.parsers import ResponseParserError

from llama_marketing.adapters.dynamodb import keys, line
from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.items import item_of
from llama_marketing.adapters.dynamodb.writes import IS_NEW, check, put
from llama_marketing.domain.errors import SettingsError, StoreError, StoreUnavailable
from llama_marketing.testing.samples import TENANT
from tests.dynamodb_local import local_session
from tests.unit.adapters.dynamodb.scripted import Clock, ScriptedClient, cancelled, over, refused

URL = {"endpoint_url": "https://dynamodb.test", "error": "secret"}
FOR_THE_MOMENT = [
    refused("ProvisionedThroughputExceededException"),
    refused("ThrottlingException"),
    refused("RequestLimitExceeded"),
    refused("TransactionConflictException"),
    refused("TransactionInProgressException"),
    refused("InternalServerError", status=500),
    refused("", status=503),
    cancelled("None", "TransactionConflict"),
    cancelled("ThrottlingError", "ProvisionedThroughputExceeded"),
    exceptions.EndpointConnectionError(**URL),
    exceptions.ConnectTimeoutError(**URL),
    exceptions.ReadTimeoutError(**URL),
    exceptions.ConnectionClosedError(**URL),
    exceptions.SSLError(**URL),
    exceptions.MetadataRetrievalError(error_msg="secret"),
    ResponseParserError("secret"),
]
FOR_THE_OPERATOR = [
    (refused("ResourceNotFoundException", "secret"), "there is no such table"),
    (refused("AccessDeniedException", "secret"), "may not do"),
    (refused("UnrecognizedClientException", "secret"), "does not accept the credentials"),
    (refused("ExpiredTokenException", "secret"), "does not accept the credentials"),
    (refused("InvalidSignatureException", "secret"), "does not accept the credentials"),
    (refused("ValidationException", "does not have the specified index: x"), "no such index"),
    (exceptions.NoCredentialsError(), "no AWS credentials"),
    (exceptions.PartialCredentialsError(provider="secret", cred_var="x"), "no AWS credentials"),
    (exceptions.ProfileNotFound(profile="secret"), "no AWS credentials"),
]
BROKEN = [
    (refused("ValidationException", "Item size has exceeded the maximum allowed size"), "400 KB"),
    (cancelled("None", "ValidationError", message="size to update has exceeded"), "400 KB"),
    (refused("ValidationException", "secret"), "was refused"),
    (refused("IdempotentParameterMismatchException", "secret"), "was refused"),
    (cancelled("None", "ItemCollectionSizeLimitExceeded", message="secret"), "was cancelled"),
    (exceptions.ParamValidationError(report="secret"), "could not be made"),
]
ITEM = item_of(TENANT, "sort")


@pytest.mark.parametrize("fault", FOR_THE_MOMENT, ids=lambda fault: type(fault).__name__)
def test_a_fault_of_the_moment_is_tried_again(fault: Exception) -> None:
    client = ScriptedClient(fault, fault, {"Item": ITEM})

    assert over(client).get(TENANT, "sort") == ITEM
    assert len(client.calls) == 3


@pytest.mark.parametrize("fault", FOR_THE_MOMENT, ids=lambda fault: type(fault).__name__)
def test_one_that_lasts_ends_within_the_deadline(fault: Exception) -> None:
    """No attempt begins that could end after it."""
    client, clock = ScriptedClient(fault), Clock()

    with pytest.raises(StoreUnavailable, match=r"the-table.*us-east-1") as caught:
        over(client, clock).get(TENANT, "sort")

    assert len(client.calls) > 5
    assert 3.0 <= sum(clock.pauses) < 3.0 + 0.4
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None


def test_pauses_grow_to_a_limit_and_differ_by_chance() -> None:
    clock, other = Clock(), Clock()
    for at, chance in ((clock, 0.0), (other, 1.0)):
        with pytest.raises(StoreUnavailable):
            over(ScriptedClient(refused("ThrottlingException")), at, chance).get(TENANT, "sort")

    assert clock.pauses[:6] == [0.0125, 0.025, 0.05, 0.1, 0.2, 0.2]
    assert other.pauses[:3] == pytest.approx([0.0375, 0.075, 0.15])


@pytest.mark.parametrize(("fault", "told"), FOR_THE_OPERATOR)
def test_what_the_operator_must_mend_is_said_at_once(fault: Exception, told: str) -> None:
    """With table, index and region; to the client's user in Spanish without any of them."""
    client = ScriptedClient(fault)

    with pytest.raises(StoreUnavailable, match=told) as caught:
        over(client).get(TENANT, "sort")

    assert len(client.calls) == 1
    assert all(name in str(caught.value) for name in ("the-table", "the-index", "us-east-1"))
    assert "secret" not in str(caught.value)
    assert "opera el servidor" in caught.value.user_message


@pytest.mark.parametrize(("fault", "told"), BROKEN)
def test_what_nothing_mends_is_no_unavailable_store(fault: Exception, told: str) -> None:
    """Trying again would be in vain."""
    client = ScriptedClient(fault)

    with pytest.raises(StoreError, match=told) as caught:
        over(client).transact([put(ITEM)])

    assert type(caught.value) is StoreError
    assert len(client.calls) == 1
    assert "secret" not in str(caught.value)


def test_a_failed_condition_is_an_answer_and_no_fault() -> None:
    client = ScriptedClient(refused("ConditionalCheckFailedException"))

    assert over(client).write(put(ITEM, IS_NEW)) is False
    assert over(ScriptedClient({})).write(put(ITEM, IS_NEW)) is True
    assert len(client.calls) == 1


def test_a_transaction_answers_whose_condition_failed() -> None:
    """One is enough to know, be another in conflict or not."""
    client = ScriptedClient(cancelled("None", "ConditionalCheckFailed", "TransactionConflict"))
    writes = [put(ITEM), check(TENANT, "a", "#n = :n", n=1), put(ITEM)]

    assert over(client).transact(writes) == {1}
    assert len(client.calls) == 1


def test_a_transaction_that_is_made_again_is_the_same_one_to_aws() -> None:
    """So one that was applied before its answer was lost is not refused by its own conditions."""
    client = ScriptedClient(exceptions.ReadTimeoutError(**URL), {})

    assert over(client).transact([put(ITEM, IS_NEW)]) == frozenset()
    assert over(client).transact([put(ITEM, IS_NEW)]) == frozenset()

    tokens = [parameters["ClientRequestToken"] for _, parameters in client.calls]
    assert len(tokens) == 3
    assert tokens[0] == tokens[1] != tokens[2]


def test_keys_that_were_left_over_are_asked_for_again() -> None:
    """Under load AWS answers a batch in part."""
    first, second = item_of(TENANT, "a"), item_of(TENANT, "b")
    left = {"the-table": {"Keys": [keys.of(TENANT, "b")], "ConsistentRead": True}}
    client = ScriptedClient(
        {"Responses": {"the-table": [first]}, "UnprocessedKeys": left},
        {"Responses": {"the-table": [second]}},
    )

    assert over(client).get_together(TENANT, "b", "none", "a") == [second, None, first]

    assert [parameters["RequestItems"]["the-table"]["Keys"] for _, parameters in client.calls] == [
        [keys.of(TENANT, "b"), keys.of(TENANT, "none"), keys.of(TENANT, "a")],
        [keys.of(TENANT, "b")],
    ]


def test_keys_that_stay_left_over_end_within_the_deadline() -> None:
    left = {"the-table": {"Keys": [keys.of(TENANT, "a")]}}
    client, clock = ScriptedClient({"Responses": {}, "UnprocessedKeys": left}), Clock()

    with pytest.raises(StoreUnavailable, match="UnprocessedKeys"):
        over(client, clock).get_together(TENANT, "a")

    assert sum(clock.pauses) < 5.0


def test_pages_are_read_to_the_last_one_and_no_further_than_needed() -> None:
    """An empty page is not the end."""
    after = keys.of(TENANT, "a")
    client = ScriptedClient(
        {"Items": [ITEM], "LastEvaluatedKey": after},
        {"Items": [], "LastEvaluatedKey": after},
        {"Items": [ITEM]},
    )
    found = over(client).query(TENANT, ("a", "z"), page=1)

    assert next(found) == ITEM
    assert len(client.calls) == 1
    assert list(found) == [ITEM]
    assert [parameters.get("ExclusiveStartKey") for _, parameters in client.calls[1:]] == [
        after,
        after,
    ]


def test_every_read_of_the_table_is_consistent() -> None:
    """But that of the index, which cannot be."""
    client = ScriptedClient({"Items": []})
    ours = over(client)
    ours.get(TENANT, "a")
    ours.get_together(TENANT, "a")
    list(ours.query(TENANT, ("a", "z")))
    list(ours.scan())
    list(ours.query_index("ORG#o", "x"))

    asked: list[Any] = [parameters for _, parameters in client.calls]
    asked[1] = asked[1]["RequestItems"]["the-table"]
    assert [parameters.get("ConsistentRead") for parameters in asked] == [True] * 4 + [None]


def test_each_round_trip_is_told_before_it_is_made() -> None:
    client, told = ScriptedClient(refused("ThrottlingException"), {}), list[str]()
    ours = over(client)
    ours.line.watch = lambda operation, _: told.append(operation)

    ours.write(put(ITEM))

    assert told == ["put_item", "put_item"]


def test_botocore_logs_nothing_of_our_requests(caplog: pytest.LogCaptureFixture) -> None:
    """Prompts and sealed keys stand in them; what others do with botocore is logged as before."""
    caplog.set_level(logging.DEBUG)

    class Talking(ScriptedClient):
        def put_item(self, **parameters: Any) -> dict[str, Any]:
            for name in ("auth", "endpoint", "parsers"):
                logging.getLogger(f"botocore.{name}").debug("Making request with %s", parameters)
            return {}

    over(Talking({})).write(put(ITEM))
    assert caplog.records == []
    logging.getLogger("botocore.endpoint").debug("another's")
    assert [record.message for record in caplog.records] == ["another's"]


def test_a_region_endpoint_or_profile_that_cannot_be_is_said_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")

    with pytest.raises(SettingsError, match="no region is named"):
        DynamoClient.connect("the-table")
    with pytest.raises(SettingsError, match="the-table"):
        DynamoClient.connect("the-table", endpoint="nonsense", session=local_session())
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(SettingsError, match="no AWS credentials"):
        DynamoClient.connect("the-table", region="us-east-1")


def test_botocore_itself_never_tries_again() -> None:
    """Two that are patient would be patient for the product of both."""
    client = line.low_level_client(local_session(), "", "http://127.0.0.1:1", 2.0)

    assert client.meta.config.retries["total_max_attempts"] == 1
    assert (client.meta.config.connect_timeout, client.meta.config.read_timeout) == (1.0, 2.0)
    client.close()


def test_a_session_of_botocore_serves_too() -> None:
    from botocore.session import get_session

    session = get_session()
    session.set_credentials("local", "local")
    ours = DynamoClient.connect("the-table", region="eu-west-1", session=session)

    assert ours.line.client.meta.region_name == "eu-west-1"
    ours.close()
