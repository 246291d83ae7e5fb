"""Images that a client names by URL: what is sent, what is taken, where the line never goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from llama_marketing.adapters.media import http
from llama_marketing.adapters.media.by_scheme import MediaByScheme
from llama_marketing.adapters.media.http import HttpMediaSource
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.adapters.wire.transport import HostTransport
from llama_marketing.domain.chat.models import ImagePart
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    BlockedEndpoint,
    DeadlineExceeded,
    HostWork,
    InvalidRequest,
)
from llama_marketing.domain.media import MAX_IMAGE_BYTES, NOT_FETCHED
from llama_marketing.ports.media import MediaSource
from llama_marketing.testing.images import PNG
from tests.fake_host import (
    Answer,
    Close,
    FakeHost,
    Reset,
    Stall,
    Step,
    chunked,
    gzipped,
    head,
    plain,
    raw,
    status,
    within,
)

IMAGE = ImagePart("image/png", PNG)
PNG_HEAD = {"Content-Type": "image/png"}


@pytest.fixture
def server() -> Iterator[FakeHost]:
    """A server of images."""
    with FakeHost() as fake:
        fake.otherwise = plain(PNG, "image/png")
        yield fake


def source(server: FakeHost) -> MediaSource:
    """The adapter, with this server on the operator's list, as it is used."""
    over_http = HttpMediaSource(EndpointGuard.parse(server.endpoint))
    return MediaByScheme({"http": over_http, "https": over_http})


def fetch(server: FakeHost, path: str = "/a.png", deadline: Deadline | None = None) -> ImagePart:
    """Fetch from the server."""
    return source(server).fetch(f"http://{server.endpoint}{path}", deadline or within(5.0))


def refused(call: Callable[[], object]) -> InvalidRequest:
    """The refusal of a fetch, with the one sentence."""
    with pytest.raises(InvalidRequest) as caught:
        call()
    assert caught.value.user_message == NOT_FETCHED
    assert [field for field, _ in caught.value.issues] == ["imageUrl"]
    return caught.value


@pytest.mark.parametrize(
    "url",
    [
        "data:image/png;base64,\ud800",
        "data:,\ud800",
        "data:image/png;base64,é",
        "data:imágen/png,x",
        "https://\ud800.test/a.png",
        "https://a.test/\ud800",
    ],
)
def test_a_url_that_is_no_ascii_where_it_must_be_is_refused(server: FakeHost, url: str) -> None:
    """Half of a pair of surrogates too, which no encoding can hold."""
    refused(lambda: source(server).fetch(url, within(5.0)))
    assert server.requests == []


def test_a_plain_get_is_sent_with_nothing_that_tells_of_anybody(server: FakeHost) -> None:
    """No key, no cookie, no referrer; the fragment stays here."""
    assert fetch(server, "/a%20b/c.png?size=2#part") == IMAGE

    (seen,) = server.requests
    assert (seen.method, seen.path, seen.body) == ("GET", "/a%20b/c.png?size=2", b"")
    assert seen.headers.keys() == {"host", "user-agent", "accept-encoding", "accept"}
    assert seen.headers["accept-encoding"] == "identity"


def test_the_line_is_closed_after_each_image(server: FakeHost) -> None:
    """Though the server would keep it."""
    fetch(server)
    fetch(server)

    assert server.connections == 2


@pytest.mark.parametrize(
    "content_type", ["text/html", "application/octet-stream", "image/svg+xml", ""]
)
def test_the_header_does_not_decide_the_type(server: FakeHost, content_type: str) -> None:
    """The bytes do."""
    server.script(plain(PNG, content_type))

    assert fetch(server) == IMAGE


def test_a_body_without_a_length_is_read_to_its_end(server: FakeHost) -> None:
    """Closed, or chunked."""
    server.script(
        raw(head(headers=PNG_HEAD), PNG),
        raw(
            head(headers={**PNG_HEAD, "Transfer-Encoding": "chunked"}, keep_alive=True),
            chunked(PNG[:10], PNG[10:]),
        ),
    )

    assert [fetch(server), fetch(server)] == [IMAGE, IMAGE]


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(server: FakeHost, code: int) -> None:
    """Not even to the same server."""
    server.script(status(code, {"Location": f"http://{server.endpoint}/b.png"}))

    refused(lambda: fetch(server))
    assert len(server.requests) == 1


CUT = head(headers=PNG_HEAD, length=len(PNG) + 10) + PNG
FAULTS: Mapping[str, Answer] = {
    "not found": status(404),
    "forbidden": status(403),
    "server error": status(500),
    "partial": plain(PNG, status_line="206 Partial Content"),
    "no content": raw(head("204 No Content")),
    "a page": plain(b"<html>Hola</html>", "image/png"),
    "empty": plain(b"", "image/png"),
    "gzip": gzipped(PNG),
    "cut": raw(CUT),
    "reset": raw(CUT[:60], Reset()),
    "closed": raw(Close()),
    "no http": raw(b"\x00\x01\x02\x03\r\n\r\n"),
}


@pytest.mark.parametrize("answer", FAULTS.values(), ids=FAULTS.keys())
def test_whatever_goes_wrong_is_told_in_one_sentence(server: FakeHost, answer: Answer) -> None:
    """What the server is, or says, stays unknown to who gave the URL."""
    server.script(answer)

    told = refused(lambda: fetch(server))

    assert told.issues == (("imageUrl", "could not be fetched"),)
    assert str(told) == "imageUrl could not be fetched"
    assert (told.__cause__, told.__context__) == (None, None)


def test_a_nobody_is_told_of_in_the_same_sentence() -> None:
    """A port where nothing listens."""
    with FakeHost() as gone:
        endpoint = gone.endpoint
    absent = HttpMediaSource(EndpointGuard.parse(endpoint))

    refused(lambda: absent.fetch(f"http://{endpoint}/a.png", within(5.0)))


