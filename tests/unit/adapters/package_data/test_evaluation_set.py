"""The bundled evaluation set: large enough, balanced, and nothing that a prompt gives away."""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from llama_marketing.adapters.package_data.evaluation_set import (
    BRIEFS,
    COMMENTS,
    PackagedEvaluationSet,
)
from llama_marketing.adapters.package_data.prompts import PackagedPrompts
from llama_marketing.domain.errors import SettingsError
from llama_marketing.domain.evaluation.models import Trait
from llama_marketing.domain.moderation.canaries import CANARIES
from llama_marketing.domain.moderation.folding import fold
from llama_marketing.domain.moderation.models import CommentLabel
from llama_marketing.domain.vocabulary import GenerationUseCase
from tests.house.sources import ROOT

WHOLE = PackagedEvaluationSet().evaluation_set()
BUNDLED = files("llama_marketing.adapters.package_data") / "files" / "evaluation"
QUOTED = re.compile("«([^»]* [^»]*)»")
HEADING = '{"version": 1, "asOf": "2026-11-28", "source": "test"}'
ROW = '{"id": "c001", "text": "Hola", "labelA": "neutral", "labelB": "neutral"}'


def written(folder: Path, comments: str, briefs: str = HEADING) -> PackagedEvaluationSet:
    """A set of one's own."""
    (folder / COMMENTS).write_text(comments, encoding="utf-8")
    (folder / BRIEFS).write_text(briefs, encoding="utf-8")
    return PackagedEvaluationSet(folder)


def test_there_are_300_comments_each_once() -> None:
    assert len(WHOLE.comments) == 300
    assert len({fold(comment.text) for comment in WHOLE.comments}) == 300


def test_each_label_has_at_least_50_comments_beyond_doubt() -> None:
    agreed = Counter(comment.label for comment in WHOLE.comments)

    assert min(agreed[label] for label in CommentLabel) >= 50


def test_every_trait_occurs_often_enough_to_be_counted() -> None:
    found = Counter(trait for comment in WHOLE.comments for trait in comment.traits)

    assert set(found) == set(Trait)
    assert min(found.values()) >= 10


def test_labels_come_mixed_so_that_no_call_shows_one_only() -> None:
    for start in range(0, 300, 25):
        part = WHOLE.comments[start : start + 25]
        assert len({comment.label_a for comment in part}) == len(CommentLabel)


def test_no_comment_uses_the_examples_of_the_prompt() -> None:
    """A model that has read the answer would be measured too well."""
    template = PackagedPrompts().template(GenerationUseCase.COMMENT_MODERATION, None)
    examples = QUOTED.findall(template.system + template.output)
    words = {word for text in examples for word in re.findall(r"\w{5,}", fold(text))}

    assert words == {"madre", "chingon"}
    for comment in WHOLE.comments:
        assert not words & set(re.findall(r"\w+", fold(comment.text))), comment.id


def test_no_comment_is_a_canary() -> None:
    canaries = {fold(text) for texts in CANARIES.values() for text in texts}

    assert not canaries & {fold(comment.text) for comment in WHOLE.comments}


def test_every_disagreement_is_listed_in_the_documentation() -> None:
    told = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| (c\d{3}) \| (\w+) \| (\w+) \|", told, re.MULTILINE))

    disputed = [comment for comment in WHOLE.comments if comment.label is None]
    assert rows == {(each.id, each.label_a.value, each.label_b.value) for each in disputed}
    assert all(each.text in told for each in disputed)


def test_there_are_60_briefs_of_many_industries_platforms_objectives_and_use_cases() -> None:
    requests = [brief.request for brief in WHOLE.briefs]

    assert len(requests) == len({request.prompt for request in requests}) == 60
    assert len({brief.industry for brief in WHOLE.briefs}) >= 20
    assert len({brief.objective for brief in WHOLE.briefs}) >= 5
    assert len({request.platform for request in requests} - {None}) == 8
    assert len({request.use_case for request in requests}) == 7
    assert {request.language for request in requests} == {"es-MX"}
    assert sum(request.variations > 1 for request in requests) >= 20


def test_the_set_says_when_and_by_whom_it_was_written() -> None:
    assert (WHOLE.version, WHOLE.as_of.isoformat()) == (1, "2026-11-28")
    assert WHOLE.source == "own wording, written for this project"


def test_the_set_is_read_once() -> None:
    source = PackagedEvaluationSet()

    assert source.evaluation_set() is source.evaluation_set()


def test_a_line_is_one_json_object_that_reads_without_escapes() -> None:
    for name in (COMMENTS, BRIEFS):
        text = (BUNDLED / name).read_text(encoding="utf-8")
        assert all(isinstance(json.loads(line), dict) for line in text.splitlines())
        assert "\\u" not in text


def test_a_set_of_ones_own_is_read(tmp_path: Path) -> None:
    own = written(tmp_path, f"{HEADING}\n{ROW}").evaluation_set()

    assert [comment.text for comment in own.comments] == ["Hola"]
    assert own.briefs == ()


@pytest.mark.parametrize(
    ("comments", "told"),
    [
        ("", "comments.jsonl line 1"),
        (f"{HEADING}\n{{", "comments.jsonl line 2"),
        (f'{HEADING}\n{{"id": "c001"}}', "comments.jsonl line 2"),
        (f"{HEADING}\n{ROW}\n{ROW}", "comment c001 comes twice"),
        (HEADING.replace("1,", "2,"), "not of the same set"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, comments: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        written(tmp_path, comments).evaluation_set()


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"comments\.jsonl cannot be read"):
        PackagedEvaluationSet(tmp_path).evaluation_set()
