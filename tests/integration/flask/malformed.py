"""More than 200 kinds of request that no client should send."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import attrs

from tests.integration.flask.app import (
    ASKED,
    CATALOG,
    CONFIGURED,
    PREFIX,
    client_path,
    config_path,
    meta_path,
)
from tests.unit.app.samples import OTHER

CONFIG = config_path()
GENERATE = f"{meta_path()}/generate"
CHECK = f"{meta_path()}/check"
HISTORY = f"{meta_path()}/generations"
COMPARE = config_path().replace("/meta", "/compare")
PLAYGROUND = config_path().replace("/meta", "/playground")
BATCHES = f"{meta_path()}/batches"
USAGE = f"{CONFIG}/usage"
PROVIDER = f"{client_path()}/ai-providers/openai"
PROVIDERS = PROVIDER.removesuffix("/openai")
CHECKED: dict[str, Any] = {"text": "Hola", "platform": "instagram"}
HUGE = 10**4000
SURROGATE = "caf\ud83d"
JSON = {"Content-Type": "application/json"}
TOO_LARGE = b'{"text": "' + b"x" * (256 * 1024) + b'"}'


@attrs.frozen
class Case:
    """One request, and the status and code that it must get."""

    name: str
    method: str
    path: str
    status: int = 422
    code: str = "invalid_request"
    body: bytes | None = None
    headers: dict[str, str] = attrs.Factory(dict)


BOOLEANS: tuple[Any, ...] = ("true", 1, 0, [], {}, 0.5)
TEXTS: tuple[Any, ...] = (5, True, [], {}, 1.5, SURROGATE)
OBJECTS: tuple[Any, ...] = (5, "x", [], True, [{}])
COUNTS: tuple[Any, ...] = ("5", True, 1.5, [], {}, 0, -1, HUGE)
NUMBERS: tuple[Any, ...] = ("0.5", True, [], {}, -0.1, HUGE)

CONFIG_FIELDS: dict[str, tuple[Any, ...]] = {
    "enabled": BOOLEANS,
    "cloudFallback": BOOLEANS,
    "hostingProvider": (*TEXTS, "", "nobody", "x" * 65),
    "apiKey": (*TEXTS, "con espacio", "eñe-0123456789", "x" * 4097, "line\nbreak"),
    "apiEndpoint": (
        *TEXTS,
        "ftp://host/v1",
        "https://user:pass@host/v1",
        "https://host/v1?key=1",
        "https://host/v1#here",
        "https://host:99999/v1",
        "https://",
        "javascript:alert(1)",
        "no url",
    ),
    "selectedModelId": (*TEXTS, "", "gpt-4o", "x" * 129),
    "fallbackModelId": (*TEXTS, "", "gpt-4o"),
    "parameters": OBJECTS,
    "parameters.temperature": (*NUMBERS, 2.1),
    "parameters.topP": (*NUMBERS, 1.1),
    "parameters.maxTokens": (*COUNTS, 16385),
    "parameters.frequencyPenalty": (*NUMBERS, 2.1),
    "parameters.presencePenalty": (*NUMBERS, 2.1),
    "parameters.systemPrompt": (*TEXTS, "x" * 20_001),
    "parameters.responseFormat": (5, "xml"),
    "parameters.unknown": (1,),
    "useCases": (
        5,
        "x",
        {},
        [5],
        [{}],
        [{"useCase": "poem"}],
        [{"useCase": "social_post"}, {"useCase": "social_post"}],
    ),
    "useCases.0.enabled": BOOLEANS,
    "useCases.0.modelOverride": (5, "gpt-4o", ""),
    "useCases.0.maxTokensOverride": COUNTS,
    "useCases.0.customPrompt": (*TEXTS, "x" * 20_001),
    "useCases.0.unknown": (1,),
    "quotaMonthly": (*NUMBERS, 1_000_001),
    "quotaUnit": (5, "eur", []),
    "quotaAction": (5, "explode", {}),
    "quotaAlerts": (80, ["80"], [0], [1001], [80] * 11, [True], {}),
    "fallbackHosts": (5, "x", {}, [5], [{}], [{"hostingProvider": "groq"}] * 11),
    "fallbackHosts.0.hostingProvider": (5, "", "nobody"),
    "fallbackHosts.0.apiKey": (5, [], "con espacio"),
    "fallbackHosts.0.modelId": (5, "gpt-4o"),
    "fallbackHosts.0.apiEndpoint": (5, "ftp://host"),
    "fallbackHosts.0.unknown": (1,),
    "deadlineSeconds": (*NUMBERS, 0, 601),
    "cacheHours": ("24", True, 1.5, [], {}, -1, 721, HUGE),
    "moderation": OBJECTS,
    "moderation.automatic": BOOLEANS,
    "moderation.minConfidence": (*NUMBERS, 1.1),
    "moderation.hideConfidence": (*NUMBERS, 1.1),
    "moderation.crisisPerHour": (*COUNTS, 100_001),
    "moderation.suggestDelete": BOOLEANS,
    "moderation.unknown": (1,),
    "advanced": OBJECTS,
    "advanced.contextWindow": (*COUNTS, 255),
    "advanced.visionMode": (5, "slow"),
    "advanced.quantization": (*TEXTS, "x" * 33),
    "advanced.fineTuneId": (*TEXTS, "x" * 257),
    "advanced.unknown": (1,),
    "revision": ("1", True, 1.5, [], {}),
    "clientId": (5, True, "cli9", "cli1\n", ""),
    "organizationId": (5, "org2"),
    "createdAt": (5,),
    "warnings": (5, "x"),
    "unknown": (1, None, {"deep": [1]}),
    "api key": ("x",),
    SURROGATE: (1,),
    "__proto__": ({},),
}
REQUEST_FIELDS: dict[str, tuple[Any, ...]] = {
    "useCase": (*TEXTS, None, "", "poem", "SOCIAL_POST", "image_analysis"),
    "prompt": (*TEXTS, None, "", " \n\t\u200b", "x" * 200_001),
    "clientId": (5, True, "cli9", "cli1\n", ""),
    "context": (5, "x", [], True),
    "context.clientName": (*TEXTS, "x" * 20_001),
    "context.industry": TEXTS,
    "context.brandVoice": TEXTS,
    "context.targetAudience": TEXTS,
    "context.product": TEXTS,
    "context.previousContent": TEXTS,
    "context.competitorRefs": (5, "x", {}, [5], ["x"] * 21, [SURROGATE]),
    "context.unknown": (1,),
    "imageUrl": (*TEXTS, "x" * 20_001),
    "platform": (*TEXTS, "", "myspace"),
    "language": (*TEXTS, None, "", "español", "es\n"),
    "tone": (*TEXTS, "angry"),
    "maxLength": (*COUNTS, 1_000_001),
    "variations": (*COUNTS, None, 6),
    "brandKit": (5, "x", [], True),
    "brandKit.colors": (5, "x", {}, [5], ["x" * 65], ["x"] * 21),
    "brandKit.fonts": (5, "x", {}, [5], ["x" * 65]),
    "brandKit.tone": TEXTS,
    "brandKit.unknown": (1,),
    "surface": (*TEXTS, "nowhere", "x" * 65, "whatsapp_template_body"),
    "month": (*TEXTS, "", "2026-13", "1999-12", "2026-12\n", "diciembre"),
    "samples": (5, "x", {}, [5], ["x"] * 21, ["x" * 20_001], [SURROGATE]),
    "bypassCache": BOOLEANS,
    "stream": BOOLEANS,
    "unknown": (1,),
    SURROGATE: (1,),
    "use_case": ("social_post",),
}
CHECK_FIELDS: dict[str, tuple[Any, ...]] = {
    "text": (*TEXTS, None, "x" * 200_001),
    "platform": (*TEXTS, None, "", "myspace"),
    "surface": (*TEXTS, "nowhere", "x" * 65, "whatsapp_template_body"),
    "maxLength": (*COUNTS, 1_000_001),
    "clientId": (5, "cli2"),
    "unknown": (1,),
}
PROVIDER_FIELDS: dict[str, tuple[Any, ...]] = {
    "apiKey": (*TEXTS, "con espacio", "eñe-0123456789", "x" * 4097, "line\nbreak"),
    "apiEndpoint": ("https://evil.example/v1", ""),
    "model": (*TEXTS, "", "x" * 129, "gpt 6", "gpt-6\n", "ñ"),
    "provider": (5, "anthropic", ""),
    "clientId": (5, "cli2"),
    "organizationId": (5, "org2"),
    "revision": ("1", True, 1.5, [], {}),
    "updatedAt": (5,),
    "unknown": (1,),
    SURROGATE: (1,),
}
NO_KEYS: tuple[Any, ...] = ({}, {"apiKey": None}, {"apiKey": "sk-********KLMN"}, {"model": "m"})
WHOLE_BODIES: tuple[Any, ...] = (None, 5, 1.5, "text", True, [], [ASKED], "")

UNREADABLE: dict[str, bytes] = {
    "nothing": b"",
    "blanks": b"  \n ",
    "half an object": b'{"text": "Hola"',
    "a comma too many": b'{"text": "Hola",}',
    "single quotes": b"{'text': 'Hola'}",
    "a comment": b'{"text": "Hola"} // hola',
    "two objects": b"{}{}",
    "a form": b"text=Hola&platform=instagram",
    "NaN": b'{"text": NaN}',
    "Infinity": b'{"text": Infinity}',
    "-Infinity": b'{"text": -Infinity}',
    "1e999": b'{"text": 1e999}',
    "-1e999": b'{"text": -1e999}',
    "an integer of 5,000 digits": b'{"maxLength": ' + b"9" * 5000 + b"}",
    "a leading zero": b'{"maxLength": 01}',
    "hexadecimal": b'{"maxLength": 0x10}',
    "a name twice": b'{"text": "a", "text": "b", "platform": "instagram"}',
    "a name twice, inside": b'{"context": {"product": "a", "product": "b"}}',
    "lists 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "open lists 100,000 deep": b"[" * 100_000,
    "objects 40,000 deep": b'{"a":' * 40_000 + b"1" + b"}" * 40_000,
    "latin-1": '{"text": "Café"}'.encode("latin-1"),
    "utf-16": '{"text": "Café"}'.encode("utf-16"),
    "utf-16 without a mark": '{"text": "Café"}'.encode("utf-16-le"),
    "utf-32": '{"text": "Café"}'.encode("utf-32"),
    "a byte order mark": b'\xef\xbb\xbf{"text": "Hola", "platform": "instagram"}',
    "half a character": b'{"text": "Caf\xc3"}',
    "an overlong character": b'{"text": "\xc0\xaf"}',
    "a surrogate in utf-8": b'{"text": "\xed\xa0\xbd"}',
    "a bare control character": b'{"text": "a\x00b"}',
    "a bare line break": b'{"text": "a\nb"}',
    "a bad escape": b'{"text": "\\x41"}',
    "half an escape": b'{"text": "\\u12"}',
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
}
BODY_ROUTES = (
    ("POST", config_path(OTHER)),
    ("PUT", CONFIG),
    ("PATCH", f"{CONFIG}/enabled"),
    ("POST", f"{CONFIG}/model"),
    ("POST", f"{CONFIG}/validate"),
    ("PUT", PROVIDER),
    ("POST", f"{PROVIDER}/validate"),
    ("POST", GENERATE),
    ("POST", CHECK),
)
TYPES = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "application/jsonp",
    "application/problem+json",
    "text/json",
    "",
    "json",
)
BAD_IDS = (
    "org%231",
    "org%00",
    "x" * 65,
    "org1%0A",
    "%0A",
    "%20",
    "..",
    "a.b",
    "%C3%B1",
    "%FF",
    "a:b",
)
NO_PATH_IDS = ("", "a/b", "a%2Fb")
QUERIES: dict[str, tuple[str, ...]] = {
    HISTORY: (
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=1.5",
        "limit=x",
        "limit=",
        "limit=%D9%A3",
        "limit=1&limit=2",
        "limit=99999999999999999999",
        "limit=1e1",
        "cursor=a/b",
        "cursor=%00",
        "cursor=a%0A",
        "cursor=" + "x" * 65,
        "cursor=" + "x" * 600,
        "cursor=%23",
        "cursor=%27%20OR%201=1",
        "page=2",
        "Limit=2",
        "%00=1",
    ),
    USAGE: (
        "month=2026-13",
        "month=2026-00",
        "month=0000-01",
        "month=2026-1",
        "month=2026",
        "month=2026-02-01",
        "month=%D9%A2026-01",
        "month=2026-02%0A",
        "month=x",
        "period=yearly",
        "period=",
        "period=monthly&period=monthly",
        "period=monthly%00",
        "since=2026-01",
    ),
    f"{USAGE}/export": ("kind=all", "markup=x", "markup=-1", "period=", "from=x&to=y", "page=2"),
    COMPARE: ("period=", "period=x", "from=2026-02-02&to=2026-02-01", "provider=openai"),
    f"{CATALOG}/hosts": ("x=1",),
    f"{CATALOG}/industries": ("x=1",),
    f"{CATALOG}/models": (
        "family=gpt",
        "capability=flying",
        "costBand=free",
        "host=nobody",
        "liveOnly=maybe",
        "sort=random",
        "x=1",
        "family=llama-3.1&family=llama-3.3",
        "costBand=low&cost_band=low",
    ),
    f"{CATALOG}/models/compare": (
        "",
        "ids=",
        "ids=llama-3.3-70b-instruct",
        "ids=llama-3.3-70b-instruct,nobody",
        "ids=llama-3.3-70b-instruct,llama-3.3-70b-instruct",
        "ids=a,b,c,d",
        "id=x",
    ),
    f"{CATALOG}/models/suggest": (
        "",
        "useCase=",
        "useCase=poem",
        "useCase=social_post&host=nobody",
        "useCase=social_post&x=1",
    ),
}
TRIED = {"prompt": "Hola", "columns": [{"provider": "meta_ai"}, {"provider": "openai"}]}
PLAYGROUND_FIELDS: dict[str, tuple[Any, ...]] = {
    "prompt": (None, 1, [], "", " "),
    "columns": (None, 1, "x", [], [1, 2], [{}, {}], [{"provider": "openai"}] * 2),
    "useCase": (1, "poem", ""),
    "clientId": (1, "cli2"),
    "unknown": (1,),
}
BATCH_FIELDS: dict[str, tuple[Any, ...]] = {
    "items": (None, 1, "x", [], [1], [{}], [ASKED] * 31, [ASKED | {"prompt": 1}]),
    "clientId": (1, "cli2"),
    "unknown": (1,),
}
BAD_TAGS = ("x", "1.5", "-1", '"1", "2"', "9" * 19, "\xb2")
BAD_KEYS = ("", "a b", "\xe9", "x" * 256)
METHODS = ("OPTIONS", "TRACE", "CONNECT", "PROPFIND", "FOO")


def cases() -> list[Case]:
    """All of them."""
    found = [
        *_fields("PUT", CONFIG, {}, CONFIG_FIELDS),
        *_fields("POST", config_path(OTHER), CONFIGURED, CONFIG_FIELDS),
        *_fields("POST", f"{CONFIG}/validate", {}, CONFIG_FIELDS),
        *_fields("POST", GENERATE, ASKED, REQUEST_FIELDS),
        *_fields("POST", GENERATE, ASKED, REQUEST_FIELDS, {"Accept": "text/event-stream"}),
        *_fields("POST", CHECK, CHECKED, CHECK_FIELDS),
        *_fields("POST", PLAYGROUND, TRIED, PLAYGROUND_FIELDS),
        *_fields("POST", PLAYGROUND, TRIED, PLAYGROUND_FIELDS, {"Accept": "text/event-stream"}),
        *_fields("POST", BATCHES, {"items": [ASKED]}, BATCH_FIELDS),
        *_fields("PUT", PROVIDER, {"apiKey": "sk-0"}, PROVIDER_FIELDS),
        *_fields("POST", f"{PROVIDER}/validate", {"apiKey": "sk-0"}, PROVIDER_FIELDS),
        *_providers(),
        *_single_fields(),
        *_bodies(),
        *_paths(),
        *_queries(),
        *_headers(),
    ]
    return [attrs.evolve(case, name=f"{number} {case.name}") for number, case in enumerate(found)]


def _fields(
    method: str,
    path: str,
    base: dict[str, Any],
    fields: dict[str, tuple[Any, ...]],
    headers: dict[str, str] | None = None,
) -> Iterator[Case]:
    for field, values in fields.items():
        for value in values:
            body = _encoded(_with(base, field, value))
            name = f"{method} {path}: {field} = {value!r:.40}".encode("ascii", "replace").decode()
            yield Case(name, method, path, body=body, headers=JSON | (headers or {}))


def _with(base: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    """The body with one wrong value, inside a group where the field's name has dots."""
    match field.split("."):
        case ["useCases", "0", name]:
            return base | {"useCases": [{"useCase": "social_post", name: value}]}
        case ["fallbackHosts", "0", name]:
            host = {"hostingProvider": "groq", "apiKey": "gsk_0123456789abcdefghij"}
            return base | {"fallbackHosts": [host | {name: value}]}
        case [group, name]:
            return base | {group: {name: value}}
    return base | {field: value}


