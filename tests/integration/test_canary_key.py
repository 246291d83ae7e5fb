"""A canary key through the services, to hosts that echo it: it shows in nothing left behind."""

from __future__ import annotations

import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.app.settings import Settings, shown_settings
from llama_marketing.domain.errors import LlamaMarketingError, SettingsError, StoreUnavailable
from llama_marketing.domain.tenant import TenantRef
from tests.fake_host import (
    Answer,
    Close,
    FakeHost,
    SeenRequest,
    as_json,
    chunk_object,
    completion_object,
    event,
    models_list,
    raw,
    status,
    stream_steps,
    streamed,
)

CANARY = "tgp_v1_CANARYkeyCANARYkeyCANARYkey"
CORE = "CANARYkeyCANARY"
FERNET = "CANARYfernetCANARYfernetCANARYfernetCANARYf="
PROMPT = "canario-del-prompt"
TENANT = TenantRef("org1", "cli1")
ASKED = {"use_case": "social_post", "platform": "instagram", "prompt": PROMPT}
GIVEN_THE_KEY = ("create", "update", "validate", "set_provider_key", "validate_provider_key")
COPY = '{"content": "Hola", "hashtags": [], "emojis": []}'


def echoed(request: SeenRequest, code: int = 401, stream: bool = False) -> Answer:
    """The request's own Authorization header, in body, error and headers."""
    key = request.headers.get("authorization", "")
    words = {"error": {"message": f"bad key {key}", "code": key, "type": key}, "detail": key}
    headers = {"X-Echo": key, "Authorization": key, "WWW-Authenticate": key, "Retry-After": key}
    if stream:
        return stream_steps(event(chunk_object('{"content": "Ho')), event(words, "error"))
    return status(code, headers, words) if code != 200 else as_json(words, headers=headers)


class Leaks:
    """Everything that is left behind, and whether the canary is in it."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def add(self, value: object) -> None:
        """Take in a value as text, as JSON and as a pickle (which may be refused)."""
        self.texts += [repr(value), str(value)]
        if hasattr(value, "model_dump_json"):
            self.texts += [value.model_dump_json(), value.model_dump_json(by_alias=True)]
        try:
            self.texts.append(repr(pickle.dumps(value)))
        except Exception as refused:  # noqa: BLE001 - what cannot be pickled gives nothing away
            self.texts.append(repr(refused))

    def add_error(self, error: BaseException) -> None:
        """Take in an error with all that a tracker could pick up, its chain too."""
        waiting: list[BaseException | None] = [error]
        seen: set[int] = set()
        while waiting:
            link = waiting.pop()
            if link is None or id(link) in seen:
                continue
            seen.add(id(link))
            self.add(link)
            self.texts += [repr(vars(link)), repr(link.args)]
            self.texts += list(locals_below(link.__traceback__))
            waiting += [link.__cause__, link.__context__]
        self.texts.append("".join(traceback.format_exception(error)))

    def found(self, canary: str = CORE) -> list[str]:
        """The texts with the canary in them."""
        return [text for text in self.texts if canary in text]


def locals_below(frames: TracebackType | None) -> Iterator[str]:
    """The locals of every frame but the tests' own and the public method that got the key."""
    while frames is not None:
        frame, frames = frames.tb_frame, frames.tb_next
        ours = frame.f_code.co_filename == __file__ and "leak" not in frame.f_code.co_name
        if ours or frame.f_code.co_name in GIVEN_THE_KEY:
            continue
        for name, value in frame.f_locals.items():
            yield f"{frame.f_code.co_qualname} {name} {value!r}"
            if hasattr(value, "__dict__"):
                yield f"{frame.f_code.co_qualname} {name} {vars(value)!r}"


@pytest.fixture
def host() -> Iterator[FakeHost]:
    """A host on loopback."""
    with FakeHost() as fake:
        yield fake


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The store's file."""
    return tmp_path / "store.db"


