"""An outage of one of two hosts under load: few wasted calls, and a quick way back (T24)."""

from __future__ import annotations

import heapq
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from llama_marketing.app.container import Container
from llama_marketing.app.host_health import HostHealth
from llama_marketing.domain.chat.models import ChatCall, HostIdentity, HostTarget
from llama_marketing.domain.errors import DeadlineExceeded, HostUnreachable
from llama_marketing.domain.resilience.breaker import OPEN_FOR
from llama_marketing.testing.hosts import FakeChatHosts, Said
from tests.fake_host import FakeHost, completion
from tests.unit.app.samples import (
    ASKED,
    TENANT,
    StandingClock,
    configure,
    container_over,
    post,
    settings,
)

SECOND = {"hostingProvider": "openrouter", "apiKey": "sk-or-second-0123456789abcdef"}
REQUESTS_A_SECOND = 50
OUTAGE_SECONDS = 60.0


def test_a_minute_without_the_first_host_wastes_hardly_a_call_and_ends_by_itself() -> None:
    """Fifty requests a second on a clock that is moved by hand."""
    clock = StandingClock()
    begin = clock.monotonic()

    def said(target: HostTarget, call: ChatCall) -> Said:
        down = clock.monotonic() < begin + OUTAGE_SECONDS
        first = target.row.id == "deepinfra"
        return HostUnreachable("refused") if first and down else post()

    chat = FakeChatHosts(otherwise=said)
    requests, back_at = 0, None
    with container_over(chat, clock) as container:
        configure(container, fallback_hosts=[SECOND], quota_monthly=None)
        service = container.generation_service()
        while clock.monotonic() < begin + OUTAGE_SECONDS:
            clock.go_on(1 / REQUESTS_A_SECOND)
            service.generate(TENANT, ASKED | {"bypass_cache": True})
            requests += 1
        during = len(chat.calls)
        while back_at is None:
            clock.go_on(1 / REQUESTS_A_SECOND)
            if service.generate(TENANT, ASKED | {"bypass_cache": True}).provider == "deepinfra":
                back_at = clock.monotonic()
    wasted = during - requests
    assert requests >= 2_900
    assert 0 < wasted <= 0.1 * requests + 3
    assert wasted <= 5 + 1 + OUTAGE_SECONDS / OPEN_FOR, "five failures, then the probes"
    assert back_at - (begin + OUTAGE_SECONDS) <= OPEN_FOR


@pytest.mark.slow
def test_the_same_over_sockets_with_threads() -> None:
    """A closed port for 18 s, then the host is back; every request is answered by somebody."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
    with FakeHost() as second:
        second.otherwise = completion(post())
        allowed = f"127.0.0.1:{port},{second.endpoint}"
        own = settings(LLAMA_MARKETING_ALLOWED_ENDPOINTS=allowed)
        with Container.from_settings(own) as container:
            configure(
                container,
                hosting_provider="self_hosted",
                api_endpoint=f"http://127.0.0.1:{port}/v1",
                api_key="",
                quota_monthly=None,
                fallback_hosts=[{"hostingProvider": "self_hosted", "apiEndpoint": second.base_url}],
            )
            _storm(container, second, port)


def _storm(container: Container, second: FakeHost, port: int) -> None:
    service, answered, lock = container.generation_service(), [0], threading.Lock()

    def one(_: int) -> None:
        answer = service.generate(TENANT, ASKED | {"bypass_cache": True})
        with lock:
            answered[0] += bool(answer.content)

    with ThreadPoolExecutor(16) as pool:
        start, sent = time.monotonic(), 0
        while time.monotonic() - start < 18.0:
            pool.submit(one, sent)
            sent += 1
            time.sleep(1 / REQUESTS_A_SECOND)
    assert answered[0] == sent, "an outage of one host is seen by nobody"
    assert len(second.requests) == sent
    with FakeHost(port=port) as first:
        first.otherwise = completion(post())
        back = time.monotonic()
        while not first.requests and time.monotonic() - back < OPEN_FOR + 5.0:
            one(0)
            time.sleep(1 / REQUESTS_A_SECOND)
        assert first.requests, "the probe finds the host that is back"
        assert time.monotonic() - back <= OPEN_FOR


def test_a_silent_outage_too_ends_within_the_time_of_one_probe() -> None:
    """Calls that were out when the host fell silent report long after it is back."""
    clock = StandingClock()
    health = HostHealth(clock=clock)
    host = HostIdentity("https://api.example.com:443", "digest")
    begin, share = clock.monotonic(), 42.0
    out: list[tuple[float, float, bool]] = []
    full_at = None
    while full_at is None:
        clock.go_on(1 / REQUESTS_A_SECOND)
        now = clock.monotonic()
        while out and out[0][0] <= now:
            _, started, answered = heapq.heappop(out)
            if answered:
                health.answered(host, started)
            else:
                health.failed(host, DeadlineExceeded("silent"), started)
        if health.admit(host) is None:
            silent = now < begin + OUTAGE_SECONDS
            heapq.heappush(out, (now + (share if silent else 0.3), now, not silent))
            recent = [one for one in out if one[2]]
            if now > begin + OUTAGE_SECONDS and len(recent) > 0.2 * REQUESTS_A_SECOND:
                full_at = now
    assert full_at - (begin + OUTAGE_SECONDS) <= OPEN_FOR
