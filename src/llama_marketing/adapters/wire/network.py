"""The line to a host: connects to checked addresses, and never waits past the deadline.

httpx's timeouts are per read, so a host that drips a byte at a time is never over time. Here
the transport hands a :class:`TimeLimits` where httpcore expects seconds, and every single
wait asks it how long it may still be.
"""

from __future__ import annotations

import math
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from typing import Any, Final

import attrs
import httpcore

from llama_marketing.adapters.wire.endpoint_guard import (
    EndpointGuard,
    ip_address_of,
    literal_address,
)
from llama_marketing.domain.deadline import Deadline

CONNECT_SECONDS: Final = 3.0
"""How long resolving, connecting and the TLS handshake may take together."""

LOOK_SECONDS: Final = 1.0
"""How often a read that waits looks whether anybody still waits for it."""

Found = Sequence[tuple[Any, ...]]
Resolver = Callable[[str, int], Found]
"""``getaddrinfo`` for a TCP connection: (family, type, protocol, name, address) each."""


@attrs.define
class TimeLimits:
    """How long one exchange may wait; all in seconds.

    ``idle`` is the longest wait for the next byte, None for no limit but the deadline;
    ``end_by`` a moment of the deadline's clock after which nothing more is worth a wait.
    ``secure`` says whether the line is https, which decides where it may go; ``answered``
    whether the head of the answer is in.
    """

    deadline: Deadline
    secure: bool
    idle: float | None = None
    answered: bool = False
    end_by: float = math.inf
    _connect_by: float | None = attrs.field(default=None, init=False)

    def left(self) -> float:
        """Seconds until the deadline, or until the host must have answered."""
        if not self.answered:
            return self.deadline.remaining_to_answer()
        return max(0.0, min(self.deadline.remaining(), self.end_by - self.deadline.monotonic()))

    def end_within(self, seconds: float) -> None:
        """Wait that long at most from now on; what was shorter stays so."""
        self.end_by = min(self.end_by, self.deadline.monotonic() + seconds)

    def wait(self) -> float:
        """Seconds that one read or write may take."""
        left = self.left()
        return left if self.idle is None else min(left, self.idle)

    def connect(self) -> float:
        """Seconds that are left to connect, counted from the first time this is asked."""
        now = self.deadline.monotonic()
        if self._connect_by is None:
            self._connect_by = now + CONNECT_SECONDS
        return max(0.0, min(self._connect_by - now, self.left()))


