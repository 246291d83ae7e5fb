"""A stand-in for boto3's low-level client that answers what a test says, call by call."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.line import DynamoLine

Answer = dict[str, Any] | Exception


class ScriptedClient:
    """Gives its answers one after the other, the last one for ever; an exception is raised."""

    def __init__(self, *answers: Answer) -> None:
        self.meta = SimpleNamespace(region_name="us-east-1", endpoint_url="https://dynamodb.test")
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._answers = list(answers)

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        def call(**parameters: Any) -> dict[str, Any]:
            self.calls.append((operation, parameters))
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


class Clock:
    """Stands still but for the pauses, which it keeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self.pauses.append(seconds)
        self.now += seconds


def over(client: ScriptedClient, clock: Clock | None = None, chance: float = 0.5) -> DynamoClient:
    """Our client over a scripted one; the deadline is 5 s, an attempt may take 2 s."""
    clock = clock or Clock()
    line = DynamoLine(
        client,
        deadline_seconds=5.0,
        attempt_seconds=2.0,
        pause=clock.pause,
        chance=lambda: chance,
        monotonic=lambda: clock.now,
    )
    return DynamoClient(line, "the-table", "the-index")


def refused(code: str, message: str = "", status: int = 400, **more: Any) -> ClientError:
    """An error as AWS answers it."""
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},
            **more,
        },
        "PutItem",
    )


def cancelled(*codes: str, message: str = "") -> ClientError:
    """A transaction that was not applied, with the code of each of its items."""
    reasons = [{"Code": code, "Message": message} for code in codes]
    return refused("TransactionCanceledException", CancellationReasons=reasons)
