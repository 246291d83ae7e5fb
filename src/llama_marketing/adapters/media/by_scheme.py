"""The one place that looks at the scheme of an image's URL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from llama_marketing.domain.chat.models import ImagePart
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.media import inline_image, unfetched
from llama_marketing.ports.media import MediaSource

UNKNOWN_SCHEME: Final = "must be an https, s3 or data URL"


@attrs.frozen
class MediaByScheme(MediaSource):
    """Reads ``data:`` URLs itself and hands every other one to the source of its scheme.

    ``sources`` by scheme in lower case, such as ``https``.
    """

    sources: Mapping[str, MediaSource]

    def fetch(self, url: str, deadline: Deadline) -> ImagePart:
        """The image; InvalidRequest also for a scheme without a source."""
        scheme = url.partition(":")[0].lower()
        if scheme == "data":
            # The rest of a data URL is base64 or percent-encoded: ASCII either way.
            image = inline_image(url) if url.isascii() else None
            if image is None:
                raise unfetched()
            return image
        source = self.sources.get(scheme)
        if source is None:
            raise unfetched(UNKNOWN_SCHEME)
        return source.fetch(url, deadline)
