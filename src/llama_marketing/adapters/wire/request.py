"""One request as it goes to the transport, and what signs requests that carry no key."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Final, Protocol

import attrs

from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import HostError
from llama_marketing.domain.secret import Secret

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
BEARER_HEADER: Final = "authorization"
"""The header in which a key goes as ``Bearer KEY``; in every other one it goes alone."""


class RequestSigner(Protocol):
    """Proves who asks by a signature over the request, where there is no key to send."""

    @abstractmethod
    def sign(
        self, request: HttpRequest, headers: Mapping[str, str], deadline: Deadline
    ) -> Mapping[str, str] | HostError:
        """The headers to add to a request that goes out with ``headers``, or the fault."""


@attrs.frozen(slots=True)
class HttpRequest:
    """One request; key and signer stand beside the headers: the transport adds what they give."""

    method: str
    url: str
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: bytes = attrs.field(default=b"", repr=False)
    key: Secret | None = None
    key_header: str = BEARER_HEADER
    signer: RequestSigner | None = attrs.field(default=None, repr=False)