@pytest.fixture
def container(
    host: FakeHost, path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Container]:
    """A container of real parts that may call the host, which is OpenAI's too."""
    catalog = tmp_path_factory.mktemp("catalog")
    openai = f'[[hosts]]\nid = "openai"\nbase_url = "{host.base_url}"\n'
    (catalog / "hosts.toml").write_text(openai)
    settings = Settings.from_env(
        {
            "AI_ENCRYPTION_KEY": FERNET,
            "LLAMA_MARKETING_STORE": f"sqlite:///{path}",
            "LLAMA_MARKETING_CATALOG": str(catalog),
            "LLAMA_MARKETING_ALLOWED_ENDPOINTS": host.endpoint,
            "LLAMA_MARKETING_DEADLINE": "5",
        }
    )
    with Container.from_settings(settings) as made:
        yield made


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Every record at DEBUG, formatted and raw, of the root and of httpx and httpcore."""
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "llama_marketing"):
        caplog.set_level(logging.DEBUG, logger=name)
    return lambda: "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)


def form(host: FakeHost, **fields: Any) -> dict[str, Any]:
    """A whole form with the canary as the key of the main host and of a fallback host."""
    fallback = {"hostingProvider": "openrouter", "apiKey": CANARY}
    return {
        "hostingProvider": "self_hosted",
        "apiEndpoint": host.base_url,
        "apiKey": CANARY,
        "enabled": True,
        "fallbackModelId": None,
        "fallbackHosts": [fallback],
        "cloudFallback": False,
        **fields,
    }


def assert_written_nowhere(path: Path) -> None:
    """Neither the file nor its write-ahead log holds a byte of it."""
    for file in path.parent.iterdir():
        content = file.read_bytes()
        for canary in (CORE, "CANARYfernet"):
            assert canary.encode() not in content, file.name


# Answers, reprs, the store -------------------------------------------------------------------


def test_the_key_is_in_no_answer_no_repr_no_pickle_and_not_in_the_store(
    container: Container, host: FakeHost, path: Path, logged: Callable[[], str]
) -> None:
    leaks, service = Leaks(), container.config_service()
    host.otherwise = lambda request: (
        models_list("m") if request.method == "GET" else as_json(completion_object(COPY))
    )
    leaks.add(service.create(TENANT, form(host)))
    leaks.add(service.get(TENANT))
    leaks.add(service.update(TENANT, {"apiKey": CANARY, "quotaMonthly": 5}))
    leaks.add(service.update(TENANT, form(host)))
    leaks.add(service.validate(TENANT))
    leaks.add(service.validate(TENANT, form(host)))
    generation = container.generation_service()
    leaks.add(generation.generate(TENANT, ASKED))
    host.script(streamed(COPY))
    stream = generation.stream(TENANT, ASKED)
    events = list(stream)
    leaks.add(stream)
    leaks.add(vars(stream))
    leaks.add([event.data for event in events])
    leaks.add(generation.history(TENANT))
    leaks.add(container.usage_service().summary(TENANT, "monthly"))
    leaks.add(container._wiring.configs().get(TENANT))
    leaks.add(list(container._wiring.books().entries(TENANT, "2000-01-01", "2100-01-01")))
    for part in (container, container.services(), service, generation, container._wiring.access()):
        leaks.add(part)
    leaks.add(container._wiring.secret_box())
    leaks.add(container._wiring.settings())

    authorizations = {request.headers.get("authorization") for request in host.requests}
    assert authorizations == {f"Bearer {CANARY}"}
    assert leaks.found() == []
    assert leaks.found("CANARYfernet") == []
    assert_written_nowhere(path)
    assert "httpcore" in logged(), "without httpcore's records this proves nothing"
    for canary in (CORE, "CANARYfernet", PROMPT):
        assert canary not in logged()


# Errors --------------------------------------------------------------------------------------

WRONG_FORMS: list[dict[str, Any]] = [
    {"foo": 1},
    {"quotaMonthly": -1},
    {"quotaMonthly": float("nan")},
    {"parameters": {"temperature": 9, "apiKey": CANARY}},
    {"parameters": {"foo": 1}},
    {"useCases": [{"useCase": "nothing", "apiKey": CANARY}]},
    {"selectedModelId": "gpt-4"},
    {"apiEndpoint": "ftp://x"},
    {"hostingProvider": "nobody"},
    {"hostingProvider": None, "apiEndpoint": None, "clientId": "other"},
    {"apiKey": f"{CANARY} with blanks"},
    {"apiKey": CANARY + "ñ"},
    {"apiKey": CANARY * 200},
    {"apiKey": [CANARY]},
    {"apiKey": {"value": CANARY}},
    {"apiKey": CANARY.encode()},
    {"fallbackHosts": [{"hostingProvider": "nobody", "apiKey": CANARY}]},
    {"fallbackHosts": [{"hostingProvider": "groq", "apiKey": f"{CANARY}\n"}]},
    {"fallbackHosts": [{"hostingProvider": "groq", "apiKey": CANARY, "foo": 1}]},
    {"fallbackHosts": {"hostingProvider": "groq", "apiKey": CANARY}},
]


@pytest.mark.parametrize("wrong", WRONG_FORMS, ids=lambda wrong: json.dumps([*wrong]))
def test_a_refused_form_gives_nothing_away(
    container: Container, host: FakeHost, path: Path, wrong: dict[str, Any]
) -> None:
    """Message, issues, chain, and the locals of every frame below the method."""
    leaks, service = Leaks(), container.config_service()
    service.create(TENANT, {"hostingProvider": "groq"})
    other = TenantRef("org1", "cli2")
    acts: list[Callable[[], object]] = [
        lambda: service.create(other, form(host, **wrong)),
        lambda: service.update(TENANT, form(host, **wrong)),
        lambda: service.validate(TENANT, form(host, **wrong)),
    ]
    refused = 0
    for act in acts:
        try:
            act()
        except LlamaMarketingError as error:
            refused += 1
            leaks.add_error(error)
    assert refused >= 2
    assert leaks.found() == []
    assert_written_nowhere(path)


FAULTS: dict[str, Callable[[SeenRequest], Answer]] = {
    "401": lambda request: echoed(request, 401),
    "402": lambda request: echoed(request, 402),
    "403": lambda request: echoed(request, 403),
    "404": lambda request: echoed(request, 404),
    "422": lambda request: echoed(request, 422),
    "429": lambda request: echoed(request, 429),
    "500": lambda request: echoed(request, 500),
    "error with 200": lambda request: echoed(request, 200),
    "in the stream": lambda request: echoed(request, stream=True),
    "closed": lambda request: raw(Close()),
    "redirect": lambda request: status(302, {"Location": f"http://{CANARY}.test/"}),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_host_that_echoes_the_key_leaves_it_nowhere(
    container: Container, host: FakeHost, path: Path, name: str, logged: Callable[[], str]
) -> None:
    """Validating, generating and streaming against it, and what the books keep of that."""
    leaks = Leaks()
    container.config_service().create(TENANT, form(host))
    host.otherwise = FAULTS[name]
    leaks.add(container.config_service().validate(TENANT))
    leaks.add(container.config_service().validate(TENANT, form(host)))
    service = container.generation_service()
    acts: list[Callable[[], object]] = [
        lambda: service.generate(TENANT, ASKED),
        lambda: service.generate(TENANT, {**ASKED, "variations": 3}),
        lambda: [event.data for event in service.stream(TENANT, ASKED)],
    ]
    for act in acts:
        try:
            leaks.add(act())
        except LlamaMarketingError as error:
            leaks.add_error(error)
    leaks.add(list(container._wiring.books().entries(TENANT, "2000-01-01", "2100-01-01")))
    leaks.add(service.history(TENANT))
    assert host.requests[0].headers["authorization"] == f"Bearer {CANARY}"
    assert leaks.found() == []
    assert CORE not in logged()
    assert PROMPT not in logged()
    assert_written_nowhere(path)


# Other providers' keys -----------------------------------------------------------------------


def test_another_providers_key_is_in_no_answer_no_repr_no_pickle_and_not_in_the_store(
    container: Container, host: FakeHost, path: Path, logged: Callable[[], str]
) -> None:
    leaks, service = Leaks(), container.config_service()
    host.otherwise = lambda request: (
        models_list("m") if request.method == "GET" else as_json(completion_object("Hola"))
    )
    leaks.add(service.set_provider_key(TENANT, "openai", {"apiKey": CANARY}))
    leaks.add(service.set_provider_key(TENANT, "openai", {"apiKey": CANARY, "model": "m"}))
    leaks.add(service.provider_key(TENANT, "openai"))
    leaks.add(service.provider_keys(TENANT))
    leaks.add(service.validate_provider_key(TENANT, "openai"))
    leaks.add(service.validate_provider_key(TENANT, "openai", {"apiKey": CANARY}))
    leaks.add(container._wiring.provider_keys().list(TENANT))
    leaks.add(container._wiring.credentials())
    leaks.add(container._wiring.credentials().key(TENANT, "openai"))
    leaks.add(container._wiring.provider_key_service())
    leaks.add(list(container._wiring.books().entries(TENANT, "2000-01-01", "2100-01-01")))

    authorizations = {request.headers.get("authorization") for request in host.requests}
    assert authorizations == {f"Bearer {CANARY}"}
    assert len(host.requests) == 4
    assert leaks.found() == []
    assert CORE not in logged()
    assert_written_nowhere(path)


@pytest.mark.parametrize("name", FAULTS)
def test_another_provider_that_echoes_the_key_leaves_it_nowhere(
    container: Container, host: FakeHost, path: Path, name: str, logged: Callable[[], str]
) -> None:
    leaks, service = Leaks(), container.config_service()
    service.set_provider_key(TENANT, "openai", {"apiKey": CANARY})
    host.otherwise = FAULTS[name]
    leaks.add(service.validate_provider_key(TENANT, "openai"))
    host.script(models_list("m"))
    leaks.add(service.validate_provider_key(TENANT, "openai", {"apiKey": CANARY}))
    leaks.add(list(container._wiring.books().entries(TENANT, "2000-01-01", "2100-01-01")))
    assert host.requests[0].headers["authorization"] == f"Bearer {CANARY}"
    assert leaks.found() == []
    assert CORE not in logged()
    assert_written_nowhere(path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"foo": 1},
        {"apiEndpoint": "https://evil.example/v1"},
        {"model": "con espacio"},
        {"revision": 9},
        {"provider": "gemini"},
        {"clientId": "other"},
        {"apiKey": f"{CANARY} with blanks"},
        {"apiKey": CANARY * 200},
        {"apiKey": [CANARY]},
        {"apiKey": {"value": CANARY}},
        {"apiKey": CANARY.encode()},
    ],
    ids=lambda wrong: json.dumps([*wrong]),
)
def test_a_refused_form_of_another_provider_gives_nothing_away(
    container: Container, path: Path, wrong: dict[str, Any]
) -> None:
    leaks, service = Leaks(), container.config_service()
    acts: list[Callable[[], object]] = [
        lambda: service.set_provider_key(TENANT, "openai", {"apiKey": CANARY, **wrong}),
        lambda: service.set_provider_key(TENANT, "Wrong", {"apiKey": CANARY, **wrong}),
        lambda: service.validate_provider_key(TENANT, "mistral", {"apiKey": CANARY, **wrong}),
    ]
    for act in acts:
        with pytest.raises(LlamaMarketingError) as raised:
            act()
        leaks.add_error(raised.value)
    assert leaks.found() == []
    assert_written_nowhere(path)


def test_a_store_that_fails_while_it_is_given_the_key_gives_nothing_away(
    container: Container, host: FakeHost, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaks, service = Leaks(), container.config_service()

    def unavailable(*_: object) -> None:
        raise StoreUnavailable("no answer")

    monkeypatch.setattr(type(container._wiring.configs()), "create", unavailable)
    monkeypatch.setattr(type(container._wiring.provider_keys()), "put", unavailable)
    acts: list[Callable[[], object]] = [
        lambda: service.create(TENANT, form(host)),
        lambda: service.set_provider_key(TENANT, "openai", {"apiKey": CANARY}),
    ]
    for act in acts:
        with pytest.raises(StoreUnavailable) as raised:
            act()
        leaks.add_error(raised.value)
    assert leaks.found() == []


def test_a_blocked_endpoint_gives_nothing_away(container: Container, path: Path) -> None:
    leaks, service = Leaks(), container.config_service()
    blocked = {
        "hostingProvider": "self_hosted",
        "apiEndpoint": "http://169.254.169.254/v1",
        "apiKey": CANARY,
        "enabled": True,
    }
    leaks.add(service.create(TENANT, blocked))
    leaks.add(service.validate(TENANT))
    with pytest.raises(LlamaMarketingError) as raised:
        container.generation_service().generate(TENANT, ASKED)
    leaks.add_error(raised.value)
    assert raised.value.code == "blocked_endpoint"
    assert leaks.found() == []


# The operator's secrets ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "environ",
    [
        {"AI_ENCRYPTION_KEY": f"{FERNET},CANARYfernet-is-no-key"},
        {"AI_ENCRYPTION_KEY": FERNET, "LLAMA_MARKETING_DEADLINE": "soon"},
        {"AI_ENCRYPTION_KEY": FERNET, "LLAMA_MARKETING_CATALOG": "/no/such/folder"},
        {"AI_ENCRYPTION_KEY": FERNET, "LLAMA_MARKETING_STORE": "mysql://x"},
    ],
)
def test_a_wrong_setting_does_not_give_the_encryption_key_or_the_token_away(
    environ: dict[str, str],
) -> None:
    leaks = Leaks()
    environ = {"LLAMA_MARKETING_STORE": "memory://", "LLAMA_MARKETING_TOKEN": CANARY} | environ
    leaks.add(shown_settings(environ))
    try:
        settings = Settings.from_env(environ)
        leaks.add(settings)
        Container.from_settings(settings)
    except SettingsError as error:
        leaks.add_error(_without_environ(error))
    assert len(leaks.texts) > 10
    assert leaks.found() == leaks.found("CANARYfernet") == []


def _without_environ(error: SettingsError) -> SettingsError:
    """Drop the frames down to ``from_env``, which was given the whole environment."""
    frames = error.__traceback__
    assert frames is not None
    while frames.tb_frame.f_code.co_name in (
        "test_a_wrong_setting_does_not_give_the_encryption_key_or_the_token_away",
        "from_env",
    ):
        assert frames.tb_next is not None
        frames = frames.tb_next
    return error.with_traceback(frames)


# The control ---------------------------------------------------------------------------------


def test_a_deliberate_leak_is_found(logged: Callable[[], str]) -> None:
    """In a frame, in a chained error, in an attribute, in a log."""

    def leaky_frame() -> None:
        held = CANARY  # noqa: F841 - the leak
        raise StoreUnavailable("x")

    def chained() -> None:
        try:
            raise ValueError(CANARY)
        except ValueError:
            raise StoreUnavailable("x") from None

    def attribute() -> None:
        error = StoreUnavailable("x")
        error.add_note(CANARY)
        raise error

    for leak in (leaky_frame, chained, attribute):
        leaks = Leaks()
        with pytest.raises(StoreUnavailable) as raised:
            leak()
        leaks.add_error(raised.value)
        assert leaks.found(), leak.__name__
    logging.getLogger("llama_marketing").debug("calling with %s", CANARY)
    assert CORE in logged()