def _encoded(value: Any) -> bytes:
    # json.dumps refuses integers of more than 4,300 digits; those are sent raw elsewhere.
    return json.dumps(value).encode()


def _single_fields() -> Iterator[Case]:
    for path, method, name, values in (
        (f"{CONFIG}/enabled", "PATCH", "enabled", (*BOOLEANS, None)),
        (f"{CONFIG}/model", "POST", "modelId", (*TEXTS, None, "", "gpt-4o", "x" * 129)),
    ):
        good: Any = True if name == "enabled" else "llama-3.1-8b-instruct"
        bodies = [{name: value} for value in values]
        bodies += [{}, {name: good, "x": 1}, {name: good, "clientId": "cli2"}, {"x": good}]
        for body in bodies:
            text = repr(body)[:60].encode("ascii", "replace").decode()
            yield Case(f"{path} {text}", method, path, body=_encoded(body), headers=JSON)


def _providers() -> Iterator[Case]:
    for number, body in enumerate(NO_KEYS):
        yield Case(f"no key {number}", "PUT", PROVIDER, body=_encoded(body), headers=JSON)
        path, name = f"{PROVIDER}/validate", f"nothing to try {number}"
        yield Case(name, "POST", path, 404, "not_found", _encoded(body), JSON)
    for method in ("GET", "DELETE"):
        yield Case(f"{method} no such key", method, PROVIDER, 404, "not_found")
    seen = _encoded({"apiKey": "sk-0", "revision": 7})
    yield Case("no such revision", "PUT", PROVIDER, 409, "revision_conflict", seen, JSON)
    unknown = f"{PROVIDERS}/mistral/validate"
    yield Case("nobody to call", "POST", unknown, body=_encoded({"apiKey": "x"}), headers=JSON)
    for bad in ("OpenAI", "open-ai", "2x", "x" * 65, "a.b", "%C3%B1", "openai%0A", "%20"):
        for method, path in (
            ("GET", f"{PROVIDERS}/{bad}"),
            ("PUT", f"{PROVIDERS}/{bad}"),
            ("DELETE", f"{PROVIDERS}/{bad}"),
            ("POST", f"{PROVIDERS}/{bad}/validate"),
        ):
            yield Case(f"{method} {path}", method, path, 400, body=_encoded({}), headers=JSON)
    for word in ("meta_ai", "compare", "playground", "usage"):
        path = f"{PROVIDERS}/{word}"
        yield Case(f"PUT {path}", "PUT", path, 404, "not_found", _encoded({"apiKey": "x"}), JSON)
    for method in ("POST", "PATCH", *METHODS):
        yield Case(f"{method} {PROVIDER}", method, PROVIDER, 405, "method_not_allowed")


