"""Every dialect, both ways: a call becomes exactly this request, these bytes exactly this."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar, cast

import attrs
import pytest

from llama_marketing.adapters.hosts.stream import HttpChatStream
from llama_marketing.adapters.wire.transport import OpenAnswer
from llama_marketing.domain.chat.models import ChatDelta
from llama_marketing.domain.errors import HostError, HostWork
from tests.unit.adapters.hosts.dialects.golden import DIALECTS, GOLDEN
from tests.unit.adapters.hosts.dialects.golden_case import (
    FaultCase,
    ModelsCase,
    ReplyCase,
    RequestCase,
    StreamCase,
)

SPLITS = 50
"""In how many ways each stream is cut at random."""

Kind = TypeVar("Kind")


def cases(kind: type[Kind]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test for every case of a kind."""
    found: list[Any] = [case for case in GOLDEN if isinstance(case, kind)]
    ids = [f"{case.dialect}-{case.name}" for case in found]
    return pytest.mark.parametrize("case", found, ids=ids)


class Arrived:
    """An open answer whose chunks are all there."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks: Iterator[bytes] = iter(chunks)
        self.finished = False

    def next_chunk(self) -> bytes | None:
        """The next one, None at the end of the body."""
        return next(self._chunks, None)

    def end_within(self, seconds: float) -> None:
        """Nothing is waited for."""

    def finish(self) -> None:
        """The stream was good."""
        self.finished = True

    def close(self) -> None:
        """Nothing is open."""


@attrs.frozen
class Told:
    """What a stream said, to its end."""

    deltas: tuple[ChatDelta, ...]
    fault: type[HostError] | None


def told(case: StreamCase, chunks: Iterable[bytes]) -> Told:
    """Read a stream that comes in these chunks."""
    arrived = Arrived(chunks)
    stream = HttpChatStream(cast(OpenAnswer, arrived), DIALECTS[case.dialect], "golden")
    deltas: list[ChatDelta] = []
    fault: HostError | None = None
    try:
        deltas.extend(stream)  # keeps what came before a fault
    except HostError as error:
        fault = error
    assert arrived.finished is (fault is None)
    assert fault is None or fault.host == "golden"
    return Told(tuple(deltas), None if fault is None else type(fault))


def cut_at_random(data: bytes, seed: int) -> list[bytes]:
    """The bytes in up to a dozen chunks."""
    chooser = random.Random(seed)
    cuts = sorted(chooser.randrange(len(data) + 1) for _ in range(chooser.randint(1, 11)))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


@cases(RequestCase)
def test_a_call_becomes_this_request(case: RequestCase) -> None:
    """Method, URL, headers, every field of the body; the key beside them, never in them."""
    dialect = DIALECTS[case.dialect]
    request = (
        dialect.models_request(case.target)
        if case.call is None
        else dialect.request(case.target, case.call, case.stream)
    )

    assert (request.method, request.url) == (case.method, case.url)
    assert dict(request.headers) == dict(case.headers)
    assert (json.loads(request.body) if request.body else None) == case.body
    assert (request.key, request.key_header) == (case.target.key, case.target.row.key_header)


@cases(ReplyCase)
def test_a_whole_answer_reads_as_this_reply(case: ReplyCase) -> None:
    """Or as this fault."""
    dialect = DIALECTS[case.dialect]
    if not isinstance(case.read, type):
        assert dialect.reply(200, case.headers, case.body) == case.read
        return

    with pytest.raises(HostError) as caught:
        dialect.reply(200, case.headers, case.body)
    assert type(caught.value) is case.read
    assert caught.value.work is not HostWork.NONE


@cases(StreamCase)
def test_a_stream_reads_as_these_deltas(case: StreamCase) -> None:
    """And ends with this fault, or well."""
    assert told(case, [case.wire]) == Told(case.deltas, case.fault)


@cases(StreamCase)
def test_a_stream_that_comes_byte_by_byte_says_the_same(case: StreamCase) -> None:
    """Accents and line ends are cut."""
    one_by_one = (bytes([byte]) for byte in case.wire)

    assert told(case, one_by_one) == Told(case.deltas, case.fault)


@cases(StreamCase)
def test_a_stream_that_is_cut_anywhere_says_the_same(case: StreamCase) -> None:
    """Fifty times, by seeds that are the same in every run."""
    for seed in range(SPLITS):
        assert told(case, cut_at_random(case.wire, seed)) == Told(case.deltas, case.fault), seed


@cases(FaultCase)
def test_an_answer_other_than_200_is_this_fault(case: FaultCase) -> None:
    """With this hint, this sentence and at no cost."""
    fault = DIALECTS[case.dialect].failure(case.status, case.headers, case.body)

    assert type(fault) is case.fault
    assert fault.retry_after == pytest.approx(case.retry_after)
    assert (fault.status, fault.work) == (case.status, HostWork.NONE)
    assert fault.user_message == (case.user_message or case.fault.default_user_message)


@cases(ModelsCase)
def test_a_list_of_models_reads_as_these(case: ModelsCase) -> None:
    """In the host's order."""
    headers = {"content-type": "application/json", "content-length": "1"}

    assert tuple(DIALECTS[case.dialect].models(200, headers, case.body)) == case.models


@pytest.mark.parametrize("kind", [RequestCase, ReplyCase, StreamCase, FaultCase, ModelsCase])
def test_every_dialect_has_cases_of_every_kind(kind: type[Any]) -> None:
    """The table is no table if a dialect is missing; names tell the cases apart."""
    found: list[Any] = [case for case in GOLDEN if isinstance(case, kind)]
    listed = {case.dialect for case in found}
    names = [(case.dialect, case.name) for case in found]

    assert {"openai", "anthropic", "gemini", "meta_native"} <= listed
    assert len(set(names)) == len(names)
