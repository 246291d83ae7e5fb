"""Who is signed for, with whose credentials, within which time, and what is logged of it."""

from __future__ import annotations

import hashlib
import hmac
import logging
import pickle
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import botocore.exceptions
import botocore.session
import pytest
from botocore.credentials import Credentials

from llama_marketing.adapters.hosts.aws_signing import NO_CREDENTIALS, NOT_AWS, AwsSigner
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.adapters.wire.request import HttpRequest
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    BadKey,
    DeadlineExceeded,
    HostError,
    HostUnreachable,
    HostWork,
)
from tests.fake_host import within

AWS = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse"
SECRET = "CANARY-secret-key"
TOKEN = "CANARY-session-token"
NOW = datetime(2026, 11, 28, 12, 0, 0, tzinfo=UTC)


class Session:
    """A session as boto3 has it; ``found`` is what it finds, or raises, or a function."""

    def __init__(self, found: Any, region: str | None = None) -> None:
        self.found = found
        self.region_name = region
        self.searches = 0

    def get_credentials(self) -> Any:
        """Find the credentials."""
        self.searches += 1
        found = self.found() if callable(self.found) else self.found
        if isinstance(found, BaseException):
            raise found
        return found


def credentials(key: str = "AKIAEXAMPLE", token: str | None = None) -> Credentials:
    """Static credentials."""
    return Credentials(key, SECRET, token)


def signer(found: Any = None, region: str | None = None, allowed: str = "") -> AwsSigner:
    """A signer over a session that finds this; by default static credentials."""
    session = Session(credentials() if found is None else found, region)
    return AwsSigner(EndpointGuard.parse(allowed), session)


def signed(
    by: AwsSigner, url: str = AWS, deadline: Deadline | None = None
) -> Mapping[str, str] | HostError:
    """Sign a small request, with the headers that the transport would send."""
    host = url.partition("://")[2].partition("/")[0]
    request = HttpRequest("POST", url, {"content-type": "application/json"}, b"{}")
    headers = {
        "host": host,
        "user-agent": "llama-marketing/1",
        "accept-encoding": "identity",
        "accept": "application/json",
        **request.headers,
    }
    return by.sign(request, headers, deadline or within(5.0))


def test_the_signature_is_the_one_that_amazon_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over method, path, host, content type, date and body: worked out by hand below."""
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda *_: NOW)

    headers = signed(signer())

    assert not isinstance(headers, HostError)
    assert headers.keys() == {"x-amz-date", "authorization"}
    assert headers["x-amz-date"] == "20261128T120000Z"
    assert headers["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261128/us-east-1/bedrock/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        f"Signature={_signature_by_hand()}"
    )


def _signature_by_hand() -> str:
    """AWS's four steps, written out (general reference, Signature Version 4)."""

    def keyed(key: bytes, text: str) -> bytes:
        return hmac.new(key, text.encode(), hashlib.sha256).digest()

    canonical = "\n".join(
        [
            "POST",
            "/model/m/converse",
            "",
            "content-type:application/json",
            "host:bedrock-runtime.us-east-1.amazonaws.com",
            "x-amz-date:20261128T120000Z",
            "",
            "content-type;host;x-amz-date",
            hashlib.sha256(b"{}").hexdigest(),
        ]
    )
    scope = "20261128/us-east-1/bedrock/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n20261128T120000Z\n{scope}\n{digest}"
    key = f"AWS4{SECRET}".encode()
    for part in scope.split("/"):
        key = keyed(key, part)
    return keyed(key, text).hex()


def test_a_roles_token_is_sent_and_signed() -> None:
    """Temporary credentials are three parts."""
    headers = signed(signer(credentials("ASIAEXAMPLE", TOKEN)))

    assert not isinstance(headers, HostError)
    assert headers["x-amz-security-token"] == TOKEN
    assert "x-amz-date;x-amz-security-token" in headers["authorization"]


