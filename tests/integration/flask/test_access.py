"""No route answers without ``authorize``, and nobody reads another client's data."""

from __future__ import annotations

import json
import logging
import re
import string
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Blueprint, Flask, Request, abort, make_response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from llama_marketing.adapters.flask import Action, Authorize, Principal, create_blueprint
from llama_marketing.domain.errors import Forbidden, SettingsError, Unauthorized
from llama_marketing.domain.tenant import TenantRef
from tests.integration.flask.app import (
    ASKED,
    CATALOG,
    CONFIGURED,
    PREFIX,
    Door,
    assert_problem,
    client_path,
    config_path,
    door,
    everybody,
    meta_path,
)
from tests.unit.app.samples import OTHER, TENANT, container_over

CANARY = "canary-of-the-other-client"
ACTIONS = {
    ("POST", "/ai-providers/meta"): Action.CONFIG_WRITE,
    ("GET", "/ai-providers/meta"): Action.CONFIG_READ,
    ("PUT", "/ai-providers/meta"): Action.CONFIG_WRITE,
    ("DELETE", "/ai-providers/meta"): Action.CONFIG_WRITE,
    ("PATCH", "/ai-providers/meta/enabled"): Action.CONFIG_WRITE,
    ("POST", "/ai-providers/meta/model"): Action.CONFIG_WRITE,
    ("POST", "/ai-providers/meta/validate"): Action.CONFIG_VALIDATE,
    ("GET", "/ai-providers/meta/usage"): Action.USAGE_READ,
    ("GET", "/ai-providers/meta/usage/export"): Action.USAGE_READ,
    ("GET", "/ai-providers/compare"): Action.USAGE_READ,
    ("POST", "/ai-providers/compare"): Action.USAGE_READ,
    ("POST", "/ai-providers/playground"): Action.GENERATE,
    ("GET", "/ai-providers"): Action.CONFIG_READ,
    ("PUT", "/ai-providers/<provider>"): Action.CONFIG_WRITE,
    ("GET", "/ai-providers/<provider>"): Action.CONFIG_READ,
    ("DELETE", "/ai-providers/<provider>"): Action.CONFIG_WRITE,
    ("POST", "/ai-providers/<provider>/validate"): Action.CONFIG_VALIDATE,
    ("POST", "/ai/meta/generate"): Action.GENERATE,
    ("POST", "/ai/meta/batches"): Action.GENERATE,
    ("GET", "/ai/meta/batches/<batch_id>"): Action.GENERATIONS_READ,
    ("POST", "/ai/meta/analyze-image"): Action.GENERATE,
    ("POST", "/ai/meta/check"): Action.CHECK,
    ("POST", "/ai/meta/moderate-comments"): Action.MODERATE,
    ("GET", "/ai/meta/moderation-jobs/<job_id>"): Action.MODERATION_READ,
    ("GET", "/ai/meta/moderation-summary"): Action.MODERATION_READ,
    ("GET", "/ai/meta/moderation-actions"): Action.MODERATION_READ,
    ("POST", "/ai/meta/moderation-actions/<action_id>"): Action.MODERATION_RESOLVE,
    ("GET", "/ai/meta/prompts/<use_case>"): Action.PROMPTS_READ,
    ("PUT", "/ai/meta/prompts/<use_case>"): Action.PROMPTS_WRITE,
    ("POST", "/ai/meta/prompts/<use_case>/preview"): Action.PROMPTS_READ,
    ("POST", "/ai/meta/prompts/<use_case>/restore"): Action.PROMPTS_WRITE,
    ("GET", "/ai/meta/brand-voice"): Action.BRAND_VOICE_READ,
    ("PUT", "/ai/meta/brand-voice"): Action.BRAND_VOICE_WRITE,
    ("GET", "/ai/meta/generations"): Action.GENERATIONS_READ,
    ("GET", "/ai/meta/generations/<generation_id>"): Action.GENERATIONS_READ,
    ("GET", "/ai/meta/generations/<generation_id>/calendar"): Action.GENERATIONS_READ,
    ("DELETE", "/ai/meta/generations/<generation_id>"): Action.GENERATIONS_DELETE,
    ("POST", "/ai/meta/generations/<generation_id>/review"): Action.GENERATIONS_REVIEW,
    ("POST", "/ai/meta/generations/<generation_id>/feedback"): Action.GENERATIONS_RATE,
}
"""The routes below a client, and what each asks for."""
NAMED = re.compile(r"/(?:compare|playground)$")
"""Paths that a provider of that id would have, if there could be one."""
CATALOG_PATHS = ("/hosts", "/models", "/models/compare", "/models/suggest", "/industries")
CLIENT_RULE = f"{PREFIX}/organization/<org_id>/clients/<client_id>"
ORGANIZATION_USAGE = f"{PREFIX}/organization/<org_id>/ai-providers/meta/usage"


