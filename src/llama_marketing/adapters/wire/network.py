"""The line to a host: connects to checked addresses, and never waits past the deadline.

httpx's timeouts are per read, so a host that drips a byte at a time is never over time. Here
the transport hands a :class:`TimeLimits` where httpcore expects seconds, and every single
wait asks it how long it may still be.
"""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
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

Resolver = Callable[[str, int], Sequence[tuple[Any, ...]]]
"""``getaddrinfo`` for a TCP connection: (family, type, protocol, name, address) each."""


@attrs.define
class TimeLimits:
    """How long one exchange may wait; all in seconds.

    ``idle`` is the longest wait for the next byte, None for no limit but the deadline.
    ``secure`` says whether the line is https, which decides where it may go; ``answered``
    whether the head of the answer is in.
    """

    deadline: Deadline
    secure: bool
    idle: float | None = None
    answered: bool = False
    _connect_by: float | None = attrs.field(default=None, init=False)

    def left(self) -> float:
        """Seconds until the deadline, or until the host must have answered."""
        if self.answered:
            return self.deadline.remaining()
        return self.deadline.remaining_to_answer()

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


def resolve(host: str, port: int) -> Sequence[tuple[Any, ...]]:
    """Ask the system for the addresses of a name."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves a name once, judges all its addresses and connects to one of those."""

    def __init__(self, guard: EndpointGuard, resolver: Resolver = resolve) -> None:
        self._guard = guard
        self._resolver = resolver

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

    def _resolve(self, host: str, port: int, limits: TimeLimits) -> Sequence[tuple[Any, ...]]:
        if literal_address(host) is not None:
            return self._ask(host, port)
        # getaddrinfo takes no timeout, so it runs beside; a late answer goes nowhere.
        answers: list[Sequence[tuple[Any, ...]]] = []

        def ask() -> None:
            answers.append(self._ask(host, port))

        thread = threading.Thread(target=ask, name="resolve", daemon=True)
        thread.start()
        thread.join(limits.connect())
        if not answers:
            raise httpcore.ConnectTimeout("the name took too long to resolve")
        return answers[0]

    def _ask(self, host: str, port: int) -> Sequence[tuple[Any, ...]]:
        try:
            return self._resolver(host, port)
        except (OSError, UnicodeError):
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
