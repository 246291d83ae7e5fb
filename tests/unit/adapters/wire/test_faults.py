"""A fault leaves behind the frames and the chain that it came through."""

from __future__ import annotations

import pytest

from llama_marketing.adapters.wire.faults import as_failure
from llama_marketing.domain.errors import BadKey, BadPayload


def raised() -> BadKey:
    """A fault with frames, a cause and a context."""

    def chained() -> None:
        try:
            raise KeyError("sk-CANARY")
        except KeyError as error:
            raise BadKey("no") from error

    with pytest.raises(BadKey) as caught:
        chained()
    return caught.value


def test_a_fault_keeps_itself_alone() -> None:
    """No traceback, no cause, no context."""
    fault = raised()
    assert fault.__cause__ is not None

    alone = as_failure(fault)

    assert alone is fault
    assert (alone.__traceback__, alone.__cause__, alone.__context__) == (None, None, None)


def test_any_other_exception_is_a_bad_payload_with_its_class_alone() -> None:
    """Its text may be the host's."""
    failure = as_failure(KeyError("sk-CANARY"))

    assert type(failure) is BadPayload
    assert str(failure) == "the answer cannot be read (KeyError)"