@pytest.mark.parametrize(
    ("url", "region"),
    [
        (AWS, "us-east-1"),
        ("https://bedrock-runtime.us-west-2.amazonaws.com:443/x", "us-west-2"),
        ("https://BEDROCK-runtime.us-west-2.amazonaws.com/x", "us-west-2"),
        ("https://bedrock-runtime-fips.us-east-2.amazonaws.com/x", "us-east-2"),
        ("https://bedrock-runtime.us-gov-west-1.amazonaws.com/x", "us-gov-west-1"),
        ("https://bedrock-runtime.cn-north-1.amazonaws.com.cn/x", "cn-north-1"),
        ("https://bedrock-runtime.eusc-de-east-1.amazonaws.eu/x", "eusc-de-east-1"),
        ("https://bedrock-runtime.us-east-1.api.aws/x", "us-east-1"),
        ("https://vpce-0a1b-2c3d.bedrock-runtime.us-east-1.vpce.amazonaws.com/x", "us-east-1"),
    ],
)
def test_the_region_is_the_endpoints(url: str, region: str) -> None:
    """Whatever the session prefers."""
    headers = signed(signer(region="ap-south-1"), url)

    assert not isinstance(headers, HostError)
    assert f"/{region}/bedrock/aws4_request" in headers["authorization"]


@pytest.mark.parametrize(
    "url",
    [
        "http://bedrock-runtime.us-east-1.amazonaws.com/x",
        "https://bedrock-runtime.us-east-1.amazonaws.com:8443/x",
        "https://bedrock-runtime.us-east-1.amazonaws.com.evil.example/x",
        "https://evil.example/bedrock-runtime.us-east-1.amazonaws.com",
        "https://xbedrock-runtime.us-east-1.amazonaws.com/x",
        "https://bucket.s3.us-east-1.amazonaws.com/x",
        "https://abc.execute-api.us-east-1.amazonaws.com/x",
        "https://vpce-1.vpce-svc-2.us-east-1.vpce.amazonaws.com/x",
        "https://bedrock-runtime.amazonaws.com/x",
        "https://bedrock-runtime.us-east-1.amazonaws.com./x",
        "https://bedrock-runtime.us-east-1.amazonaws.org/x",
        "https://bedrock-runtime-us-east-1.amazonaws.com/x",
        "https://10.0.0.7/x",
    ],
)
def test_nobody_else_is_signed_for(url: str) -> None:
    """A tenant's endpoint never sees the operator's signature, nor are credentials looked up."""
    session = Session(credentials("ASIAEXAMPLE", TOKEN), "us-east-1")

    fault = signed(AwsSigner(EndpointGuard(), session), url)

    assert isinstance(fault, BadKey)
    assert (fault.user_message, fault.work) == (NOT_AWS, HostWork.NONE)
    assert session.searches == 0


def test_an_endpoint_that_the_operator_names_is_signed_for() -> None:
    """In the session's region; the same host on another port is not."""
    by = signer(region="us-west-2", allowed="127.0.0.1:4566,10.0.0.0/8")

    headers = signed(by, "http://127.0.0.1:4566/model/m/converse")

    assert not isinstance(headers, HostError)
    assert "/us-west-2/bedrock/" in headers["authorization"]
    assert isinstance(signed(by, "http://127.0.0.1:4567/model/m/converse"), BadKey)
    assert isinstance(signed(by, "https://10.0.0.7/model/m/converse"), BadKey)


@pytest.mark.parametrize(
    ("allowed", "url", "is_signed"),
    [
        ("gateway.test:80", "http://gateway.test/model/m/converse", True),
        ("gateway.test:443", "https://gateway.test/model/m/converse", True),
        ("gateway.test:443", "http://gateway.test/model/m/converse", False),
        ("gateway.test:80", "https://gateway.test/model/m/converse", False),
    ],
)
def test_the_port_that_an_entry_names_is_the_one_of_the_scheme(
    allowed: str, url: str, is_signed: bool
) -> None:
    """A signature over plain http goes only where the operator named port 80."""
    found = signed(signer(region="us-east-1", allowed=allowed), url)

    assert isinstance(found, Mapping) is is_signed