def _bodies() -> Iterator[Case]:
    for method, path in BODY_ROUTES:
        validates = path.endswith("/validate")
        for value in WHOLE_BODIES:
            yield Case(f"{path} is {value!r:.20}", method, path, body=_encoded(value), headers=JSON)
        for name, body in UNREADABLE.items():
            if body or not validates:
                yield Case(f"{path}: {name}", method, path, 400, body=body, headers=JSON)
        for media_type in TYPES:
            yield Case(
                f"{path} as {media_type!r}", method, path, 415, "unsupported_media",
                _encoded(ASKED), {"Content-Type": media_type},
            )  # fmt: skip
        yield Case(f"{path}: size", method, path, 413, "too_large", TOO_LARGE, JSON)
        said = JSON | {"Content-Length": "99999999999"}
        yield Case(f"{path}: said size", method, path, 413, "too_large", b"{}", said)
        latin = {"Content-Type": "application/json; charset=latin-1"}
        yield Case(f"{path}: charset", method, path, 400, body=b'{"text": "\xe9"}', headers=latin)


def _paths() -> Iterator[Case]:
    for bad in BAD_IDS:
        for here in _clients(bad):
            for method, path in (
                ("GET", f"{here}/ai-providers/meta"),
                ("DELETE", f"{here}/ai-providers/meta"),
                ("POST", f"{here}/ai/meta/generate"),
            ):
                body = _encoded(ASKED)
                yield Case(f"{method} {path}", method, path, 400, body=body, headers=JSON)
        for method in ("GET", "DELETE"):
            yield Case(f"{method} {bad}", method, f"{HISTORY}/{bad}", 400)
    for bad in NO_PATH_IDS:
        for here in _clients(bad):
            yield Case(f"GET {here}", "GET", f"{here}/ai/meta/generations", 404, "not_found")
    yield from _nowhere()


