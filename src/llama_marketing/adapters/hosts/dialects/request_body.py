"""What the dialects share when they write a request: the URL, the turns, the parameters."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from llama_marketing.adapters.wire.request import HttpRequest
from llama_marketing.domain.catalog.hosts import HostRow
from llama_marketing.domain.chat.models import ChatCall, HostTarget, ImagePart, Message, Role


def post(target: HostTarget, path: str, body: Mapping[str, Any], accept: str) -> HttpRequest:
    """The request that sends a JSON body; raises ValueError for a number JSON does not have."""
    return HttpRequest(
        method="POST",
        url=url_of(target, path),
        headers={"content-type": "application/json", "accept": accept, **target.row.headers},
        body=json.dumps(body, allow_nan=False, separators=(",", ":")).encode("ascii"),
        key=target.key,
        key_header=target.row.key_header,
    )


def get(target: HostTarget, path: str) -> HttpRequest:
    """The request that asks for something as JSON."""
    return HttpRequest(
        method="GET",
        url=url_of(target, path),
        headers={"accept": "application/json", **target.row.headers},
        key=target.key,
        key_header=target.row.key_header,
    )


def chat_path(target: HostTarget, call: ChatCall, stream: bool) -> str:
    """The path of a call, with the model's id in it where the host wants it there."""
    path = (target.row.stream_path if stream else "") or target.row.chat_path
    return path.replace("{model}", quote(call.model, safe=""))


def url_of(target: HostTarget, path: str) -> str:
    """A path below the target's base URL."""
    return (target.base_url or target.row.base_url).rstrip("/") + path


def turns(call: ChatCall) -> tuple[Message, ...]:
    """The call's turns; without a system turn where the model takes none beside an image."""
    pictured = any(message.images for message in call.messages)
    if not pictured or call.traits.system_with_image:
        return call.messages
    orders = [message.content for message in call.messages if message.role is Role.SYSTEM]
    others = [message for message in call.messages if message.role is not Role.SYSTEM]
    if not orders or not others:
        return call.messages
    first = others[0]
    text = "\n\n".join([*orders, first.content])
    return (Message(first.role, text, first.images), *others[1:])


def system_text(messages: tuple[Message, ...]) -> str:
    """What the system turns say, for hosts that take it beside the turns."""
    return "\n\n".join(m.content for m in messages if m.role is Role.SYSTEM)


def base64_text(image: ImagePart) -> str:
    """An image's bytes as JSON can carry them."""
    return base64.b64encode(image.data).decode("ascii")


def chat_turn(message: Message) -> dict[str, Any]:
    """A turn as OpenAI writes it, which Meta's native API takes too."""
    if not message.images:
        return {"role": message.role.value, "content": message.content}
    parts: list[dict[str, Any]] = [
        {
            "type": "image_url",
            "image_url": {"url": f"data:{image.media_type};base64,{base64_text(image)}"},
        }
        for image in message.images
    ]
    return {
        "role": message.role.value,
        "content": [*parts, {"type": "text", "text": message.content}],
    }


def sampling(row: HostRow, call: ChatCall) -> dict[str, Any]:
    """The sampling parameters that are sent, by our names, within the host's range."""
    sent = {name: value for name, value in wanted(call).items() if _is_taken(row, call, name)}
    if "temperature" in sent:
        sent["temperature"] = min(sent["temperature"], row.max_temperature)
    return sent


def dropped_parameters(row: HostRow, call: ChatCall) -> tuple[str, ...]:
    """The sampling parameters of a call that the host, or the model on it, does not take."""
    return tuple(name for name in wanted(call) if not _is_taken(row, call, name))


def wanted(call: ChatCall) -> dict[str, Any]:
    """The sampling parameters that the caller asks for."""
    # Temperature and top_p always: a host that misses them may put in its own (Ollama: 1.0).
    parameters: dict[str, Any] = {"temperature": call.temperature, "top_p": call.top_p}
    if call.frequency_penalty:
        parameters["frequency_penalty"] = call.frequency_penalty
    if call.presence_penalty:
        parameters["presence_penalty"] = call.presence_penalty
    if call.seed is not None:
        parameters["seed"] = call.seed
    return parameters


def laid_over(body: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """The body with ``extra`` laid over it, object by object."""
    merged = dict(body)
    for name, value in extra.items():
        below = merged.get(name)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        merged[name] = laid_over(below or {}, value) if both else value
    return merged


def _is_taken(row: HostRow, call: ChatCall, name: str) -> bool:
    return call.traits.accepts_sampling and name in row.parameters
