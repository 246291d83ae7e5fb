"""What went wrong at DynamoDB, told from botocore's errors without their words.

botocore's own text may quote a profile, a request or an answer, so only its code or class goes
on.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Any, Final

import attrs
from botocore import exceptions
from botocore.parsers import ResponseParserError

from llama_marketing.domain.errors import (
    LlamaMarketingError,
    SettingsError,
    StoreError,
    StoreUnavailable,
)

CAUGHT: Final = (exceptions.BotoCoreError, exceptions.ClientError, ResponseParserError)
"""Everything that a call of boto3's client raises."""

_CONDITION: Final = "ConditionalCheckFailed"
_AGAIN: Final = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_MISSING: Final = "ResourceNotFoundException"
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "OptInRequired"})
_NOT_KNOWN: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "UnrecognizedClientException",
    }
)
_NO_CREDENTIALS: Final = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.ProfileNotFound,
    exceptions.TokenRetrievalError,
)
_LOST: Final = (
    exceptions.ChecksumError,
    exceptions.ConnectionError,
    exceptions.CredentialRetrievalError,
    exceptions.HTTPClientError,
    exceptions.IncompleteReadError,
    exceptions.MetadataRetrievalError,
    ResponseParserError,
)
_NOT_AVAILABLE: Final = "El almacenamiento no está disponible. Avisa a quien opera el servidor."
_TOO_LARGE: Final = "El contenido es demasiado grande para guardarse."


class Kind(Enum):
    """What can be done about a fault."""

    REFUSED = auto()
    """A condition did not hold: the caller knows what that means."""
    AGAIN = auto()
    """Throttled, in conflict with another transaction, 5xx or a lost line: try again."""
    SETTINGS = auto()
    """The operator has to act: table, index, region, credentials, permissions."""
    BROKEN = auto()
    """Nobody can do anything about it but whoever wrote the program, or the item is too large."""


@attrs.frozen
class Fault:
    """One fault; ``reason`` is a part of an English sentence and has nothing secret.

    ``refused`` are the places, in their transaction, of the items whose condition failed.
    """

    kind: Kind
    reason: str = ""
    refused: frozenset[int] = frozenset()
    user_message: str = ""

    def error(self, where: str) -> LlamaMarketingError:
        """The store's error on the way of a request."""
        sentence = f"DynamoDB {where}: {self.reason}"
        if self.kind is Kind.BROKEN:
            return StoreError(sentence, user_message=self.user_message)
        return StoreUnavailable(sentence, user_message=self.user_message)

    def error_at_start(self, where: str) -> LlamaMarketingError:
        """The same where the operator looks on: what is theirs to mend is a SettingsError."""
        if self.kind is Kind.SETTINGS:
            return SettingsError(f"LLAMA_MARKETING_STORE: DynamoDB {where}: {self.reason}")
        return self.error(where)


def fault_of(error: Exception, operation: str) -> Fault:
    """Tell what an error of ``CAUGHT`` means."""
    if isinstance(error, exceptions.ClientError):
        return _answered(error.response, operation)
    kind = type(error).__name__
    if isinstance(error, _NO_CREDENTIALS):
        return _settings(f"there are no AWS credentials ({kind})")
    if isinstance(error, exceptions.NoRegionError):
        return _settings("no region is named, neither there nor in the AWS configuration")
    if isinstance(error, _LOST):
        return Fault(Kind.AGAIN, f"no answer ({kind})")
    return Fault(Kind.BROKEN, f"the request could not be made ({kind})")


def _answered(response: dict[str, Any], operation: str) -> Fault:
    code = str(response.get("Error", {}).get("Code", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code == "TransactionCanceledException":
        return _cancelled(response)
    if code == f"{_CONDITION}Exception":
        return Fault(Kind.REFUSED, "a condition did not hold", frozenset({0}))
    if code == _MISSING:
        return _settings("there is no such table in that region")
    if code in _NOT_KNOWN:
        return _settings(f"AWS does not accept the credentials ({code})")
    if code in _DENIED:
        return _settings(f"the credentials may not do {operation} ({code})")
    if code in _AGAIN or status >= 500:
        return Fault(Kind.AGAIN, f"AWS asks to come again ({code})")
    return _invalid(str(response.get("Error", {}).get("Message", "")), code)


def _cancelled(response: dict[str, Any]) -> Fault:
    """A transaction that was not applied; one failed condition is enough to know the answer."""
    reasons = response.get("CancellationReasons", ())
    codes = [str(reason.get("Code", "")) for reason in reasons]
    refused = frozenset(place for place, code in enumerate(codes) if code == _CONDITION)
    if refused:
        return Fault(Kind.REFUSED, "a condition did not hold", refused)
    told = [code for code in codes if code not in ("", "None")]
    if told and all(code in _AGAIN for code in told):
        return Fault(Kind.AGAIN, f"transactions are in conflict ({told[0]})")
    for reason in reasons:
        if reason.get("Code") == "ValidationError":
            return _invalid(str(reason.get("Message", "")), "ValidationError")
    return Fault(Kind.BROKEN, f"a transaction was cancelled ({', '.join(told) or 'no reason'})")


def _invalid(message: str, code: str) -> Fault:
    """A request that DynamoDB finds wrong; its words are read, but not passed on."""
    if "specified index" in message:
        return _settings("the table has no such index")
    if "size" in message and "exceeded" in message:
        return Fault(
            Kind.BROKEN, "an item is larger than the 400 KB it may have", user_message=_TOO_LARGE
        )
    return Fault(Kind.BROKEN, f"the request was refused ({code})")


def _settings(reason: str) -> Fault:
    return Fault(Kind.SETTINGS, reason, user_message=_NOT_AVAILABLE)