def _clients(bad: str) -> tuple[str, str]:
    return (
        f"{PREFIX}/organization/{bad}/clients/cli1",
        f"{PREFIX}/organization/org1/clients/{bad}",
    )


def _nowhere() -> Iterator[Case]:
    for path in (f"{CONFIG}/nothing", f"{CONFIG}/", f"{meta_path()}", f"{CATALOG}/x", f"{CHECK}/x"):
        for method in ("GET", "POST", "FOO"):
            yield Case(f"{method} {path}", method, path, 404, "not_found")
    for method in ("GET", "POST"):
        path = f"{PREFIX}/organization/org1//clients/cli1/ai/meta/generate"
        yield Case(f"{method} {path}", method, path, 404, "not_found")
    for method in ("GET", "DELETE"):
        yield Case("unknown generation", method, f"{HISTORY}/nothing", 404, "not_found")
    for path in (CONFIG, GENERATE, CHECK, HISTORY, f"{HISTORY}/x", USAGE, f"{CATALOG}/models"):
        for method in METHODS:
            yield Case(f"{method} {path}", method, path, 405, "method_not_allowed")
    for method, path in (("GET", GENERATE), ("PUT", CHECK), ("POST", HISTORY), ("PATCH", USAGE)):
        yield Case(f"{method} {path}", method, path, 405, "method_not_allowed")


def _queries() -> Iterator[Case]:
    for path, queries in QUERIES.items():
        for query in queries:
            yield Case(f"GET {path}?{query[:40]}", "GET", f"{path}?{query}")


def _headers() -> Iterator[Case]:
    for tag in BAD_TAGS:
        headers = JSON | {"If-Match": tag}
        yield Case(f"If-Match {tag!a}", "PUT", CONFIG, body=b'{"enabled": false}', headers=headers)
    for revision, headers in ((7, JSON), (10**30, JSON), (None, JSON | {"If-Match": '"7"'})):
        body = {"enabled": False} | ({} if revision is None else {"revision": revision})
        yield Case(
            f"revision {revision} {len(headers)}", "PUT", CONFIG, 409, "revision_conflict",
            _encoded(body), headers,
        )  # fmt: skip
    for key in BAD_KEYS:
        deletes = [("DELETE", path) for path in (CONFIG, f"{HISTORY}/x", PROVIDER)]
        for method, path in (*BODY_ROUTES, *deletes):
            headers = JSON | {"X-Idempotency-Key": key}
            yield Case(
                f"{method} {path} with key {key!a:.20}", method, path,
                body=_encoded(ASKED), headers=headers,
            )  # fmt: skip
