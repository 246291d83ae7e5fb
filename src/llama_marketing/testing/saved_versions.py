"""The contract of the port ``SavedVersions``, as tests for any adapter."""

from __future__ import annotations

from abc import ABC, abstractmethod

from llama_marketing.domain.saved_versions import BRAND_VOICE, SavedVersion
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.saved_versions import SavedVersions
from llama_marketing.testing.samples import TENANT, TIMESTAMP

PROMPT = "prompt.social_post"


class SavedVersionsContract(ABC):
    """Derive a class whose name starts with Test and say how an empty store is made."""

    @abstractmethod
    def make(self) -> SavedVersions:
        """An empty store."""

    def test_a_version_is_read_back_the_same(self) -> None:
        """Text with accents and emoji, nested JSON, nobody's name."""
        versions = self.make()
        content = {"summary": "Cálida ☕", "traits": ["a", "b"], "more": {"n": 1, "none": None}}
        named = sample_version(1, content=content)
        nobodys = sample_version(2, user_id="", content={})
        assert [versions.add(TENANT, each) for each in (named, nobodys)] == [True, True]

        assert versions.get(TENANT, PROMPT, 1) == named
        assert versions.get(TENANT, PROMPT, 2) == nobodys
        assert versions.get(TENANT, PROMPT, 3) is None
        assert versions.get(TENANT, BRAND_VOICE, 1) is None

    def test_of_two_who_take_a_number_at_once_one_is_told(self) -> None:
        """Nothing is overwritten; a repetition of the one that won is no conflict."""
        versions = self.make()
        first, other = sample_version(1), sample_version(1, content={"prompt": "Otro"})

        assert versions.add(TENANT, first) is True
        assert versions.add(TENANT, other) is False
        assert versions.add(TENANT, first) is True
        assert versions.get(TENANT, PROMPT, 1) == first

    def test_the_newest_come_first_and_page_by_page(self) -> None:
        """By their numbers, not by their text; ``before`` is the last of the page before."""
        versions = self.make()
        for number in (9, 11, 2, 10, 1):
            versions.add(TENANT, sample_version(number))

        first = versions.newest(TENANT, PROMPT, limit=2)
        second = versions.newest(TENANT, PROMPT, before=first[-1].number, limit=2)
        third = versions.newest(TENANT, PROMPT, before=second[-1].number, limit=2)
        fourth = versions.newest(TENANT, PROMPT, before=third[-1].number, limit=2)

        pages = [[each.number for each in page] for page in (first, second, third, fourth)]
        assert pages == [[11, 10], [9, 2], [1], []]

    def test_subjects_do_not_mix(self) -> None:
        """Neither one whose name begins with another's."""
        versions = self.make()
        for subject in (PROMPT, f"{PROMPT}_x", BRAND_VOICE):
            versions.add(TENANT, sample_version(1, subject=subject))

        (only,) = versions.newest(TENANT, PROMPT)
        assert only == sample_version(1)

    def test_tenants_do_not_see_each_other(self) -> None:
        """The same subject and number elsewhere is another version."""
        versions = self.make()
        versions.add(TENANT, sample_version(1))
        for other in (TenantRef("org1", "cli2"), TenantRef("org2", "cli1")):
            assert versions.get(other, PROMPT, 1) is None
            assert list(versions.newest(other, PROMPT)) == []
            assert versions.add(other, sample_version(1, content={"prompt": "Ajeno"})) is True

        assert versions.get(TENANT, PROMPT, 1) == sample_version(1)


def sample_version(number: int, **fields: object) -> SavedVersion:
    """A version of a prompt that Ana saved."""
    given: dict[str, object] = {
        "subject": PROMPT,
        "number": number,
        "created_at": TIMESTAMP,
        "user_id": "ana",
        "content": {"prompt": "Habla de tú. ¡Ándale! ☕"},
    }
    return SavedVersion.read(given | fields)