class Asked:
    """Remembers every question, and answers as it is told."""

    def __init__(self, answer: Authorize = everybody) -> None:
        self.questions: list[tuple[Action, str | None, str | None]] = []
        self._answer = answer

    def __call__(
        self, request: Request, action: Action, organization_id: str | None, client_id: str | None
    ) -> Principal | None:
        self.questions.append((action, organization_id, client_id))
        return self._answer(request, action, organization_id, client_id)


def routes(app: Flask) -> list[tuple[str, str]]:
    """Every method and rule of ours that leads to a view."""
    return [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("llama_marketing.") and rule.methods is not None
        for method in sorted(rule.methods)
    ]


def filled(rule: str, tenant: TenantRef = TENANT, generation: str = "gen1") -> str:
    """The rule as a path."""
    return (
        rule.replace("<org_id>", tenant.organization_id)
        .replace("<client_id>", tenant.client_id)
        .replace("<generation_id>", generation)
        .replace("<action_id>", generation)
        .replace("<provider>", "openai")
        .replace("<use_case>", "social_post")
    )


def asked(opened: Door, method: str, path: str, **options: Any) -> TestResponse:
    """One request with a body that every route with one can read."""
    return opened.http.open(path, method=method, json=ASKED, **options)


def test_the_list_of_actions_is_the_route_table() -> None:
    """Each new route stands in the table above, and HEAD comes only with GET."""
    with door() as opened:
        found = set(routes(opened.app))

    gets = {(method, rule) for method, rule in ACTIONS if method == "GET"}
    expected = {(method, CLIENT_RULE + rule) for method, rule in ACTIONS}
    expected |= {("HEAD", CLIENT_RULE + rule) for _, rule in gets}
    expected |= {(method, ORGANIZATION_USAGE) for method in ("GET", "HEAD")}
    expected |= {(method, CATALOG + path) for path in CATALOG_PATHS for method in ("GET", "HEAD")}
    assert found == expected


def test_every_route_asks_with_its_action_and_the_path_s_ids() -> None:
    """Exactly once a request, before anything else."""
    questions = Asked(lambda *_: None)
    with door(authorize=questions) as opened:
        for method, rule in routes(opened.app):
            questions.questions.clear()
            assert asked(opened, method, filled(rule)).status_code == 401
            key = ("GET" if method == "HEAD" else method, rule.removeprefix(CLIENT_RULE))
            if rule.startswith(CATALOG):
                expected: tuple[Any, ...] = (Action.CATALOG_READ, None, None)
            elif rule == ORGANIZATION_USAGE:
                expected = (Action.USAGE_READ, "org1", None)
            else:
                expected = (ACTIONS[key], "org1", "cli1")
            assert questions.questions == [expected]


def _none(*_: Any) -> None:
    return None


def _aborts(status: int) -> Authorize:
    return lambda *_: abort(status)


def _aborts_with_response(*_: Any) -> Principal:
    abort(make_response("who?", 401))


def _raises(error: Exception) -> Authorize:
    def authorize(*_: Any) -> Principal:
        raise error

    return authorize


REFUSALS: list[tuple[str, Any, int, str]] = [
    ("None", _none, 401, "unauthorized"),
    ("True", lambda *_: True, 401, "unauthorized"),
    ("a text", lambda *_: "ana", 401, "unauthorized"),
    ("Unauthorized", _raises(Unauthorized("no")), 401, "unauthorized"),
    ("abort(401)", _aborts(401), 401, "unauthorized"),
    ("abort with a 401", _aborts_with_response, 401, "unauthorized"),
    ("Forbidden", _raises(Forbidden("no")), 403, "forbidden"),
    ("abort(403)", _aborts(403), 403, "forbidden"),
    ("abort(404)", _aborts(404), 403, "forbidden"),
    ("PermissionError", _raises(PermissionError("no")), 403, "forbidden"),
    ("a bug", _raises(KeyError("the-secret-of-the-claims")), 403, "forbidden"),
]


