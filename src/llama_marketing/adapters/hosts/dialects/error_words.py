"""What an error's body says, in all the shapes that hosts give it.

The words are only looked at, never passed on: they may quote the key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import attrs

_MODEL_CODES: Final = frozenset(
    {
        "model_not_found",
        "model_decommissioned",
        "model_not_available",
        "model_not_supported",
        "dedicated_endpoint_not_running",
        "not_found",
        "not_found_error",
    }
)
_CONTEXT_CODES: Final = frozenset(
    {"exceed_context_size_error", "context_length_exceeded", "context_window_exceeded"}
)
_CONTEXT_WORDS: Final = (
    "context length",
    "context limit",
    "context size",
    "context window",
    "maximum context",
    "input token count",
    "too long",
    "too many tokens",
    # Text generation inference: `inputs` tokens + `max_new_tokens` must be <= 8192.
    "max_new_tokens",
)
_CONTEXT_BOUND: Final = re.compile(r"\btokens?\b[^.]{0,80}\bmust be <= ?\d")
_RATE_CODES: Final = frozenset(
    {
        "rate_limit_exceeded",
        "rate_limit_error",
        "dynamic_request_limited",
        "dynamic_token_limited",
        "capacity_exceeded",
        "resource_exhausted",
    }
)
_REFUSAL_CODES: Final = frozenset({"content_filter", "content_policy_violation"})
_REFUSAL_WORDS: Final = (
    # OpenRouter's 403 for a prompt that its moderation stopped (its errors page, 2026-11-22).
    "input was flagged",
)
_KEY_CODES: Final = frozenset(
    {
        "invalid_api_key",
        "authentication_error",
        "invalid_authentication",
        # Google answers a bad key with 400 and this reason.
        "api_key_invalid",
        "permission_error",
        "permission_denied",
        "unauthenticated",
    }
)
_CREDIT_CODES: Final = frozenset(
    {
        "insufficient_credits",
        "credit_limit",
        "account_suspended",
        "billing_error",
        "credit_balance_exhausted",
        "credit_balance_too_low",
    }
)
_CREDIT_WORDS: Final = (
    # Anthropic answers 400 for an empty account and for a spend limit of one's own
    # (anthropics/claude-code issues 66314 of 2026-06-08 and 38035 of 2026-03-24).
    "credit balance is too low",
    "specified api usage limits",
)
_OTHER_CODES: Final = frozenset(
    {
        "invalid_request_error",
        "api_error",
        "overloaded_error",
        "timeout_error",
        "request_too_large",
        "unavailable_error",
        "server_error",
        "tool_use_failed",
        "json_validate_failed",
        "extra_forbidden",
        "invalid_argument",
        "failed_precondition",
        "internal",
        "unavailable",
        "deadline_exceeded",
    }
)
_KNOWN_CODES: Final = (
    _MODEL_CODES
    | _CONTEXT_CODES
    | _RATE_CODES
    | _REFUSAL_CODES
    | _KEY_CODES
    | _CREDIT_CODES
    | _OTHER_CODES
)


@attrs.frozen(slots=True, repr=False)
class ErrorWords:
    """What an error body says: its codes and types, its message, a status of its own.

    ``retry_delay`` is a duration that the host asks to wait. ``tells_day_quota`` says that
    what is used up is a day's quota, for which no wait within a request helps.
    """

    codes: frozenset[str] = frozenset()
    message: str = ""
    status: int | None = None
    retry_delay: str = ""
    tells_day_quota: bool = False

    @classmethod
    def read(cls, data: object) -> ErrorWords:
        """Collect the words of any known shape: object, text, detail, fault, flat, listed."""
        data = unwrapped(data)
        if not isinstance(data, Mapping):
            return cls()
        inner = data.get("error")
        if not isinstance(inner, Mapping):
            inner = {"message": inner if isinstance(inner, str) else data.get("detail")}
        fault = data.get("fault")
        layers: list[Mapping[str, Any]] = [inner, data]
        if isinstance(fault, Mapping):
            layers.append(fault)
        values = [
            layer.get(name)
            for layer in layers
            for name in ("code", "type", "error_type", "status_code", "status")
        ]
        details = _details(inner.get("details"))
        reasons = [layer.get(name) for layer in details for name in ("reason", "error_code")]
        delays = [layer.get("retryDelay") for layer in details]
        texts = [layer.get(name) for layer in layers for name in ("message", "faultstring")]
        return cls(
            codes=frozenset(
                value.lower() for value in (*values, *reasons) if isinstance(value, str)
            ),
            message=" ".join(text for text in texts if isinstance(text, str)).lower()[:2000],
            status=next((value for value in values if _is_fault_status(value)), None),
            retry_delay=next((delay for delay in delays if isinstance(delay, str)), ""),
            tells_day_quota=any(_names_a_day(layer.get("violations")) for layer in details),
        )

    def has(self, codes: frozenset[str]) -> bool:
        """Whether one of the codes is among the host's."""
        return not codes.isdisjoint(self.codes)

    @property
    def tells_too_long(self) -> bool:
        """Whether the prompt does not fit the model."""
        return (
            self.has(_CONTEXT_CODES)
            or any(word in self.message for word in _CONTEXT_WORDS)
            or _CONTEXT_BOUND.search(self.message) is not None
        )

    @property
    def tells_no_model(self) -> bool:
        """Whether the host does not serve the model."""
        return self.has(_MODEL_CODES) or "non-serverless model" in self.message

    @property
    def tells_rate(self) -> bool:
        """Whether the host asks to slow down."""
        return self.has(_RATE_CODES)

    @property
    def tells_bad_key(self) -> bool:
        """Whether the host refuses the key."""
        return self.has(_KEY_CODES)

    @property
    def tells_refusal(self) -> bool:
        """Whether the host would not have this written."""
        return self.has(_REFUSAL_CODES) or any(word in self.message for word in _REFUSAL_WORDS)

    @property
    def known_code(self) -> str:
        """A code that is no word of the host's own, the first one by the alphabet, or nothing."""
        return min(self.codes & _KNOWN_CODES, default="")

    @property
    def tells_no_credit(self) -> bool:
        """Whether the account has nothing left to spend."""
        return self.has(_CREDIT_CODES) or any(word in self.message for word in _CREDIT_WORDS)


def unwrapped(data: object) -> object:
    """What stands alone in a list, as Google wraps an error now and then; else the data."""
    return data[0] if isinstance(data, list) and len(data) == 1 else data


def _details(details: object) -> list[Mapping[str, Any]]:
    """An error's details: Google lists them, Anthropic has one object."""
    listed = details if isinstance(details, list) else [details]
    return [detail for detail in listed if isinstance(detail, Mapping)]


def _names_a_day(violations: object) -> bool:
    """Whether a quota that Google names is one of a day, as GenerateRequestsPerDayPerProject."""
    names = [
        str(violation.get(name, "")).lower().replace("_", "")
        for violation in (violations if isinstance(violations, list) else [])
        if isinstance(violation, Mapping)
        for name in ("quotaId", "quotaMetric")
    ]
    return any("perday" in name for name in names)


def _is_fault_status(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 400 <= value < 600
