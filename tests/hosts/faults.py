"""The faults F1-F25 of a host (reference/reliability-security.md 3.3) as data for every dialect.

A fault says with which bytes a speaker lies, whole and streamed, and what the adapter must make
of it. F1, F2 and F25 are faults of the way to the host; the tests make them themselves.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from typing import Final

import attrs

from llama_marketing.domain.errors import (
    BadKey,
    BadPayload,
    DeadlineExceeded,
    HostError,
    HostRateLimited,
    HostUnreachable,
    HostWork,
    ModelNotServed,
    NoCredit,
    Truncated,
)
from tests.fake_host import (
    Answer,
    Close,
    Pause,
    Reset,
    Stall,
    Step,
    chunked,
    dripped,
    head,
    html,
    plain,
    raw,
    status,
)
from tests.hosts.speaker import Said, Speaker, json_bytes

NONE, UNKNOWN, PARTIAL, WORK_DONE = (
    HostWork.NONE,
    HostWork.UNKNOWN,
    HostWork.PARTIAL,
    HostWork.DONE,
)
DRIP_SECONDS: Final = 0.6
"""Between two bytes of a host that drips."""
MEGABYTE: Final = b"x" * 1_000_000

Play = Callable[[Speaker, bool], Answer]
"""Makes the lie of a speaker; True where a stream was asked for."""
Meaning = tuple[type[HostError], HostWork]


@attrs.frozen
class Fault:
    """One fault: its name starts with its number."""

    name: str
    play: Play
    whole: Meaning | None
    streamed: Meaning | None
    said_first: str = ""
    """What a stream gives before the fault."""
    to_the_deadline: bool = False
    """Ends at the deadline and not before."""
    moves_on: bool = False
    """The service asks the next host (interfaces 2.3): 404, 429, 5xx, no line, no word."""

    def meaning(self, streamed: bool) -> Meaning | None:
        """What is expected, None where the fault is none."""
        return self.streamed if streamed else self.whole

    def __str__(self) -> str:
        return self.name


def payload(speaker: Speaker, streamed: bool) -> bytes:
    """A good body: the JSON, or all events."""
    if not streamed:
        return json_bytes(speaker.reply_object(Said()))
    (closing, *_) = speaker.closings(Said()).values()
    return b"".join([*speaker.text_events(Said()), closing])


def begun(speaker: Speaker, streamed: bool) -> bytes:
    """The body up to where it is cut: half of the JSON, or the first text."""
    if streamed:
        return speaker.opening("Ho")
    whole = payload(speaker, False)
    return whole[: len(whole) // 2]


def head_for(speaker: Speaker, streamed: bool, length: int | None = None, **more: str) -> bytes:
    """The head of a 200; ``more`` are headers with ``_`` for ``-``."""
    kind = speaker.stream_type if streamed else "application/json"
    headers = {"Content-Type": kind}
    return head(headers=headers | {n.replace("_", "-"): v for n, v in more.items()}, length=length)


def always(answer: Answer) -> Play:
    """The same bytes for everybody."""
    return lambda _speaker, _streamed: answer


def after_the_beginning(*steps: Step, chunks: bool = False, length: int | None = None) -> Play:
    """A good beginning and then these steps."""

    def play(speaker: Speaker, streamed: bool) -> Answer:
        first = begun(speaker, streamed)
        if chunks:
            opened = head_for(speaker, streamed, Transfer_Encoding="chunked")
            return raw(opened, chunked(first, end=False), *steps)
        return raw(head_for(speaker, streamed, length), first, *steps)

    return play


def instead_of_the_body(data: bytes, **more: str) -> Play:
    """A good head and another body, of a known length."""

    def play(speaker: Speaker, streamed: bool) -> Answer:
        return raw(head_for(speaker, streamed, len(data), **more) + data)

    return play


def drip_of_the_head(speaker: Speaker, streamed: bool) -> Answer:
    """The head a byte at a time."""
    return raw(*dripped(head_for(speaker, streamed), DRIP_SECONDS))


def drip_of_the_body(speaker: Speaker, streamed: bool) -> Answer:
    """The body a byte at a time, after what a stream says first."""
    first = begun(speaker, True) if streamed else b""
    rest = payload(speaker, streamed)
    return raw(head_for(speaker, streamed), first, *dripped(rest, DRIP_SECONDS))


def drip_of_chunks(speaker: Speaker, streamed: bool) -> Answer:
    """A chunk of a byte at a time."""
    first = [chunked(begun(speaker, True), end=False)] if streamed else []
    steps: list[Step] = [head_for(speaker, streamed, Transfer_Encoding="chunked"), *first]
    for byte in payload(speaker, streamed):
        steps += [chunked(bytes([byte]), end=False), Pause(DRIP_SECONDS)]
    return raw(*steps)


def at_status(code: int, meaning: type[HostError], name: str, *, moves_on: bool = False) -> Fault:
    """An error status with an empty object: nothing in the body helps."""
    return Fault(
        name, always(status(code, data={})), (meaning, NONE), (meaning, NONE), moves_on=moves_on
    )


def both(
    name: str, play: Play, error: type[HostError], work: HostWork, *, moves_on: bool = False
) -> Fault:
    """A fault that means the same either way, before anything was said."""
    return Fault(name, play, (error, work), (error, work), moves_on=moves_on)


def inside(name: str, play: Play, error: type[HostError]) -> Fault:
    """A fault inside the answer, after a stream has said ``"Ho"``."""
    return Fault(name, play, (error, PARTIAL), (error, PARTIAL), said_first="Ho")


def broken_body(code: int, *steps: Step) -> Play:
    """An error whose JSON begins, and then these steps."""
    return always(raw(head(f"{code} Status", length=1000) + b"{", *steps))


HOSTILE_DATE: Final = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"
HALF_A_GZIP: Final = gzip.compress(b"x" * 10_000)[:30]
EARLY_HINTS: Final = head("103 Early Hints", keep_alive=True) * 50

FAULTS: Sequence[Fault] = (
    both("F03 closed", always(raw(Close())), HostUnreachable, UNKNOWN, moves_on=True),
    both("F03 reset", always(raw(Reset())), HostUnreachable, UNKNOWN, moves_on=True),
    both(
        "F03 closed in the head",
        always(raw(b"HTTP/1.1 200 OK\r\nContent-Ty")),
        HostUnreachable,
        UNKNOWN,
        moves_on=True,
    ),
    Fault(
        "F04 silence",
        always(raw(Stall())),
        (DeadlineExceeded, UNKNOWN),
        (DeadlineExceeded, UNKNOWN),
        to_the_deadline=True,
        moves_on=True,
    ),
    Fault(
        "F04 head dripped",
        drip_of_the_head,
        (DeadlineExceeded, UNKNOWN),
        (DeadlineExceeded, UNKNOWN),
        to_the_deadline=True,
        moves_on=True,
    ),
    Fault(
        "F04 informational heads",
        always(raw(*dripped(EARLY_HINTS, DRIP_SECONDS, 31))),
        (DeadlineExceeded, UNKNOWN),
        (DeadlineExceeded, UNKNOWN),
        to_the_deadline=True,
        moves_on=True,
    ),
    Fault(
        "F04 body dripped",
        drip_of_the_body,
        (DeadlineExceeded, PARTIAL),
        (DeadlineExceeded, PARTIAL),
        said_first="Ho",
        to_the_deadline=True,
    ),
    Fault(
        "F04 chunks dripped",
        drip_of_chunks,
        (DeadlineExceeded, PARTIAL),
        (DeadlineExceeded, PARTIAL),
        said_first="Ho",
        to_the_deadline=True,
    ),
    inside("F05 cut with a length", after_the_beginning(length=100_000), Truncated),
    inside("F05 cut in chunks", after_the_beginning(chunks=True), Truncated),
    inside("F05 reset in the body", after_the_beginning(Pause(0.1), Reset()), Truncated),
    inside("F06 cut without a length", after_the_beginning(Close()), Truncated),
    Fault(
        "F06 empty without a length",
        lambda speaker, streamed: raw(head_for(speaker, streamed)),
        (Truncated, PARTIAL),
        (Truncated, PARTIAL),
    ),
    both("F07 html", always(html()), BadPayload, WORK_DONE),
    Fault(
        "F07 html that says it is right",
        instead_of_the_body(b"<html>Bad gateway</html>"),
        (BadPayload, WORK_DONE),
        None,
    ),
    Fault("F07 nothing", instead_of_the_body(b""), (BadPayload, WORK_DONE), (Truncated, PARTIAL)),
    both("F07 no http", always(raw(b"SSH-2.0-OpenSSH_9\r\n\r\n")), BadPayload, UNKNOWN),
    both("F07 wrong media type", always(plain(b"{}", "text/plain")), BadPayload, WORK_DONE),
    Fault(
        "F08 invalid utf-8",
        instead_of_the_body(b'{"choices": "\xff", "candidates": "\xff"}'),
        (BadPayload, WORK_DONE),
        None,
    ),
    Fault(
        "F08 nested too deep",
        instead_of_the_body(b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
        (BadPayload, WORK_DONE),
        None,
    ),
    both(
        "F09 gzip",
        instead_of_the_body(gzip.compress(b"x" * 10_000_000), Content_Encoding="gzip"),
        BadPayload,
        WORK_DONE,
    ),
    inside("F09 endless body", after_the_beginning(*[MEGABYTE] * 9), BadPayload),
    inside("F09 a giant length", after_the_beginning(*[MEGABYTE] * 9, length=10**12), BadPayload),
    both(
        "F10 half a gzip",
        instead_of_the_body(HALF_A_GZIP, Content_Encoding="gzip"),
        BadPayload,
        WORK_DONE,
    ),
    both(
        "F10 another encoding",
        instead_of_the_body(b"x", Content_Encoding="br"),
        BadPayload,
        WORK_DONE,
    ),
    both(
        "F11 a giant header", always(raw(head(headers={"X": "y" * 1_000_000}))), BadPayload, UNKNOWN
    ),
    both(
        "F11 endless headers", always(raw(head()[:-2] + b"A: b\r\n" * 100_000)), BadPayload, UNKNOWN
    ),
    inside("F11 a wrong chunk", after_the_beginning(b"zz\r\nx", chunks=True), BadPayload),
    at_status(429, HostRateLimited, "F20 429", moves_on=True),
    at_status(500, HostUnreachable, "F21 500", moves_on=True),
    at_status(503, HostUnreachable, "F21 503", moves_on=True),
    at_status(529, HostUnreachable, "F21 529", moves_on=True),
    both("F21 html 502", always(html(code=502)), HostUnreachable, NONE, moves_on=True),
    both(
        "F21 503 cut",
        always(raw(head("503 Busy", length=100) + b"{")),
        HostUnreachable,
        NONE,
        moves_on=True,
    ),
    both(
        "F21 503 encoded",
        always(plain(b"x", headers={"Content-Encoding": "gzip"}, status_line="503 Busy")),
        HostUnreachable,
        NONE,
        moves_on=True,
    ),
    # The status has told the fault: what stalls or drips behind it costs a second at most.
    *(
        both(f"{name} {way}", broken_body(code, *steps), meaning, NONE, moves_on=moves_on)
        for name, code, meaning, moves_on in (
            ("F20 429", 429, HostRateLimited, True),
            ("F21 503", 503, HostUnreachable, True),
            ("F22 401", 401, BadKey, False),
        )
        for way, steps in (("stalls", [Stall()]), ("dripped", dripped(b" " * 60, 0.3)))
    ),
    # A date that no calendar has is no hint, and no crash.
    both(
        "F21 503 with a hostile date",
        always(status(503, {"Retry-After": HOSTILE_DATE}, {})),
        HostUnreachable,
        NONE,
        moves_on=True,
    ),
    at_status(400, BadPayload, "F22 400"),
    at_status(401, BadKey, "F22 401"),
    at_status(402, NoCredit, "F22 402"),
    at_status(403, BadKey, "F22 403"),
    at_status(404, ModelNotServed, "F22 404", moves_on=True),
    at_status(413, BadPayload, "F22 413"),
    at_status(422, BadPayload, "F22 422"),
    both("F23 204", always(raw(head("204 No Content"))), BadPayload, NONE),
    *(
        both(
            f"F23 {code}",
            always(status(code, {"Location": "http://127.0.0.1:1/"})),
            BadPayload,
            NONE,
        )
        for code in (301, 302, 303, 307, 308)
    ),
    Fault(
        "F24 stall",
        after_the_beginning(Stall()),
        (DeadlineExceeded, PARTIAL),
        (DeadlineExceeded, PARTIAL),
        said_first="Ho",
        to_the_deadline=True,
    ),
)
