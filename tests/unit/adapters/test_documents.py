"""Values as JSON documents."""

from __future__ import annotations

from decimal import Decimal

import pytest

from llama_marketing.adapters import documents
from llama_marketing.domain.errors import StoreIncompatible
from llama_marketing.domain.usage.entries import UsageEntry
from llama_marketing.testing.samples import sample_entry, sample_record


def test_money_is_written_as_exact_text() -> None:
    """A JSON number would lose the last decimals of a large sum."""
    entry = sample_entry(cost_usd=Decimal("999999999.123456789012"))

    text = documents.write(entry)

    assert '"cost_usd":"999999999.123456789012"' in text
    assert documents.read(UsageEntry, documents.VERSION, text) == entry


def test_an_older_row_is_read_and_a_newer_one_refused() -> None:
    """The refusal says which row, and tells the client's user in Spanish."""
    text = documents.write(sample_entry())

    assert documents.read(UsageEntry, documents.VERSION - 1, text) == sample_entry()
    with pytest.raises(StoreIncompatible, match="UsageEntry row has version") as caught:
        documents.read(UsageEntry, documents.VERSION + 1, text)
    assert "versión más reciente" in caught.value.user_message


@pytest.mark.parametrize("text", ["", "{", "[]", '{"id": "only"}', '{"secret": "sk-123"}'])
def test_a_row_that_cannot_be_read_is_told_without_its_content(text: str) -> None:
    """Neither in the message nor in a chained error."""
    with pytest.raises(StoreIncompatible, match="cannot be read") as caught:
        documents.read(UsageEntry, documents.VERSION, text)

    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_value_that_json_does_not_know_is_not_written() -> None:
    """Rather than as some text that nobody can read back."""
    with pytest.raises(TypeError, match="set"):
        documents.write(sample_record(request={"platforms": {"facebook"}}))
