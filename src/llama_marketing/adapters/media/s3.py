"""Images out of Amazon S3, from the buckets that the operator allows."""

from __future__ import annotations

import re
import threading
from typing import Any, Final, Self

import attrs

from llama_marketing.domain.chat.models import ImagePart
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import LlamaMarketingError, SettingsError
from llama_marketing.domain.media import (
    FETCH_SECONDS,
    MAX_IMAGE_BYTES,
    image_of,
    too_slow,
    unfetched,
)
from llama_marketing.ports.media import MediaSource

CONNECT_SECONDS: Final = 3.0
ANSWER_SECONDS: Final = 5.0
"""Seconds of silence after which S3 is given up."""
MAX_KEY_BYTES: Final = 1_024
"""The longest key (Amazon S3, "Naming Amazon S3 objects", seen 2026-11)."""

_CHUNK: Final = 65_536
_URL: Final = re.compile(r"[sS]3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.+)", re.DOTALL)
_PLACE: Final = re.compile(r"([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", re.DOTALL)


@attrs.frozen
class AllowedPlace:
    """A bucket, or the keys in it that start with ``prefix``."""

    bucket: str
    prefix: str = ""

    @classmethod
    def parse(cls, text: str) -> tuple[Self, ...]:
        """Read a comma list of ``bucket`` or ``bucket/prefix/``.

        Raises SettingsError for a name that no bucket can have.
        """
        found = []
        for part in filter(None, (each.strip() for each in text.split(","))):
            place = _PLACE.fullmatch(part.removeprefix("s3://"))
            if place is None:
                raise SettingsError(
                    "LLAMA_MARKETING_MEDIA_BUCKETS must be a comma list of bucket or bucket/prefix/"
                )
            found.append(cls(place[1], place[2] or ""))
        return tuple(found)

    def holds(self, bucket: str, key: str) -> bool:
        """Whether an object lies there."""
        return bucket == self.bucket and key.startswith(self.prefix)


@attrs.define(eq=False)
class S3MediaSource(MediaSource):
    """Reads ``s3://bucket/key`` with the rights of the caller's session; safe between threads.

    What is not allowed, not there or not permitted is one and the same to who asks.
    """

    allowed: tuple[AllowedPlace, ...]
    session: Any = attrs.field(default=None, repr=False)
    """A session of boto3 or botocore; None is boto3's own, made at the first use."""
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False)
    _made: Any = attrs.field(default=None, init=False, repr=False)

    def fetch(self, url: str, deadline: Deadline) -> ImagePart:
        """The image; its size is looked at before it is read.

        The fault is raised here alone, so that no frame holds what S3 said.
        """
        found = self._fetched(url, deadline)
        if isinstance(found, ImagePart):
            return found
        raise found

    def _fetched(self, url: str, deadline: Deadline) -> ImagePart | LlamaMarketingError:
        parts = _URL.fullmatch(url)
        if parts is None or not url.isprintable() or len(parts[2].encode()) > MAX_KEY_BYTES:
            return unfetched("must be s3://bucket/key")
        if not any(place.holds(parts[1], parts[2]) for place in self.allowed):
            return unfetched()
        if deadline.passed():
            return too_slow()
        latest = deadline.monotonic() + FETCH_SECONDS
        limit = attrs.evolve(deadline, expires_at=min(deadline.expires_at, latest))
        content = self._content(parts[1], parts[2], limit)
        image = None if content is None else image_of(content)
        if image is None and deadline.passed():
            return too_slow()
        return image or unfetched()

    def _content(self, bucket: str, key: str, deadline: Deadline) -> bytes | None:
        """The object; None where there is none, or it is too large or too slow."""
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        try:
            answer = self._client().get_object(Bucket=bucket, Key=key)
            body = answer["Body"]
            try:
                if answer["ContentLength"] > MAX_IMAGE_BYTES:
                    return None
                return _read(body, deadline)
            finally:
                body.close()
        except (BotoCoreError, ClientError, ResponseParserError, OSError):
            return None

    def _client(self) -> Any:
        with self._lock:
            if self._made is None:
                self._made = _low_level_client(self.session)
            return self._made


def _read(body: Any, deadline: Deadline) -> bytes | None:
    content = bytearray()
    while part := body.read(_CHUNK):
        content += part
        if len(content) > MAX_IMAGE_BYTES or deadline.passed():
            return None
    return bytes(content)


def _low_level_client(session: Any) -> Any:
    from botocore.config import Config

    if session is None:
        from boto3.session import Session

        session = Session()
    make = getattr(session, "create_client", None) or session.client
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        retries={"total_max_attempts": 1, "mode": "standard"},
    )
    return make("s3", config=config)
