"""Signs requests to AWS Bedrock with Signature Version 4, by botocore.

The credentials are the operator's: the session that the caller gave, or what botocore finds on
the machine (environment, profile, role). Finding or renewing them may talk to the network for
as long as botocore likes, so it runs beside, once for all that wait, and the wait is cut to the
deadline.
"""

from __future__ import annotations

import copy
import logging
import re
import threading
from collections.abc import Mapping
from concurrent.futures import Future, wait
from typing import Any, Final

import attrs
import httpx

from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.adapters.wire.network import LOOK_SECONDS
from llama_marketing.adapters.wire.request import DEFAULT_PORTS, HttpRequest, RequestSigner
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    BadKey,
    DeadlineExceeded,
    HostError,
    HostUnreachable,
    HostWork,
)

NO_CREDENTIALS: Final = (
    "No hay credenciales de AWS. Asigna un rol IAM al servidor o captura una API key de Bedrock "
    "en Settings > AI."
)
NOT_AWS: Final = (
    "Ese endpoint no es de AWS Bedrock. Revísalo o captura una API key en Settings > AI."
)
NOT_PERMITTED: Final = "El rol de AWS no tiene permiso para este modelo (bedrock:InvokeModel)."

_SERVICE: Final = "bedrock"
_REGION: Final = r"(?P<region>[a-z]{2,5}(?:-[a-z]+)+-\d{1,2})"
_BEDROCK_NAME: Final = re.compile(
    rf"(?:vpce-[a-z0-9-]+\.)?bedrock-runtime(?:-fips)?\.{_REGION}\.(?:vpce\.)?"
    r"(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|api\.aws|api\.amazonwebservices\.(?:com\.cn|eu))"
)
"""Bedrock's own names in AWS's public partitions, by botocore 1.44.8 (partitions.json,
bedrock-runtime endpoint rules), and those of its PrivateLink endpoints. Any looser rule would
sign for a name that a customer of AWS gives out, such as one of S3."""
_SIGNED: Final = ("host", "content-type")
_SAYS_SECRETS: Final = ("auth", "endpoint", "parsers", "utils")
"""botocore's loggers that write requests, answers or what is signed at DEBUG."""

_in_here = threading.local()


class _NotWhileSigning(logging.Filter):
    """Drops what botocore logs in a thread that signs for us; its other work logs as before."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not getattr(_in_here, "signs", False)


_FILTER: Final = _NotWhileSigning()


@attrs.frozen(slots=True)
class _Caller:
    """Who signs: frozen credentials, and the region that the session prefers."""

    credentials: Any = attrs.field(repr=False)
    region: str


class AwsSigner(RequestSigner):
    """Signs for Bedrock's own names, and for what the operator's allow-list names.

    ``session`` is a session of boto3 or botocore; None is botocore's own, made at first use.
    Safe between threads; make it after a fork.
    """

    def __init__(self, guard: EndpointGuard, session: Any = None) -> None:
        self._guard = guard
        self._session = session
        self._lock = threading.Lock()
        self._finding: Future[_Caller | HostError] | None = None
        for name in _SAYS_SECRETS:
            logging.getLogger(f"botocore.{name}").addFilter(_FILTER)

    def sign(
        self, request: HttpRequest, headers: Mapping[str, str], deadline: Deadline
    ) -> Mapping[str, str] | HostError:
        """The signature over method, URL, body, host and content type, or the fault.

        BadKey where there are no credentials or the endpoint is not AWS's, HostUnreachable
        where the credentials could not be fetched, DeadlineExceeded where that took too long.
        """
        url = httpx.URL(request.url)
        host, port = url.raw_host.decode("ascii"), url.port or DEFAULT_PORTS[url.scheme]
        known = _BEDROCK_NAME.fullmatch(host)
        of_aws = known is not None and (url.scheme, port) == ("https", DEFAULT_PORTS["https"])
        if not (of_aws or self._guard.names(host, port)):
            return BadKey("only requests to AWS's own names are signed", user_message=NOT_AWS)
        caller = self._caller(deadline)
        if isinstance(caller, HostError):
            return caller
        region = known["region"] if known is not None else caller.region
        if not region:
            return BadKey("no AWS region is known for this endpoint", user_message=NOT_AWS)
        return _signature(request, str(url), headers, caller.credentials, region)

    def _caller(self, deadline: Deadline) -> _Caller | HostError:
        """The credentials of now; all who ask at once wait for one search."""
        with self._lock:
            finding = self._finding
            if finding is None:
                finding = Future()
                search = threading.Thread(
                    target=self._find, args=(finding,), name="aws-credentials", daemon=True
                )
                try:
                    search.start()
                except RuntimeError:
                    return HostUnreachable("no thread could be started for the AWS credentials")
                # Only a search that has begun is waited for.
                self._finding = finding
        while (left := deadline.remaining_to_answer()) > 0.0:
            if wait([finding], min(left, LOOK_SECONDS)).done:
                found = finding.result()
                # Each who waited raises a fault of its own.
                return copy.copy(found) if isinstance(found, HostError) else found
        return DeadlineExceeded("the AWS credentials took too long", work=HostWork.NONE)

    def _find(self, finding: Future[_Caller | HostError]) -> None:
        _in_here.signs = True
        found: _Caller | HostError = HostUnreachable("the AWS credentials cannot be fetched")
        try:
            found = self._found()
        except BaseException as error:  # noqa: BLE001 - a caller's session; others wait for this
            found = _fault(error)
        finally:
            with self._lock:
                self._finding = None
            finding.set_result(found)

    def _found(self) -> _Caller | HostError:
        if self._session is None:
            from botocore.session import get_session

            self._session = get_session()
        credentials = self._session.get_credentials()
        if credentials is None:
            return BadKey("there are no AWS credentials", user_message=NO_CREDENTIALS)
        return _Caller(credentials.get_frozen_credentials(), _region_of(self._session))


def _region_of(session: Any) -> str:
    if hasattr(session, "region_name"):
        return session.region_name or ""
    return session.get_config_variable("region") or ""


def _fault(error: BaseException) -> HostError:
    """What kept the credentials away; botocore's own words may quote a profile or an answer."""
    from botocore import exceptions

    away = (
        exceptions.ConnectionError,
        exceptions.HTTPClientError,
        exceptions.CredentialRetrievalError,
        exceptions.MetadataRetrievalError,
    )
    kind = type(error).__name__
    status = 0
    if isinstance(error, exceptions.ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if isinstance(error, away) or status >= 500:
        return HostUnreachable(f"the AWS credentials cannot be fetched ({kind})")
    return BadKey(f"there are no usable AWS credentials ({kind})", user_message=NO_CREDENTIALS)


def _signature(
    request: HttpRequest, url: str, headers: Mapping[str, str], credentials: Any, region: str
) -> dict[str, str]:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    signed = {name: headers[name] for name in _SIGNED if name in headers}
    draft = AWSRequest(method=request.method, url=url, data=request.body, headers=signed)
    _in_here.signs = True
    try:
        SigV4Auth(credentials, _SERVICE, region).add_auth(draft)
    finally:
        _in_here.signs = False
    added = {name.lower(): value for name, value in draft.headers.items()}
    return {name: value for name, value in added.items() if name not in signed}
