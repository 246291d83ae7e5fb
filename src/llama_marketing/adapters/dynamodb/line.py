"""The line to DynamoDB: boto3's client, with patience and without its words in the log."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from llama_marketing.adapters.dynamodb.faults import CAUGHT, Fault, Kind, fault_of

CONNECT_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 2.0

_FIRST_PAUSE: Final = 0.025
_LONGEST_PAUSE: Final = 0.4
_CONNECTIONS: Final = 64
_SAYS_CONTENT: Final = ("auth", "endpoint", "parsers")
"""botocore's loggers that write requests, answers or what is signed at DEBUG."""

_in_here = threading.local()


class _NotOurContent(logging.Filter):
    """Drops what botocore logs in a thread that calls for us; its other work logs as before."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not getattr(_in_here, "calls", False)


_FILTER: Final = _NotOurContent()


@attrs.define(eq=False)
class DynamoLine:
    """Calls boto3's methods; one that failed for the moment is called again within a deadline.

    ``deadline_seconds`` is how long a call may take with all its repetitions: no attempt begins
    that could end after it, should it take the ``attempt_seconds`` that one may.
    """

    client: Any = attrs.field(repr=False)
    deadline_seconds: float = 5.0
    attempt_seconds: float = CONNECT_SECONDS + ANSWER_SECONDS
    watch: Callable[[str, Mapping[str, Any]], object] | None = None
    """Is told each round trip before it is made: boto3's method and its parameters."""
    pause: Callable[[float], object] = attrs.field(default=time.sleep, repr=False)
    chance: Callable[[], float] = attrs.field(default=random.random, repr=False)
    monotonic: Callable[[], float] = attrs.field(default=time.monotonic, repr=False)

    def __attrs_post_init__(self) -> None:
        for name in _SAYS_CONTENT:
            logging.getLogger(f"botocore.{name}").addFilter(_FILTER)

    def call(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any] | Fault:
        """The answer of a method, or the fault that it ended with."""
        patience = self.patience()
        while True:
            answer = self._attempt(operation, parameters)
            if not isinstance(answer, Fault) or answer.kind is not Kind.AGAIN:
                return answer
            if not patience.again():
                return answer

    def patience(self) -> Patience:
        """The time and the pauses that one call has."""
        return Patience(self, self.monotonic() + self.deadline_seconds - self.attempt_seconds)

    def _attempt(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any] | Fault:
        if self.watch is not None:
            self.watch(operation, parameters)
        _in_here.calls = True
        try:
            answer: Mapping[str, Any] = getattr(self.client, operation)(**parameters)
        except CAUGHT as error:
            return fault_of(error, operation)
        finally:
            _in_here.calls = False
        return answer


@attrs.define(eq=False)
class Patience:
    """What is left of the time in which a call may be made again."""

    _line: DynamoLine
    _give_up_at: float
    _pause: float = _FIRST_PAUSE

    def again(self) -> bool:
        """Wait a little, longer each time and never two callers alike; False when it is over."""
        if self._line.monotonic() >= self._give_up_at:
            return False
        self._line.pause(self._pause * (0.5 + self._line.chance()))
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        return True


def low_level_client(session: Any, region: str, endpoint: str, answer_seconds: float) -> Any:
    """boto3's low-level client without retries of its own.

    ``session`` is one of boto3 or of botocore; None makes one of boto3. What is empty is left to
    the session.
    """
    from botocore.config import Config

    if session is None:
        from boto3.session import Session

        session = Session()
    options: dict[str, Any] = {
        "region_name": region or None,
        "endpoint_url": endpoint or None,
        "config": Config(
            retries={"total_max_attempts": 1, "mode": "standard"},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=answer_seconds,
            max_pool_connections=_CONNECTIONS,
            tcp_keepalive=True,
        ),
    }
    make = getattr(session, "create_client", None) or session.client
    return make("dynamodb", **options)
