"""A speaker of AWS Bedrock's Converse, over the words of tests/fake_bedrock.py."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from llama_marketing.domain.catalog.hosts import HostRow, JsonMode
from llama_marketing.domain.chat.models import FinishReason
from llama_marketing.domain.errors import BadPayload, HostRateLimited, HostUnreachable
from tests.fake_bedrock import (
    EVENT_STREAM,
    closing,
    exception,
    fault,
    opening,
    piece,
    reply_object,
    unmodelled_error,
    usage_of,
)
from tests.fake_host import NO_USAGE, SeenRequest, html
from tests.hosts.speaker import (
    BrokenStream,
    Failure,
    Heard,
    Said,
    Speaker,
    bad_key,
    busy,
    cut,
    limited,
    no_credit,
    no_model,
    not_accepted,
    too_long,
)

SAMPLING_NAMES = {"temperature": "temperature", "topP": "top_p"}
KNOWN_FIELDS = frozenset({"messages", "system", "inferenceConfig"})
KNOWN_SETTINGS = frozenset({"maxTokens", "stopSequences", *SAMPLING_NAMES})
HALF = len(piece("half")) // 2


class Bedrock(Speaker):
    """Blocks of content, binary messages, the usage last, faults by the name of their type."""

    row_id = "bedrock"
    name = "Bedrock"
    stream_type = EVENT_STREAM
    echoes_model = False

    def reply_object(self, said: Said) -> dict[str, Any]:
        """Converse's answer."""
        return reply_object(said.text, self._usage(said), self._word(said))

    def _word(self, said: Said) -> str:
        return "max_tokens" if said.finish is FinishReason.LENGTH else "end_turn"

    def _usage(self, said: Said) -> Any:
        """What was read from the cache stands beside the input."""
        if said.usage is None:
            return NO_USAGE
        cached = said.usage.cached_tokens
        cache = {"cacheReadInputTokens": cached} if cached else {}
        return usage_of(said.usage.input_tokens - cached, said.usage.output_tokens, **cache)

    def opening(self, text: str) -> bytes:
        """The start of the message, and text."""
        return b"".join(opening(text))

    def piece(self, text: str) -> bytes:
        """A delta."""
        return piece(text)

    def closings(self, said: Said) -> Mapping[str, bytes]:
        """In the event of the metadata, after the stop."""
        return {"metadata": b"".join(closing(self._usage(said), self._word(said)))}

    def refusals(self) -> Sequence[tuple[dict[str, Any], bytes]]:
        """A filter of the service, or a guardrail of the account."""
        usage = usage_of(20, 0)
        return [
            (reply_object("", usage, word), b"".join([*opening(""), *closing(usage, word)]))
            for word in ("content_filtered", "guardrail_intervened")
        ]

    def stopped_by(self, word: str) -> tuple[dict[str, Any], bytes]:
        """In ``stopReason``."""
        return reply_object("Hola", stop=word), b"".join(closing(stop=word))

    def counted(self, tokens_in: Any, tokens_out: Any) -> tuple[dict[str, Any], bytes]:
        """In ``usage``, with no total."""
        usage = {"inputTokens": tokens_in, "outputTokens": tokens_out}
        return reply_object("Hola", usage), b"".join(closing(usage))

    def broken_streams(self) -> Sequence[BrokenStream]:
        """Modelled exceptions, an unmodelled error, and a message with a wrong checksum."""
        wrong = bytearray(piece("la"))
        wrong[-1] ^= 1
        return [
            cut("no stop"),
            cut("half a message", piece("half")[:HALF]),
            BrokenStream("throttled", [exception("throttlingException")], HostRateLimited),
            BrokenStream("model fault", [exception("modelStreamErrorException")], HostUnreachable),
            BrokenStream("a wrong request", [exception("validationException")], BadPayload),
            BrokenStream("unmodelled", [unmodelled_error("InternalFailure")], HostUnreachable),
            BrokenStream("a wrong checksum", [bytes(wrong)], BadPayload),
        ]

    def failures(self) -> Sequence[Failure]:
        """By the service model and the sentences that users report."""
        throttled = {"retry-after": "2"}
        demand = "Invocation of model ID m with on-demand throughput isn't supported."
        full = "Input is too long for requested model."
        unpaid = "Model access is denied due to INVALID_PAYMENT_INSTRUMENT."
        return [
            bad_key(fault(403, "AccessDeniedException", "not authorized to perform: x")),
            bad_key(fault(403, "UnrecognizedClientException"), "unknown key"),
            bad_key(fault(403, "ExpiredTokenException"), "expired session"),
            bad_key(fault(403, "InvalidSignatureException"), "wrong signature"),
            no_credit(fault(403, "AccessDeniedException", unpaid)),
            no_model(fault(404, "ResourceNotFoundException", "no such model")),
            no_model(
                fault(400, "ValidationException", "The provided model identifier is invalid."),
                "wrong model id",
            ),
            no_model(fault(400, "ValidationException", demand), "no profile"),
            no_model(
                fault(403, "AccessDeniedException", "You don't have access to the model with m."),
                "model not granted",
            ),
            limited(fault(429, "ThrottlingException", headers=throttled), 2.0),
            limited(fault(400, "ServiceQuotaExceededException"), None, "quota of the account"),
            busy(fault(503, "ServiceUnavailableException")),
            limited(fault(429, "ModelNotReadyException"), None, "model not ready"),
            busy(fault(408, "ModelTimeoutException"), "model timed out"),
            busy(fault(424, "ModelErrorException"), "model fault"),
            busy(html(code=502), "edge"),
            too_long(fault(400, "ValidationException", full)),
            not_accepted(fault(400, "ValidationException", "malformed"), "wrong request"),
        ]

    def models_object(self, *ids: str) -> Any:
        """It has none: another service lists them."""
        raise NotImplementedError

    def chat_path(self, row: HostRow, model: str, stream: bool) -> str:
        """The model's id stands in the path, and the way at its end."""
        return f"/model/{quote(model, safe='')}/converse{'-stream' if stream else ''}"

    def heard(self, request: SeenRequest) -> Heard:
        """Read the path and the body."""
        body = request.json
        settings = body["inferenceConfig"]
        (turn,) = body["messages"]
        assert turn["role"] == "user"
        return Heard(
            model=request.path.split("/")[2],
            system="".join(block["text"] for block in body.get("system", [])),
            user="".join(block.get("text", "") for block in turn["content"]),
            token_field="maxTokens",
            max_tokens=settings["maxTokens"],
            sampling={
                ours: settings[theirs]
                for theirs, ours in SAMPLING_NAMES.items()
                if theirs in settings
            },
            json_mode=JsonMode.NONE,
            schema=None,
            images=[
                (
                    f"image/{block['image']['format']}",
                    base64.b64decode(block["image"]["source"]["bytes"]),
                )
                for block in turn["content"]
                if "image" in block
            ],
            stream=request.path.endswith("/converse-stream"),
            wants_stream_usage=False,
            unknown=(frozenset(body) - KNOWN_FIELDS) | (frozenset(settings) - KNOWN_SETTINGS),
        )