@pytest.mark.parametrize("raised", [SystemExit(1), KeyboardInterrupt()])
def test_a_search_that_ends_its_thread_is_a_fault_and_not_the_end_of_all(
    raised: BaseException,
) -> None:
    """Whoever waits hears of it at once, and the next one searches anew."""
    session = Session(raised, "us-east-1")
    by = AwsSigner(EndpointGuard(), session)
    deadline = within(30.0)

    assert isinstance(signed(by, deadline=deadline), BadKey)
    session.found = credentials()
    assert isinstance(signed(by, deadline=deadline), Mapping)
    assert deadline.remaining() > 20.0


def test_a_search_that_could_not_begin_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine has no thread left; a moment later it has."""
    by = signer(region="us-east-1")

    def no_thread(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", no_thread)
        assert isinstance(signed(by), HostUnreachable)

    assert isinstance(signed(by), Mapping)


def test_without_any_region_nothing_is_signed() -> None:
    """It is a part of the signature."""
    assert isinstance(signed(signer(allowed="127.0.0.1:4566"), "http://127.0.0.1:4566/x"), BadKey)


def test_without_credentials_the_fault_says_what_to_do() -> None:
    """A sentence of its own."""
    fault = signed(AwsSigner(EndpointGuard(), Session(lambda: None)))

    assert isinstance(fault, BadKey)
    assert fault.user_message == NO_CREDENTIALS
    assert "No hay credenciales de AWS" in fault.user_message


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (botocore.exceptions.ProfileNotFound(profile="CANARY"), BadKey),
        (botocore.exceptions.PartialCredentialsError(provider="x", cred_var="CANARY"), BadKey),
        (
            botocore.exceptions.ClientError(
                {"Error": {"Code": "AccessDenied", "Message": "CANARY"}}, "AssumeRole"
            ),
            BadKey,
        ),
        (RuntimeError("CANARY"), BadKey),
        (
            botocore.exceptions.EndpointConnectionError(endpoint_url="https://CANARY"),
            HostUnreachable,
        ),
        (
            botocore.exceptions.CredentialRetrievalError(provider="x", error_msg="CANARY"),
            HostUnreachable,
        ),
        (botocore.exceptions.MetadataRetrievalError(error_msg="CANARY"), HostUnreachable),
        (botocore.exceptions.ReadTimeoutError(endpoint_url="https://CANARY"), HostUnreachable),
        (
            botocore.exceptions.ClientError(
                {"Error": {"Code": "CANARY"}, "ResponseMetadata": {"HTTPStatusCode": 503}},
                "AssumeRole",
            ),
            HostUnreachable,
        ),
    ],
)
def test_credentials_that_cannot_be_had_are_a_typed_fault(
    error: Exception, fault: type[HostError]
) -> None:
    """The library's words stay away."""
    found = signed(signer(lambda: error))

    assert type(found) is fault
    assert isinstance(found, HostError)
    assert found.work is HostWork.NONE
    assert "CANARY" not in f"{found!r} {found.user_message} {pickle.dumps(found)!r}"
    assert (found.__cause__, found.__context__, found.__traceback__) == (None, None, None)


def waiting_deadline(waits: threading.Semaphore) -> Deadline:
    """A deadline that tells when somebody waits by it."""

    def abandoned() -> bool:
        waits.release()
        return False

    return Deadline(time.monotonic() + 10.0, time.monotonic, abandoned=abandoned)