def test_an_endless_image_is_left_at_the_size(server: FakeHost) -> None:
    """Just over 10 MB are read, not a second helping."""
    helping = bytes(1_048_576)
    steps: list[Step] = [PNG, *[helping] * 64]
    server.script(raw(head(headers=PNG_HEAD), *steps, Stall()))

    refused(lambda: fetch(server))
    assert server.wait_for_hang_ups(1)
    assert len(helping) * 64 > 4 * MAX_IMAGE_BYTES


@pytest.mark.parametrize("steps", [[Stall()], [head(headers=PNG_HEAD), PNG, Stall()]])
def test_a_server_that_stalls_is_left_after_the_time_for_one_image(
    server: FakeHost, monkeypatch: pytest.MonkeyPatch, steps: list[Step]
) -> None:
    """Long before the operation's deadline; the URL is at fault."""
    monkeypatch.setattr(http, "FETCH_SECONDS", 0.2)
    server.script(raw(*steps))

    refused(lambda: fetch(server, deadline=within(60.0)))
    assert server.wait_for_hang_ups(1)


@pytest.mark.parametrize("steps", [[Stall()], [head(headers=PNG_HEAD), PNG, Stall()]])
def test_the_operations_own_deadline_is_told_as_such(server: FakeHost, steps: list[Step]) -> None:
    """It comes before the time for one image."""
    server.script(raw(*steps))

    with pytest.raises(DeadlineExceeded) as caught:
        fetch(server, deadline=within(0.2))

    assert caught.value.work is HostWork.NONE
    assert "imagen" in caught.value.user_message
    assert server.wait_for_hang_ups(1)


def test_a_reader_that_left_ends_the_fetch(server: FakeHost) -> None:
    """The deadline comes early then."""
    server.script(raw(Stall()))
    deadline = Deadline(
        time.monotonic() + 60.0, time.monotonic, abandoned=lambda: bool(server.requests)
    )

    with pytest.raises(DeadlineExceeded):
        fetch(server, deadline=deadline)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/a.png",
        "https://127.0.0.1:{port}/a.png",
        "http://127.1:{port}/a.png",
        "http://2130706433:{port}/a.png",
        "http://0x7f.1:{port}/a.png",
        "http://[::1]:{port}/a.png",
        "http://[::ffff:127.0.0.1]:{port}/a.png",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.7/a.png",
        "http://8.8.8.8/a.png",
    ],
)
def test_an_address_that_is_not_allowed_is_blocked_as_typed(server: FakeHost, url: str) -> None:
    """No line is opened; the sentence is the same as for every failure."""
    with pytest.raises(BlockedEndpoint) as caught:
        HttpMediaSource(EndpointGuard()).fetch(url.format(port=server.port), within(5.0))

    assert caught.value.user_message == NOT_FETCHED
    assert server.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://ana:clave@127.0.0.1:{port}/a.png",
        "http://@127.0.0.1:{port}/a.png",
        "ftp://127.0.0.1:{port}/a.png",
        "gopher://127.0.0.1:{port}/a.png",
        "file:///etc/passwd",
        "//127.0.0.1:{port}/a.png",
        "http:///a.png",
        "http://",
        "http://[::1/a.png",
        "http://127.0.0.1:{port}/a\r\nX-Evil: 1",
        "http://127.0.0.1:99999/a.png",
        "http://127.0.0.1:{port}/" + "a" * 5000,
    ],
)
def test_a_url_of_another_kind_is_not_called(server: FakeHost, url: str) -> None:
    """Even where the operator allows the address."""
    refused(lambda: source(server).fetch(url.format(port=server.port), within(5.0)))

    assert server.connections == 0


Names = Callable[[str, int], Sequence[tuple[Any, ...]]]


def behind_names(names: Names, allowed: str = "") -> HttpMediaSource:
    """The adapter, with a resolver of our own."""
    return HttpMediaSource(
        EndpointGuard.parse(allowed), lambda guard: HostTransport(guard, resolver=names)
    )


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_that_leads_to_a_closed_address_is_not_called(
    server: FakeHost, scheme: str, address: str
) -> None:
    """And is told apart from nothing."""

    def names(host: str, port: int) -> Sequence[tuple[Any, ...]]:
        assert host == "img.example"
        return [(2, 1, 6, "", (address, server.port))]

    told = refused(
        lambda: behind_names(names).fetch(f"{scheme}://img.example:{server.port}/a", within(5.0))
    )

    assert told.issues == (("imageUrl", "could not be fetched"),)
    assert server.connections == 0


def test_a_name_is_resolved_once(server: FakeHost) -> None:
    """What is judged is what is called: an answer that changes cannot come between."""
    asked: list[str] = []

    def names(host: str, port: int) -> Sequence[tuple[Any, ...]]:
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", server.port))]

    found = behind_names(names, "127.0.0.0/8").fetch(
        f"http://img.example:{server.port}/a", within(5.0)
    )

    assert found == IMAGE
    assert asked == ["img.example"]
    assert server.requests[0].headers["host"] == f"img.example:{server.port}"


def test_an_image_in_the_url_opens_no_line() -> None:
    """There is nobody to ask."""
    lines: list[EndpointGuard] = []

    def opened(guard: EndpointGuard) -> HostTransport:
        lines.append(guard)
        return HostTransport(guard)

    url = "data:image/gif;base64,R0lGODlhAQABAAAAADs="
    over_http = HttpMediaSource(EndpointGuard(), opened)
    found = MediaByScheme({"data": over_http}).fetch(url, within(5.0))

    assert found.media_type == "image/gif"
    assert lines == []