@pytest.mark.parametrize(
    ("authorize", "status", "code"), [r[1:] for r in REFUSALS], ids=[r[0] for r in REFUSALS]
)
def test_whoever_is_not_let_in_gets_nothing(
    authorize: Any, status: int, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    """On every route and method: a problem, nothing read, sent or changed."""
    caplog.set_level(logging.DEBUG)
    with door(authorize=authorize) as opened:
        before = opened.everything()
        for method, rule in routes(opened.app):
            answer = asked(opened, method, filled(rule), headers={"X-Idempotency-Key": "k1"})
            if method == "HEAD":
                assert (answer.status_code, answer.data) == (status, b"")
            else:
                assert_problem(answer, status, code)
            assert ("WWW-Authenticate" in answer.headers) is (status == 401)
            assert "the-secret" not in answer.text
        assert opened.everything() == before
        assert opened.host_calls == 0
    assert "the-secret" not in caplog.text


def test_a_bug_in_authorize_can_be_found_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """The kind of the exception, though not its text."""
    with door(authorize=_raises(KeyError("x"))) as opened:
        opened.http.get(config_path())

    assert "authorize raised KeyError" in caplog.text


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "CONNECT", "FOO"])
def test_no_other_method_answers_for_a_view(method: str) -> None:
    """405 for whoever asks, with what is allowed; an automatic OPTIONS would not ask anybody."""
    with door(authorize=_none) as opened:
        for _, rule in routes(opened.app):
            answer = opened.http.open(filled(rule), method=method)
            assert_problem(answer, 405, "method_not_allowed")
            allowed = set(answer.headers["Allow"].split(", "))
            same = {rule, NAMED.sub("/<provider>", rule)}
            assert allowed == {found for found, other in routes(opened.app) if other in same}


def test_authorize_decides_before_the_body_is_read() -> None:
    """A body that nobody could read is no way to learn anything."""
    with door(authorize=_none) as opened:
        answer = opened.http.post(config_path(), data=b"[" * 1_000_000)

        assert_problem(answer, 401, "unauthorized")


def test_a_bad_id_never_reaches_authorize() -> None:
    """It would be a strange key for somebody's access list."""
    questions = Asked()
    with door(authorize=questions) as opened:
        for bad in ("a.b", "org1%0A", "x" * 65):
            assert_problem(
                opened.http.get(f"{PREFIX}/organization/{bad}/clients/cli1/ai-providers/meta"),
                400,
                "invalid_request",
            )
        assert questions.questions == []


def test_authorize_is_needed() -> None:
    """There is no default, and no third case of names."""
    with container_over() as container:
        with pytest.raises(TypeError):
            create_blueprint(container.services())  # type: ignore[call-arg]  # what is tested
        with pytest.raises(SettingsError):
            create_blueprint(container.services(), everybody, json_case="Camel")


def only_client_a(
    request: Request, action: Action, organization_id: str | None, client_id: str | None
) -> Principal | None:
    """A principal of client A alone, who may read the catalog too."""
    if action is not Action.CATALOG_READ and (organization_id, client_id) != ("org1", "cli1"):
        raise Forbidden("another client")
    return Principal("ana")


@pytest.fixture(scope="module")
def two_clients(store: str) -> Iterator[tuple[Door, str]]:
    """Client B has the canary in all it keeps; answers the id of its generation too."""
    with door(authorize=only_client_a) as opened:
        service = opened.container.config_service()
        service.create(OTHER, CONFIGURED | {"parameters": {"systemPrompt": CANARY}})
        service.set_provider_key(OTHER, "openai", {"apiKey": "sk-b", "model": CANARY})
        opened.hosts.script(json.dumps({"content": CANARY, "hashtags": [], "emojis": []}))
        wanted = ASKED | {"prompt": CANARY}
        generated = opened.container.generation_service().generate(OTHER, wanted, CANARY)
        yield opened, generated.id