class TimedStream(httpcore.NetworkStream):
    """A socket whose every wait is cut to the limits that come in the place of a timeout."""

    def __init__(self, line: socket.socket) -> None:
        self._socket = line

    def read(self, max_bytes: int, timeout: Any = None) -> bytes:
        """Wait for the next bytes, b"" at the end; raises httpcore's ReadTimeout, ReadError."""
        seconds = timeout.wait()
        while seconds > 0.0:
            look = min(seconds, LOOK_SECONDS)
            try:
                self._socket.settimeout(look)
                return self._socket.recv(max_bytes)
            except TimeoutError:
                seconds = min(seconds - look, timeout.left())
            except OSError as error:
                raise httpcore.ReadError(type(error).__name__) from error
        raise httpcore.ReadTimeout("the host sent nothing in time")

    def write(self, buffer: bytes, timeout: Any = None) -> None:
        """Send it all; raises httpcore's WriteTimeout, WriteError."""
        view = memoryview(buffer)
        while view:
            seconds = timeout.wait()
            if seconds <= 0.0:
                raise httpcore.WriteTimeout("no time is left to write")
            try:
                self._socket.settimeout(seconds)
                view = view[self._socket.send(view) :]
            except TimeoutError as error:
                raise httpcore.WriteTimeout("the host took nothing in time") from error
            except OSError as error:
                raise httpcore.WriteError(type(error).__name__) from error

    def close(self) -> None:
        """Give the socket back; a read that waits in another thread ends."""
        self.abort()
        self._socket.close()

    def abort(self) -> None:
        """Drop the line at once; a read that waits in another thread ends."""
        try:
            # The plain socket's shutdown: TLS's own would pull the session out from under
            # the thread that reads.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        except OSError:
            # It is down already, which is what was asked for.
            return

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: Any = None,
    ) -> TimedStream:
        """Shake hands as ``server_hostname``; raises httpcore's ConnectTimeout, ConnectError."""
        seconds = timeout.connect()
        try:
            if seconds <= 0.0:
                raise TimeoutError
            self._socket.settimeout(seconds)
            return TimedStream(
                ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
            )
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout("the TLS handshake took too long") from error
        except (OSError, ValueError) as error:
            self.close()
            raise httpcore.ConnectError(type(error).__name__) from error

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks about a line."""
        if info == "ssl_object":
            return getattr(self._socket, "_sslobj", None)
        if info == "is_readable":
            return self._readable()
        return None

    def _readable(self) -> bool:
        if self._socket.fileno() < 0:
            return True
        poll = select.poll()
        poll.register(self._socket.fileno(), select.POLLIN)
        return bool(poll.poll(0))


def resolve(host: str, port: int) -> Found:
    """Ask the system for the addresses of a name."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves a name once, judges all its addresses and connects to one of those."""

    def __init__(self, guard: EndpointGuard, resolver: Resolver = resolve) -> None:
        self._guard = guard
        self._resolver = resolver
        self._lock = threading.Lock()
        self._asked: dict[tuple[str, int], Future[Found]] = {}

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: Any = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> TimedStream:
        """Connect; raises httpcore's ConnectTimeout, ConnectError (a closed address too)."""
        found = self._resolve(host, port, timeout)
        addresses = [ip_address_of(str(entry[4][0])) for entry in found]
        if not self._guard.allows(host, port, timeout.secure, addresses):
            raise httpcore.ConnectError("the operator does not allow this address")
        failure: Exception = httpcore.ConnectError("the name has no address")
        for tried, (family, kind, protocol, _, address) in enumerate(found):
            # A dead first address must leave time for the others.
            seconds = timeout.connect() / (len(found) - tried)
            try:
                return TimedStream(_connected(family, kind, protocol, address, seconds))
            except TimeoutError:
                failure = httpcore.ConnectTimeout("connecting took too long")
            except OSError as error:
                failure = httpcore.ConnectError(type(error).__name__)
        raise failure

    def _resolve(self, host: str, port: int, limits: TimeLimits) -> Found:
        if literal_address(host) is not None:
            return self._ask(host, port)
        # getaddrinfo takes no timeout, so it runs beside; a late answer goes to whoever asks
        # for the same name meanwhile, else nowhere.
        asked = self._looked_up(host, port)
        if not wait_for([asked], limits.connect()).done:
            raise httpcore.ConnectTimeout("the name took too long to resolve")
        return asked.result()

    def _looked_up(self, host: str, port: int) -> Future[Found]:
        """The look-up of a name that is under way: one thread, however many wait for it."""
        with self._lock:
            asked = self._asked.get((host, port))
            if asked is None:
                asked = Future()
                threading.Thread(
                    target=self._answer, args=(host, port, asked), name="resolve", daemon=True
                ).start()
                self._asked[host, port] = asked
            return asked

    def _answer(self, host: str, port: int, asked: Future[Found]) -> None:
        found: Found = ()
        try:
            found = self._ask(host, port)
        finally:
            with self._lock:
                self._asked.pop((host, port), None)
            asked.set_result(found)

    def _ask(self, host: str, port: int) -> Found:
        try:
            return self._resolver(host, port)
        except Exception:  # noqa: BLE001 - whatever a resolver raises, the name has no address
            return ()


def _connected(
    family: int, kind: int, protocol: int, address: tuple[Any, ...], seconds: float
) -> socket.socket:
    if seconds <= 0.0:
        raise TimeoutError
    line = socket.socket(family, kind, protocol)
    try:
        line.settimeout(seconds)
        line.connect(address)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        line.close()
        raise
    return line