def test_a_search_that_hangs_is_left_at_the_deadline_and_goes_on_for_the_others() -> None:
    """One thread searches, however many wait."""
    found = threading.Event()

    def slow() -> Credentials:
        assert found.wait(10.0)
        return credentials()

    session = Session(slow)
    by = AwsSigner(EndpointGuard(), session)
    waits = threading.Semaphore(0)

    with ThreadPoolExecutor(4) as pool:
        hurried = list(pool.map(lambda _: signed(by, deadline=within(0.05)), range(4)))
        patient = pool.submit(signed, by, AWS, waiting_deadline(waits))
        assert waits.acquire(timeout=5.0)
        found.set()
        assert not isinstance(patient.result(5.0), HostError)

    assert [type(fault) for fault in hurried] == [DeadlineExceeded] * 4
    assert {fault.work for fault in hurried if isinstance(fault, HostError)} == {HostWork.NONE}
    assert session.searches == 1


def test_nobody_waits_for_credentials_once_the_caller_left() -> None:
    """The deadline says so, and is asked about once a second."""
    left = threading.Event()
    found = threading.Event()
    asked = threading.Event()

    def slow() -> None:
        asked.set()
        assert found.wait(10.0)

    deadline = Deadline(time.monotonic() + 60.0, time.monotonic, abandoned=left.is_set)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(signed, signer(slow), AWS, deadline)
        assert asked.wait(5.0)
        left.set()
        assert isinstance(waiting.result(5.0), DeadlineExceeded)
        found.set()


def test_who_waits_together_gets_a_fault_each() -> None:
    """A fault that two threads raise would carry the frames of both."""
    found = threading.Event()

    def refuse() -> None:
        assert found.wait(10.0)

    session = Session(refuse)
    by = AwsSigner(EndpointGuard(), session)
    waits = [threading.Semaphore(0), threading.Semaphore(0)]

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(signed, by, AWS, waiting_deadline(one)) for one in waits]
        assert all(one.acquire(timeout=5.0) for one in waits)
        found.set()
        first, second = (one.result(5.0) for one in asked)

    assert isinstance(first, BadKey) and isinstance(second, BadKey)
    assert first is not second
    assert session.searches == 1


def test_credentials_are_asked_for_anew_each_time() -> None:
    """A role's change; botocore keeps them as long as they are good."""
    kept = iter(["AKIAFIRST", "AKIASECOND"])
    by = signer(lambda: credentials(next(kept)))

    first, second = signed(by), signed(by)

    assert not isinstance(first, HostError) and "AKIAFIRST" in first["authorization"]
    assert not isinstance(second, HostError) and "AKIASECOND" in second["authorization"]


def test_a_session_of_botocore_does_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """And its region, where the endpoint has none."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    session = botocore.session.Session()
    session.set_credentials("AKIAEXAMPLE", SECRET)
    by = AwsSigner(EndpointGuard.parse("127.0.0.1:4566"), session)

    headers = signed(by, "http://127.0.0.1:4566/x")

    assert not isinstance(headers, HostError)
    assert "AKIAEXAMPLE/" in headers["authorization"]
    assert "/us-west-2/bedrock/" in headers["authorization"]


def test_without_a_session_botocore_looks_on_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's variables come first."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAFROMENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)

    headers = signed(AwsSigner(EndpointGuard()))

    assert not isinstance(headers, HostError)
    assert "Credential=AKIAFROMENV/" in headers["authorization"]


def test_nothing_that_signs_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """botocore writes the token, and what is signed, at DEBUG: not for us, still for others."""
    logger = logging.getLogger("botocore.auth")

    def chatty() -> Credentials:
        logging.getLogger("botocore.parsers").debug("Response body: %s", SECRET)
        return credentials("ASIAEXAMPLE", TOKEN)

    with caplog.at_level(logging.DEBUG):
        headers = signed(signer(chatty))
        logger.debug("another's work")

    assert not isinstance(headers, HostError)
    assert "CANARY" not in caplog.text
    assert "another's work" in caplog.text


def test_the_signer_tells_nothing_of_its_session() -> None:
    """Its repr is its class."""
    by = signer(credentials("ASIAEXAMPLE", TOKEN))
    signed(by)

    assert "CANARY" not in repr(by)
    assert datetime.now(UTC).strftime("%Y") in str(signed(by))
