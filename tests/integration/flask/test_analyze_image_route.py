"""POST {o}/ai/meta/analyze-image: a picture in, a judgement out."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from llama_marketing.app.container import Container
from llama_marketing.app.settings import Settings
from llama_marketing.domain.media import MAX_IMAGE_BYTES
from llama_marketing.testing import pictures
from llama_marketing.testing.hosts import FakeChatHosts
from tests.fake_host import FakeHost, as_json, completion_object, plain, usage_of
from tests.integration.flask.app import (
    CONFIGURED,
    Door,
    assert_problem,
    config_path,
    door,
    made_app,
    meta_path,
)
from tests.unit.app.samples import FERNET_KEY, settled_entry
from tests.unit.app.test_image_analysis import IMAGE, VISION, seen, told

PATH = f"{meta_path()}/analyze-image"


def _part(disposition: str, content: bytes, media_type: str = "") -> bytes:
    head = f"--x\r\nContent-Disposition: form-data; {disposition}\r\n"
    if media_type:
        head += f"Content-Type: {media_type}\r\n"
    return head.encode() + b"\r\n" + content + b"\r\n"


def _upload(
    to: Door,
    data: bytes = IMAGE,
    media_type: str = "image/jpeg",
    key: str | None = None,
    further: bytes = b"",
    boundary: str = "x",
    **fields: Any,
) -> TestResponse:
    """A form made by hand: the test client would leave a large one in an open file."""
    parts = [_part('name="image"; filename="a"', data, media_type), further]
    parts += [_part(f'name="{name}"', value.encode()) for name, value in fields.items()]
    body = b"".join([*parts, b"--x--\r\n"])
    return to.http.post(
        PATH,
        data=body.replace(b"--x", b"--" + boundary.encode()),
        content_type=f"multipart/form-data; boundary={boundary}",
        headers={} if key is None else {"X-Idempotency-Key": key},
    )


def _door(*answers: str) -> Any:
    return door(FakeChatHosts(*answers), configured=False)


def _seeing(to: Door) -> Door:
    to.configure(selectedModelId=VISION)
    return to


@pytest.mark.story("US-MK-105")
def test_analizar_imagen_con_llama_vision_mock() -> None:
    """analyze-image → Llama Vision over the real wire → description, score and findings."""
    with FakeHost() as host, FakeHost() as server:
        server.otherwise = plain(IMAGE, "image/jpeg")
        settings = Settings.from_env(
            {
                "AI_ENCRYPTION_KEY": FERNET_KEY,
                "LLAMA_MARKETING_STORE": "memory://",
                "LLAMA_MARKETING_ALLOWED_ENDPOINTS": f"{host.endpoint},{server.endpoint}",
            }
        )
        with Container.from_settings(settings) as container:
            _, http = made_app(container)
            config = CONFIGURED | {
                "hostingProvider": "self_hosted",
                "apiEndpoint": host.base_url,
                "selectedModelId": VISION,
            }
            assert http.post(config_path(), json=config).status_code == 201
            host.script(
                as_json(completion_object(seen(9), usage_of(1700, 200))),
                as_json(completion_object(told(), usage_of(300, 100))),
            )
            answer = http.post(
                PATH,
                json={
                    "imageUrl": f"http://{server.endpoint}/cafe.jpg",
                    "platform": "instagram",
                    "brandKit": {"colors": ["#1877F2"]},
                },
            )
            entry = settled_entry(container)

    assert answer.status_code == 200 and answer.json is not None, answer.text
    body = answer.json
    assert body["description"] == "Una taza de café sobre una mesa azul."
    assert body["improvements"] and body["score"] == 9
    assert body["subScores"][0] == {
        "criterion": "composition",
        "score": 9,
        "reason": "Por la composición.",
    }
    assert body["policyFindings"] == []
    assert body["facts"]["ratio"] == "1:1"
    assert {fit["verdict"] for fit in body["facts"]["placements"]} == {"fits", "warning"}
    assert body["facts"]["brand"]["nearness"] == "match"
    assert (body["model"], body["provider"]) == (VISION, "self_hosted")
    assert body["tokensUsed"]["inputTokens"] == entry.tokens_input == 2000
    assert body["id"] == entry.id and body["latencyMs"] >= 1
    first, second = (request.json for request in host.requests)
    part = next(part for part in first["messages"][-1]["content"] if part["type"] == "image_url")
    assert part["image_url"]["url"].startswith("data:image/jpeg;base64,")
    assert first["response_format"]["type"] == "json_schema"
    assert "image_url" not in str(second)


@pytest.mark.story("US-MK-105")
def test_a_picture_is_uploaded_with_what_is_asked_of_it() -> None:
    with _door(seen(), told()) as at:
        answer = _upload(
            _seeing(at),
            prompt="¿Funciona?",
            platform="whatsapp",
            brandKit='{"colors": ["#E4002B"]}',
            bypassCache="true",
            clientId="cli1",
        )

    assert answer.status_code == 200 and answer.json is not None, answer.text
    assert [fit["placement"] for fit in answer.json["facts"]["placements"]] == ["whatsapp_header"]
    assert answer.json["facts"]["brand"]["nearness"] == "off"


@pytest.mark.parametrize(
    "name",
    [
        "bomb of 9,000 px",
        "GIF",
        "SVG",
        "JPEG and zip",
        "half a JPEG",
        "text",
        "nothing",
    ],
)
def test_a_hostile_picture_is_refused_in_spanish_and_nothing_is_booked(name: str) -> None:
    with _door() as at:
        body = assert_problem(
            _upload(_seeing(at), pictures.HOSTILE[name](), ""), 422, "invalid_request"
        )
        assert at.host_calls == at.entries() == 0

    assert body["detail"].startswith("La imagen ")


def test_a_picture_under_a_wrong_name_is_refused() -> None:
    with _door() as at:
        assert_problem(_upload(_seeing(at), media_type="image/png"), 422, "invalid_request")


def test_a_picture_over_ten_megabytes_is_too_large() -> None:
    """Whether the picture alone or the whole form is."""
    with _door() as at:
        _seeing(at)
        for size in (MAX_IMAGE_BYTES + 1, MAX_IMAGE_BYTES + 300_000):
            body = assert_problem(_upload(at, IMAGE + bytes(size - len(IMAGE))), 413, "too_large")
            assert body["detail"].endswith(".")


def test_the_same_upload_under_a_key_is_analysed_once() -> None:
    """Also when it is larger than a JSON body may be."""
    large = pictures.saved(pictures.picture(1000, 1000), "PNG", compress_level=0)
    assert len(large) > 1_000_000
    with _door(seen(), told()) as at:
        _seeing(at)
        sent = [_upload(at, large, "image/png", key="k1") for _ in range(2)]
        assert at.host_calls == 2

    assert [answer.status_code for answer in sent] == [200, 200]
    assert sent[0].data == sent[1].data


def test_a_retry_with_another_boundary_is_the_same_upload() -> None:
    """Clients choose one anew each time; another picture stays another request."""
    with _door(seen(), told()) as at:
        _seeing(at)
        sent = [_upload(at, IMAGE, key="k1", boundary=boundary) for boundary in ("first", "second")]
        other = _upload(at, IMAGE + b"\0", key="k1", boundary="first")
        assert at.host_calls == 2

    assert [answer.status_code for answer in (*sent, other)] == [200, 200, 422]
    assert sent[0].data == sent[1].data


@pytest.mark.parametrize(
    ("content_type", "data", "status", "code"),
    [
        ("image/jpeg", IMAGE, 415, "unsupported_media"),
        ("text/plain", b"hola", 415, "unsupported_media"),
        ("application/x-www-form-urlencoded", b"image=x", 415, "unsupported_media"),
        ("application/json", b"{", 400, "invalid_request"),
        ("application/json", b"{}", 422, "invalid_request"),
        ("application/json", b'{"imageUrl": "ftp://a/b"}', 422, "invalid_request"),
        ("application/json", b'{"imageUrl": 5}', 422, "invalid_request"),
        ("multipart/form-data; boundary=x", b"--x--\r\n", 422, "invalid_request"),
        ("multipart/form-data", b"", 422, "invalid_request"),
    ],
)
def test_what_is_no_request_for_an_analysis_is_refused(
    content_type: str, data: bytes, status: int, code: str
) -> None:
    with _door() as at:
        answer = _seeing(at).http.post(PATH, data=data, content_type=content_type)
        assert_problem(answer, status, code)
        assert at.host_calls == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"unknown": "x"},
        {"platform": "myspace"},
        {"brandKit": "{"},
        {"bypassCache": "quizá"},
        {"mode": "slow"},
        {"clientId": "cli2"},
        {"imageUrl": "https://a.test/b.png"},
    ],
)
def test_a_wrong_field_of_the_form_is_refused(fields: dict[str, Any]) -> None:
    with _door() as at:
        assert_problem(_upload(_seeing(at), **fields), 422, "invalid_request")


@pytest.mark.parametrize(
    "further",
    [
        _part('name="image"; filename="b"', IMAGE),
        _part('name="other"; filename="b"', IMAGE),
        2 * _part('name="prompt"', b"hola"),
    ],
)
def test_a_form_has_each_part_once(further: bytes) -> None:
    with _door() as at:
        assert_problem(_upload(_seeing(at), further=further), 422, "invalid_request")


def test_a_client_without_a_configuration_is_told_so() -> None:
    with _door() as at:
        assert_problem(_upload(at), 409, "not_configured")