ODD = st.text(string.printable + "ñ\u202e\x00", max_size=20)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_principal_of_one_client_never_reads_another_s_data(
    two_clients: tuple[Door, str], data: st.DataObject
) -> None:
    """Whatever route, method, path, query, header and body it tries."""
    opened, generation = two_clients
    method, rule = data.draw(st.sampled_from(routes(opened.app)))
    before = opened.everything()[OTHER]
    organization = data.draw(st.sampled_from(["org1", "ORG1", "org1/../org1", "%6frg1"]))
    client = data.draw(
        st.sampled_from(["cli1", "cli2", "CLI2", "cli1/../cli2", "cli2%00", "cli%32"])
    )
    path = (
        rule.replace("<org_id>", organization)
        .replace("<client_id>", client)
        .replace(
            "<generation_id>", data.draw(st.sampled_from([generation, f"../cli2/{generation}"]))
        )
        .replace("<provider>", data.draw(st.sampled_from(["openai", "../../cli2/openai"])))
    )
    names = st.sampled_from(["clientId", "client_id", "organizationId", "cursor", "tenant"])
    values = st.sampled_from(["cli2", "org1/cli2", generation]) | ODD
    sent = data.draw(st.dictionaries(names, values, max_size=3))
    body = ASKED | data.draw(st.dictionaries(names, values, max_size=2))
    headers = {"X-Tenant-Id": "cli2", "X-Original-URL": client_path(OTHER)}
    if data.draw(st.booleans()):
        headers["X-Idempotency-Key"] = "k1"

    answer = opened.http.open(path, method=method, query_string=sent, json=body, headers=headers)

    assert CANARY not in answer.text
    assert generation not in answer.text or generation in str(body), answer.text
    assert answer.status_code < 500
    assert opened.everything()[OTHER] == before
    if "cli2" in path and "cli1" not in path and rule.startswith(CLIENT_RULE):
        assert answer.status_code in (400, 403, 404, 405)


def test_a_cursor_of_another_client_shows_nothing_of_it(two_clients: tuple[Door, str]) -> None:
    """It only says where to go on."""
    opened, generation = two_clients
    answer = opened.http.get(f"{meta_path()}/generations?cursor={generation}")

    assert answer.status_code == 200
    assert CANARY not in answer.text


def test_the_app_s_own_paths_stay_the_app_s() -> None:
    """Its 404, its 405, its error pages and another blueprint's routes, also near ours."""
    with container_over() as container:
        app = Flask("covacha")
        other = Blueprint("other", __name__, url_prefix=PREFIX)

        @other.get("/organization/<org_id>/clients/<client_id>/posts")
        def posts(org_id: str, client_id: str) -> str:
            return f"posts of {org_id}/{client_id}"

        @other.get("/ai-providers/<provider>")
        def provider(provider: str) -> str:
            return provider

        @app.errorhandler(404)
        def own_404(_: Exception) -> tuple[str, int]:
            return "our page", 404

        @app.errorhandler(405)
        def own_405(_: Exception) -> tuple[str, int]:
            return "our method page", 405

        app.register_blueprint(create_blueprint(container.services(), everybody))
        app.register_blueprint(other)
        http = app.test_client()

        assert http.get(f"{client_path()}/posts").text == "posts of org1/cli1"
        assert http.get(f"{PREFIX}/ai-providers/openai").text == "openai"
        for path in ("/", "/nothing", PREFIX, f"{client_path()}/nothing", f"{PREFIX}/ai"):
            answer = http.get(path)
            assert (answer.status_code, answer.text) == (404, "our page")
            assert "X-Request-Id" not in answer.headers
        answer = http.post(f"{client_path()}/posts")
        assert (answer.status_code, answer.text) == (405, "our method page")
        assert http.options(f"{client_path()}/posts").status_code == 200
        assert_problem(http.get(f"{config_path()}/nothing"), 404, "not_found")


def test_two_blueprints_under_names_and_prefixes_of_their_own() -> None:
    """One app may mount it twice, and inside a blueprint; 404 and 405 follow."""
    with container_over() as container:
        app = Flask("covacha")
        parent = Blueprint("parent", __name__, url_prefix="/inner")
        parent.register_blueprint(create_blueprint(container.services(), everybody))
        app.register_blueprint(parent)
        app.register_blueprint(
            create_blueprint(container.services(), _none, url_prefix="/v2"), name="second"
        )
        http = app.test_client()

        inner, second = f"/inner{CATALOG}/models", "/v2/ai-providers/meta/models"
        assert http.get(inner).status_code == 200
        assert_problem(http.get(second), 401, "unauthorized")
        for path in (inner, second):
            assert_problem(http.post(path), 405, "method_not_allowed")
            assert_problem(http.get(f"{path}/x"), 404, "not_found")
        assert http.get(f"{CATALOG}/models").mimetype == "text/html"
